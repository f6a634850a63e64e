//! The heavy work of a write, done before the writer is asked: references, metadata, search rows, compression.

use meridian_access::{Act, Caller};
use meridian_model::definitions::Definitions;
use meridian_store::{Body, GOLDEN_PATIENT, Index, Stored, Subject, TypeCode};
use serde_json::Value;

use super::index::index;
use super::merging::Merging;
use super::meta::{disclaim, institution, stamp};
use super::resolve::{Resolution, Resolved, Seen};
use super::whose::{Bound, bound};
use super::{Ask, Entry, references};
use crate::EngineError;
use crate::engine::now;
use crate::feed::Happened;
use crate::served::{Served, value_of};
use crate::sight::{labelled, permission};

/// All entries, ready to be written.
pub(super) struct Prepared {
    pub(super) entries: Vec<Ready>,
    pub(super) seen: Vec<Seen>,
    /// What stays as it is and is shown to the caller: type, id, whose it is.
    pub(super) kept: Vec<Kept>,
}

pub(super) type Kept = (&'static str, String, Subject);

/// One entry, ready to be written.
pub(super) enum Ready {
    Write(Box<Change>),
    /// Nothing to write.
    Keep(Served),
    /// As another entry.
    Same(usize),
}

/// A version to be written.
pub(super) struct Change {
    pub(super) happened: Happened,
    pub(super) kind: &'static str,
    pub(super) code: TypeCode,
    pub(super) id: String,
    pub(super) version: i64,
    pub(super) at: i64,
    /// The Patient whose record it belongs to.
    pub(super) patient: Option<String>,
    pub(super) body: Body,
    pub(super) json: Vec<u8>,
    pub(super) index: Index,
    /// What it is bound to, of which none may be another person's.
    pub(super) bound: Vec<Bound>,
    /// What was there.
    pub(super) old: Option<(Box<Stored>, Index)>,
    /// The condition of a conditional create.
    pub(super) claim: Option<String>,
    /// Kept for participants.
    pub(super) before: Option<Value>,
    pub(super) after: Option<Value>,
    /// Kept from all but operators.
    pub(super) withheld: bool,
}

pub(super) fn prepare(
    entries: &[Entry],
    resolution: Resolution,
    caller: &Caller,
    merging: Option<&dyn Merging>,
) -> Result<Prepared, EngineError> {
    let at = now();
    let targets = resolution.targets;
    let mut ready = Vec::with_capacity(entries.len());
    let mut kept = Vec::new();
    for (nth, (entry, resolved)) in entries.iter().zip(resolution.entries).enumerate() {
        let kind = entry.ask.kind();
        let code = Definitions::r4().type_code(kind).unwrap_or_default();
        let (id, version, claim, old, happened) = match resolved {
            Resolved::Keep { row } => {
                kept.push((kind, row.id.clone(), row.key.subject()));
                ready.push(keep(&row, kind, caller)?);
                continue;
            }
            Resolved::Same { entry } => {
                ready.push(Ready::Same(entry));
                continue;
            }
            Resolved::New { id, claim } => (id, 1, claim, None, Happened::Created),
            Resolved::Replace { row } => {
                let happened = if row.deleted { Happened::Created } else { Happened::Updated };
                (row.id.clone(), row.version + 1, None, Some(row), happened)
            }
            Resolved::Delete { row } => (row.id.clone(), row.version + 1, None, Some(row), Happened::Deleted),
        };
        let resource = match &entry.ask {
            Ask::Delete { .. } => None,
            ask => ask.resource().map(|resource| {
                let mut resource = resource.clone();
                references::replace(&mut resource, &targets, entry.full_url.as_deref());
                resource
            }),
        };
        let merged = match (merging, &old, resource) {
            (Some(merging), Some(row), Some(sent)) if !row.deleted => {
                match merging.merge(nth, &value_of(&row.body)?, sent) {
                    Some(merged) => Some(merged),
                    None => {
                        ready.push(keep(row, kind, caller)?);
                        continue;
                    }
                }
            }
            (.., resource) => resource,
        };
        let resource = merged.map(|mut resource| {
            if let Some(members) = resource.as_object_mut() {
                disclaim(members);
                stamp(members, &id, version, at, &caller.institution);
            }
            resource
        });
        let made = change(kind, code, id, version, at, resource, old, happened, claim)?;
        let kept: Vec<_> = meridian_access::withheld(caller, kind).collect();
        if made.before.iter().chain(&made.after).any(|resource| labelled(&kept, resource)) {
            let denied = meridian_access::Denied { role: caller.role, what: format!("write this {kind}") };
            return Err(EngineError::from(denied).within(&entry.place));
        }
        if let Some(before) = &made.before {
            let own = meridian_access::change(caller, kind, institution(before));
            own.map_err(|denied| EngineError::from(denied).within(&entry.place))?;
        }
        ready.push(Ready::Write(Box::new(made)));
    }
    Ok(Prepared { entries: ready, seen: resolution.seen, kept })
}

/// What stays as it is and is answered: the second lock, after the condition that found it.
fn keep(row: &Stored, kind: &str, caller: &Caller) -> Result<Ready, EngineError> {
    permission(caller, Act::Look, kind)?.check_all(std::slice::from_ref(row), caller)?;
    Ok(Ready::Keep(Served::of(row)?))
}

/// A version with all that is written with it. `resource` is absent for a deletion.
#[allow(clippy::too_many_arguments)] // they are the fields of what it makes
pub(super) fn change(
    kind: &'static str,
    code: TypeCode,
    id: String,
    version: i64,
    at: i64,
    resource: Option<Value>,
    old: Option<Box<Stored>>,
    happened: Happened,
    claim: Option<String>,
) -> Result<Change, EngineError> {
    let mut before = None;
    let mut was = None;
    let mut patient = None;
    if let Some(row) = old {
        let mut old_index = Index::default();
        if !row.deleted {
            let value = value_of(&row.body)?;
            let indexed = index(&value, kind, code);
            (old_index, patient) = (indexed.index, indexed.patient);
            before = Some(value);
        }
        was = Some((row, old_index));
    }
    let mut made = Change {
        happened,
        kind,
        code,
        id,
        version,
        at,
        patient,
        body: Body::default(),
        json: Vec::new(),
        index: Index::default(),
        bound: Vec::new(),
        old: was,
        claim,
        before,
        after: None,
        withheld: false,
    };
    if let Some(resource) = resource {
        let indexed = index(&resource, kind, code);
        made.bound = bound(&resource);
        made.json = serde_json::to_vec(&resource).map_err(|error| EngineError::Internal(error.to_string()))?;
        made.body = Body::of(&made.json);
        (made.index, made.patient) = (indexed.index, indexed.patient);
        made.withheld = labelled(&meridian_access::Label::of(kind).collect::<Vec<_>>(), &resource);
        if matches!(kind, "Patient" | "Task") && code != GOLDEN_PATIENT {
            made.after = Some(resource);
        }
    }
    Ok(made)
}
