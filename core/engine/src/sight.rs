//! The two locks on every row that leaves: the filter that a decision gave, and the check of the row itself.

use meridian_access::{Act, Caller, Scope, decide};
use meridian_store::{Look, Reader, Stored, Subject};

use crate::{Engine, EngineError};

/// What a caller may see of one type.
pub(crate) struct Permission {
    scope: Scope,
}

/// Decides on `act`.
pub(crate) fn permission(caller: &Caller, act: Act, kind: &str) -> Result<Permission, EngineError> {
    Ok(Permission { scope: decide(caller, act, kind)? })
}

impl Permission {
    /// The filter for the store.
    pub(crate) fn filter(&self) -> meridian_store::search::Scope {
        match &self.scope {
            Scope::Nothing => meridian_store::search::Scope::Nothing,
            Scope::Only(subjects) => {
                meridian_store::search::Scope::Only(subjects.iter().map(|s| Subject(*s)).collect())
            }
            Scope::All => meridian_store::search::Scope::All,
        }
    }

    /// Whether the row itself may be seen.
    pub(crate) fn shows(&self, row: &Stored) -> bool {
        self.scope.shows(row.key.subject().0)
    }

    /// The second lock of a search: a row that the filter let through and that may not be seen means that the filter
    /// is wrong, and the whole answer is withheld.
    pub(crate) fn check_all(&self, rows: &[Stored], caller: &Caller) -> Result<(), EngineError> {
        if let Some(row) = rows.iter().find(|row| !self.shows(row)) {
            tracing::error!(alarm = "access", request = %caller.request, key = ?row.key, "a filter let a row through");
            return Err(EngineError::Internal("access filter".into()));
        }
        Ok(())
    }
}

/// A look to be written down, with everything but what was seen.
pub(crate) fn look(caller: &Caller, act: &str, kind: &str) -> Look {
    Look {
        actor: caller.actor.clone(),
        display: caller.display.clone(),
        role: caller.role.as_str().to_owned(),
        institution: caller.institution.clone(),
        act: act.to_owned(),
        kind: kind.to_owned(),
        request: caller.request.clone(),
        ..Look::default()
    }
}

/// The subjects of `rows` that are people, each once.
pub(crate) fn people<'a>(rows: impl Iterator<Item = &'a Stored>) -> Vec<Subject> {
    let mut people: Vec<Subject> = rows.map(|row| row.key.subject()).filter(|s| *s != Subject::COMMON).collect();
    people.sort_unstable();
    people.dedup();
    people
}

impl Engine {
    /// Writes a look down, if anybody's record was seen or asked for; returns once it is on disk.
    pub(crate) async fn looked(&self, look: Look) -> Result<(), EngineError> {
        if look.subjects.is_empty() && look.query.is_empty() {
            return Ok(());
        }
        Ok(self.store().audit().looked(look).await?)
    }
}

/// Finds a resource by type and id; a Patient may be a golden one.
pub(crate) fn find(reader: &Reader<'_>, code: u16, id: &str) -> Result<Option<Stored>, EngineError> {
    if let Some(row) = reader.find(code, id)? {
        return Ok(Some(row));
    }
    if code == crate::engine::patient_code() {
        return Ok(reader.find(meridian_store::GOLDEN_PATIENT, id)?);
    }
    Ok(None)
}
