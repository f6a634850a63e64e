//! All codes of a value set, in order, each once.

use meridian_model::both;

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use serde_json::Value;

use super::codes::Coded;
use super::fault::{Fault, shown};
use super::filter::Prepared;
use super::member::{Answer, System, View};
use super::set::{ListedCode, Part, ValueSet};
use super::system::{CodeSystem, Content};

/// Most codes that are gathered for one answer.
const MOST: usize = 2_000_000;

/// What a value set came to.
#[derive(Default)]
pub(super) struct Gathered {
    pub(super) systems: Vec<Used>,
    pub(super) members: Vec<Member>,
    /// The places of the systems by url and version.
    places: HashMap<String, Vec<(Option<String>, u32)>>,
}

/// A code system that codes were taken from.
pub(super) struct Used {
    pub(super) url: String,
    pub(super) version: Option<String>,
    /// Where it is a table that is here.
    pub(super) table: Option<Arc<CodeSystem>>,
    /// What of it is there already.
    concepts: Vec<bool>,
    codes: HashSet<Box<str>>,
}

/// A part whose filters have been tried on all of its system, or one that is asked for each code.
enum Ready<'p> {
    Marked(&'p str, Arc<CodeSystem>, Vec<bool>),
    Not(&'p Part),
}

/// One code.
pub(super) struct Member {
    /// The place in `systems`.
    pub(super) system: u32,
    pub(super) concept: Option<u32>,
    /// What the value set says of it.
    pub(super) listed: Option<Box<Listed>>,
}

pub(super) struct Listed {
    pub(super) code: Box<str>,
    pub(super) display: Option<Box<str>>,
    pub(super) designations: Vec<Value>,
}

impl Gathered {
    pub(super) fn used(&self, member: &Member) -> Option<&Used> {
        self.systems.get(member.system as usize)
    }

    pub(super) fn code<'g>(&'g self, member: &'g Member) -> &'g str {
        let table = self.used(member).and_then(|used| used.table.as_ref());
        match (member.concept, table, &member.listed) {
            (Some(at), Some(table), _) => table.code(at),
            (_, _, Some(listed)) => &listed.code,
            _ => "",
        }
    }

    pub(super) fn is_inactive(&self, member: &Member) -> bool {
        let table = self.used(member).and_then(|used| used.table.as_ref());
        table.zip(member.concept).is_some_and(|(table, at)| table.is_inactive(at))
    }

    pub(super) fn is_abstract(&self, member: &Member) -> bool {
        let table = self.used(member).and_then(|used| used.table.as_ref());
        table.zip(member.concept).is_some_and(|(table, at)| table.is_abstract(at))
    }

    /// The place of a system.
    fn using(&mut self, url: &str, version: Option<&str>, table: Option<&Arc<CodeSystem>>) -> u32 {
        let known = self.places.get(url).and_then(|of| of.iter().find(|(known, _)| known.as_deref() == version));
        if let Some((_, at)) = known {
            return *at;
        }
        let at = u32::try_from(self.systems.len()).unwrap_or(u32::MAX);
        self.places.entry(url.to_owned()).or_default().push((version.map(str::to_owned), at));
        self.systems.push(Used {
            url: url.to_owned(),
            version: version.map(str::to_owned),
            table: table.map(Arc::clone),
            concepts: vec![false; table.map_or(0, |table| table.len() as usize)],
            codes: HashSet::new(),
        });
        at
    }

    /// Puts a code there, unless it is.
    fn put(&mut self, member: Member) -> Result<(), Fault> {
        let Some(used) = self.systems.get_mut(member.system as usize) else { return Ok(()) };
        let is_new = match (member.concept, &member.listed) {
            (Some(at), _) => used.concepts.get_mut(at as usize).is_some_and(|there| !std::mem::replace(there, true)),
            (None, Some(listed)) => used.codes.insert(listed.code.clone()),
            (None, None) => false,
        };
        if is_new {
            if self.members.len() >= MOST {
                return Err(Fault::too_costly(both!(
                    "the value set has more than {MOST} codes",
                    "值集的代码超过 {MOST} 个"
                )));
            }
            self.members.push(member);
        }
        Ok(())
    }

    /// Takes over a member of another gathering.
    fn take(&mut self, from: &Gathered, member: &Member) -> Result<(), Fault> {
        let Some(used) = from.used(member) else { return Ok(()) };
        let system = self.using(&used.url, used.version.as_deref(), used.table.as_ref());
        let listed = member.listed.as_ref().map(|listed| {
            let (code, display) = (listed.code.clone(), listed.display.clone());
            Box::new(Listed { code, display, designations: listed.designations.clone() })
        });
        self.put(Member { system, concept: member.concept, listed })
    }
}

impl View<'_> {
    /// Gathers a value set.
    ///
    /// # Errors
    /// `NotFound` for a system or value set that is not here; `TooCostly` for what has no end.
    pub(super) fn gather(&self, set: &ValueSet) -> Result<Gathered, Fault> {
        self.inside(set, || {
            let parts = set.listed.as_ref().map_or(set.include.as_slice(), |given| given.parts.as_slice());
            if set.listed.as_ref().is_some_and(|given| given.cut) {
                return Err(Fault::not_found(both!("only a part of {} is here", "本机只有 {} 的一部分", set.named())));
            }
            let mut all = Gathered::default();
            for part in parts {
                self.gather_part(part, &mut all)?;
            }
            if !set.exclude.is_empty() || set.inactive == Some(false) {
                self.leave_out(set, &mut all)?;
            }
            Ok(all)
        })
    }

    /// Takes out what is excluded.
    fn leave_out(&self, set: &ValueSet, all: &mut Gathered) -> Result<(), Fault> {
        let excluded = set.exclude.iter().map(|part| self.ready(part, all)).collect::<Result<Vec<_>, _>>()?;
        let mut kept = Vec::with_capacity(all.members.len());
        for member in std::mem::take(&mut all.members) {
            let Some(used) = all.used(&member) else { continue };
            if set.inactive == Some(false) && all.is_inactive(&member) {
                continue;
            }
            let coded = Coded { system: Some(&used.url), code: all.code(&member), ..Coded::default() };
            let mut is_out = false;
            for part in &excluded {
                match part {
                    _ if is_out => break,
                    Ready::Marked(system, ..) if used.url != *system => {}
                    Ready::Marked(_, table, marks) => {
                        self.spend(1)?;
                        let marked = table.find(coded.code).and_then(|at| marks.get(at as usize));
                        is_out = marked.copied().unwrap_or_default();
                    }
                    Ready::Not(part) => match self.part_holds(part, coded)? {
                        Answer::No => {}
                        Answer::Yes(_) => is_out = true,
                        Answer::Unknown(why) => return Err(Fault::not_found(why)),
                    },
                }
            }
            if !is_out {
                kept.push(member);
            }
        }
        all.members = kept;
        Ok(())
    }

    /// What a part means by filters on a system that is all here, as marks on its concepts, so that nobody walks up from
    /// each code anew.
    fn ready<'p>(&'p self, part: &'p Part, all: &Gathered) -> Result<Ready<'p>, Fault> {
        let (Some(system), None, [], false) =
            (&part.system, &part.codes, part.value_sets.as_slice(), part.filters.is_empty())
        else {
            return Ok(Ready::Not(part));
        };
        let system = self.terms.url_of(system);
        let is_asked = all.places.contains_key(system);
        match self.system(system, part.version.as_deref())? {
            Some(System::Table(table)) if is_asked && table.head.content == Content::Complete => {
                let marks = self.marks(part, &table)?;
                Ok(Ready::Marked(system, table, marks))
            }
            _ => Ok(Ready::Not(part)),
        }
    }

    /// True at the place of each concept that the filters of a part let through.
    fn marks(&self, part: &Part, table: &Arc<CodeSystem>) -> Result<Vec<bool>, Fault> {
        let filters = part.filters.iter().map(|filter| Prepared::of(filter, table)).collect::<Result<Vec<_>, _>>()?;
        self.spend(u64::from(table.len()) * (1 + filters.len() as u64))?;
        let mut marks = Vec::with_capacity(table.len() as usize);
        for at in 0..table.len() {
            let mut fits = true;
            for filter in &filters {
                fits = fits && filter.holds(table, at, &|steps| self.spend(steps))?;
            }
            marks.push(fits);
        }
        Ok(marks)
    }

    fn gather_part(&self, part: &Part, into: &mut Gathered) -> Result<(), Fault> {
        let Some(system) = &part.system else {
            // The codes of the first value set that are in all the others.
            let Some((first, others)) = part.value_sets.split_first() else { return Ok(()) };
            let first = self.known_set(first)?;
            let from = self.gather(&first)?;
            for member in &from.members {
                if self.is_in_all(others, &from, member)? {
                    into.take(&from, member)?;
                }
            }
            return Ok(());
        };
        if part.value_sets.is_empty() {
            return self.gather_system(part, system, into);
        }
        let mut own = Gathered::default();
        self.gather_system(part, system, &mut own)?;
        for member in &own.members {
            if self.is_in_all(&part.value_sets, &own, member)? {
                into.take(&own, member)?;
            }
        }
        Ok(())
    }

    fn known_set(&self, wanted: &str) -> Result<Arc<ValueSet>, Fault> {
        let set = self.value_set(wanted)?;
        set.ok_or_else(|| {
            Fault::not_found(both!("the value set {} is not here", "没有值集 {}，请核对地址", shown(wanted)))
        })
    }

    fn is_in_all(&self, value_sets: &[String], from: &Gathered, member: &Member) -> Result<bool, Fault> {
        let Some(used) = from.used(member) else { return Ok(false) };
        for wanted in value_sets {
            let set = self.known_set(wanted)?;
            let coded = Coded { system: Some(&used.url), code: from.code(member), ..Coded::default() };
            match self.set_holds(&set, coded)? {
                Answer::Yes(_) => {}
                Answer::No => return Ok(false),
                Answer::Unknown(why) => return Err(Fault::not_found(why)),
            }
        }
        Ok(true)
    }

    /// What a part says of its system.
    fn gather_system(&self, part: &Part, system: &str, into: &mut Gathered) -> Result<(), Fault> {
        let url = self.terms.url_of(system);
        let place = self.system(url, part.version.as_deref())?;
        let table = match &place {
            Some(System::Table(table)) => Some(table),
            _ => None,
        };
        let version = table.map_or(part.version.as_deref(), |table| table.head.version.as_deref());
        if let Some(listed) = &part.codes {
            let used = into.using(url, version, table);
            self.spend(listed.codes.len() as u64)?;
            for code in &listed.codes {
                let concept = table.and_then(|table| table.find(&code.code));
                let is_none = match &place {
                    // A code that its system does not have is none, whoever lists it.
                    Some(System::Table(table)) => concept.is_none() && table.head.content == Content::Complete,
                    Some(System::Grammar(grammar)) => !grammar.holds(&code.code),
                    None => false,
                };
                if !is_none {
                    into.put(Member { system: used, concept, listed: Some(Box::new(listing(code))) })?;
                }
            }
            return Ok(());
        }
        let Some(table) = table else {
            return Err(match &place {
                Some(System::Grammar(grammar)) => Fault::too_costly(both!(
                    "the codes of {} ({url}) have no end",
                    "{}（{url}）的代码无穷多，不能列出",
                    grammar.name
                )),
                _ => Fault::not_found(self.terms.missing(url, self.versions.pick(url, part.version.as_deref())?)),
            });
        };
        let used = into.using(url, version, Some(table));
        for (at, _) in (0..).zip(self.marks(part, table)?).filter(|(_, fits)| *fits) {
            into.put(Member { system: used, concept: Some(at), listed: None })?;
        }
        Ok(())
    }
}

fn listing(code: &ListedCode) -> Listed {
    Listed { code: code.code.clone(), display: code.display.clone(), designations: code.designations.clone() }
}
