//! Transaction: writes commit together or not at all; reads see what they wrote.

use meridian_access::Caller;
use serde_json::Value;

use super::batch::Table;
use super::entry::{Wanted, take};
use super::{BundleReply, Reply};
use crate::write::{Options, execute};
use crate::{Engine, EngineError};

/// Runs a transaction Bundle.
///
/// # Errors
/// The first fault of any write, placed at `Bundle.entry[n]`; nothing is written then. A read that fails is told in
/// its own entry.
pub async fn transaction(
    engine: &Engine,
    caller: &Caller,
    bundle: Value,
    options: Options,
) -> Result<BundleReply, EngineError> {
    let taken = if bundle.get("entry").and_then(Value::as_array).is_some_and(|all| all.len() > 8) {
        let work = tokio::task::spawn_blocking(move || take(bundle));
        work.await.map_err(|error| EngineError::Internal(error.to_string()))??
    } else {
        take(bundle)?
    };
    written(engine, caller, taken, options).await
}

/// The same, of entries that were taken apart.
pub(super) async fn written(
    engine: &Engine,
    caller: &Caller,
    taken: Vec<Result<Wanted, EngineError>>,
    options: Options,
) -> Result<BundleReply, EngineError> {
    let mut writes = Vec::new();
    let mut places = Vec::with_capacity(taken.len());
    for wanted in taken {
        match wanted? {
            Wanted::Write(entry) => {
                places.push(None);
                writes.push(entry);
            }
            Wanted::Read(read) => places.push(Some(read)),
        }
    }
    let mut outcomes = if writes.is_empty() && options.job.is_none() {
        Vec::new().into_iter()
    } else {
        execute(engine, caller, writes, options).await?.into_iter()
    };
    let mut replies = Vec::with_capacity(places.len());
    let reads = Table::new(Options::default());
    for place in places {
        replies.push(match place {
            None => Reply::Written(
                outcomes.next().ok_or_else(|| EngineError::Internal("an entry without an outcome".into()))?,
            ),
            Some(read) => {
                // What was written is committed: a read that fails fails by itself, or the answer would deny the writes.
                let reply = reads.serve(engine, caller, &read).await;
                reply.unwrap_or_else(|error| Reply::Failed(error.within(&read.place)))
            }
        });
    }
    Ok(BundleReply { transaction: true, replies })
}
