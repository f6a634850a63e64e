//! What is in force: R4's own terms, those for China, and those that were posted.
//!
//! Each write of such a resource gives the store another mark; whoever needs the terms compares it, on the sight of the
//! store that he has, with the mark of what this process has read. So another process's changes are heeded at once, and a
//! search in a transaction sees what that has written.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use meridian_conformance::terms::{Loaded, Terms};
use meridian_model::both;
use meridian_model::definitions::Definitions;
use meridian_model::outcome::Issue;
use meridian_store::{Reader, Stored, TypeCode, WriteTx};
use serde_json::Value;

use crate::fixed::Posted;
use crate::served::value_of;
use crate::{Engine, EngineError};

/// The setting that holds the mark.
const MARK: &str = "terms";
const KINDS: [&str; 3] = ["CodeSystem", "ValueSet", "ConceptMap"];

/// What this process knows of the terms of its store.
#[derive(Default)]
pub(crate) struct Known {
    /// Those that come with the program and with packages.
    base: RwLock<Option<Terms>>,
    /// By the mark of the store, the last ones first: a search that began before a write still goes by the mark of then.
    now: RwLock<VecDeque<(Vec<u8>, Now)>>,
    read: Mutex<HashMap<(TypeCode, String), Read>>,
}

/// What is in force, and what of it was posted.
#[derive(Clone)]
struct Now {
    terms: Terms,
    posted: Arc<Posted>,
}

/// A resource that was read once.
#[derive(Clone)]
struct Read {
    version: i64,
    at: i64,
    /// `None` where it is not understood.
    loaded: Option<Loaded>,
}

pub(crate) fn is_one(kind: &str) -> bool {
    KINDS.contains(&kind)
}

/// Refuses an active resource that could not be in force.
pub(crate) fn check(kind: &str, resource: &Value) -> Result<(), EngineError> {
    let is_active = resource.get("status").is_some_and(|status| status == "active");
    if !is_one(kind) || !is_active || resource.get("url").is_none() {
        return Ok(());
    }
    let says = match Loaded::read(resource) {
        Ok(_) => return Ok(()),
        Err(fault) => both!("it cannot be in force: {}", "不能生效：{}", fault.says),
    };
    Err(EngineError::Unprocessable(vec![Issue::error("business-rule", says).at(kind)]))
}

/// Follows the write of one: what was read before is out of force.
pub(crate) fn follow(tx: &mut WriteTx<'_>) -> Result<(), EngineError> {
    // Not a count: a transaction that is rolled back must not leave its number to another.
    Ok(tx.put_setting(MARK, uuid::Uuid::new_v4().as_bytes())?)
}

/// Puts the terms of packages in force, beneath what is posted. What is not understood stays out of force.
pub(crate) fn install(engine: &Engine, resources: &[Value]) -> Result<(), EngineError> {
    let of_ours = |one: &&Value| one.get("resourceType").and_then(Value::as_str).is_some_and(is_one);
    let read = resources.iter().filter(of_ours).filter_map(|resource| match Loaded::read(resource) {
        Ok(loaded) => Some(loaded),
        Err(fault) => {
            let url = resource.get("url").and_then(Value::as_str).unwrap_or_default();
            tracing::warn!(url, %fault, "a resource of a package is not understood");
            None
        }
    });
    let terms = Terms::embedded().and(&read.collect::<Vec<_>>());
    engine.store().read(|reader| {
        if let Some(known) = reader.beside::<Known>() {
            *known.base.write().unwrap_or_else(PoisonError::into_inner) = Some(terms);
            known.now.write().unwrap_or_else(PoisonError::into_inner).clear();
        }
        Ok(())
    })
}

fn base(reader: &Reader<'_>) -> Terms {
    let known = reader.beside::<Known>();
    let base = known.and_then(|known| known.base.read().unwrap_or_else(PoisonError::into_inner).clone());
    base.unwrap_or_else(|| Terms::embedded().clone())
}

/// The terms in force as `reader` sees them.
pub(crate) fn in_force(reader: &Reader<'_>) -> Result<Terms, EngineError> {
    now(reader).map(|now| now.terms)
}

/// What is stored in the place of what came with the program.
pub(crate) fn posted(reader: &Reader<'_>) -> Result<Arc<Posted>, EngineError> {
    now(reader).map(|now| now.posted)
}

/// What is in memory of the version of a stored resource; `None` of what is not understood.
pub(super) fn loaded(reader: &Reader<'_>, row: &Stored) -> Option<Loaded> {
    let read = reader.beside::<Known>()?.read.lock().unwrap_or_else(PoisonError::into_inner);
    let read = read.get(&(row.kind, row.id.clone()))?;
    if (read.version, read.at) == (row.version, row.at) { read.loaded.clone() } else { None }
}

/// Whether what is in force has been read, so that asking for it takes no time.
pub(crate) fn is_read(reader: &Reader<'_>) -> Result<bool, EngineError> {
    let (Some(mark), Some(known)) = (reader.setting(MARK)?, reader.beside::<Known>()) else { return Ok(true) };
    let now = known.now.read().unwrap_or_else(PoisonError::into_inner);
    Ok(now.iter().any(|(of, _)| *of == mark))
}

fn now(reader: &Reader<'_>) -> Result<Now, EngineError> {
    let Some(mark) = reader.setting(MARK)? else { return Ok(Now { terms: base(reader), posted: Arc::default() }) };
    let Some(known) = reader.beside::<Known>() else { return read(reader, &mut HashMap::new()) };
    let same = |now: &VecDeque<(Vec<u8>, Now)>| now.iter().find(|(of, _)| *of == mark).map(|(_, now)| now.clone());
    if let Some(now) = same(&known.now.read().unwrap_or_else(PoisonError::into_inner)) {
        return Ok(now);
    }
    // One reads, the others wait for it.
    let mut all = known.read.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(now) = same(&known.now.read().unwrap_or_else(PoisonError::into_inner)) {
        return Ok(now);
    }
    let now = read(reader, &mut all)?;
    let mut last = known.now.write().unwrap_or_else(PoisonError::into_inner);
    last.truncate(1);
    last.push_front((mark, now.clone()));
    drop(last);
    Ok(now)
}

/// Reads all that was posted; what was read before is not understood anew.
fn read(reader: &Reader<'_>, before: &mut HashMap<(TypeCode, String), Read>) -> Result<Now, EngineError> {
    let mut found: HashMap<(TypeCode, String), Read> = HashMap::new();
    for kind in KINDS.iter().filter_map(|kind| Definitions::r4().type_code(kind)) {
        for head in reader.heads_of(kind)?.into_iter().filter(|head| !head.deleted) {
            let key = (kind, head.id);
            let same = before.get(&key).filter(|read| (read.version, read.at) == (head.version, head.at)).cloned();
            let read = match same {
                Some(read) => read,
                None => {
                    let Some(row) = reader.find(kind, &key.1)? else { continue };
                    let loaded = Loaded::read(&value_of(&row.body)?).ok();
                    Read { version: row.version, at: row.at, loaded }
                }
            };
            found.insert(key, read);
        }
    }
    *before = found;
    let mut posted = Posted::default();
    for ((kind, id), read) in before.iter() {
        posted.note(*kind, id, read.loaded.as_ref().map(|loaded| (loaded.url(), loaded.version())));
    }
    // Of two with one url and version the one that was written later is in force.
    let mut all: Vec<(i64, &str, &Loaded)> =
        before.iter().filter_map(|((_, id), read)| Some((read.at, id.as_str(), read.loaded.as_ref()?))).collect();
    all.sort_unstable_by_key(|(at, id, _)| (*at, *id));
    let loaded: Vec<Loaded> = all.into_iter().map(|(_, _, loaded)| loaded.clone()).collect();
    Ok(Now { terms: base(reader).and(&loaded), posted: Arc::new(posted) })
}
