//! The two locks on every row that leaves: the filter that a decision gave, and the check of the row itself.

use std::sync::LazyLock;

use memchr::memmem;
use meridian_access::{Act, Caller, Clearance, Label, Scope, clearance, decide, withheld};
use meridian_model::definitions::Definitions;
use meridian_store::search::{Condition, SystemTest, TokenTest};
use meridian_store::{Guard, Look, Reader, Stored, Subject, Version};
use serde_json::Value;

use crate::served::{value_in, value_of};
use crate::write::{guard, param_number};
use crate::{Engine, EngineError};

/// What a caller may see of one type.
pub(crate) struct Permission {
    scope: Scope,
    cleared: Clearance,
    withheld: Vec<&'static Label>,
}

/// Decides on `act`.
pub(crate) fn permission(caller: &Caller, act: Act, kind: &str) -> Result<Permission, EngineError> {
    let scope = decide(caller, act, kind)?;
    Ok(Permission { scope, cleared: clearance(caller), withheld: withheld(caller, kind).collect() })
}

impl Permission {
    /// The filter for the store.
    pub(crate) fn filter(&self) -> meridian_store::search::Scope {
        match &self.scope {
            Scope::Nothing => meridian_store::search::Scope::Nothing,
            Scope::Only(subjects) => {
                meridian_store::search::Scope::Only(subjects.iter().map(|s| Subject(*s)).collect())
            }
            Scope::All => meridian_store::search::Scope::Cleared(self.clearance()),
        }
    }

    fn clearance(&self) -> meridian_store::search::Clearance {
        let Clearance { institution, own, others } = &self.cleared;
        meridian_store::search::Clearance {
            institution: institution.clone(),
            own: own.number(),
            others: others.number(),
        }
    }

    /// What a search must not find besides, as conditions of the store.
    pub(crate) fn conditions(&self) -> Vec<Condition> {
        let found = |label: &&Label| {
            let r4 = Definitions::r4();
            let (param, code) = (r4.search_param(label.kind, label.param)?, r4.type_code(label.kind)?);
            let system = SystemTest::Uri(label.system.to_owned());
            let any = vec![TokenTest { system, code: Some(label.code.to_owned()) }];
            let labelled = Condition::Token { params: vec![param_number(code, param)], any, selective: false };
            Some(Condition::Not(Box::new(labelled)))
        };
        let mut conditions: Vec<Condition> = self.withheld.iter().filter_map(found).collect();
        if matches!(self.scope, Scope::Only(_)) {
            conditions.push(Condition::Cleared(self.clearance()));
        }
        conditions
    }

    /// Whether the row itself may be seen.
    pub(crate) fn shows(&self, row: &Stored) -> bool {
        // Of what was deleted nobody can tell what it was.
        let kept = || row.deleted || value_of(&row.body).is_ok_and(|resource| labelled(&self.withheld, &resource));
        // By what it says itself, not by the row that the filter went by.
        let cleared = || {
            let guard = row.body.json().map_err(EngineError::from).and_then(|json| guard_in(&json));
            guard.is_ok_and(|guard| guard.is_none_or(|guard| is_within(&self.cleared, &guard)))
        };
        self.scope.shows(row.key.subject().0) && (self.withheld.is_empty() || !kept()) && (row.deleted || cleared())
    }

    /// Whether a version may be seen of a row that may be: what was kept once stays so as it was then.
    pub(crate) fn shows_version(&self, row: &Stored, version: &Version) -> bool {
        let Version { version, tx, at, deleted, body } = version.clone();
        self.shows(&Stored { version, tx, at, deleted, body, ..row.clone() })
    }

    /// Whether a subject's own record may be seen.
    pub(crate) fn shows_subject(&self, subject: Subject) -> bool {
        self.scope.shows(subject.0)
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

/// Whether who is cleared so far sees what is guarded so.
pub(crate) fn is_within(cleared: &Clearance, guard: &Guard) -> bool {
    guard.level <= if guard.keeper == cleared.institution { cleared.own } else { cleared.others }.number()
}

/// What guards the resource of this body, which is read only where it carries a label at all.
pub(crate) fn guard_in(json: &[u8]) -> Result<Option<Guard>, EngineError> {
    static LABELS: LazyLock<memmem::Finder<'static>> = LazyLock::new(|| memmem::Finder::new(b"\"security\""));
    if LABELS.find(json).is_none() {
        return Ok(None);
    }
    Ok(guard(&value_in(json)?))
}

/// Whether a resource carries one of these labels.
pub(crate) fn labelled(labels: &[&Label], resource: &Value) -> bool {
    let text = |coding: &Value, key: &str| coding.get(key).and_then(Value::as_str).map(str::to_owned);
    labels.iter().any(|label| {
        let codings = resource.get(label.param).and_then(|code| code.get("coding")).and_then(Value::as_array);
        codings.map_or(&[][..], Vec::as_slice).iter().any(|coding| {
            text(coding, "system").as_deref() == Some(label.system)
                && text(coding, "code").as_deref() == Some(label.code)
        })
    })
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
