//! What validation asks about codes.

use super::fault::Fault;
use super::member::{Answer, View};
use super::{Terms, canonical};
use crate::says::Says;

/// A code as it stands in a resource.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Coded<'a> {
    /// `None` in a `code` element, whose binding says the system.
    pub system: Option<&'a str>,
    pub version: Option<&'a str>,
    pub code: &'a str,
    pub display: Option<&'a str>,
}

/// Whether a code is one of a value set's or of a system's.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Verdict {
    Yes {
        /// What the display should be, where one was given that is none of the concept's.
        wrong_display: Option<String>,
        inactive: bool,
    },
    No {
        says: Says,
    },
    /// Nothing can be said: the value set or the code system is not here.
    Unknown {
        says: Says,
    },
}

/// How two codes of one system stand to each other.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Subsumes {
    Equivalent,
    /// The first means the more general.
    Subsumes,
    SubsumedBy,
    NotSubsumed,
}

impl Subsumes {
    /// The code of R4's value set `concept-subsumption-outcome`.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Subsumes::Equivalent => "equivalent",
            Subsumes::Subsumes => "subsumes",
            Subsumes::SubsumedBy => "subsumed-by",
            Subsumes::NotSubsumed => "not-subsumed",
        }
    }
}

/// What is known of codes.
pub trait Codes: Send + Sync {
    /// Is the code one of the value set's? `value_set` is a canonical, perhaps with `|version`, perhaps implicit.
    fn in_value_set(&self, value_set: &str, coded: Coded<'_>) -> Verdict;

    /// Is the code one of its own system's, and the display one of its own?
    fn in_code_system(&self, coded: Coded<'_>) -> Verdict;

    /// Is there a value set at this canonical, perhaps an implicit one? One that can't be read is there.
    fn has_value_set(&self, value_set: &str) -> bool {
        let _ = value_set;
        true
    }

    /// Does the address name a supplement? Nothing is coded in one.
    fn is_supplement(&self, system: &str) -> bool {
        let _ = system;
        false
    }

    /// `None`: the system or a code is not known.
    fn subsumes(&self, system: &str, a: &str, b: &str) -> Option<Subsumes>;
}

impl Codes for Terms {
    fn in_value_set(&self, value_set: &str, coded: Coded<'_>) -> Verdict {
        let view = View::plain(self);
        let (url, version) = canonical::split(value_set);
        let answer = match self.value_set(url, version) {
            Ok(Some(set)) => view.set_holds(&set, coded),
            Ok(None) => Ok(Answer::Unknown(Says::SetMissing { set: value_set.to_owned() })),
            Err(fault) => Err(fault),
        };
        verdict(answer, coded, |code, system| {
            let set = value_set.to_owned();
            match system {
                Some(system) => Says::NotInSetOf { code, system, set },
                None => Says::NotInSet { code, set },
            }
        })
    }

    fn in_code_system(&self, coded: Coded<'_>) -> Verdict {
        let Some(system) = coded.system else {
            return Verdict::Unknown { says: Says::NoSystemNamed };
        };
        let answer = View::plain(self).system_holds(system, coded);
        verdict(answer, coded, |code, of| {
            let system = of.unwrap_or_else(|| super::fault::shown(system));
            Says::NotInSystem { code, system }
        })
    }

    fn has_value_set(&self, value_set: &str) -> bool {
        let (url, version) = canonical::split(value_set);
        !matches!(self.value_set(url, version), Ok(None))
    }

    fn is_supplement(&self, system: &str) -> bool {
        // One that forgot to say so in its `content` says it by `supplements`.
        let plain = self.inner.plain.find(system, None).and_then(|entry| entry.peek());
        !self.inner.supplements.of(system).is_empty() || plain.is_some_and(|system| system.head.supplements.is_some())
    }

    fn subsumes(&self, system: &str, a: &str, b: &str) -> Option<Subsumes> {
        self.relation(system, None, a, b).ok()
    }
}

fn verdict(answer: Result<Answer, Fault>, coded: Coded<'_>, none: impl Fn(String, Option<String>) -> Says) -> Verdict {
    match answer {
        Ok(Answer::Yes(found)) => Verdict::Yes {
            wrong_display: coded.display.and_then(|display| found.wrong(display)),
            inactive: found.is_inactive(),
        },
        Ok(Answer::No) => {
            let says = none(super::fault::shown(coded.code), coded.system.map(super::fault::shown));
            Verdict::No { says }
        }
        Ok(Answer::Unknown(says)) => Verdict::Unknown { says },
        Err(Fault { says, .. }) => Verdict::Unknown { says: says.into() },
    }
}
