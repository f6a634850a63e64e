//! What the region itself writes, because participants say so: persons with their golden Patients, memberships, resources
//! of its own.

use meridian_model::definitions::Definitions;
use meridian_store::{GOLDEN_PATIENT, Subject, SubjectKind, WriteTx};

use super::commit::{Failure, Writing};
use super::prepare::change;
use crate::engine::now;
use crate::feed::Happened;
use crate::participant::{Own, PersonChange};
use crate::served::value_of;

/// The institution that golden records come from: the region itself.
const REGION: &str = "region";

impl Writing<'_> {
    pub(super) fn person(&mut self, tx: &mut WriteTx<'_>, change: PersonChange) -> Result<(), Failure> {
        let fresh = uuid::Uuid::now_v7().to_string();
        let person = match change.person {
            Some(person) => person,
            None => {
                let person = tx.subject_of(GOLDEN_PATIENT, &fresh, SubjectKind::Golden)?;
                tx.join(person, person)?;
                person
            }
        };
        for (kind, key) in &change.release {
            tx.release(kind, key, person.0)?;
        }
        for (kind, key) in &change.take {
            tx.pass_claim(kind, key, person.0)?;
        }
        for subject in &change.join {
            tx.join(*subject, person)?;
        }
        let golden = self.golden(tx, person, fresh, change.golden)?;
        for subject in change.join.iter().filter(|subject| **subject != person) {
            tx.note_membership(*subject, 'J', &golden, &change.why);
        }
        Ok(())
    }

    pub(super) fn leave(&mut self, tx: &mut WriteTx<'_>, subject: Subject) -> Result<(), Failure> {
        if let Some(person) = tx.person(subject)?
            && let Some(golden) = tx.current(person.patient())?
        {
            tx.note_membership(subject, 'L', &golden.id, "deleted");
        }
        Ok(tx.leave(subject)?)
    }

    /// Writes a resource of the region's own, if it says something new.
    pub(super) fn own(&mut self, tx: &mut WriteTx<'_>, own: Own) -> Result<(), Failure> {
        let Own { kind, mut resource, institution } = own;
        let code = Definitions::r4().type_code(kind).unwrap_or_default();
        let id = resource.get("id").and_then(serde_json::Value::as_str).unwrap_or_default().to_owned();
        let old = tx.find(code, &id)?;
        if let Some(row) = &old
            && !row.deleted
            && same_content(&value_of(&row.body)?, &resource)
        {
            return Ok(());
        }
        let (at, version) = (now(), old.as_ref().map_or(1, |row| row.version + 1));
        if let Some(members) = resource.as_object_mut() {
            super::meta::stamp(members, &id, version, at, institution);
        }
        let happened = if old.as_ref().is_some_and(|row| !row.deleted) { Happened::Updated } else { Happened::Created };
        let old = old.map(Box::new);
        let made = change(kind, code, id, version, at, Some(resource), old, happened, None, self.catalogue)?;
        self.put(tx, &made)?;
        Ok(())
    }

    /// Writes the golden Patient of a person, if it says something new. Gives its id.
    fn golden(
        &mut self,
        tx: &mut WriteTx<'_>,
        person: Subject,
        fresh: String,
        mut golden: serde_json::Value,
    ) -> Result<String, Failure> {
        let old = tx.current(person.patient())?;
        let id = old.as_ref().map_or(fresh, |row| row.id.clone());
        if let Some(row) = &old
            && !row.deleted
            && same_content(&value_of(&row.body)?, &golden)
        {
            return Ok(id);
        }
        let (at, version) = (now(), old.as_ref().map_or(1, |row| row.version + 1));
        if let Some(members) = golden.as_object_mut() {
            super::meta::stamp(members, &id, version, at, REGION);
        }
        let happened = if old.is_some() { Happened::Updated } else { Happened::Created };
        let old = old.map(Box::new);
        let (kind, code, all) = ("Patient", GOLDEN_PATIENT, self.catalogue);
        let made = change(kind, code, id.clone(), version, at, Some(golden), old, happened, None, all)?;
        self.put(tx, &made)?;
        Ok(id)
    }
}

/// Equal but for what the server sets.
fn same_content(stored: &serde_json::Value, new: &serde_json::Value) -> bool {
    let members = |value: &serde_json::Value| {
        let mut members = value.as_object().cloned().unwrap_or_default();
        members.shift_remove("id");
        if let Some(meta) = members.get_mut("meta").and_then(serde_json::Value::as_object_mut) {
            meta.retain(|key, _| key == "tag");
            if let Some(tags) = meta.get_mut("tag").and_then(serde_json::Value::as_array_mut) {
                tags.retain(|tag| {
                    tag.get("system").and_then(serde_json::Value::as_str) != Some(super::meta::INSTITUTION_TAG)
                });
            }
        }
        members
    };
    members(stored) == members(new)
}
