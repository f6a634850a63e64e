//! Whether a code belongs to a system or a value set, without expanding anything.

use meridian_model::both;

use std::borrow::Cow;
use std::cell::{Cell, RefCell};
use std::sync::Arc;

use super::codes::Coded;
use super::fault::{Fault, shown};
use super::grammar::Grammar;
use super::set::{Contained, ListedCode, Part, ValueSet};
use super::system::{CodeSystem, Content};
use super::versions::Versions;
use super::{Terms, canonical, filter};
use crate::says::Says;

/// Value sets that are made of value sets may be so deep.
const DEEPEST: usize = 50;
/// Steps of one question; a step is a concept that a condition is tried on.
const MOST_STEPS: u64 = 10_000_000;
/// What it costs to look into another value set.
const OF_A_SET: u64 = 10;

/// What one question is answered from.
pub(super) struct View<'t> {
    pub(super) terms: &'t Terms,
    pub(super) versions: Cow<'t, Versions>,
    /// The value sets that are being looked into, one made of the other.
    trail: RefCell<Vec<On>>,
    steps: Cell<u64>,
}

/// A value set on the trail.
struct On {
    /// Which it is: two versions of one url are two. It is borrowed as long as it is here.
    place: *const ValueSet,
    name: String,
    /// What `#id` means in it.
    contained: Arc<Contained>,
}

/// A code system, in one of its two forms.
#[derive(Clone)]
pub(super) enum System {
    Table(Arc<CodeSystem>),
    Grammar(&'static Grammar),
}

/// A code that is one.
#[derive(Clone)]
pub(super) struct Found {
    pub(super) system: String,
    pub(super) code: String,
    /// Where its system is a table that is here.
    pub(super) concept: Option<(Arc<CodeSystem>, u32)>,
    /// The display that the value set gives it.
    pub(super) listed: Option<Box<str>>,
    /// What the value set says of it besides.
    pub(super) others: Vec<String>,
}

pub(super) enum Answer {
    Yes(Box<Found>),
    No,
    /// It cannot be said, and why.
    Unknown(Says),
}

impl Found {
    pub(super) fn is_inactive(&self) -> bool {
        self.concept.as_ref().is_some_and(|(system, at)| system.is_inactive(*at))
    }

    pub(super) fn is_abstract(&self) -> bool {
        self.concept.as_ref().is_some_and(|(system, at)| system.is_abstract(*at))
    }

    /// The display, in a language where there is one.
    pub(super) fn display(&self, language: Option<&str>) -> Option<&str> {
        let own = self.concept.as_ref().and_then(|(system, at)| system.display_in(*at, language));
        match (&self.listed, language) {
            (Some(listed), None) => Some(listed),
            (Some(listed), Some(_)) => own.or(Some(listed)),
            (None, _) => own,
        }
    }

    /// The display that it should have had, if `display` is none of its.
    pub(super) fn wrong(&self, display: &str) -> Option<String> {
        let folded = meridian_model::fold::fold(display);
        let same = |own: &str| meridian_model::fold::fold(own) == folded;
        let is_listed = self.listed.as_deref().is_some_and(same) || self.others.iter().any(|other| same(other));
        if is_listed || self.concept.as_ref().is_some_and(|(system, at)| system.is_called(*at, display)) {
            return None;
        }
        // Without any display nothing can be wrong.
        self.display(None).map(str::to_owned)
    }
}

impl<'t> View<'t> {
    pub(super) fn new(terms: &'t Terms, versions: Cow<'t, Versions>) -> View<'t> {
        View { terms, versions, trail: RefCell::default(), steps: Cell::new(MOST_STEPS) }
    }

    /// Without any wish for versions.
    pub(super) fn plain(terms: &'t Terms) -> View<'t> {
        View::new(terms, Cow::Owned(Versions::default()))
    }

    pub(super) fn spend(&self, steps: u64) -> Result<(), Fault> {
        let left = self.steps.get().checked_sub(steps);
        self.steps.set(left.ok_or_else(|| {
            Fault::too_costly(both!("finding the answer takes too many steps", "得出结果的步骤太多"))
        })?);
        Ok(())
    }

    /// The system by its url; `None` where it is not here.
    pub(super) fn system(&self, url: &str, version: Option<&str>) -> Result<Option<System>, Fault> {
        self.terms.system(url, self.versions.pick(url, version)?)
    }

    /// A code of a system.
    pub(super) fn system_holds(&self, system: &str, coded: Coded<'_>) -> Result<Answer, Fault> {
        self.part_holds(&Part::whole(self.terms.url_of(system), coded.version), coded)
    }

    /// A code of a value set.
    pub(super) fn set_holds(&self, set: &ValueSet, coded: Coded<'_>) -> Result<Answer, Fault> {
        self.inside(set, || {
            let given = set.listed.as_ref();
            let parts = given.map_or(set.include.as_slice(), |given| given.parts.as_slice());
            let mut unknown = None;
            for part in parts {
                match self.part_holds(part, coded)? {
                    Answer::Yes(found) => return self.kept(set, found),
                    Answer::No => {}
                    Answer::Unknown(why) => unknown = Some(why),
                }
            }
            if given.is_some_and(|given| given.cut) {
                unknown = Some(Says::PartOfSet { set: set.named() });
            }
            Ok(unknown.map_or(Answer::No, Answer::Unknown))
        })
    }

    /// A code that some part includes, unless it is excluded.
    fn kept(&self, set: &ValueSet, found: Box<Found>) -> Result<Answer, Fault> {
        if set.inactive == Some(false) && found.is_inactive() {
            return Ok(Answer::No);
        }
        Ok(match self.is_excluded(set, &found.system, &found.code)? {
            Answer::Yes(_) => Answer::No,
            Answer::No => Answer::Yes(found),
            unknown => unknown,
        })
    }

    /// Whether the excludes of a set take a code out.
    pub(super) fn is_excluded(&self, set: &ValueSet, system: &str, code: &str) -> Result<Answer, Fault> {
        let coded = Coded { system: Some(system), code, ..Coded::default() };
        let mut answer = Answer::No;
        for part in &set.exclude {
            match self.part_holds(part, coded)? {
                Answer::No => {}
                Answer::Yes(found) => return Ok(Answer::Yes(found)),
                unknown => answer = unknown,
            }
        }
        Ok(answer)
    }

    /// Runs `work` while the set is on the trail.
    ///
    /// # Errors
    /// `Invalid` where the set is made of itself.
    pub(super) fn inside<T>(&self, set: &ValueSet, work: impl FnOnce() -> Result<T, Fault>) -> Result<T, Fault> {
        self.spend(OF_A_SET)?;
        {
            let mut trail = self.trail.borrow_mut();
            let name = set.named().english;
            if trail.iter().any(|other| std::ptr::eq(other.place, set)) {
                let way: Vec<&str> = trail.iter().map(|on| on.name.as_str()).collect();
                let way = way.join(" → ");
                return Err(Fault::invalid(both!(
                    "the value set {name} is made of itself: {way} → {name}",
                    "值集 {name} 引用了自己：{way} → {name}"
                )));
            }
            if trail.len() >= DEEPEST {
                return Err(Fault::too_costly(both!(
                    "value sets are made of value sets more than {DEEPEST} deep",
                    "值集层层引用超过 {DEEPEST} 层"
                )));
            }
            let of_another = trail.last().filter(|_| set.is_contained).map(|on| Arc::clone(&on.contained));
            let contained = of_another.unwrap_or_else(|| Arc::clone(&set.contained));
            trail.push(On { place: std::ptr::from_ref(set), name, contained });
        }
        let done = work();
        self.trail.borrow_mut().pop();
        done
    }

    /// The value set of a canonical; an error where it is not here.
    pub(super) fn value_set(&self, wanted: &str) -> Result<Option<Arc<ValueSet>>, Fault> {
        if let Some(id) = wanted.strip_prefix('#') {
            return Ok(self.trail.borrow().last().and_then(|on| on.contained.get(id).cloned()));
        }
        let (url, version) = canonical::split(wanted);
        self.terms.value_set(url, version)
    }

    /// A code of one part of a value set.
    pub(super) fn part_holds(&self, part: &Part, coded: Coded<'_>) -> Result<Answer, Fault> {
        self.spend(1)?;
        let mut held = None;
        let mut narrowed = coded;
        if let Some(system) = &part.system {
            let of = coded.system.map(|own| self.terms.url_of(own));
            if of.is_some_and(|own| own != system) {
                return Ok(Answer::No);
            }
            match self.own_holds(part, system, coded)? {
                Answer::Yes(found) => held = Some(found),
                other => return Ok(other),
            }
            narrowed.system = Some(system);
        }
        for wanted in &part.value_sets {
            let Some(set) = self.value_set(wanted)? else {
                return Ok(Answer::Unknown(Says::SetMissing { set: shown(wanted) }));
            };
            match self.set_holds(&set, narrowed)? {
                Answer::Yes(found) => held = held.or(Some(found)),
                other => return Ok(other),
            }
        }
        Ok(held.map_or(Answer::No, Answer::Yes))
    }

    /// A code by what a part says of its system.
    fn own_holds(&self, part: &Part, system: &str, coded: Coded<'_>) -> Result<Answer, Fault> {
        let listed = match &part.codes {
            Some(listed) => match self.listed(listed, system, part, coded.code)? {
                Some(code) => Some(code),
                None => return Ok(Answer::No),
            },
            None => None,
        };
        let wanted = part.version.as_deref().or(coded.version);
        let place = self.system(system, wanted)?;
        let found = |concept: Option<(Arc<CodeSystem>, u32)>| {
            let others = listed.map_or(&[][..], |listed| listed.designations.as_slice());
            let code = concept.as_ref().map_or(coded.code, |(system, at)| system.code(*at)).to_owned();
            Box::new(Found {
                system: system.to_owned(),
                code,
                concept,
                listed: listed.and_then(|listed| listed.display.clone()),
                others: others.iter().filter_map(|one| super::json::owned(one, "value")).collect(),
            })
        };
        match place {
            Some(System::Table(table)) => {
                let Some(at) = table.find(coded.code) else {
                    return Ok(match (listed, table.head.content) {
                        (_, Content::Complete) => Answer::No,
                        // What somebody lists of a system of which only a part is here may be right.
                        (Some(_), _) => Answer::Yes(found(None)),
                        _ => Answer::Unknown(Says::PartOfSystem { system: system.to_owned() }),
                    });
                };
                self.spend(part.filters.len() as u64)?;
                for filter in &part.filters {
                    if !filter::holds(filter, &table, at, &|steps| self.spend(steps))? {
                        return Ok(Answer::No);
                    }
                }
                Ok(Answer::Yes(found(Some((table, at)))))
            }
            Some(System::Grammar(grammar)) => {
                if !grammar.holds(coded.code) {
                    return Ok(Answer::No);
                }
                for filter in &part.filters {
                    match filter::of_grammar(filter, grammar, coded.code) {
                        Some(true) => {}
                        Some(false) => return Ok(Answer::No),
                        None => return Ok(Answer::Unknown(filter::not_here(filter, system))),
                    }
                }
                Ok(Answer::Yes(found(None)))
            }
            // Where all of the system is here in another version, this one may be a slip.
            None if listed.is_some() && !self.terms.is_whole(system) => Ok(Answer::Yes(found(None))),
            None => Ok(Answer::Unknown(self.terms.missing(system, self.versions.pick(system, wanted)?))),
        }
    }

    /// A code in a list, without regard to case where its system has none.
    fn listed<'p>(
        &self,
        listed: &'p super::set::Listed,
        system: &str,
        part: &Part,
        code: &str,
    ) -> Result<Option<&'p ListedCode>, Fault> {
        if let Some(found) = listed.find(code) {
            return Ok(Some(found));
        }
        match self.system(system, part.version.as_deref())? {
            Some(System::Table(table)) if !table.head.case_sensitive => {
                self.spend(listed.codes.len() as u64)?;
                let lower = code.to_lowercase();
                Ok(listed.codes.iter().find(|one| one.code.to_lowercase() == lower))
            }
            _ => Ok(None),
        }
    }
}
