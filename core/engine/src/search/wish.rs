//! What a search wants, before anything is looked up; and the conditions of the store that it becomes on a snapshot,
//! where a Patient stands for the whole person.

use std::collections::{HashMap, HashSet};

use meridian_store::search::{Condition, DateTest, Op, Scope, Search, Second, Start, Via};
use meridian_store::{GOLDEN_PATIENT, Reader, Subject, TypeCode};

use super::ground::{Slot, numbers};
use super::meaning;
use crate::EngineError;
use crate::engine::patient_code;

/// Names by their sound (`definitions/meridian-search.json`); above its number stands the type's.
const PINYIN: u32 = 10_000;
/// Persons whom a question may describe and still mean each of them, for the audit.
const MOST_NAMED: u32 = 20;

/// What a reference may point to.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Target {
    /// An id in one of these types.
    Local(Vec<TypeCode>, String),
    Url(String),
}

/// Codes by what they mean.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Meaning {
    /// Those of a value set.
    In(String),
    /// A code with those below or above it.
    Around { system: String, code: String, below: bool },
}

#[derive(Clone, Debug)]
pub(super) enum Wish {
    Is(Condition),
    /// A reference to one of these.
    Refers {
        slots: Vec<Slot>,
        targets: Vec<Target>,
    },
    /// A code of one of these meanings.
    Means {
        slots: Vec<Slot>,
        any: Vec<Meaning>,
        /// The parameter that asked, where it is not that of the slots: `_filter`.
        by: Option<&'static str>,
    },
    /// A reference that says whom it means by an identifier.
    Identified {
        condition: Condition,
        /// The Patients that it names, if Patients are what may be meant.
        patients: Option<Condition>,
    },
    /// One resource, with the other Patients of the same person.
    Itself(TypeCode, String),
    Chain {
        via: Via,
        targets: Vec<(TypeCode, Vec<Wish>)>,
    },
    Has {
        from: TypeCode,
        via: Via,
        wishes: Vec<Wish>,
    },
    All(Vec<Wish>),
    Any(Vec<Wish>),
    Not(Box<Wish>),
    /// There is a value for which it does not hold.
    Other {
        slots: Vec<Slot>,
        wish: Box<Wish>,
    },
}

impl Wish {
    /// The same, asked for by a parameter of another name.
    pub(super) fn asked_by(self, name: &'static str) -> Wish {
        match self {
            Wish::Means { slots, any, .. } => Wish::Means { slots, any, by: Some(name) },
            Wish::Not(wish) => Wish::Not(Box::new(wish.asked_by(name))),
            other => other,
        }
    }

    /// One wish, or any of several.
    pub(super) fn any(mut wishes: Vec<Wish>) -> Wish {
        match (wishes.len(), wishes.pop()) {
            (1, Some(only)) => only,
            (_, last) => {
                wishes.extend(last);
                Wish::Any(wishes)
            }
        }
    }

    /// One wish, or all of several.
    pub(super) fn all(mut wishes: Vec<Wish>) -> Wish {
        match (wishes.len(), wishes.pop()) {
            (1, Some(only)) => only,
            (_, last) => {
                wishes.extend(last);
                Wish::All(wishes)
            }
        }
    }

    pub(super) fn not(wish: Wish) -> Wish {
        Wish::Not(Box::new(wish))
    }
}

/// Looks up, on one snapshot, whom a search means.
pub(super) struct Resolver<'r> {
    reader: &'r Reader<'r>,
    persons: HashMap<String, Vec<Subject>>,
    /// Whose record the search names, whether or not anything is found there.
    pub(super) asked: Vec<Subject>,
    allowance: meaning::Allowance,
}

/// What references come to: whose record, or rows.
struct Referred {
    /// Persons by parameters that have no rows, and whether all of the parameters are such.
    who: Option<Vec<Subject>>,
    rows: Vec<Condition>,
}

impl<'r> Resolver<'r> {
    pub(super) fn new(reader: &'r Reader<'r>) -> Resolver<'r> {
        Resolver { reader, persons: HashMap::new(), asked: Vec::new(), allowance: meaning::Allowance::default() }
    }

    /// Puts what all must hold into `search`; who is named by every reference becomes the search's `who`.
    pub(super) fn fill(&mut self, wishes: &[Wish], search: &mut Search) -> Result<(), EngineError> {
        for wish in wishes {
            if let Wish::Refers { slots, targets } = wish
                && slots.iter().all(|slot| slot.own)
            {
                let Referred { who, rows } = self.refer(slots, targets)?;
                match who {
                    Some(who) if rows.is_empty() => {
                        search.who = Some(match search.who.take() {
                            None => who,
                            Some(before) => before.into_iter().filter(|subject| who.contains(subject)).collect(),
                        });
                    }
                    who => search.conditions.push(either(who.map(Condition::Who), rows)),
                }
                continue;
            }
            match self.condition(wish)? {
                Condition::All(conditions) => search.conditions.extend(conditions),
                condition => search.conditions.push(condition),
            }
        }
        Ok(())
    }

    fn condition(&mut self, wish: &Wish) -> Result<Condition, EngineError> {
        Ok(match wish {
            Wish::Is(condition) => condition.clone(),
            Wish::Refers { slots, targets } => {
                let Referred { who, rows } = self.refer(slots, targets)?;
                let who = who.map(|who| {
                    let kinds: Vec<TypeCode> = slots.iter().filter(|s| s.own).map(|s| s.of.code).collect();
                    let who = Condition::Who(who);
                    if kinds.len() == slots.len() { who } else { Condition::All(vec![Condition::Kinds(kinds), who]) }
                });
                either(who, rows)
            }
            Wish::Means { slots, any, by } => {
                let name = by.unwrap_or_else(|| slots.first().map_or("", |slot| slot.param.code));
                meaning::tokens(self.reader, slots, any, name, &mut self.allowance)?
            }
            Wish::Identified { condition, patients } => {
                if let Some(patients) = patients {
                    self.few(patient_code(), vec![patients.clone()])?;
                }
                condition.clone()
            }
            Wish::Itself(code, id) => {
                let kinds = Condition::Kinds(vec![*code]);
                if *code == patient_code() {
                    Condition::All(vec![kinds, Condition::Who(self.persons(id)?)])
                } else {
                    Condition::All(vec![kinds, Condition::Ids(vec![id.clone()])])
                }
            }
            Wish::Chain { via, targets } => {
                let mut inside = Vec::with_capacity(targets.len());
                for (kind, wishes) in targets {
                    inside.push((*kind, self.each(wishes)?));
                }
                Condition::Chain { via: *via, targets: inside }
            }
            Wish::Has { from, via, wishes } => {
                Condition::Has { from: *from, via: *via, conditions: self.each(wishes)? }
            }
            Wish::All(wishes) => Condition::All(self.each(wishes)?),
            Wish::Any(wishes) => Condition::Any(self.each(wishes)?),
            Wish::Not(wish) => Condition::Not(Box::new(self.condition(wish)?)),
            Wish::Other { slots, wish } => self.other(slots, wish)?,
        })
    }

    fn each(&mut self, wishes: &[Wish]) -> Result<Vec<Condition>, EngineError> {
        wishes.iter().map(|wish| self.condition(wish)).collect()
    }

    /// Notes whose records the conditions of a search of these types name, whether or not anything is found there: what
    /// is found, and how much, tells of them.
    pub(super) fn note(&mut self, kinds: &[TypeCode], conditions: &[Condition]) -> Result<(), EngineError> {
        let kinds = narrowed(kinds, conditions);
        conditions.iter().try_for_each(|condition| self.note_one(kinds, condition))
    }

    fn note_one(&mut self, kinds: &[TypeCode], condition: &Condition) -> Result<(), EngineError> {
        match condition {
            Condition::Ids(ids) => {
                for id in ids {
                    for kind in kinds {
                        self.note_resource(*kind, id)?;
                    }
                }
                Ok(())
            }
            Condition::Reference { any, .. } => {
                // Patients were looked up with the reference.
                let others = any.iter().filter(|(kind, _)| *kind != patient_code());
                self.note_referred(&others.map(|(kind, id)| (*kind, id.as_str())).collect())
            }
            Condition::Token { selective: true, any, .. } if any.iter().all(|test| test.code.is_some()) => {
                self.named(kinds, condition)
            }
            // An identifier with its type.
            Condition::Pair { any, .. } if any.iter().all(|(_, second)| matches!(second, Second::Whole(_))) => {
                self.named(kinds, condition)
            }
            Condition::All(all) => self.note(kinds, all),
            Condition::Any(any) => any.iter().try_for_each(|one| self.note_one(kinds, one)),
            Condition::Not(inner) | Condition::Other(inner) => self.note_one(kinds, inner),
            Condition::Chain { targets, .. } => {
                targets.iter().try_for_each(|(kind, inside)| self.note_hidden(&[*kind], inside))
            }
            Condition::Has { from, conditions, .. } => self.note_hidden(&[*from], conditions),
            _ => Ok(()),
        }
    }

    /// The same for a search whose answer is not shown: also those whom it describes.
    pub(super) fn note_hidden(&mut self, kinds: &[TypeCode], conditions: &[Condition]) -> Result<(), EngineError> {
        self.note(kinds, conditions)?;
        self.described(kinds, conditions, false)
    }

    /// Notes the Patients whom a search describes without an identifier, if they are few: by what they are called, or by
    /// all that it says of a Patient itself. More are a crowd, in which nobody is meant; nor is somebody by a sound.
    /// `nobody`: it is known that nothing meets all of it.
    pub(super) fn described(
        &mut self,
        kinds: &[TypeCode],
        conditions: &[Condition],
        nobody: bool,
    ) -> Result<(), EngineError> {
        let own: Vec<Condition> = conditions.iter().filter(|one| is_own(one)).cloned().collect();
        if is_vague(&own) {
            return Ok(());
        }
        let nobody = nobody && own.len() == conditions.len();
        let called: Vec<Condition> = own.iter().filter(|one| is_text(one)).cloned().collect();
        if nobody && called.len() == own.len() {
            return Ok(());
        }
        for kind in narrowed(kinds, conditions).iter().filter(|kind| is_patient(**kind)) {
            let by_name = !called.is_empty() && self.few(*kind, called.clone())?;
            if !by_name && !nobody && own.len() > called.len() {
                self.few(*kind, own.clone())?;
            }
        }
        Ok(())
    }

    /// The same of many: an id without a type may be one in each of a hundred types.
    fn note_referred(&mut self, others: &HashSet<(TypeCode, &str)>) -> Result<(), EngineError> {
        let kinds: HashSet<TypeCode> = others.iter().map(|(kind, _)| *kind).collect();
        let ids: HashSet<&str> = others.iter().map(|(_, id)| *id).collect();
        let (kinds, ids) = (Vec::from_iter(kinds), Vec::from_iter(ids));
        let found = self.reader.located(&kinds, &ids)?.into_iter();
        let named =
            found.filter(|(kind, id, subject)| *subject != Subject::COMMON && others.contains(&(*kind, id.as_str())));
        self.asked.extend(named.map(|(_, _, subject)| subject));
        Ok(())
    }

    fn note_resource(&mut self, kind: TypeCode, id: &str) -> Result<(), EngineError> {
        if is_patient(kind) {
            return self.persons(id).map(drop);
        }
        let subject = self.reader.locate(kind, id)?.map(meridian_store::Key::subject);
        self.asked.extend(subject.filter(|subject| *subject != Subject::COMMON));
        Ok(())
    }

    /// Notes the persons whose Patients, or other resources, an identifier names.
    fn named(&mut self, kinds: &[TypeCode], condition: &Condition) -> Result<(), EngineError> {
        kinds.iter().try_for_each(|kind| self.few(*kind, vec![condition.clone()]).map(drop))
    }

    /// Notes the persons whose resources of this type conditions meet, and whether these are few.
    fn few(&mut self, kind: TypeCode, conditions: Vec<Condition>) -> Result<bool, EngineError> {
        let page = self.reader.search(&plain(vec![kind], conditions, MOST_NAMED))?;
        if page.next.is_some() {
            return Ok(false);
        }
        for row in page.rows {
            let subject = row.key.subject();
            if is_patient(kind) {
                self.persons(&row.id)?;
            } else if subject != Subject::COMMON {
                self.asked.push(subject);
            }
        }
        Ok(true)
    }

    /// Parameters without rows have one value: another value is a value and not this one.
    fn other(&mut self, slots: &[Slot], wish: &Wish) -> Result<Condition, EngineError> {
        let condition = self.condition(wish)?;
        let single = matches!(
            condition,
            Condition::Token { .. } | Condition::Exact { .. } | Condition::Text { .. } | Condition::Reference { .. }
        );
        if single && !slots.iter().any(|slot| slot.own) {
            return Ok(Condition::Other(Box::new(condition)));
        }
        let present = super::parse::missing::present(slots);
        Ok(Condition::All(vec![self.condition(&present)?, Condition::Not(Box::new(condition))]))
    }

    fn refer(&mut self, slots: &[Slot], targets: &[Target]) -> Result<Referred, EngineError> {
        let (mut ids, mut patients, mut urls) = (Vec::new(), Vec::new(), Vec::new());
        let mut who: Option<Vec<Subject>> = None;
        let own = slots.iter().any(|slot| slot.own);
        let rowed: Vec<u32> = slots.iter().filter(|slot| !slot.own).map(|slot| slot.number).collect();
        for target in targets {
            match target {
                Target::Url(url) => urls.push(url.clone()),
                Target::Local(kinds, id) => {
                    let persons = if kinds.contains(&patient_code()) { self.persons(id)? } else { Vec::new() };
                    for kind in kinds {
                        if *kind == patient_code() {
                            if !rowed.is_empty() {
                                patients.extend(self.patient_ids(id, &persons)?);
                            }
                            if own {
                                who.get_or_insert_default().extend(&persons);
                            }
                        } else if persons.is_empty() || self.reader.locate(*kind, id)?.is_some() {
                            ids.push((*kind, id.clone()));
                        }
                    }
                }
            }
        }
        let params = numbers(slots);
        let mut rows = Vec::new();
        if !rowed.is_empty() && !patients.is_empty() {
            if rowed.len() == params.len() {
                ids.append(&mut patients);
            } else {
                rows.push(Condition::Reference { params: rowed, any: patients });
            }
        }
        if !ids.is_empty() {
            rows.push(Condition::Reference { params: params.clone(), any: ids });
        }
        if !urls.is_empty() {
            rows.push(Condition::Exact { params, any: urls });
        }
        Ok(Referred { who, rows })
    }

    /// All subjects that are the same person as the Patient with this id; they are asked for.
    fn persons(&mut self, id: &str) -> Result<Vec<Subject>, EngineError> {
        if let Some(known) = self.persons.get(id) {
            return Ok(known.clone());
        }
        let key = match self.reader.locate(patient_code(), id)? {
            Some(key) => Some(key),
            None => self.reader.locate(GOLDEN_PATIENT, id)?,
        };
        let persons = key.map(|key| self.reader.same_person(key.subject())).transpose()?.unwrap_or_default();
        self.asked.extend(&persons);
        self.persons.insert(id.to_owned(), persons.clone());
        Ok(persons)
    }

    /// The ids that references to this person may use.
    fn patient_ids(&self, id: &str, subjects: &[Subject]) -> Result<Vec<(TypeCode, String)>, EngineError> {
        let mut ids = vec![(patient_code(), id.to_owned())];
        for subject in subjects {
            if let Some(row) = self.reader.current(subject.patient())?
                && row.id != id
            {
                ids.push((patient_code(), row.id));
            }
        }
        Ok(ids)
    }
}

fn is_patient(kind: TypeCode) -> bool {
    kind == patient_code() || kind == GOLDEN_PATIENT
}

/// The types that are left of `kinds`.
fn narrowed<'k>(kinds: &'k [TypeCode], conditions: &'k [Condition]) -> &'k [TypeCode] {
    let narrowed = conditions.iter().find_map(|condition| match condition {
        Condition::Kinds(kinds) => Some(kinds.as_slice()),
        _ => None,
    });
    narrowed.unwrap_or(kinds)
}

/// Whether a condition is about the resource itself, and not about others.
pub(super) fn is_own(condition: &Condition) -> bool {
    match condition {
        Condition::Chain { .. } | Condition::Has { .. } => false,
        Condition::All(all) | Condition::Any(all) => all.iter().all(is_own),
        Condition::Not(one) | Condition::Other(one) => is_own(one),
        _ => true,
    }
}

/// Whether a condition is on a text that an index finds.
fn is_text(condition: &Condition) -> bool {
    match condition {
        Condition::Text { .. } | Condition::Whole { .. } | Condition::Exact { .. } => true,
        Condition::All(all) | Condition::Any(all) => all.iter().all(is_text),
        _ => false,
    }
}

/// How long the years are, at least, in which everybody who is called so is nobody in particular.
const YEAR: i64 = 366 * 86_400_000;

/// Whether a Patient is described by the sound of a name alone, beside marks and years of birth: who sounds alike is asked
/// for with each record that is opened.
fn is_vague(own: &[Condition]) -> bool {
    let (mut sounds, mut from, mut to) = (false, i64::MIN, i64::MAX);
    for condition in own {
        match condition {
            Condition::Text { params, .. } if params.iter().all(|param| param & 0xFFFF == PINYIN) => sounds = true,
            Condition::Token { selective: false, .. } | Condition::Kinds(_) => {}
            Condition::Date { any, .. } => match any.as_slice() {
                [DateTest { op: Op::Ge | Op::Gt | Op::StartsAfter, lo, .. }] => from = from.max(*lo),
                [DateTest { op: Op::Le | Op::Lt | Op::EndsBefore, hi, .. }] => to = to.min(*hi),
                _ => return false,
            },
            _ => return false,
        }
    }
    sounds && to.saturating_sub(from) >= YEAR
}

/// One of the conditions; nothing when there is none.
fn either(first: Option<Condition>, mut rest: Vec<Condition>) -> Condition {
    match (first, rest.len()) {
        (Some(first), 0) => first,
        (None, 1) => rest.remove(0),
        (first, _) => Condition::Any(first.into_iter().chain(rest).collect()),
    }
}

/// A search without a wish for order.
pub(super) fn plain(kinds: Vec<TypeCode>, conditions: Vec<Condition>, limit: u32) -> Search {
    Search { limit, ..among(kinds, conditions, Scope::All) }
}

/// A set of resources that is not told page by page.
pub(crate) fn among(kinds: Vec<TypeCode>, conditions: Vec<Condition>, scope: Scope) -> Search {
    Search {
        kinds,
        scope,
        who: None,
        conditions,
        main: None,
        clinical: None,
        sort: Vec::new(),
        start: Start::First,
        limit: 0,
    }
}
