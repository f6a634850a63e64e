//! How a queue lives: for each institution what came, what stands, and how long it took.

use meridian_access::{Act, Caller, decide};
use meridian_store::{Counts, StoreError};

use crate::engine::now;
use crate::statistics::QueueTally;
use crate::{Engine, EngineError};

/// One institution's part of a queue.
#[derive(Clone, Debug)]
pub struct Pulse {
    /// As the heads of the jobs name it; empty for senders that nobody knows.
    pub institution: String,
    pub waiting: i64,
    pub done: i64,
    pub parked: i64,
    /// What came in each of the last 60 minutes, oldest first; the last one is the running minute.
    pub minutes: [u32; 60],
    /// What came in the last 60 seconds.
    pub per_minute: u32,
    /// When the last one came (in milliseconds since 1970 UTC), and of which kind it was.
    pub last: Option<(i64, String)>,
    /// Milliseconds from coming in to being done, of those that came in the last hour (at most the newest 10,000).
    pub lag_p50: Option<i64>,
    pub lag_p95: Option<i64>,
    /// What was there before the start is still being counted: all of this is too small, and `last` too old.
    pub counting: bool,
}

/// A queue and what stands in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QueueLine {
    pub queue: String,
    pub counts: Counts,
    /// When the oldest waiting job came in, in milliseconds since 1970 UTC.
    pub oldest: Option<i64>,
    /// What was there before the start is still being counted: the counts are too small.
    pub counting: bool,
}

/// The pulse of `queue`, by institution.
///
/// # Errors
/// `Denied` for roles that do not run the platform.
pub async fn pulse(engine: &Engine, caller: &Caller, queue: &str) -> Result<Vec<Pulse>, EngineError> {
    decide(caller, Act::Look, "AuditEvent")?;
    let now = now();
    let tally = counted(engine, queue, now).await?;
    let rows = tally.shares.iter().map(|(institution, share)| {
        let [lag_p50, lag_p95] = share.within([50, 95]);
        Pulse {
            institution: institution.clone(),
            waiting: share.waiting,
            done: share.done(),
            parked: share.parked,
            minutes: share.recent.minutes(now),
            per_minute: share.recent.last(now, 60),
            last: share.last.clone(),
            lag_p50,
            lag_p95,
            counting: tally.counting,
        }
    });
    Ok(rows.collect())
}

/// The kinds of messages that a queue has met.
///
/// # Errors
/// `Denied` for roles that do not run the platform.
pub async fn kinds(engine: &Engine, caller: &Caller, queue: &str) -> Result<Vec<String>, EngineError> {
    decide(caller, Act::Look, "AuditEvent")?;
    Ok(counted(engine, queue, now()).await?.kinds.into_iter().collect())
}

/// Every queue, with what stands in it.
///
/// # Errors
/// `Denied` for roles that do not run the platform.
pub async fn queues(engine: &Engine, caller: &Caller) -> Result<Vec<QueueLine>, EngineError> {
    decide(caller, Act::Look, "AuditEvent")?;
    lines(engine, "").await
}

/// The queues whose names begin so.
pub(crate) async fn lines(engine: &Engine, beginning: &'static str) -> Result<Vec<QueueLine>, EngineError> {
    let names = engine.store().search::<_, StoreError>(move |reader| {
        let mut named = Vec::new();
        for name in reader.queue_names()?.into_iter().filter(|name| name.starts_with(beginning)) {
            let oldest = reader.oldest_waiting(&name)?;
            named.push((name, oldest));
        }
        Ok(named)
    });
    let (mut lines, now) = (Vec::new(), now());
    for (queue, oldest) in names.await? {
        let tally = counted(engine, &queue, now).await?;
        lines.push(QueueLine { counts: tally.counts(), counting: tally.counting, queue, oldest });
    }
    Ok(lines)
}

pub(super) async fn counted(engine: &Engine, queue: &str, now: i64) -> Result<QueueTally, EngineError> {
    let mut queues = engine.inner.statistics.queues.lock().await;
    let (name, mut tally) = (queue.to_owned(), queues.get(queue).cloned().unwrap_or_default());
    let tally = engine
        .store()
        .search::<_, StoreError>(move |reader| {
            tally.advance(reader, &name, now)?;
            Ok(tally)
        })
        .await?;
    queues.insert(queue.to_owned(), tally.clone());
    Ok(tally)
}
