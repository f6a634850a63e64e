//! Participants: rules of departments that must commit together with a change.
//!
//! A participant is a function from a change (and what it may look up) to further changes. It runs in the writer's
//! transaction; its refusal undoes the whole act.

use meridian_access::Caller;
use meridian_store::{GOLDEN_PATIENT, Reader, Subject, SubjectKind};
use serde_json::Value;

use crate::EngineError;
use crate::feed::Happened;
use crate::served::value_of;

/// The most versions of an ended golden Patient that are looked through for what it said before it ended; each merge of
/// the person that it became adds one.
const MOST_ENDED: usize = 32;

/// A change that is being committed.
pub struct Change<'a> {
    pub happened: Happened,
    pub kind: &'static str,
    pub id: &'a str,
    pub subject: Subject,
    pub before: Option<&'a Value>,
    pub after: Option<&'a Value>,
    pub caller: &'a Caller,
}

/// What may follow a change.
#[derive(Clone, Debug, PartialEq)]
pub enum Further {
    /// Makes or changes a person. Applied in the order given.
    Person(PersonChange),
    /// Ends the membership of a subject.
    Leave(Subject),
}

/// A person and its golden record.
#[derive(Clone, Debug, PartialEq)]
pub struct PersonChange {
    /// None for a person that is not there yet.
    pub person: Option<Subject>,
    /// Subjects that belong to this person from now on.
    pub join: Vec<Subject>,
    /// Claims (kind, key) that the person holds from now on.
    pub take: Vec<(String, String)>,
    /// Claims that it lets go.
    pub release: Vec<(String, String)>,
    /// The golden Patient, without id and meta.
    pub golden: Value,
}

/// A rule that takes part in commits.
pub trait Participant: Send + Sync {
    /// The resource types that it wants to hear of.
    fn kinds(&self) -> &'static [&'static str];

    /// What must follow `change`.
    ///
    /// # Errors
    /// A refusal, which undoes the act that the change belongs to.
    fn follow(&self, change: &Change<'_>, sight: &Sight<'_>) -> Result<Vec<Further>, EngineError>;
}

/// What a participant may look up, in the writer's transaction.
pub struct Sight<'a> {
    pub(crate) reader: &'a Reader<'a>,
}

impl Sight<'_> {
    /// Who holds a claim.
    pub fn holder(&self, kind: &str, key: &str) -> Result<Option<Subject>, EngineError> {
        Ok(self.reader.holder(kind, key)?.map(Subject))
    }

    /// The claims of a person.
    pub fn claims_of(&self, person: Subject) -> Result<Vec<(String, String)>, EngineError> {
        Ok(self.reader.held_by(person.0)?)
    }

    /// The person that a subject belongs to.
    pub fn person(&self, subject: Subject) -> Result<Option<Subject>, EngineError> {
        Ok(self.reader.person(subject)?)
    }

    /// The source Patients of a person, with their subjects, in the order of their numbers.
    pub fn sources(&self, person: Subject) -> Result<Vec<(Subject, Value)>, EngineError> {
        let mut sources = Vec::new();
        for subject in self.reader.members(person)? {
            if let Some(patient) = self.patient(subject)? {
                sources.push((subject, patient));
            }
        }
        Ok(sources)
    }

    /// The subjects of a person in the order of their numbers: source Patients, its own golden one, and those of persons
    /// that were merged into it.
    pub fn members(&self, person: Subject) -> Result<Vec<Subject>, EngineError> {
        Ok(self.reader.members(person)?)
    }

    /// The source Patient that a subject is; None for one that was deleted, was never written, or is a golden one.
    pub fn patient(&self, subject: Subject) -> Result<Option<Value>, EngineError> {
        match self.reader.current(subject.patient())? {
            Some(row) if !row.deleted && row.kind != GOLDEN_PATIENT => Ok(Some(value_of(&row.body)?)),
            _ => Ok(None),
        }
    }

    /// The persons that were merged into a person, each with the last golden Patient that it had of its own: one with
    /// links to sources.
    pub fn merged(&self, person: Subject) -> Result<Vec<(Subject, Value)>, EngineError> {
        let mut merged = Vec::new();
        for subject in self.reader.members(person)? {
            if subject != person && self.reader.kind_of(subject)? == Some(SubjectKind::Golden) {
                merged.extend(self.last_own(subject)?.map(|golden| (subject, golden)));
            }
        }
        Ok(merged)
    }

    fn last_own(&self, person: Subject) -> Result<Option<Value>, EngineError> {
        let newest = self.reader.current(person.patient())?.map_or(0, |row| row.version);
        for version in (1..=newest).rev().take(MOST_ENDED) {
            if let Some(version) = self.reader.version(person.patient(), version)?
                && !version.deleted
            {
                let golden = value_of(&version.body)?;
                let links = golden.get("link").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
                if links.iter().any(|link| link.get("type").and_then(Value::as_str) == Some("seealso")) {
                    return Ok(Some(golden));
                }
            }
        }
        Ok(None)
    }

    /// The logical id of a person's golden Patient.
    pub fn golden_id(&self, person: Subject) -> Result<Option<String>, EngineError> {
        let row = self.reader.current(person.patient())?;
        Ok(row.filter(|row| row.kind == GOLDEN_PATIENT).map(|row| row.id))
    }
}
