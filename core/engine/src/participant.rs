//! Participants: rules of departments that must commit together with a change.
//!
//! A participant is a function from a change (and what it may look up) to further changes. It runs in the writer's
//! transaction; its refusal undoes the whole act.

use meridian_access::Caller;
use meridian_store::{Reader, Subject};
use serde_json::Value;

use crate::feed::Happened;
use crate::served::value_of;
use crate::{EngineError, engine};

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
            if subject != person
                && let Some(patient) = self.patient(subject)?
            {
                sources.push((subject, patient));
            }
        }
        Ok(sources)
    }

    /// The Patient that a subject is.
    pub fn patient(&self, subject: Subject) -> Result<Option<Value>, EngineError> {
        match self.reader.current(subject.patient())? {
            Some(row) if !row.deleted => Ok(Some(value_of(&row.body)?)),
            _ => Ok(None),
        }
    }

    /// The logical id of a person's golden Patient.
    pub fn golden_id(&self, person: Subject) -> Result<Option<String>, EngineError> {
        let row = self.reader.current(person.patient())?;
        Ok(row.filter(|row| row.kind != engine::patient_code()).map(|row| row.id))
    }
}
