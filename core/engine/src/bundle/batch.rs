//! Batch: each entry for itself, several at one time, answered in their order.

use meridian_model::both;

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use meridian_access::Caller;
use meridian_store::StoreError;
use tokio::sync::Semaphore;
use tokio::task::JoinHandle;

use super::entry::{Read, Wanted};
use super::{BundleReply, Reply};
use crate::search::Request;
use crate::write::{Entry, Options, execute};
use crate::{Engine, EngineError, history};

/// Entries of one batch that are worked on at one time: writes share their commits.
const AT_ONCE: usize = 16;
/// Reads among them.
const READS: usize = 4;
/// When the answers weigh more than this, in bytes, the reads that are left are refused.
const HEAVIEST: usize = 64 << 20;

/// What the entries of one Bundle share.
pub(super) struct Table {
    reads: Semaphore,
    weight: AtomicUsize,
    /// Those of each write.
    options: Options,
}

impl Table {
    pub(super) fn new(options: Options) -> Table {
        Table { reads: Semaphore::new(READS), weight: AtomicUsize::new(0), options }
    }

    /// Answers a read.
    pub(super) async fn serve(&self, engine: &Engine, caller: &Caller, read: &Read) -> Result<Reply, EngineError> {
        let _place = self.reads.acquire().await.map_err(|_| StoreError::Stopping)?;
        if self.weight.load(Ordering::Relaxed) > HEAVIEST {
            return Err(EngineError::Store(StoreError::TooLong));
        }
        let reply = get(engine, caller, read).await?;
        // Others were served meanwhile: what they left no room for is let go.
        if self.weight.fetch_add(reply.weight(), Ordering::Relaxed) > HEAVIEST {
            return Err(EngineError::Store(StoreError::TooLong));
        }
        Ok(reply)
    }

    async fn write(&self, engine: &Engine, caller: &Caller, entry: Entry) -> Result<Reply, EngineError> {
        let outcomes = execute(engine, caller, vec![entry], self.options.clone()).await?;
        let outcome = outcomes.into_iter().next().map(Reply::Written);
        outcome.ok_or_else(|| EngineError::Internal("a write without an outcome".into()))
    }
}

/// `options` are those of each write: what is written once, or does a job, is no batch.
pub(super) async fn batch(
    engine: &Engine,
    caller: &Caller,
    entries: Vec<Result<Wanted, EngineError>>,
    options: Options,
) -> BundleReply {
    let options = Options { once: None, job: None, timer: None, merging: None, ..options };
    let table = Arc::new(Table::new(options));
    let mut replies = Vec::with_capacity(entries.len());
    let mut doing: VecDeque<JoinHandle<Reply>> = VecDeque::with_capacity(AT_ONCE);
    for wanted in entries {
        if doing.len() == AT_ONCE
            && let Some(first) = doing.pop_front()
        {
            replies.push(done(first).await);
        }
        let (engine, caller, table) = (engine.clone(), caller.clone(), Arc::clone(&table));
        doing.push_back(tokio::spawn(async move {
            let reply = match wanted {
                Err(error) => Err(error),
                Ok(Wanted::Read(read)) => table.serve(&engine, &caller, &read).await,
                Ok(Wanted::Write(entry)) => table.write(&engine, &caller, entry).await,
            };
            reply.unwrap_or_else(Reply::Failed)
        }));
    }
    for one in doing {
        replies.push(done(one).await);
    }
    BundleReply { transaction: false, replies }
}

async fn done(task: JoinHandle<Reply>) -> Reply {
    task.await.unwrap_or_else(|error| Reply::Failed(EngineError::Internal(error.to_string())))
}

/// `Type/id`, `Type/id/_history/version`, `Type?query`, and histories.
async fn get(engine: &Engine, caller: &Caller, read: &Read) -> Result<Reply, EngineError> {
    let Read { path, query, if_none_match, .. } = read;
    let parts: Vec<&str> = path.trim_matches('/').split('/').collect();
    let past = |of: history::Of| async move {
        let asked = history::Request::parse(of, &crate::search::split_query(query)?, false)?;
        Ok::<_, EngineError>(Reply::History(crate::history(engine, caller, &asked).await?))
    };
    match parts.as_slice() {
        ["_history"] => past(history::Of::System).await,
        [kind, "_history"] => past(history::Of::Type((*kind).to_owned())).await,
        [kind, id, "_history"] => past(history::Of::Instance((*kind).to_owned(), (*id).to_owned())).await,
        [kind] => {
            let params = crate::search::split_query(query)?;
            let request = Request { kind: (*kind).to_owned(), params, lenient: false };
            Ok(Reply::Found(crate::search::search(engine, caller, &request).await?))
        }
        [kind, id] => {
            let served = crate::read(engine, caller, kind, id).await?;
            let fits = |tag: &str| crate::version_of_tag(tag) == Some(served.version);
            let known = if_none_match.as_ref().is_some_and(|tags| tags.split(',').any(fits));
            Ok(if known { Reply::Known(served) } else { Reply::Read(served) })
        }
        [kind, id, "_history", version] => Ok(Reply::Read(crate::vread(engine, caller, kind, id, version).await?)),
        _ => Err(EngineError::NotSupported(both!(
            "GET {path} is not supported inside a Bundle",
            "Bundle 中不支持 GET {path}，请单独发送"
        ))),
    }
}
