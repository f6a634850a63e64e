//! What `$closure` reckons: which of the codes that a client uses stand below which.

use meridian_model::both;

use super::Terms;
use super::fault::Fault;
use super::member::System;
use super::system::Content;

/// A code by its system.
pub type SystemCode = (String, String);

/// A code, and one that is more general.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Pair {
    pub code: SystemCode,
    pub below: SystemCode,
}

/// A code of the client's, where its system has it.
struct Placed<'c> {
    url: String,
    code: &'c SystemCode,
    /// `None` where the system has it no longer, or is a grammar, whose codes stand beside each other.
    at: Option<u32>,
}

impl Terms {
    /// The pairs that come with `new` where `known` were there before, `most` of them. The codes must be of systems that
    /// are here.
    ///
    /// # Errors
    /// `NotFound` for a code or system that is not here; `TooCostly` for more pairs.
    pub fn closed(&self, known: &[SystemCode], new: &[SystemCode], most: usize) -> Result<Vec<Pair>, Fault> {
        let mut places: Vec<Placed<'_>> = Vec::with_capacity(known.len() + new.len());
        for code in known {
            places.push(self.placed(code).unwrap_or_else(|_| Placed { url: code.0.clone(), code, at: None }));
        }
        let mut pairs = Vec::new();
        for code in new {
            let place = self.placed(code)?;
            if let (Some(at), Some(System::Table(table))) = (place.at, self.system(&place.url, None)?) {
                let (above, below) = (table.above(at), table.below(at));
                let is_in = |marks: &[bool], at: u32| marks.get(at as usize).copied().unwrap_or_default();
                // Those of this call that stand behind it will be told of it.
                for other in places.iter().filter(|other| other.url == place.url) {
                    let Some(there) = other.at.filter(|there| *there != at) else { continue };
                    let pair =
                        |code: &SystemCode, below: &SystemCode| Pair { code: code.clone(), below: below.clone() };
                    if is_in(&above, there) {
                        pairs.push(pair(code, other.code));
                    } else if is_in(&below, there) {
                        pairs.push(pair(other.code, code));
                    }
                }
                if pairs.len() > most {
                    return Err(Fault::too_costly(both!(
                        "the table would get more than {most} pairs at once",
                        "闭包表一次增加的关系会超过 {most} 对"
                    )));
                }
            }
            places.push(place);
        }
        pairs.sort();
        pairs.dedup();
        Ok(pairs)
    }

    fn placed<'c>(&self, of: &'c SystemCode) -> Result<Placed<'c>, Fault> {
        let (system, code) = of;
        let url = self.url_of(system).to_owned();
        let at = match self.system(&url, None)? {
            Some(System::Table(table)) => {
                Some(table.find(code).ok_or_else(|| unknown(system, code, table.head.content))?)
            }
            Some(System::Grammar(grammar)) if grammar.holds(code) => None,
            Some(System::Grammar(_)) => return Err(unknown(system, code, Content::Complete)),
            None => return Err(Fault::not_found(self.missing(system, None)).of("concept")),
        };
        Ok(Placed { url, code: of, at })
    }
}

fn unknown(system: &str, code: &str, content: Content) -> Fault {
    Fault::no_code(code, system, content).of("concept")
}
