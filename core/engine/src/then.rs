//! The record as it stood when a version was written: what is sent later still says what was true then.

use std::cell::RefCell;

use meridian_access::{Act, Caller, Clearance, clearance, decide};
use meridian_model::definitions::Definitions;
use meridian_model::language::Both;
use meridian_store::{GOLDEN_PATIENT, Key, Reader, Subject};
use serde_json::Value;

use crate::engine::patient_code;
use crate::served::value_of;
use crate::sight::{find, is_within, look, permission};
use crate::write::guard;
use crate::{Engine, EngineError};

/// A version, and a sight of everything else as it was in its transaction.
pub struct Then<'a> {
    reader: &'a Reader<'a>,
    tx: i64,
    /// What of the guarded may be told.
    cleared: Clearance,
    /// Whose records were looked into.
    seen: RefCell<Vec<Subject>>,
    /// When it was written, in milliseconds since 1970 UTC.
    pub at: i64,
    /// None for a version that deletes.
    pub version: Option<Value>,
    /// The version before it; None for the first one and after a deletion.
    pub before: Option<Value>,
}

impl Then<'_> {
    /// Another resource as it was then, by a reference `Type/id`; None for one that was not there.
    pub fn resource(&self, reference: &str) -> Result<Option<Value>, EngineError> {
        let Some((kind, id)) = reference.split_once('/') else { return Ok(None) };
        let Some(code) = Definitions::r4().type_code(kind) else { return Ok(None) };
        match self.reader.locate(code, id)? {
            Some(key) => self.value(key),
            None => Ok(None),
        }
    }

    /// The source Patients that were one person with this one (`Patient/id`), itself included, in the order of their
    /// numbers.
    pub fn patients(&self, reference: &str) -> Result<Vec<Value>, EngineError> {
        let Some(id) = reference.strip_prefix("Patient/") else { return Ok(Vec::new()) };
        let key = match self.reader.locate(patient_code(), id)? {
            Some(key) => Some(key),
            None => self.reader.locate(GOLDEN_PATIENT, id)?,
        };
        let Some(subject) = key.map(Key::subject) else { return Ok(Vec::new()) };
        self.seen.borrow_mut().push(subject);
        let members = match self.reader.person_at(subject, self.tx)? {
            Some(person) => self.reader.members_at(person, self.tx)?,
            None => vec![subject],
        };
        let mut patients = Vec::new();
        for subject in members {
            let key = subject.patient();
            if self.reader.current(key)?.is_some_and(|row| row.kind != GOLDEN_PATIENT) {
                patients.extend(self.value(key)?);
            }
        }
        Ok(patients)
    }

    /// Whether these Patients (`Patient/id`) are one person today; one that is gone is nobody's.
    pub fn are_one_today(&self, patients: &[String]) -> Result<bool, EngineError> {
        are_one_today(self.reader, patients)
    }

    fn value(&self, key: Key) -> Result<Option<Value>, EngineError> {
        match self.reader.version_at(key, self.tx)? {
            Some(version) if !version.deleted => {
                let value = value_of(&version.body)?;
                let told = guard(&value).is_none_or(|guard| is_within(&self.cleared, &guard));
                Ok(told.then_some(value))
            }
            _ => Ok(None),
        }
    }
}

fn are_one_today(reader: &Reader<'_>, patients: &[String]) -> Result<bool, EngineError> {
    let mut persons = Vec::with_capacity(patients.len());
    for reference in patients {
        let Some(id) = reference.strip_prefix("Patient/") else { return Ok(false) };
        let key = match reader.locate(patient_code(), id)? {
            Some(key) => Some(key),
            None => reader.locate(GOLDEN_PATIENT, id)?,
        };
        let Some(subject) = key.map(Key::subject) else { return Ok(false) };
        // A Patient that belongs to nobody is a person by itself.
        persons.push(reader.person(subject)?.unwrap_or(subject));
    }
    persons.dedup();
    Ok(persons.len() <= 1)
}

/// Whether these Patients (`Patient/id`) are still one person. Nothing of them is shown.
///
/// # Errors
/// `Denied` for roles that do not run the platform.
pub fn still_one(engine: &Engine, caller: &Caller, patients: &[String]) -> Result<bool, EngineError> {
    decide(caller, Act::Look, "AuditEvent")?;
    engine.store().read(|reader| are_one_today(reader, patients))
}

/// Shows `see` the record as it stood when that version was written. The look is on disk before anything is returned.
///
/// # Errors
/// `NotFound` for a version that is not there; those of `see`.
pub async fn as_of<T>(
    engine: &Engine,
    caller: &Caller,
    act: &'static str,
    (kind, id, version): (&str, &str, i64),
    see: impl FnOnce(&Then<'_>) -> Result<T, EngineError>,
) -> Result<T, EngineError> {
    let missing = || EngineError::NotFound(Both::alike(format!("{kind}/{id}/_history/{version}")));
    let code = engine.definitions().type_code(kind).ok_or_else(missing)?;
    let may = permission(caller, Act::Look, kind)?;
    let (seen, subjects) = engine.store().read(|reader| {
        let row = find(reader, code, id)?.filter(|row| may.shows(row)).ok_or_else(missing)?;
        let found = reader.version(row.key, version)?;
        let found = found.filter(|found| may.shows_version(&row, found)).ok_or_else(missing)?;
        let before = if version > 1 { reader.version(row.key, version - 1)? } else { None };
        let value = |version: &meridian_store::Version| value_of(&version.body);
        let then = Then {
            reader,
            tx: found.tx,
            cleared: clearance(caller),
            seen: RefCell::new(vec![row.key.subject()]),
            at: found.at,
            version: if found.deleted { None } else { Some(value(&found)?) },
            before: before
                .filter(|before| !before.deleted && may.shows_version(&row, before))
                .as_ref()
                .map(value)
                .transpose()?,
        };
        let shown = see(&then)?;
        Ok::<_, EngineError>((shown, then.seen.into_inner()))
    })?;
    let mut look = look(caller, act, kind);
    look.id = format!("{id}/_history/{version}");
    look.subjects = subjects.into_iter().filter(|subject| *subject != Subject::COMMON).collect();
    look.subjects.sort_unstable();
    look.subjects.dedup();
    engine.looked(look).await?;
    Ok(seen)
}
