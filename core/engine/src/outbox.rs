//! The outbox: messages to be sent commit with the change that they tell of, and leave each queue in that order.
//!
//! A queue (`outbox/` and the receiver) has one sender. It takes the oldest message that waits, and the next one only
//! when that one is done or set aside.

use std::time::{Duration, Instant};

use meridian_access::{Act, Caller, decide};
use meridian_model::both;
use meridian_model::definitions::Definitions;
use meridian_store::{Job, JobState, Key, Lane, Reader, StoreError, Subject, Walk, WriteTx};
use serde_json::Value;

use crate::jobs::{QueueLine, lines};
use crate::write::origin;
use crate::{Engine, EngineError};

/// What the names of these queues begin with.
pub const OUTBOX: &str = "outbox/";

/// Most messages that one call puts back.
const MOST_AGAIN: usize = 1000;
/// The newest messages about one resource that are looked at for one that overtook another.
const MOST_NEWER: u32 = 64;

/// How long a process has a queue to itself after it took it, in milliseconds. Longer than a receiver may think about a
/// message.
const LEASE: i64 = 60_000;

/// Whether this process is the one that sends what stands in a queue. Asked before each message; asks the store seldom.
///
/// # Errors
/// Those of the store.
pub async fn mine(
    engine: &Engine,
    caller: &Caller,
    queue: &str,
    until: &mut Option<Instant>,
) -> Result<bool, EngineError> {
    if !engine.store().is_shared() || until.is_some_and(|until| Instant::now() < until) {
        return Ok(true);
    }
    let (name, holder, asked) = (queue.to_owned(), engine.store().mark().to_owned(), Instant::now());
    let take = move |tx: &mut WriteTx<'_>| tx.take_lease(&name, &holder, LEASE);
    let taken = engine.store().write::<_, StoreError>(Lane::Interactive, origin(caller), take).await?;
    // Half of it is left for the message in hand.
    *until = taken.then(|| asked + Duration::from_millis(LEASE.unsigned_abs() / 2));
    Ok(taken)
}

/// Lets another process send at once.
///
/// # Errors
/// Those of the store.
pub async fn let_go(engine: &Engine, caller: &Caller, queue: &str) -> Result<(), EngineError> {
    if !engine.store().is_shared() {
        return Ok(());
    }
    let (name, holder) = (queue.to_owned(), engine.store().mark().to_owned());
    let drop = move |tx: &mut WriteTx<'_>| tx.drop_lease(&name, &holder);
    Ok(engine.store().write::<_, StoreError>(Lane::Interactive, origin(caller), drop).await?)
}

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

/// Sets a message aside because a person said so; who it was and why stands in the audit of whom it is about.
///
/// # Errors
/// `NotFound`; `Conflict` for a message that does not wait.
pub async fn park(engine: &Engine, caller: &Caller, id: i64, why: &str, note: String) -> Result<(), EngineError> {
    decide(caller, Act::Create, "Bundle")?;
    let why = why.to_owned();
    let parked = engine.store().write(Lane::Interactive, origin(caller), move |tx| {
        let job = outgoing(tx, id)?;
        if job.state != JobState::Waiting {
            return Err(EngineError::Conflict(both!("the message does not wait", "消息不在等待中")));
        }
        tx.end_job(&job, JobState::Parked, &job.head, &note)?;
        tx.note_act(about(tx, &job)?, 'P', &format!("{}/{}", job.queue, job.id), &why);
        Ok(job.queue)
    });
    engine.tell_job(parked.await?, id, "parked");
    Ok(())
}

/// Whose record a message tells of.
fn about(reader: &Reader<'_>, job: &Job) -> Result<Subject, StoreError> {
    let resource = head(job, "resource");
    let Some((kind, id)) = resource.split_once('/') else { return Ok(Subject::COMMON) };
    let Some(code) = Definitions::r4().type_code(kind) else { return Ok(Subject::COMMON) };
    Ok(reader.locate(code, id)?.map_or(Subject::COMMON, Key::subject))
}

fn head(job: &Job, name: &str) -> String {
    let head: Value = serde_json::from_str(&job.head).unwrap_or_default();
    head.get(name).and_then(Value::as_str).unwrap_or_default().to_owned()
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
    // The line waits for it: the next message is not sent before.
    let settled = engine.store().write(Lane::Interactive, origin(caller), move |tx| {
        let job = outgoing(tx, id)?;
        // Set aside while it was on its way, and taken: it is done.
        let taken = job.state == JobState::Parked && state == JobState::Done;
        if job.state != JobState::Waiting && !taken {
            return Err(EngineError::Conflict(both!("the message does not wait", "消息不在等待中")));
        }
        tx.end_job(&job, state, &job.head, &note)?;
        Ok(job.queue)
    });
    engine.tell_job(settled.await?, id, word);
    Ok(())
}

/// Which messages are put back to be sent again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Again {
    /// This one, parked or waiting.
    One(i64),
    /// Those of a queue that are set aside, above this number.
    Parked { queue: String, after: i64 },
}

/// What became of a wish to send again.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PutBack {
    /// The numbers of those that are to be sent, oldest first.
    pub again: Vec<i64>,
    /// Those that newer ones about the same resource have overtaken, with the newest of these: they stay where they are
    /// unless it is forced, for a receiver would take the old word for the new one.
    pub overtaken: Vec<(i64, i64)>,
    /// There are more than one call looks at: it goes on behind this number.
    pub next: Option<i64>,
}

/// Puts messages back to their places, the oldest first, to be tried at once. Who asked for it and why stands in the audit
/// of whom they are about.
///
/// # Errors
/// `NotFound` for a number that is not there; `Conflict` for one message that was sent, or was overtaken.
pub async fn again(
    engine: &Engine,
    caller: &Caller,
    which: Again,
    force: bool,
    why: &str,
) -> Result<PutBack, EngineError> {
    decide(caller, Act::Create, "Bundle")?;
    let why = why.to_owned();
    let put_back = engine.store().write(Lane::Interactive, origin(caller), move |tx| {
        let (mut put_back, mut told, mut jobs) = (PutBack::default(), Vec::new(), Vec::new());
        let one = matches!(which, Again::One(_));
        match which {
            Again::One(id) => jobs.push(outgoing(tx, id)?),
            Again::Parked { queue, after } => tx.walk_jobs(&queue, Some(JobState::Parked), Walk::Up(after), |job| {
                if jobs.len() == MOST_AGAIN {
                    put_back.next = jobs.last().map(|job: &Job| job.id);
                    return false;
                }
                jobs.push(job);
                true
            })?,
        }
        for job in jobs {
            if job.state == JobState::Done {
                return Err(EngineError::Conflict(both!("the message was sent already", "消息已经发出")));
            }
            let newer = if force || job.state == JobState::Waiting { None } else { overtaken(tx, &job)? };
            if let Some(newer) = newer {
                if one {
                    let says = both!(
                        "message {newer} about the same was delivered since; with force it is sent after it",
                        "同一内容的更新消息 {newer} 已经送达；加 force 可在其后再发"
                    );
                    return Err(EngineError::Conflict(says));
                }
                put_back.overtaken.push((job.id, newer));
                continue;
            }
            tx.reopen_job(&job, "{}")?;
            tx.note_act(about(tx, &job)?, 'R', &format!("{}/{}", job.queue, job.id), &why);
            put_back.again.push(job.id);
            told.push((job.queue, job.id));
        }
        Ok((put_back, told))
    });
    let (put_back, told) = put_back.await?;
    for (queue, id) in told {
        engine.tell_job(queue, id, "waiting");
    }
    Ok(put_back)
}

/// The newest delivered message about the same resource that was put into the queue after this one.
fn overtaken(reader: &Reader<'_>, job: &Job) -> Result<Option<i64>, StoreError> {
    let resource = head(job, "resource");
    if resource.is_empty() {
        return Ok(None);
    }
    let about = reader.jobs_keyed(&job.queue, &format!("{resource}/"), MOST_NEWER)?;
    Ok(about.iter().find(|other| other.id > job.id && other.state == JobState::Done).map(|other| other.id))
}

fn outgoing(tx: &WriteTx<'_>, id: i64) -> Result<Job, EngineError> {
    let job = tx.job(id)?.filter(|job| job.queue.starts_with(OUTBOX));
    job.ok_or_else(|| EngineError::NotFound(both!("outgoing message {id}", "外发消息 {id}")))
}

/// One message.
///
/// # Errors
/// `NotFound` for a number that is not there.
pub fn message(engine: &Engine, caller: &Caller, id: i64) -> Result<Job, EngineError> {
    decide(caller, Act::Look, "AuditEvent")?;
    let job = engine.store().read::<_, StoreError>(|reader| reader.job(id))?;
    let job = job.filter(|job| job.queue.starts_with(OUTBOX));
    job.ok_or_else(|| EngineError::NotFound(both!("outgoing message {id}", "外发消息 {id}")))
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
pub async fn standing(engine: &Engine, caller: &Caller) -> Result<Vec<Standing>, EngineError> {
    decide(caller, Act::Look, "AuditEvent")?;
    let lines = lines(engine, OUTBOX).await?;
    let all = engine.store().search::<_, StoreError>(move |reader| {
        let mut all = Vec::new();
        for line in lines {
            let head = reader.waiting_jobs(&line.queue, 1)?.pop();
            let last = reader.last_done(&line.queue)?;
            all.push(Standing { line, head, last });
        }
        Ok(all)
    });
    Ok(all.await?)
}
