//! What `$closure` reckons: which of the codes that a client uses stand below which.

use super::Terms;
use super::fault::{Fault, shown};
use super::member::System;

/// A code by its system.
pub type SystemCode = (String, String);

/// A code, and one that is more general.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Pair {
    pub code: SystemCode,
    pub below: SystemCode,
}

impl Terms {
    /// The pairs that come with `new` where `known` were there before. The codes must be of systems that are here.
    ///
    /// # Errors
    /// `NotFound` for a code or system that is not here.
    pub fn closed(&self, known: &[SystemCode], new: &[SystemCode]) -> Result<Vec<Pair>, Fault> {
        let mut pairs = Vec::new();
        for (nth, (system, code)) in new.iter().enumerate() {
            let table = match self.system(self.url_of(system), None)? {
                Some(System::Table(table)) => table,
                // The codes of a grammar stand beside each other.
                Some(System::Grammar(grammar)) if grammar.holds(code) => continue,
                Some(System::Grammar(_)) => return Err(unknown(system, code)),
                None => return Err(Fault::not_found(self.missing(system, None))),
            };
            let at = table.find(code).ok_or_else(|| unknown(system, code))?;
            // Those of this call that stand before it were told of it already.
            let others = known.iter().chain(new.get(..nth).unwrap_or_default());
            for other in others.filter(|(of, _)| self.url_of(of) == self.url_of(system)) {
                let Some(place) = table.find(&other.1).filter(|place| *place != at) else { continue };
                let own = (system.clone(), code.clone());
                if table.is_a(at, place) {
                    pairs.push(Pair { code: own, below: other.clone() });
                } else if table.is_a(place, at) {
                    pairs.push(Pair { code: other.clone(), below: own });
                }
            }
        }
        pairs.sort();
        pairs.dedup();
        Ok(pairs)
    }
}

fn unknown(system: &str, code: &str) -> Fault {
    Fault::not_found(format!("the code `{}` is not in {}", shown(code), shown(system)))
}
