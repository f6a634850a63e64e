//! What tokens mean on one sight of the store: a value set or a place in a hierarchy becomes the list of its codes, which
//! is bound to the one statement as one value.

use std::collections::HashSet;

use meridian_conformance::terms::MOST_CODINGS;
use meridian_model::outcome::Issue;
use meridian_model::reference::Reference;
use meridian_store::Reader;
use meridian_store::search::{Condition, SystemTest, TokenTest};

use super::ground::{Slot, numbers};
use super::wish::Meaning;
use crate::EngineError;
use crate::meaning::terms::{addressed, in_force, refused};

/// How many codes the conditions of one search may still mean.
pub(super) struct Allowance(usize);

impl Default for Allowance {
    fn default() -> Allowance {
        Allowance(MOST_CODINGS)
    }
}

impl Allowance {
    fn take(&mut self, codes: usize) -> Result<(), EngineError> {
        let says = || format!("the search means more than {MOST_CODINGS} codes");
        let left = self.0.checked_sub(codes);
        self.0 = left.ok_or_else(|| EngineError::Invalid(vec![Issue::error("too-costly", says())]))?;
        Ok(())
    }
}

/// The condition that a token is one of these.
pub(super) fn tokens(
    reader: &Reader<'_>,
    slots: &[Slot],
    any: &[Meaning],
    allowance: &mut Allowance,
) -> Result<Condition, EngineError> {
    let terms = in_force(reader)?;
    // A `code` has no system in its rows: the element says which it is.
    let bare = slots.iter().any(|slot| slot.param.paths.iter().any(|path| path.ends_with(":code")));
    let mut tests = Vec::new();
    let mut seen = HashSet::new();
    for meaning in any.iter().filter(|meaning| seen.insert(*meaning)) {
        let codings = match meaning {
            Meaning::In(value_set) => {
                let url = canonical(reader, value_set)?;
                terms.codes_in(&url).map_err(not_done)?
            }
            Meaning::Around { system, code, below } => {
                vec![(system.clone(), terms.codes_around(system, code, *below).map_err(not_done)?)]
            }
        };
        for (system, codes) in codings {
            allowance.take(codes.len())?;
            for code in codes {
                if bare {
                    tests.push(TokenTest { system: SystemTest::None, code: Some(code.clone()) });
                }
                tests.push(TokenTest { system: SystemTest::Uri(system.clone()), code: Some(code) });
            }
        }
    }
    Ok(Condition::Token { params: numbers(slots), any: tests, selective: false })
}

/// The canonical of a value set that may be named as a resource of this server.
fn canonical(reader: &Reader<'_>, named: &str) -> Result<String, EngineError> {
    let Reference::Relative { kind: "ValueSet", id, .. } = Reference::parse(named) else {
        return Ok(named.to_owned());
    };
    let found = addressed(reader, "ValueSet", id, |_| true)?;
    let found = found.ok_or_else(|| EngineError::invalid("", format!("{named} is not here")))?;
    let canonical = found.canonical();
    let canonical =
        canonical.ok_or_else(|| EngineError::invalid("", format!("{named} has no url, and so is not in force")))?;
    if !found.in_force {
        let says =
            format!("{named} is not in force, its url leads to another value set: search by {canonical} for that");
        return Err(EngineError::invalid("", says));
    }
    Ok(canonical)
}

/// A search that names what is not here is a wrong search, and finds neither nothing nor all.
fn not_done(fault: meridian_conformance::terms::Fault) -> EngineError {
    match refused(fault) {
        EngineError::Absent(says) => EngineError::Invalid(vec![Issue::error("not-found", says)]),
        other => other,
    }
}
