//! The part of a write that happens inside the writer's transaction.

use std::collections::HashMap;
use std::sync::Arc;

use meridian_access::Caller;
use meridian_model::definitions::Definitions;
use meridian_store::{
    CONDITIONAL_CREATE, GOLDEN_PATIENT, JobState, NewResource, Replacement, StoreError, Subject, SubjectKind, WriteTx,
};

use super::prepare::{Change, Kept, Prepared, Ready, change, prepare};
use super::resolve::{Seen, resolve};
use super::{Entry, Options, Outcome};
use crate::engine::{now, patient_code};
use crate::feed::{Committed, Happened};
use crate::participant::{self, Further, PersonChange, Sight};
use crate::search::{Found, where_one};
use crate::served::{Served, value_of};
use crate::{Engine, EngineError};

/// The kind of claim that makes a write happen once.
const ONCE: &str = "once";

/// Why nothing was written.
pub(super) enum Failure {
    /// What resolve saw is no longer so.
    Stale,
    Refused(EngineError),
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Failure {
        Failure::Refused(error.into())
    }
}

impl From<EngineError> for Failure {
    fn from(error: EngineError) -> Failure {
        Failure::Refused(error)
    }
}

/// A write on its way to the writer.
pub(super) struct Work {
    pub(super) engine: Engine,
    pub(super) caller: Caller,
    pub(super) entries: Arc<Vec<Entry>>,
    pub(super) ids: Vec<String>,
    /// None to resolve and prepare inside the transaction.
    pub(super) prepared: Option<Prepared>,
    pub(super) options: Options,
}

type Written = (Vec<Outcome>, Vec<Committed>, Vec<Kept>);

impl Work {
    pub(super) fn run(self, tx: &mut WriteTx<'_>) -> Result<Written, Failure> {
        if let Some(once) = &self.options.once {
            let number = tx.tx()?;
            if tx.claim(ONCE, once, number)?.is_err() {
                return Err(EngineError::Conflict("already applied".to_owned()).into());
            }
        }
        if let Some(done) = &self.options.job {
            let job = tx.job(done.id)?.ok_or_else(|| EngineError::NotFound(format!("job {}", done.id)))?;
            if job.state == JobState::Done {
                return Err(EngineError::Conflict("already applied".to_owned()).into());
            }
            tx.end_job(&job, JobState::Done, &done.head, &done.note)?;
        }
        let prepared = match self.prepared {
            Some(prepared) => {
                still_so(tx, &prepared.seen)?;
                prepared
            }
            None => prepare(&self.entries, resolve(tx, &self.entries, &self.ids)?, &self.caller)?,
        };
        let mut writing = Writing { engine: &self.engine, caller: &self.caller, changes: Vec::new() };
        writing.all(tx, prepared)
    }
}

/// Looks once more at what resolve saw.
fn still_so(tx: &WriteTx<'_>, seen: &[Seen]) -> Result<(), Failure> {
    for seen in seen {
        let same = match seen {
            Seen::Version { kind, id, version } => {
                let code = Definitions::r4().type_code(kind).unwrap_or_default();
                tx.version_of(code, id)?.unwrap_or_default() == *version
            }
            Seen::Condition { kind, query, found } => match where_one(tx, kind, query)? {
                Found::None => found.is_none(),
                Found::One(row) => Some(row.key) == *found,
                Found::Many => false,
            },
        };
        if !same {
            return Err(Failure::Stale);
        }
    }
    Ok(())
}

struct Writing<'a> {
    engine: &'a Engine,
    caller: &'a Caller,
    changes: Vec<Committed>,
}

impl Writing<'_> {
    fn all(&mut self, tx: &mut WriteTx<'_>, prepared: Prepared) -> Result<Written, Failure> {
        // Patients first: what belongs to them needs their subject.
        for ready in &prepared.entries {
            if let Ready::Write(change) = ready
                && change.kind == "Patient"
            {
                tx.subject_of(patient_code(), &change.id, SubjectKind::Source)?;
            }
        }
        let mut outcomes: Vec<Outcome> = Vec::with_capacity(prepared.entries.len());
        for ready in prepared.entries {
            let outcome = match ready {
                Ready::Keep(served) => Outcome { happened: None, served },
                Ready::Same(entry) => match outcomes.get(entry) {
                    Some(first) => Outcome { happened: None, served: first.served.clone() },
                    None => return Err(EngineError::Internal("an entry stands before its double".into()).into()),
                },
                Ready::Write(change) => self.write(tx, *change)?,
            };
            outcomes.push(outcome);
        }
        let mut persons: HashMap<Subject, Option<Subject>> = HashMap::new();
        for change in &mut self.changes {
            let person = match persons.get(&change.subject) {
                Some(person) => *person,
                None => *persons.entry(change.subject).or_insert(tx.person(change.subject)?),
            };
            change.person = person;
        }
        Ok((outcomes, std::mem::take(&mut self.changes), prepared.kept))
    }

    fn write(&mut self, tx: &mut WriteTx<'_>, change: Change) -> Result<Outcome, Failure> {
        let subject = self.put(tx, &change)?;
        if let Some(claim) = &change.claim {
            let key = tx.locate(change.code, &change.id)?.map_or(0, |key| key.0);
            tx.pass_claim(CONDITIONAL_CREATE, claim, key)?;
        }
        self.follow(tx, &change, subject)?;
        let served = Served {
            kind: change.kind,
            id: change.id,
            version: change.version,
            at: change.at,
            deleted: change.happened == Happened::Deleted,
            body: change.json,
        };
        Ok(Outcome { happened: Some(change.happened), served })
    }

    fn put(&mut self, tx: &mut WriteTx<'_>, change: &Change) -> Result<Subject, Failure> {
        let is_patient = change.kind == "Patient";
        let subject = match (&change.patient, &change.old) {
            _ if is_patient => tx.subject_of(change.code, &change.id, subject_kind(change.code))?,
            (Some(patient), _) => self.subject_of_patient(tx, patient)?,
            (None, _) => Subject::COMMON,
        };
        match &change.old {
            None => {
                let new = NewResource {
                    kind: change.code,
                    name: change.kind,
                    id: &change.id,
                    subject,
                    at: change.at,
                    body: &change.body,
                    index: &change.index,
                };
                tx.insert(&new, is_patient)?;
            }
            Some((row, old)) => {
                let deleted = change.happened == Happened::Deleted;
                let next = Replacement {
                    key: row.key,
                    kind: change.code,
                    name: change.kind,
                    id: &change.id,
                    version: change.version,
                    at: change.at,
                    old,
                    new: (!deleted).then_some((subject, &change.body, &change.index)),
                };
                tx.replace(&next)?;
            }
        }
        self.changes.push(Committed {
            happened: change.happened,
            kind: change.kind,
            id: change.id.clone(),
            version: change.version,
            subject,
            person: None,
            institution: self.caller.institution.clone(),
        });
        Ok(subject)
    }

    /// The subject of the Patient that a reference names, golden ones included.
    fn subject_of_patient(&self, tx: &mut WriteTx<'_>, id: &str) -> Result<Subject, Failure> {
        if tx.locate(patient_code(), id)?.is_none()
            && let Some(key) = tx.locate(GOLDEN_PATIENT, id)?
        {
            return Ok(key.subject());
        }
        Ok(tx.subject_of(patient_code(), id, SubjectKind::Source)?)
    }

    fn follow(&mut self, tx: &mut WriteTx<'_>, change: &Change, subject: Subject) -> Result<(), Failure> {
        for participant in self.engine.inner.participants.iter().filter(|p| p.kinds().contains(&change.kind)) {
            let told = participant::Change {
                happened: change.happened,
                kind: change.kind,
                id: &change.id,
                subject,
                before: change.before.as_ref(),
                after: change.after.as_ref(),
                caller: self.caller,
            };
            for further in participant.follow(&told, &Sight { reader: tx })? {
                match further {
                    Further::Leave(subject) => tx.leave(subject)?,
                    Further::Person(person) => self.person(tx, person)?,
                }
            }
        }
        Ok(())
    }

    fn person(&mut self, tx: &mut WriteTx<'_>, change: PersonChange) -> Result<(), Failure> {
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
        self.golden(tx, person, fresh, change.golden)
    }

    /// Writes the golden Patient of a person, if it says something new.
    fn golden(
        &mut self,
        tx: &mut WriteTx<'_>,
        person: Subject,
        fresh: String,
        mut golden: serde_json::Value,
    ) -> Result<(), Failure> {
        let old = tx.current(person.patient())?;
        let id = old.as_ref().map_or(fresh, |row| row.id.clone());
        if let Some(row) = &old
            && !row.deleted
            && same_content(&value_of(&row.body)?, &golden)
        {
            return Ok(());
        }
        let (at, version) = (now(), old.as_ref().map_or(1, |row| row.version + 1));
        if let Some(members) = golden.as_object_mut() {
            super::meta::stamp(members, &id, version, at, REGION);
        }
        let happened = if old.is_some() { Happened::Updated } else { Happened::Created };
        let made = change("Patient", GOLDEN_PATIENT, id, version, at, Some(golden), old.map(Box::new), happened, None)?;
        self.put(tx, &made)?;
        Ok(())
    }
}

/// The institution that golden records come from: the region itself.
const REGION: &str = "region";

fn subject_kind(code: u16) -> SubjectKind {
    if code == GOLDEN_PATIENT { SubjectKind::Golden } else { SubjectKind::Source }
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
