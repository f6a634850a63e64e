//! Trying again: an attempt that failed is counted, what was set aside waits again, and who asked for it is on record.

use meridian_model::both;

use meridian_access::{Act, Caller, decide};
use meridian_store::{Job, JobState, Lane, WriteTx};

use super::INBOX;
use crate::sight::look;
use crate::write::origin;
use crate::{Engine, EngineError};

/// Counts an attempt that failed; the message waits as before. Gives how often it was tried.
///
/// # Errors
/// `NotFound` for a number that is not there; `Conflict` when the message does not wait; those of the store.
pub async fn failed(engine: &Engine, caller: &Caller, id: i64) -> Result<i64, EngineError> {
    decide(caller, Act::Create, "Bundle")?;
    let counted = engine.store().write(Lane::Interactive, origin(caller), move |tx| {
        let job = there(tx, id)?;
        if job.state != JobState::Waiting {
            return Err(EngineError::Conflict(both!("the message does not wait", "消息不在等待中")));
        }
        tx.end_job(&job, JobState::Waiting, &job.head, &job.note)?;
        Ok(job.attempts + 1)
    });
    counted.await
}

/// Puts a message that was set aside back among those that wait.
///
/// # Errors
/// `NotFound` for a number that is not there; `Conflict` when the message is done already; those of the store.
pub async fn wait(engine: &Engine, caller: &Caller, id: i64) -> Result<(), EngineError> {
    decide(caller, Act::Create, "Bundle")?;
    let back = engine.store().write(Lane::Interactive, origin(caller), move |tx| {
        let job = there(tx, id)?;
        match job.state {
            JobState::Waiting => Ok(()),
            JobState::Parked => Ok(tx.reopen_job(&job, "{}")?),
            JobState::Done => Err(EngineError::Conflict(both!("the message is done already", "消息已经处理完毕"))),
        }
    });
    back.await?;
    engine.tell_job(INBOX.to_owned(), id, "waiting");
    Ok(())
}

/// Writes down that the caller asked for messages to be tried again. `which` tells the messages.
///
/// # Errors
/// Those of the audit: nothing may be tried then.
pub async fn asked_again(engine: &Engine, caller: &Caller, which: String) -> Result<(), EngineError> {
    decide(caller, Act::Look, "AuditEvent")?;
    let mut look = look(caller, "inbox-replay", "Bundle");
    look.query = which;
    engine.looked(look).await
}

fn there(tx: &WriteTx<'_>, id: i64) -> Result<Job, EngineError> {
    let job = tx.job(id)?.filter(|job| job.queue == INBOX);
    job.ok_or_else(|| EngineError::NotFound(both!("message {id}", "消息 {id}")))
}
