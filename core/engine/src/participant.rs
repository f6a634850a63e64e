//! Participants: rules of departments that must commit together with a change.
//!
//! A participant is a function from a change (and what it may look up) to further changes. It runs in the writer's
//! transaction; its refusal undoes the whole act.

use meridian_access::Caller;
use meridian_model::definitions::Definitions;
use meridian_store::{GOLDEN_PATIENT, Key, Movement, NewTimer, Reader, Subject, SubjectKind, Timer};
use serde_json::Value;

use crate::EngineError;
use crate::engine::{now, patient_code};
use crate::feed::Happened;
use crate::served::value_of;
use crate::write::{INSTITUTION_TAG, guard};

/// The most versions of an ended golden Patient that are looked through for what it said before it ended; each merge of
/// the person that it became adds one.
const MOST_ENDED: usize = 32;

/// A change that is being committed.
pub struct Change<'a> {
    pub happened: Happened,
    pub kind: &'static str,
    pub id: &'a str,
    pub version: i64,
    pub subject: Subject,
    pub before: Option<&'a Value>,
    pub after: Option<&'a Value>,
    pub caller: &'a Caller,
}

impl Change<'_> {
    /// Whether not everybody in care sees it: then others are not told of it.
    pub fn is_guarded(&self) -> bool {
        self.before.into_iter().chain(self.after).any(|resource| guard(resource).is_some())
    }
}

/// What may follow a change.
#[derive(Clone, Debug, PartialEq)]
pub enum Further {
    /// Makes or changes a person. Applied in the order given.
    Person(PersonChange),
    /// Ends the membership of a subject.
    Leave(Subject),
    /// Writes a resource of the region's own. Participants are not asked about it.
    Put(Own),
    /// Asks the participants about a source Patient once more, as if it were written again as it is: what they answered
    /// has changed what it rests on. Not answered by asking again.
    Again(Subject),
    /// Notes a subject under numbers of the department's making, or no longer; [`Sight::noted`] finds it by them.
    Note { subject: Subject, under: Vec<i64>, no_longer: Vec<i64> },
    /// Puts a message into the outbox. It is there when the change is, and not otherwise.
    Send(Outgoing),
    /// Moves an amount into an account or out of it; where it holds too little, the whole act is refused.
    Move(Movement),
    /// Sets a timer, or sets it to another time.
    Remind(NewTimer),
    /// Forgets a timer.
    Forget { kind: String, key: String },
}

/// A message to be sent later: a row of a queue that leaves in the order in which it was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outgoing {
    /// `outbox/` and the receiver.
    pub queue: String,
    /// Tells it from every other message of the queue; what is there already is not put there again.
    pub key: String,
    /// Small facts as JSON text, for lists.
    pub head: String,
    pub body: Vec<u8>,
}

/// A resource that the region itself keeps about its residents' records.
#[derive(Clone, Debug, PartialEq)]
pub struct Own {
    pub kind: &'static str,
    /// The resource with its id; made, or replaced if it is there.
    pub resource: Value,
    /// The institution that keeps it.
    pub institution: &'static str,
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
    /// Why those who join belong to it, for the audit: no values of a record.
    pub why: String,
}

/// A rule that takes part in commits.
pub trait Participant: Send + Sync {
    /// The resource types that it wants to hear of.
    fn kinds(&self) -> &'static [&'static str];

    /// Whether it hears of a change only when the whole act is written, and what others made of it.
    fn late(&self) -> bool {
        false
    }

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
    /// What an account holds.
    pub fn balance(&self, account: &str) -> Result<i64, EngineError> {
        Ok(self.reader.balance(account)?)
    }

    /// A timer that waits.
    pub fn timer(&self, kind: &str, key: &str) -> Result<Option<Timer>, EngineError> {
        Ok(self.reader.timer(kind, key)?)
    }

    /// The first subjects noted under a number, at most `limit`.
    pub fn noted(&self, number: i64, limit: u32) -> Result<Vec<Subject>, EngineError> {
        Ok(self.reader.noted(number, limit)?)
    }

    /// The current version of a resource that is not deleted.
    pub fn resource(&self, kind: &str, id: &str) -> Result<Option<Value>, EngineError> {
        let code = Definitions::r4().type_code(kind).unwrap_or_default();
        let row = self.reader.find(code, id)?.filter(|row| !row.deleted);
        row.map(|row| value_of(&row.body)).transpose()
    }

    /// The subject of the source Patient with this id.
    pub fn subject_of(&self, patient: &str) -> Result<Option<Subject>, EngineError> {
        Ok(self.reader.locate(patient_code(), patient)?.map(Key::subject))
    }

    /// When the newest messages of a queue were put there whose keys begin so, newest first, in milliseconds since 1970
    /// UTC.
    pub fn queued(&self, queue: &str, beginning: &str, limit: u32) -> Result<Vec<i64>, EngineError> {
        Ok(self.reader.jobs_keyed(queue, beginning, limit)?.into_iter().map(|job| job.at).collect())
    }

    /// When this is looked at, in milliseconds since 1970 UTC.
    pub fn now(&self) -> i64 {
        now()
    }

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

    /// The institutions that the source Patients of a person come from, with their subjects.
    pub fn institutions(&self, person: Subject) -> Result<Vec<(Subject, String)>, EngineError> {
        let mut all = Vec::new();
        for subject in self.reader.members(person)? {
            if let Some(row) = self.reader.current(subject.patient())?
                && !row.deleted
                && row.kind != GOLDEN_PATIENT
            {
                all.extend(institution_in(&row.body.json()?).map(|institution| (subject, institution)));
            }
        }
        Ok(all)
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

/// The institution in the metadata of a body, read without the rest of it.
fn institution_in(body: &[u8]) -> Option<String> {
    #[derive(serde::Deserialize)]
    struct Head {
        meta: Meta,
    }
    #[derive(serde::Deserialize)]
    struct Meta {
        #[serde(default)]
        tag: Vec<Tag>,
    }
    #[derive(serde::Deserialize)]
    struct Tag {
        system: Option<String>,
        code: Option<String>,
    }
    let head: Head = serde_json::from_slice(body).ok()?;
    head.meta.tag.into_iter().find(|tag| tag.system.as_deref() == Some(INSTITUTION_TAG))?.code
}
