//! Every write takes this road, a single create as well as a bundle of thousands.
//!
//! *Resolve* looks up, on a reader's snapshot, what the entries meet: which exist, what conditions find. *Prepare* does
//! the heavy work with that knowledge: references, metadata, search rows, compression. *Commit* checks in the writer's
//! transaction that what resolve saw is still so, and writes. If it is not, the road is taken again, the last time
//! wholly inside the transaction, so that it always ends.

mod anew;
mod commit;
mod index;
mod merging;
mod meta;
mod prepare;
mod references;
mod resolve;
mod whose;

use std::sync::Arc;

use meridian_access::{Act, Caller};
use meridian_model::reference::Reference;
use meridian_store::{Lane, Look, Origin, Subject};
use serde_json::Value;

pub use anew::catch_up;
pub(crate) use index::{LONGEST_TEXT, clinical_param, is_partition_param, main_param, param_number, shorten};
pub(crate) use meta::INSTITUTION_TAG;

pub use merging::Merging;

use crate::feed::{Committed, Event, Happened};
use crate::served::Served;
use crate::sight::{look, permission};
use crate::{Engine, EngineError};

/// How often the road is taken on a snapshot before it is taken inside the transaction.
const ATTEMPTS: u32 = 3;

/// The `if_match` of what must not be there yet (`If-None-Match: *`); versions count from 1.
pub const NOT_YET: i64 = 0;

/// One write that somebody asks for.
#[derive(Clone, Debug)]
pub(crate) struct Entry {
    pub ask: Ask,
    /// How other entries of a transaction refer to this one.
    pub full_url: Option<String>,
    /// Where the entry stands in what was sent (`Bundle.entry[3]`), for issues; empty for a single resource.
    pub place: String,
}

/// What is asked for.
#[derive(Clone, Debug)]
pub(crate) enum Ask {
    Create {
        kind: &'static str,
        resource: Arc<Value>,
        /// The query of `If-None-Exist`.
        if_none_exist: Option<String>,
    },
    /// A `PUT` on an id; makes the resource if it is not there.
    Update {
        kind: &'static str,
        id: String,
        resource: Arc<Value>,
        if_match: Option<i64>,
    },
    /// A `PUT` on a query.
    UpdateWhere {
        kind: &'static str,
        query: String,
        resource: Arc<Value>,
        if_match: Option<i64>,
    },
    Delete {
        kind: &'static str,
        id: String,
        if_match: Option<i64>,
    },
}

impl Ask {
    pub(crate) fn kind(&self) -> &'static str {
        match self {
            Ask::Create { kind, .. }
            | Ask::Update { kind, .. }
            | Ask::UpdateWhere { kind, .. }
            | Ask::Delete { kind, .. } => kind,
        }
    }

    /// Whether a search decides what is written.
    fn is_conditional(&self) -> bool {
        matches!(self, Ask::Create { if_none_exist: Some(_), .. } | Ask::UpdateWhere { .. })
    }

    fn act(&self) -> Act {
        match self {
            Ask::Create { .. } => Act::Create,
            Ask::Update { .. } | Ask::UpdateWhere { .. } => Act::Update,
            Ask::Delete { .. } => Act::Delete,
        }
    }

    pub(crate) fn resource(&self) -> Option<&Value> {
        match self {
            Ask::Create { resource, .. } | Ask::Update { resource, .. } | Ask::UpdateWhere { resource, .. } => {
                Some(resource)
            }
            Ask::Delete { .. } => None,
        }
    }
}

/// What became of an entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// None when nothing was written: the resource was there already, or is gone already.
    pub happened: Option<Happened>,
    pub served: Served,
}

/// How a set of entries is written.
#[derive(Clone, Debug)]
pub struct Options {
    pub lane: Lane,
    /// Written once whatever happens: a second try with the same key writes nothing.
    pub once: Option<String>,
    /// A job that is done by this write, in the same transaction.
    pub job: Option<JobDone>,
    /// How what is sent meets what is there; without it, it takes its place.
    pub merging: Option<Arc<dyn Merging>>,
}

impl Default for Options {
    fn default() -> Self {
        Options { lane: Lane::Interactive, once: None, job: None, merging: None }
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
/// `Conflict` with the word `already applied` when `options.once` was written before; otherwise those of the entries.
pub(crate) async fn execute(
    engine: &Engine,
    caller: &Caller,
    entries: Vec<Entry>,
    options: Options,
) -> Result<Vec<Outcome>, EngineError> {
    for entry in &entries {
        permission(caller, entry.ask.act(), entry.ask.kind())?;
    }
    let entries = Arc::new(entries);
    let nobody_is_told = options.job.is_some();
    let done = take_the_road(engine, caller, &entries, options).await;
    let look = match &done {
        _ if nobody_is_told => None, // a message from the inbox: its sender hears that it was taken, no more
        Ok((_, kept)) => shown(caller, kept),
        Err(EngineError::Precondition(_) | EngineError::Unprocessable(_)) => told(caller, &entries),
        Err(_) => None,
    };
    if let Some(look) = look {
        engine.looked(look).await?;
    }
    Ok(done?.0)
}

/// The look at what was there already, which a conditional create shows instead of what was sent.
fn shown(caller: &Caller, kept: &[prepare::Kept]) -> Option<Look> {
    let people: Vec<_> = kept.iter().filter(|(.., subject)| *subject != Subject::COMMON).collect();
    let (kind, ..) = people.first()?;
    let mut look = look(caller, "condition", kind);
    look.query = people.iter().map(|(kind, id, _)| format!("{kind}/{id}")).collect::<Vec<_>>().join(" ");
    look.subjects = people.iter().map(|(.., subject)| *subject).collect();
    Some(look)
}

/// The look of conditions whose refusal tells how many they met.
fn told(caller: &Caller, entries: &[Entry]) -> Option<Look> {
    let condition = |ask: &Ask| match ask {
        Ask::Create { kind, if_none_exist: Some(query), .. } | Ask::UpdateWhere { kind, query, .. } => {
            Some(format!("{kind}?{query}"))
        }
        _ => None,
    };
    let mut conditions: Vec<String> = entries.iter().filter_map(|entry| condition(&entry.ask)).collect();
    for resource in entries.iter().filter_map(|entry| entry.ask.resource()) {
        references::visit(resource, &mut |text| {
            if matches!(Reference::parse(text), Reference::Conditional { .. }) {
                conditions.push(text.to_owned());
            }
        });
    }
    let mut look = look(caller, "condition", entries.first()?.ask.kind());
    look.query = conditions.join(" ");
    Some(look).filter(|look| !look.query.is_empty())
}

async fn take_the_road(
    engine: &Engine,
    caller: &Caller,
    entries: &Arc<Vec<Entry>>,
    options: Options,
) -> Result<(Vec<Outcome>, Vec<prepare::Kept>), EngineError> {
    let ids = resolve::assign(entries);
    for attempt in 0..=ATTEMPTS {
        let inside = attempt == ATTEMPTS;
        let prepared = if inside { None } else { Some(ahead(engine, caller, entries, &ids, &options).await?) };
        let work = commit::Work {
            engine: engine.clone(),
            caller: caller.clone(),
            entries: Arc::clone(entries),
            ids: ids.clone(),
            prepared,
            options: options.clone(),
        };
        let origin = origin(caller);
        match engine.store().write(options.lane, origin, move |tx| work.run(tx)).await {
            Ok((outcomes, changes, kept, queued, job)) => {
                tell(engine, changes, job, queued);
                return Ok((outcomes, kept));
            }
            Err(commit::Failure::Stale) => {}
            Err(commit::Failure::Refused(error)) => return Err(error),
        }
    }
    Err(EngineError::Busy)
}

/// Resolve and prepare on a snapshot. Large sets work on a thread that may block.
async fn ahead(
    engine: &Engine,
    caller: &Caller,
    entries: &Arc<Vec<Entry>>,
    ids: &[String],
    options: &Options,
) -> Result<prepare::Prepared, EngineError> {
    let merging = options.merging.clone();
    if entries.len() <= 4 && !entries.iter().any(|entry| entry.ask.is_conditional()) {
        let merging = merging.as_deref();
        let resolved = engine.store().read(|reader| resolve::resolve(reader, caller, entries, ids, merging))?;
        return prepare::prepare(entries, resolved, caller, merging);
    }
    let (caller, entries, ids) = (caller.clone(), Arc::clone(entries), ids.to_vec());
    let work = move |reader: &meridian_store::Reader<'_>| {
        let merging = merging.as_deref();
        let resolved = resolve::resolve(reader, &caller, &entries, &ids, merging)?;
        prepare::prepare(&entries, resolved, &caller, merging)
    };
    engine.store().ahead(options.lane, work).await
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
    if !changes.is_empty() {
        engine.inner.feed.tell(Event::Changes(changes.into()));
    }
    if let Some(id) = job {
        engine.inner.feed.tell(Event::Job { queue: crate::jobs::INBOX.to_owned(), id, state: "committed" });
    }
    for (queue, id) in queued {
        engine.inner.feed.tell(Event::Job { queue, id, state: "waiting" });
    }
}
