//! Watching the feed: changes of one person for those in care, everything for operators.

use meridian_model::language::Both;

use std::collections::HashSet;

use meridian_access::{Act, Caller, Clearance, Role, clearance};
use meridian_store::{StoreError, Subject};

use crate::engine::patient_code;
use crate::feed::Committed;
use crate::sight::{find, is_within, look, permission};
use crate::{Engine, EngineError};

/// What a listener may hear of.
pub struct Watch {
    /// None for everything.
    subjects: Option<HashSet<Subject>>,
    person: Option<Subject>,
    cleared: Clearance,
}

impl Watch {
    /// Watches the person that Patient `id` is. Counts as a look.
    ///
    /// # Errors
    /// `NotFound` for a Patient that is not there or may not be seen.
    pub async fn person(engine: &Engine, caller: &Caller, id: &str) -> Result<Watch, EngineError> {
        let may = permission(caller, Act::Look, "Patient")?;
        let found = engine.store().read(|reader| {
            let row = find(reader, patient_code(), id)?.filter(|row| may.shows(row));
            let row = row.ok_or_else(|| EngineError::NotFound(Both::alike(format!("Patient/{id}"))))?;
            let subject = row.key.subject();
            Ok::<_, EngineError>((reader.person(subject)?, reader.same_person(subject)?))
        })?;
        let mut look = look(caller, "watch", "Patient");
        look.id = id.to_owned();
        look.subjects.clone_from(&found.1);
        engine.looked(look).await?;
        let subjects = Some(found.1.into_iter().collect());
        Ok(Watch { person: found.0, subjects, cleared: clearance(caller) })
    }

    /// Watches everything.
    ///
    /// # Errors
    /// `Denied` for those who do not run the platform.
    pub fn everything(caller: &Caller) -> Result<Watch, EngineError> {
        permission(caller, Act::Look, "AuditEvent")?;
        debug_assert!(matches!(caller.role, Role::Operator | Role::System));
        Ok(Watch { subjects: None, person: None, cleared: clearance(caller) })
    }

    /// Whether this listener hears of jobs.
    pub fn hears_jobs(&self) -> bool {
        self.subjects.is_none()
    }

    /// Whether this listener hears of `change`.
    pub fn hears(&self, change: &Committed) -> bool {
        if change.guard.as_ref().is_some_and(|guard| !is_within(&self.cleared, guard)) {
            return false;
        }
        match &self.subjects {
            None => true,
            Some(_) if change.withheld => false,
            Some(subjects) => {
                subjects.contains(&change.subject) || (self.person.is_some() && change.person == self.person)
            }
        }
    }

    /// The id of the golden Patient behind a change, if its subject belongs to a person.
    pub fn golden_id(&self, engine: &Engine, change: &Committed) -> Option<String> {
        let person = change.person?;
        let row = engine.store().read::<_, StoreError>(|reader| reader.current(person.patient())).ok()??;
        Some(row.id)
    }
}
