//! The heavy work of a write, done before the writer is asked: references, metadata, search rows, compression.

use std::collections::HashMap;

use meridian_access::{Act, Caller};
use meridian_model::both;
use meridian_model::definitions::{Catalogue, Definitions};
use meridian_model::outcome::Issue;
use meridian_store::{Body, GOLDEN_PATIENT, Guard, Index, Stored, TypeCode};
use serde_json::Value;

use super::Options;
use super::ask::{Ask, Entry};
use super::edit::Edit;
use super::index::{Unable, index};
use super::looks::Kept;
use super::lot::Lots;
use super::meta::{disclaim, institution, refuse_subset, stamp};
use super::references::{self, Targets};
use super::resolve::{Resolution, Resolved, Seen};
use super::whose::{Bound, bound};
use crate::engine::now;
use crate::feed::Happened;
use crate::meaning::structures::{Judged, Mark, writes_one};
use crate::meaning::terms;
use crate::served::{Served, value_of};
use crate::sight::{is_within, labelled, permission};
use crate::{EngineError, incoming};

/// Longest resource that an edit makes of a shorter one, in bytes.
const LONGEST_EDITED: usize = 16 << 20;
/// Longest resource that the store reads back.
const LONGEST: usize = 256 << 20;

/// All entries, ready to be written.
pub(super) struct Prepared {
    pub(super) lots: Lots,
    pub(super) seen: Vec<Seen>,
    /// What was there and is shown to the caller.
    pub(super) kept: Vec<Kept>,
    /// The Patients among what is written: what belongs to them needs their subjects.
    pub(super) patients: Vec<String>,
    /// Of the structures by which StructureDefinitions were judged, where there are any.
    pub(super) mark: Option<Mark>,
}

/// One entry, ready to be written.
pub(super) enum Ready {
    Write(Box<Change>),
    /// All that a condition deletes, maybe nothing.
    Several(&'static str, Vec<Change>),
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
    /// The parameters that could not be evaluated on it.
    pub(super) unable: Unable,
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
    /// What is to be said of it besides.
    pub(super) notes: Vec<Issue>,
}

impl Change {
    /// What it is guarded by; what is deleted, by what it was.
    pub(super) fn guard(&self) -> Option<&Guard> {
        match self.happened {
            Happened::Deleted => self.old.as_ref().and_then(|(_, index)| index.guard.as_ref()),
            _ => self.index.guard.as_ref(),
        }
    }
}

/// Prepares a set whole.
pub(super) fn whole(
    entries: &[Entry],
    mut resolution: Resolution,
    caller: &Caller,
    catalogue: &Catalogue,
    options: &Options,
) -> Result<Prepared, EngineError> {
    let seen = std::mem::take(&mut resolution.seen);
    let (kept, patients) = (std::mem::take(&mut resolution.kept), std::mem::take(&mut resolution.patients));
    let mark = resolution.law.as_ref().map(|law| law.mark().clone());
    let preparing = Preparing::of(entries, resolution, caller, catalogue, options);
    let ready: Vec<Ready> = preparing.collect::<Result<_, _>>()?;
    Ok(Prepared { lots: Lots::All(ready.into_iter()), seen, kept, patients, mark })
}

/// Prepares entry after entry.
pub(super) struct Preparing<'a> {
    entries: &'a [Entry],
    resolved: std::iter::Enumerate<std::vec::IntoIter<Resolved>>,
    targets: Targets,
    at: i64,
    caller: &'a Caller,
    catalogue: &'a Catalogue,
    options: &'a Options,
    /// What became of the StructureDefinitions, by the places of their entries.
    judged: HashMap<usize, Judged>,
}

impl Iterator for Preparing<'_> {
    type Item = Result<Ready, EngineError>;

    fn next(&mut self) -> Option<Self::Item> {
        let (nth, resolved) = self.resolved.next()?;
        let entry = self.entries.get(nth)?;
        Some(self.one(nth, entry, resolved).map_err(|error| error.within(&entry.place)))
    }
}

impl<'a> Preparing<'a> {
    pub(super) fn of(
        entries: &'a [Entry],
        resolution: Resolution,
        caller: &'a Caller,
        catalogue: &'a Catalogue,
        options: &'a Options,
    ) -> Preparing<'a> {
        let (resolved, targets) = (Vec::new().into_iter().enumerate(), resolution.targets);
        let mut preparing =
            Preparing { entries, resolved, targets, at: now(), caller, catalogue, options, judged: HashMap::new() };
        if let Some(law) = &resolution.law {
            preparing.judged = law.judge(&preparing.definitions(&resolution.entries));
        }
        preparing.resolved = resolution.entries.into_iter().enumerate();
        preparing
    }

    /// The StructureDefinitions that will stand there. What can't be made is told in its turn.
    fn definitions(&self, resolved: &[Resolved]) -> Vec<(usize, Value)> {
        let of = |(nth, (entry, resolved)): (usize, (&Entry, &Resolved))| {
            let made = match resolved {
                Resolved::New { id, .. } => self.made(nth, entry, (id.as_str(), 1), None),
                Resolved::Replace { row } => self.made(nth, entry, (row.id.as_str(), row.version + 1), Some(&**row)),
                _ => return None,
            };
            Some((nth, made.ok()??))
        };
        let all = self.entries.iter().zip(resolved).enumerate();
        all.filter(|(_, (entry, _))| writes_one(&entry.ask)).filter_map(of).collect()
    }

    fn one(&mut self, nth: usize, entry: &Entry, resolved: Resolved) -> Result<Ready, EngineError> {
        let kind = entry.ask.kind();
        let (id, version, claim, old, happened) = match (resolved, &entry.unfit) {
            (Resolved::Keep { row }, _) => return self.keep(&row, kind),
            (Resolved::Same { entry }, _) => return Ok(Ready::Same(entry)),
            (Resolved::DeleteAll { rows }, _) => {
                let changes = rows.into_iter().map(|row| self.deletion(kind, Box::new(row)));
                return Ok(Ready::Several(kind, changes.collect::<Result<_, _>>()?));
            }
            (Resolved::Delete { row }, _) => return Ok(Ready::Write(Box::new(self.deletion(kind, row)?))),
            (Resolved::New { .. }, Some(issues)) => return Err(EngineError::Unprocessable(issues.to_vec())),
            (Resolved::New { id, claim }, None) => (id, 1, claim, None, Happened::Created),
            (Resolved::Replace { row }, _) => {
                let happened = if row.deleted { Happened::Created } else { Happened::Updated };
                (row.id.clone(), row.version + 1, None, Some(row), happened)
            }
        };
        let Some(resource) = self.made(nth, entry, (id.as_str(), version), old.as_deref())? else {
            let row = old.as_deref().ok_or_else(|| EngineError::Internal("nothing stays as nothing was".into()))?;
            return self.keep(row, kind);
        };
        let notes = match self.judged.remove(&nth) {
            Some(Err(issues)) => return Err(EngineError::Unprocessable(issues)),
            Some(Ok(notes)) => notes,
            None => Vec::new(),
        };
        let edits = matches!(entry.ask, Ask::Edit { .. } | Ask::EditWhere { .. });
        let was = old.as_ref().map_or(0, |row| row.body.weight());
        let code = Definitions::r4().type_code(kind).unwrap_or_default();
        let made = change(kind, code, id, version, self.at, Some(resource), old, happened, claim, self.catalogue)?;
        if edits && made.json.len() > was {
            refuse_longer(made.json.len(), LONGEST_EDITED, kind)?;
        }
        self.permitted(Change { notes, ..made }).map(|made| Ready::Write(Box::new(made)))
    }

    /// What will stand under an id as a version; `None` where what is there stays as it is.
    fn made(
        &self,
        nth: usize,
        entry: &Entry,
        (id, version): (&str, i64),
        old: Option<&Stored>,
    ) -> Result<Option<Value>, EngineError> {
        let kind = entry.ask.kind();
        let mut resource = match (&entry.ask, old) {
            (Ask::Edit { edit, .. } | Ask::EditWhere { edit, .. }, Some(row)) => {
                let before = value_of(&row.body)?;
                let edited = edited(edit.as_ref(), before.clone(), row, kind)?;
                // A change that changes nothing is no new version.
                if edited == before {
                    meridian_access::change(self.caller, kind, institution(&before))?;
                    return Ok(None);
                }
                edited
            }
            (ask, _) => match ask.resource() {
                Some(resource) => resource.value()?,
                None => return Err(EngineError::Internal("a write without a resource".into())),
            },
        };
        refuse_subset(kind, &resource)?;
        references::replace(&mut resource, &self.targets, entry.full_url.as_deref());
        if let (Some(merging), Some(row)) = (self.options.merging.as_deref(), old)
            && !row.deleted
        {
            match merging.merge(nth, &value_of(&row.body)?, resource) {
                Some(merged) => resource = merged,
                None => return Ok(None),
            }
        }
        if let Some(members) = resource.as_object_mut() {
            disclaim(members, self.options.judged || is_own_edit(&entry.ask));
            stamp(members, id, version, self.at, &self.caller.institution);
        }
        terms::check(kind, &resource)?;
        Ok(Some(resource))
    }

    fn deletion(&self, kind: &'static str, row: Box<Stored>) -> Result<Change, EngineError> {
        let code = Definitions::r4().type_code(kind).unwrap_or_default();
        let (id, version, happened) = (row.id.clone(), row.version + 1, Happened::Deleted);
        self.permitted(change(kind, code, id, version, self.at, None, Some(row), happened, None, self.catalogue)?)
    }

    /// Whether the caller may write what it was and what it becomes.
    fn permitted(&self, made: Change) -> Result<Change, EngineError> {
        let kept: Vec<_> = meridian_access::withheld(self.caller, made.kind).collect();
        if made.before.iter().chain(&made.after).any(|resource| labelled(&kept, resource)) {
            let what = both!("write this {}", "写入这份 {}", made.kind);
            return Err(meridian_access::Denied { role: self.caller.role, what }.into());
        }
        let (cleared, was) = (meridian_access::clearance(self.caller), made.old.as_ref().map(|(_, index)| index));
        let guards = was.into_iter().chain([&made.index]).filter_map(|index| index.guard.as_ref());
        if guards.into_iter().any(|guard| !is_within(&cleared, guard)) {
            let what = both!("write a {} that is too sensitive for that", "写入敏感级别超出其权限的 {}", made.kind);
            return Err(meridian_access::Denied { role: self.caller.role, what }.into());
        }
        if let Some(before) = &made.before {
            meridian_access::change(self.caller, made.kind, institution(before))?;
        }
        Ok(made)
    }

    /// What stays as it is and is answered: the second lock, after the condition that found it.
    fn keep(&self, row: &Stored, kind: &str) -> Result<Ready, EngineError> {
        permission(self.caller, Act::Look, kind)?.check_all(std::slice::from_ref(row), self.caller)?;
        Ok(Ready::Keep(Served::of(row)?))
    }
}

/// What an operation changes of a resource leaves the word on it as it is.
fn is_own_edit(ask: &Ask) -> bool {
    matches!(ask, Ask::Edit { edit, .. } | Ask::EditWhere { edit, .. } if edit.word() != "patch")
}

/// What an edit makes of a resource: still a valid one, and the same.
fn edited(edit: &dyn Edit, before: Value, row: &Stored, kind: &str) -> Result<Value, EngineError> {
    let resource = edit.edit(before)?;
    incoming::resource_of(&resource, kind)?;
    if resource.get("id").and_then(Value::as_str) != Some(row.id.as_str()) {
        return Err(EngineError::invalid(
            format!("{kind}.id"),
            both!("the id of a resource is not changed", "不能改变资源的 id"),
        ));
    }
    Ok(resource)
}

fn refuse_longer(length: usize, most: usize, kind: &str) -> Result<(), EngineError> {
    if length <= most {
        return Ok(());
    }
    Err(EngineError::Unprocessable(vec![
        Issue::error("too-long", both!("longer than {most} bytes", "长度超过 {most} 字节")).at(kind),
    ]))
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
    catalogue: &Catalogue,
) -> Result<Change, EngineError> {
    let labels: Vec<_> = meridian_access::Label::of(kind).collect();
    let mut before = None;
    let mut was = None;
    let mut patient = None;
    if let Some(row) = old {
        let mut old_index = Index::default();
        if !row.deleted {
            let value = value_of(&row.body)?;
            let indexed = index(&value, kind, code, catalogue);
            (old_index, patient) = (indexed.index, indexed.patient);
            before = Some(value);
        }
        was = Some((row, old_index));
    }
    // A deletion is told to those who might see what is gone.
    let withheld = labelled(&labels, resource.as_ref().or(before.as_ref()).unwrap_or(&Value::Null));
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
        unable: Unable::new(),
        bound: Vec::new(),
        old: was,
        claim,
        before,
        after: None,
        withheld,
        notes: Vec::new(),
    };
    if let Some(resource) = resource {
        let indexed = index(&resource, kind, code, catalogue);
        made.bound = bound(&resource);
        made.json = serde_json::to_vec(&resource).map_err(|error| EngineError::Internal(error.to_string()))?;
        refuse_longer(made.json.len(), LONGEST, kind)?;
        made.body = Body::of(&made.json);
        (made.index, made.patient, made.unable) = (indexed.index, indexed.patient, indexed.unable);
        if matches!(kind, "Patient" | "Task") && code != GOLDEN_PATIENT {
            made.after = Some(resource);
        }
    }
    Ok(made)
}
