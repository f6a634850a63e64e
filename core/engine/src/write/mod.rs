//! Every write takes this road, a single create as well as a bundle of thousands.
//!
//! *Resolve* looks up, on a reader's snapshot, what the entries meet: which exist, what conditions find. *Prepare* does
//! the heavy work with that knowledge: references, metadata, search rows, compression. *Commit* checks in the writer's
//! transaction that what resolve saw is still so, and writes. If it is not, the road is taken again, the last time
//! wholly inside the transaction, so that it always ends.

mod anew;
mod ask;
mod commit;
mod edit;
mod erase;
mod index;
mod looks;
mod lot;
mod merging;
mod meta;
mod prepare;
mod references;
mod region;
mod resolve;
mod sent;
mod told;
mod whose;

use std::sync::Arc;

use meridian_access::Caller;
use meridian_model::definitions::Catalogue;
use meridian_model::outcome::Issue;
use meridian_store::{Lane, Origin, Reader, Timer};

pub use anew::catch_up;
pub(crate) use index::{
    Indexed, LONGEST_TEXT, Unable, clinical_param, guard, index, is_partition_param, main_param, param_number, shorten,
};
pub(crate) use meta::INSTITUTION_TAG;

pub(crate) use ask::{Ask, Entry};
pub(crate) use commit::ONCE;
pub(crate) use edit::{Edit, patch_of};
pub(crate) use erase::{erase, settle as settle_erased};
pub use merging::Merging;
pub(crate) use sent::Sent;

use crate::catalogue::SEARCH_PARAMETER;
use crate::feed::{Committed, Event, Happened};
use crate::meaning::judge::judged;
use crate::meaning::structures;
use crate::served::Served;
use crate::sight::permission;
use crate::{Class, Engine, EngineError};

/// How often the road is taken on a snapshot before it is taken inside the transaction.
const ATTEMPTS: u32 = 3;
/// The same of what is never done inside: then somebody else was faster each time.
const DEAR_ATTEMPTS: u32 = 10;
/// A larger set waits behind everybody who waits for an answer about less.
const INTERACTIVE_MOST: usize = 1_000;
/// What is heavier than this, in bytes, is prepared on a thread that may block.
const LIGHT: usize = 64 << 10;

/// The `if_match` of what must not be there yet (`If-None-Match: *`); versions count from 1.
pub const NOT_YET: i64 = 0;

/// What became of an entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// None when nothing was written: the resource was there already, or is gone already.
    pub happened: Option<Happened>,
    /// What stands there now; without an id for a condition that met nothing to delete.
    pub served: Served,
    /// How many resources were written: a condition may delete several.
    pub count: usize,
    /// What is to be said of it besides: of a profile that its base is not here.
    pub notes: Vec<Issue>,
}

/// How a set of entries is written.
#[derive(Clone, Debug)]
pub struct Options {
    pub lane: Lane,
    /// Written once whatever happens: a second try with the same key writes nothing.
    pub once: Option<String>,
    /// A job that is done by this write, in the same transaction.
    pub job: Option<JobDone>,
    /// A timer that was taken and is done by this write; when it is so already, nothing is written.
    pub timer: Option<Timer>,
    /// How what is sent meets what is there; without it, it takes its place.
    pub merging: Option<Arc<dyn Merging>>,
    /// Whether an update to an id that nobody has makes the resource.
    pub update_create: bool,
    /// Whether the outcomes hold the bodies that were written. Without them a large set takes little room.
    pub bodies: bool,
    /// Whether what is written was judged, so that the tag that says so is ours: the engine says it itself.
    pub judged: bool,
}

impl Default for Options {
    fn default() -> Self {
        let (lane, once, job, merging) = (Lane::Interactive, None, None, None);
        Options { lane, once, job, timer: None, merging, update_create: true, bodies: true, judged: false }
    }
}

/// A job and what became of it.
#[derive(Clone, Debug)]
pub struct JobDone {
    pub job: Which,
    pub head: String,
    pub note: String,
}

/// The job that a write does.
#[derive(Clone, Debug)]
pub enum Which {
    /// It is in its queue.
    There(i64),
    /// It comes with the write: what it is made of and what it does are on disk together, or not at all.
    New {
        key: String,
        body: Arc<[u8]>,
        /// When it came, in milliseconds since 1970 UTC.
        at: i64,
    },
}

/// Writes all entries, or none.
///
/// # Errors
/// `Conflict` with the words `already applied` when `options.once` was written before, or `options.timer` is done;
/// otherwise those of the entries.
pub(crate) async fn execute(
    engine: &Engine,
    caller: &Caller,
    entries: Vec<Entry>,
    options: Options,
) -> Result<Vec<Outcome>, EngineError> {
    for entry in &entries {
        permission(caller, entry.ask.act(), entry.ask.kind())?;
    }
    let mut options = options;
    if entries.len() > INTERACTIVE_MOST {
        options.lane = Lane::Bulk;
    }
    options.judged = false;
    let entries = judged(engine, caller, entries, &mut options).await?;
    let entries = Arc::new(entries);
    let nobody_is_told = options.job.is_some();
    let met = Arc::new(looks::Met::default());
    let done = take_the_road(engine, caller, &entries, options, &met).await;
    let looks = match &done {
        _ if nobody_is_told => Vec::new(), // a message from the inbox: its sender hears that it was taken, no more
        Ok((_, kept)) => looks::shown(caller, kept),
        Err(error) => {
            // Where a patch stops tells what it met.
            let mut looks = looks::shown(caller, &met.take());
            if matches!(error.class(), Class::Precondition | Class::Unprocessable) {
                looks.extend(looks::told(engine, caller, &entries).await);
            }
            looks
        }
    };
    for look in looks {
        engine.looked(look).await?;
    }
    Ok(done?.0)
}

async fn take_the_road(
    engine: &Engine,
    caller: &Caller,
    entries: &Arc<Vec<Entry>>,
    options: Options,
    met: &Arc<looks::Met>,
) -> Result<(Vec<Outcome>, Vec<looks::Kept>), EngineError> {
    let ids = Arc::new(resolve::assign(entries));
    // What may take its time is never done while everybody waits for the writer.
    let is_dear = entries.iter().any(|entry| entry.ask.is_dear());
    let _alone = match entries.iter().any(|entry| structures::writes_one(&entry.ask)) {
        true => Some(engine.alone_with_structures().await),
        false => None,
    };
    let attempts = if is_dear { DEAR_ATTEMPTS } else { ATTEMPTS };
    let mut alone = false;
    for attempt in 0..=attempts {
        let last = attempt == attempts;
        let inside = last && !is_dear;
        let catalogue = engine.catalogue();
        let prepared =
            if inside { None } else { Some(ahead(engine, caller, entries, &ids, &catalogue, &options, met).await?) };
        let work = commit::Work {
            engine: engine.clone(),
            caller: caller.clone(),
            entries: Arc::clone(entries),
            ids: Arc::clone(&ids),
            catalogue,
            prepared,
            options: options.clone(),
            met: Arc::clone(met),
        };
        let (store, lane, origin) = (engine.store(), options.lane, origin(caller));
        let written = if alone || last {
            store.write(lane, origin, move |tx| work.run(tx)).await
        } else {
            let wants = work.wants();
            store.write_together(lane, origin, wants, move |tx| work.run(tx)).await
        };
        match written {
            Ok((outcomes, changes, kept, queued, job)) => {
                tell(engine, changes, job, queued);
                return Ok((outcomes, kept));
            }
            Err(commit::Failure::Stale) => {}
            Err(commit::Failure::Again) => alone = true,
            Err(commit::Failure::Outdated) => engine.renew_catalogue()?,
            Err(commit::Failure::Refused(error)) => return Err(error),
        }
    }
    Err(EngineError::Busy)
}

/// Resolve and prepare on a snapshot. Large sets work on a thread that may block; of very large ones just the beginning is
/// prepared when the writer is asked.
async fn ahead(
    engine: &Engine,
    caller: &Caller,
    entries: &Arc<Vec<Entry>>,
    ids: &Arc<Vec<String>>,
    catalogue: &Arc<Catalogue>,
    options: &Options,
    met: &Arc<looks::Met>,
) -> Result<prepare::Prepared, EngineError> {
    let is_simple = |entry: &Entry| entry.ask.condition().is_none() && !entry.ask.is_dear();
    let is_judging = options.judged && options.merging.is_some();
    if entries.len() <= 4 && !is_judging && entries.iter().all(is_simple) {
        let resolve = |reader: &Reader<'_>| resolve::resolve(reader, caller, entries, ids, catalogue, options, met);
        let resolved = engine.store().read(resolve)?;
        if entries.iter().all(|entry| entry.ask.is_light(LIGHT)) && resolved.weight() <= LIGHT {
            return prepare::whole(entries, resolved, caller, catalogue, options);
        }
        let (entries, caller, catalogue) = (Arc::clone(entries), caller.clone(), Arc::clone(catalogue));
        let options = options.clone();
        let work = move || prepare::whole(&entries, resolved, &caller, &catalogue, &options);
        return tokio::task::spawn_blocking(work).await.map_err(|error| EngineError::Internal(error.to_string()))?;
    }
    let large = entries.len() > lot::AT_ONCE;
    let (caller, entries, ids) = (caller.clone(), Arc::clone(entries), Arc::clone(ids));
    let (catalogue, own, met) = (Arc::clone(catalogue), options.clone(), Arc::clone(met));
    let (store, engine) = (engine.store(), engine.clone());
    if large {
        let (who, all, known) = (caller.clone(), Arc::clone(&entries), Arc::clone(&catalogue));
        let resolve = move |reader: &Reader<'_>| {
            let resolved = resolve::resolve(reader, &caller, &entries, &ids, &catalogue, &own, &met)?;
            resolved.judged_by(&engine, reader, &entries)
        };
        let resolved = store.ahead(options.lane, resolve).await?;
        return lot::begin(all, resolved, who, known, options.clone()).await;
    }
    let work = move |reader: &Reader<'_>| {
        let resolved = resolve::resolve(reader, &caller, &entries, &ids, &catalogue, &own, &met)?;
        let resolved = resolved.judged_by(&engine, reader, &entries)?;
        prepare::whole(&entries, resolved, &caller, &catalogue, &own)
    };
    store.ahead(options.lane, work).await
}

pub(crate) fn origin(caller: &Caller) -> Origin {
    Origin {
        actor: caller.actor.clone(),
        role: caller.role.as_str().to_owned(),
        institution: caller.institution.clone(),
        request: caller.request.clone(),
    }
}

fn tell(engine: &Engine, changes: Vec<Committed>, job: Option<i64>, queued: Vec<commit::Queued>) {
    if changes.iter().any(|change| change.kind == SEARCH_PARAMETER)
        && let Err(error) = engine.renew_catalogue()
    {
        tracing::warn!(%error, "the search parameters in force are read later");
    }
    if !changes.is_empty() {
        engine.inner.feed.tell(Event::Changes(changes.into()));
    }
    if let Some(id) = job {
        engine.tell_job(crate::jobs::INBOX.to_owned(), id, "committed");
    }
    for (queue, id) in queued {
        engine.tell_job(queue, id, "waiting");
    }
}
