//! The outbox: messages to be sent commit with the change that they tell of, and leave each queue in that order.
//!
//! A queue (`outbox/` and the receiver) has one sender. It takes the oldest message that waits, and the next one only
//! when that one is done or set aside.

use meridian_access::{Act, Caller, decide};
use meridian_store::{Job, JobState, Lane, QueueLine, StoreError, WriteTx};

use crate::feed::Event;
use crate::write::origin;
use crate::{Engine, EngineError};

/// What the names of these queues begin with.
pub const OUTBOX: &str = "outbox/";

/// Most messages that one call puts back.
const MOST_AGAIN: u32 = 1000;

/// The oldest message of a queue that waits: the one to be sent now.
///
/// # Errors
/// `Denied` for roles that do not run the platform.
pub fn next(engine: &Engine, caller: &Caller, queue: &str) -> Result<Option<Job>, EngineError> {
    decide(caller, Act::Look, "AuditEvent")?;
    Ok(engine.store().read::<_, StoreError>(|reader| reader.waiting_jobs(queue, 1))?.pop())
}

/// The receiver has it.
///
/// # Errors
/// Those of the store: the message then waits as before, and is sent again.
pub async fn done(engine: &Engine, caller: &Caller, id: i64, note: String) -> Result<(), EngineError> {
    settle(engine, caller, id, JobState::Done, "done", note).await
}

/// An attempt failed; the message keeps its place.
///
/// # Errors
/// Those of the store.
pub async fn failed(engine: &Engine, caller: &Caller, id: i64, note: String) -> Result<(), EngineError> {
    settle(engine, caller, id, JobState::Waiting, "failed", note).await
}

/// Sets a message aside with its reason: those behind it go on.
///
/// # Errors
/// Those of the store.
pub async fn set_aside(engine: &Engine, caller: &Caller, id: i64, note: String) -> Result<(), EngineError> {
    settle(engine, caller, id, JobState::Parked, "parked", note).await
}

async fn settle(
    engine: &Engine,
    caller: &Caller,
    id: i64,
    state: JobState,
    word: &'static str,
    note: String,
) -> Result<(), EngineError> {
    decide(caller, Act::Create, "Bundle")?;
    // Nobody waits for it: it goes with the bulk of work, behind those who do.
    let settled = engine.store().write(Lane::Bulk, origin(caller), move |tx| {
        let job = outgoing(tx, id)?;
        if job.state != JobState::Waiting {
            return Err(EngineError::Conflict("the message does not wait".to_owned()));
        }
        tx.end_job(&job, state, &job.head, &note)?;
        Ok(job.queue)
    });
    engine.inner.feed.tell(Event::Job { queue: settled.await?, id, state: word });
    Ok(())
}

/// Which messages are put back to be sent again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Again {
    /// This one, parked or waiting.
    One(i64),
    /// Those of a queue that are set aside.
    Parked(String),
}

/// Puts messages back to their places, to be tried at once. Gives their numbers.
///
/// # Errors
/// `NotFound` for a number that is not there; `Conflict` for a message that was sent.
pub async fn again(engine: &Engine, caller: &Caller, which: Again) -> Result<Vec<i64>, EngineError> {
    decide(caller, Act::Create, "Bundle")?;
    let put_back = engine.store().write(Lane::Interactive, origin(caller), move |tx| {
        let jobs = match which {
            Again::One(id) => vec![outgoing(tx, id)?],
            Again::Parked(queue) => tx.jobs(&queue, Some(JobState::Parked), None, MOST_AGAIN)?,
        };
        let mut put_back = Vec::with_capacity(jobs.len());
        for job in jobs {
            if job.state == JobState::Done {
                return Err(EngineError::Conflict("the message was sent already".to_owned()));
            }
            tx.reopen_job(&job, "{}")?;
            put_back.push((job.queue, job.id));
        }
        Ok(put_back)
    });
    let put_back = put_back.await?;
    let ids = put_back.iter().map(|(_, id)| *id).collect();
    for (queue, id) in put_back {
        engine.inner.feed.tell(Event::Job { queue, id, state: "waiting" });
    }
    Ok(ids)
}

fn outgoing(tx: &WriteTx<'_>, id: i64) -> Result<Job, EngineError> {
    let job = tx.job(id)?.filter(|job| job.queue.starts_with(OUTBOX));
    job.ok_or_else(|| EngineError::NotFound(format!("outgoing message {id}")))
}

/// One message.
///
/// # Errors
/// `NotFound` for a number that is not there.
pub fn message(engine: &Engine, caller: &Caller, id: i64) -> Result<Job, EngineError> {
    decide(caller, Act::Look, "AuditEvent")?;
    let job = engine.store().read::<_, StoreError>(|reader| reader.job(id))?;
    let job = job.filter(|job| job.queue.starts_with(OUTBOX));
    job.ok_or_else(|| EngineError::NotFound(format!("outgoing message {id}")))
}

/// The newest messages of these queues below `before`, of one state or of all, newest first; without their bodies.
///
/// # Errors
/// `Denied` for roles that do not run the platform.
pub fn messages(
    engine: &Engine,
    caller: &Caller,
    queues: &[String],
    state: Option<JobState>,
    before: Option<i64>,
    limit: u32,
) -> Result<Vec<Job>, EngineError> {
    decide(caller, Act::Look, "AuditEvent")?;
    let mut all = Vec::new();
    engine.store().read::<_, StoreError>(|reader| {
        for queue in queues {
            all.extend(reader.jobs(queue, state, before, limit)?);
        }
        Ok(())
    })?;
    all.sort_by_key(|job: &Job| std::cmp::Reverse(job.id));
    all.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
    Ok(all)
}

/// A queue as it stands.
#[derive(Clone, Debug)]
pub struct Standing {
    pub line: QueueLine,
    /// The message that heads the queue, without its body.
    pub head: Option<Job>,
    /// The newest message that was delivered.
    pub last: Option<Job>,
}

/// All queues that ever held a message.
///
/// # Errors
/// `Denied` for roles that do not run the platform.
pub fn standing(engine: &Engine, caller: &Caller) -> Result<Vec<Standing>, EngineError> {
    decide(caller, Act::Look, "AuditEvent")?;
    Ok(engine.store().read::<_, StoreError>(|reader| {
        let mut all = Vec::new();
        for line in reader.queue_lines()?.into_iter().filter(|line| line.queue.starts_with(OUTBOX)) {
            let head = reader.waiting_jobs(&line.queue, 1)?.pop();
            let last = reader.last_done(&line.queue)?;
            all.push(Standing { line, head, last });
        }
        Ok(all)
    })?)
}
