//! Batch: each entry for itself. Reads run side by side, writes one after the other in their order.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use meridian_access::Caller;
use meridian_store::StoreError;
use tokio::sync::Semaphore;

use super::entry::Wanted;
use super::{BundleReply, Reply};
use crate::search::Request;
use crate::write::{Options, execute};
use crate::{Engine, EngineError};

/// Reads of one batch that run at one time.
const AT_ONCE: usize = 4;
/// When the answers weigh more than this, in bytes, the reads that are left are refused.
const HEAVIEST: usize = 64 << 20;

/// What the reads of one batch share.
struct Table {
    places: Semaphore,
    weight: AtomicUsize,
}

impl Table {
    async fn serve(&self, engine: &Engine, caller: &Caller, path: &str, query: &str) -> Result<Reply, EngineError> {
        let _place = self.places.acquire().await.map_err(|_| StoreError::Stopping)?;
        if self.weight.load(Ordering::Relaxed) > HEAVIEST {
            return Err(EngineError::Store(StoreError::TooLong));
        }
        let reply = get(engine, caller, path, query).await?;
        self.weight.fetch_add(reply.weight(), Ordering::Relaxed);
        Ok(reply)
    }
}

pub(super) async fn batch(engine: &Engine, caller: &Caller, entries: Vec<Result<Wanted, EngineError>>) -> BundleReply {
    enum Doing {
        Done(Box<Reply>),
        Reading(tokio::task::JoinHandle<Result<Reply, EngineError>>),
    }
    let table = Arc::new(Table { places: Semaphore::new(AT_ONCE), weight: AtomicUsize::new(0) });
    let mut doing = Vec::with_capacity(entries.len());
    for entry in entries {
        doing.push(match entry {
            Err(error) => Doing::Done(Box::new(Reply::Failed(error))),
            Ok(Wanted::Read { path, query, .. }) => {
                let (engine, caller, table) = (engine.clone(), caller.clone(), Arc::clone(&table));
                Doing::Reading(tokio::spawn(async move { table.serve(&engine, &caller, &path, &query).await }))
            }
            Ok(Wanted::Write(entry)) => {
                let written = execute(engine, caller, vec![entry], Options::default()).await;
                let reply = written.map(|outcomes| outcomes.into_iter().next().map(Reply::Written));
                Doing::Done(Box::new(match reply {
                    Ok(Some(reply)) => reply,
                    Ok(None) => Reply::Failed(EngineError::Internal("a write without an outcome".into())),
                    Err(error) => Reply::Failed(error),
                }))
            }
        });
    }
    let mut replies = Vec::with_capacity(doing.len());
    for one in doing {
        replies.push(match one {
            Doing::Done(reply) => *reply,
            Doing::Reading(task) => match task.await {
                Ok(Ok(reply)) => reply,
                Ok(Err(error)) => Reply::Failed(error),
                Err(error) => Reply::Failed(EngineError::Internal(error.to_string())),
            },
        });
    }
    BundleReply { transaction: false, replies }
}

/// `Type/id`, `Type/id/_history/version`, `Type?query`.
pub(super) async fn get(engine: &Engine, caller: &Caller, path: &str, query: &str) -> Result<Reply, EngineError> {
    let parts: Vec<&str> = path.trim_matches('/').split('/').collect();
    match parts.as_slice() {
        [kind] => {
            let params = crate::search::split_query(query)?;
            let request = Request { kind: (*kind).to_owned(), params, lenient: false };
            Ok(Reply::Found(crate::search(engine, caller, &request).await?))
        }
        [kind, id] => Ok(Reply::Read(crate::read(engine, caller, kind, id).await?)),
        [kind, id, "_history", version] => Ok(Reply::Read(crate::vread(engine, caller, kind, id, version).await?)),
        _ => Err(EngineError::NotSupported(format!("GET {path} is not supported inside a Bundle"))),
    }
}
