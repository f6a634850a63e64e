//! What a caller may see in a search over one or several types.

use meridian_access::{Act, Caller};
use meridian_store::Stored;
use meridian_store::search::{Condition, Scope};

use super::ground::Of;
use crate::EngineError;
use crate::engine::type_name;
use crate::sight::{Permission, permission};

pub(super) struct Sights {
    all: Vec<(Of, Permission)>,
}

impl Sights {
    /// All of the types must be open to the caller.
    pub(super) fn of(caller: &Caller, of: &[Of]) -> Result<Sights, EngineError> {
        let each = of.iter().map(|of| Ok((*of, permission(caller, Act::Look, of.kind)?)));
        Ok(Sights { all: each.collect::<Result<_, EngineError>>()? })
    }

    /// Those of the types that are open to the caller.
    pub(super) fn among(caller: &Caller, of: Vec<Of>) -> (Vec<Of>, Sights) {
        let each = of.into_iter().filter_map(|of| Some((of, permission(caller, Act::Look, of.kind).ok()?)));
        let all: Vec<_> = each.collect();
        (all.iter().map(|(of, _)| *of).collect(), Sights { all })
    }

    /// The filter for the store, where it is the same for all types.
    pub(super) fn scope(&self) -> Scope {
        match self.all.split_first() {
            None => Scope::Nothing,
            Some(((_, first), rest)) => {
                let scope = first.filter();
                if rest.iter().all(|(_, may)| may.filter() == scope) { scope } else { Scope::All }
            }
        }
    }

    /// What must hold besides.
    pub(super) fn conditions(&self) -> Vec<Condition> {
        let mut conditions: Vec<Condition> = self.all.iter().flat_map(|(_, may)| may.conditions()).collect();
        let first = self.all.first().map(|(_, may)| may.filter());
        if self.all.iter().any(|(_, may)| Some(may.filter()) != first) {
            let each = self.all.iter().filter_map(|(of, may)| {
                let kinds = Condition::Kinds(vec![of.code]);
                match may.filter() {
                    Scope::Nothing => None,
                    Scope::All => Some(kinds),
                    Scope::Only(subjects) => Some(Condition::All(vec![kinds, Condition::Who(subjects)])),
                    Scope::Cleared(clearance) => Some(Condition::All(vec![kinds, Condition::Cleared(clearance)])),
                }
            });
            conditions.push(Condition::Any(each.collect()));
        }
        conditions
    }

    /// The second lock: see [`Permission::check_all`].
    pub(super) fn check_all(&self, rows: &[Stored], caller: &Caller) -> Result<(), EngineError> {
        for row in rows {
            let kind = type_name(row.kind);
            match self.all.iter().find(|(of, _)| of.kind == kind) {
                Some((_, may)) => may.check_all(std::slice::from_ref(row), caller)?,
                None => {
                    tracing::error!(alarm = "access", request = %caller.request, key = ?row.key, "a type nobody asked for");
                    return Err(EngineError::Internal("access filter".into()));
                }
            }
        }
        Ok(())
    }
}
