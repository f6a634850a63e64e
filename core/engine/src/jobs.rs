//! The inbox: what a door took is on disk before the door answers, and is done or parked, never lost.

mod filter;
mod pulse;
mod retry;

pub use filter::{Filter, Found, Page, find};
use meridian_model::both;

use meridian_access::{Act, Caller, decide};
pub use meridian_store::{Counts, Job, JobState};
use meridian_store::{Lane, NewJob, StoreError, Subject};
pub(crate) use pulse::lines;
pub use pulse::{Pulse, QueueLine, kinds, pulse, queues};
pub use retry::{asked_again, failed, wait};

use crate::sight::look;
use crate::write::origin;
use crate::{Engine, EngineError};

/// The queue of everything that comes in through a door that does not wait for a person.
pub const INBOX: &str = "inbox";

/// What became of a message at the door.
#[derive(Clone, Debug)]
pub enum Received {
    /// It is on disk under this number.
    New(i64),
    /// It has been here before.
    Again(Box<Job>),
}

/// Puts a message into the inbox. `key` tells it from every other message; `head` is JSON text for lists.
///
/// # Errors
/// Those of the store: nothing may be acknowledged then.
pub async fn receive(
    engine: &Engine,
    caller: &Caller,
    key: String,
    head: String,
    body: Vec<u8>,
) -> Result<Received, EngineError> {
    decide(caller, Act::Create, "Bundle")?;
    let job = NewJob { queue: INBOX.to_owned(), key, head, body };
    let added = engine.store().write(Lane::Interactive, origin(caller), move |tx| tx.add_job(&job)).await;
    Ok(match added? {
        Ok(id) => {
            engine.tell_job(INBOX.to_owned(), id, "waiting");
            Received::New(id)
        }
        Err(there) => Received::Again(Box::new(there)),
    })
}

/// Sets a message aside with its reason.
///
/// # Errors
/// `NotFound` for a number that is not there; `Conflict` when the message is done already.
pub async fn park(engine: &Engine, caller: &Caller, id: i64, head: String, note: String) -> Result<(), EngineError> {
    decide(caller, Act::Create, "Bundle")?;
    let parked = engine.store().write(Lane::Interactive, origin(caller), move |tx| {
        let job = tx.job(id)?.ok_or_else(|| EngineError::NotFound(both!("message {id}", "消息 {id}")))?;
        if job.state == JobState::Done {
            return Err(EngineError::Conflict(both!("the message is done already", "消息已经处理完毕")));
        }
        Ok(tx.end_job(&job, JobState::Parked, &head, &note)?)
    });
    parked.await?;
    engine.tell_job(INBOX.to_owned(), id, "parked");
    Ok(())
}

/// One message.
///
/// # Errors
/// `NotFound` for a number that is not there.
pub fn message(engine: &Engine, caller: &Caller, id: i64) -> Result<Job, EngineError> {
    decide(caller, Act::Look, "AuditEvent")?;
    let job = engine.store().read::<_, StoreError>(|reader| reader.job(id))?;
    job.filter(|job| job.queue == INBOX).ok_or_else(|| EngineError::NotFound(both!("message {id}", "消息 {id}")))
}

/// Opens a message for a person to read: what it wrote, as `Type/id`. Counts as a look at everybody it wrote about.
///
/// # Errors
/// `Denied` for roles that do not run the platform.
pub async fn open(engine: &Engine, caller: &Caller, job: &Job) -> Result<Vec<String>, EngineError> {
    decide(caller, Act::Look, "AuditEvent")?;
    let written = match job.tx {
        Some(tx) => engine.store().read::<_, StoreError>(|reader| reader.written_by(tx))?,
        None => Vec::new(),
    };
    let mut look = look(caller, "inbox-message", "Bundle");
    look.query = format!("message {}", job.id);
    look.subjects = written.iter().map(|(subject, _)| *subject).filter(|s| *s != Subject::COMMON).collect();
    engine.looked(look).await?;
    let lines = written.iter().flat_map(|(_, what)| what.lines());
    let names = lines.filter_map(|line| line.split_once(' ')?.1.rsplit_once('/').map(|(name, _)| name.to_owned()));
    Ok(names.collect())
}

/// How many jobs of a queue stand where.
///
/// # Errors
/// `Denied` for roles that do not run the platform.
pub async fn counts(engine: &Engine, caller: &Caller, queue: &str) -> Result<Counts, EngineError> {
    decide(caller, Act::Look, "AuditEvent")?;
    Ok(pulse::counted(engine, queue, crate::engine::now()).await?.counts())
}
