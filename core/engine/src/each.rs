//! Each resource of a type, as it stood when the walk began: for views and exports.
//!
//! The walk is made of pages, and holds nothing in the store between them. It goes in an order that stays (the ids of a
//! type, or the numbers of a record), and of what was written after its beginning it shows the version before: so it is
//! one snapshot, however long it takes and whatever is written meanwhile. (What is purged meanwhile is gone.)

use std::collections::VecDeque;

use meridian_access::{Act, Caller};
use meridian_model::both;
use meridian_model::definitions::Definitions;
use meridian_model::language::Both;
use meridian_store::{GOLDEN_PATIENT, Key, Part, Reader, Stored, Subject, TypeCode};

use crate::engine::patient_code;
use crate::served::{Served, value_of};
use crate::sight::{Permission, find, look, people, permission};
use crate::{Engine, EngineError};

/// Resources of a page.
const PAGE: u32 = 1_000;
/// Members of all groups together.
const MOST_MEMBERS: usize = 100_000;

/// Which resources are wanted.
#[derive(Clone, Debug, Default)]
pub struct Wanted {
    /// A type of R4.
    pub kind: String,
    /// Written at this time or later, in milliseconds since 1970 UTC.
    pub since: Option<i64>,
    /// Of the records of these persons: `Patient/id`, by any of their registrations.
    pub patients: Vec<String>,
    /// Of the records of the members of these groups: `Group/id`.
    pub groups: Vec<String>,
}

/// A walk.
pub struct Each {
    caller: Caller,
    act: &'static str,
    kind: String,
    code: TypeCode,
    may: Permission,
    since: Option<i64>,
    /// The last transaction that is seen.
    tx: i64,
    place: Place,
}

/// How far it has come.
enum Place {
    /// By the ids of the type, behind this one.
    Type(String),
    /// Through these records, one after another, behind a number.
    Records(VecDeque<Subject>, Option<Key>),
    End,
}

impl Each {
    /// Decides, and writes down that it begins; `query` says in the audit what was asked.
    ///
    /// # Errors
    /// `Denied`; `NotFound` for a type, a Patient or a Group that is not there; `Invalid` for a reference that is none,
    /// and for persons where the type is in nobody's record.
    pub async fn begin(
        engine: &Engine,
        caller: &Caller,
        act: &'static str,
        wanted: &Wanted,
        query: &str,
    ) -> Result<Each, EngineError> {
        let kind = wanted.kind.as_str();
        let missing = || EngineError::NotFound(both!("the resource type {kind}", "资源类型 {kind}"));
        let code = engine.definitions().type_code(kind).ok_or_else(missing)?;
        let may = permission(caller, Act::Look, kind)?;
        let of_some = !(wanted.patients.is_empty() && wanted.groups.is_empty());
        if of_some && Definitions::r4().compartment_params("Patient", kind).is_empty() {
            let name = if wanted.patients.is_empty() { "group" } else { "patient" };
            return Err(EngineError::invalid(
                name,
                both!("{kind} is in nobody's record", "{kind} 不属于任何人的健康档案"),
            ));
        }
        let (whose, who) = (wanted.clone(), caller.clone());
        let begun = move |reader: &Reader<'_>| {
            let subjects = if of_some { Some(subjects(reader, &who, &whose)?) } else { None };
            Ok::<_, EngineError>((reader.last_tx()?, subjects))
        };
        let (tx, subjects) = engine.store().search(begun).await?;
        let mut look = look(caller, act, kind);
        query.clone_into(&mut look.query);
        if look.query.is_empty() {
            "all".clone_into(&mut look.query);
        }
        look.subjects = subjects.clone().unwrap_or_default();
        engine.looked(look).await?;
        let place = match subjects {
            None => Place::Type(String::new()),
            Some(subjects) => Place::Records(subjects.into(), None),
        };
        let (caller, kind, since) = (caller.clone(), kind.to_owned(), wanted.since);
        Ok(Each { caller, act, kind, code, may, since, tx, place })
    }

    /// The next page, of `most` resources at most; `None` at the end. Whose records are in it is in the audit before it
    /// is given.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn next(&mut self, engine: &Engine, most: usize) -> Result<Option<Vec<Served>>, EngineError> {
        let (code, tx, since) = (self.code, self.tx, self.since);
        let page = u32::try_from(most).unwrap_or(PAGE).clamp(1, PAGE);
        let rows = match &self.place {
            Place::End => return Ok(None),
            Place::Type(after) => {
                let after = after.clone();
                let read = move |reader: &Reader<'_>| {
                    let rows = reader.resources_of(code, &after, page)?;
                    let last = rows.last().map(|row| row.id.clone());
                    Ok::<_, EngineError>((then(reader, rows, tx, since)?, last))
                };
                let (rows, last) = engine.store().search(read).await?;
                self.place = last.map_or(Place::End, Place::Type);
                rows
            }
            Place::Records(subjects, after) => {
                // Some at a time: members of a group may be many, and the statement names each.
                let (mut left, after) = (subjects.clone(), *after);
                let some: Vec<Subject> = left.iter().copied().take(64).collect();
                let read = move |reader: &Reader<'_>| {
                    let part = Part { kinds: Some(vec![code]), ..Part::default() };
                    let (rows, more) = reader.records_ever(&some, &part, after, page as usize)?;
                    let last = rows.last().map(|row| row.key).filter(|_| more);
                    Ok::<_, EngineError>((then(reader, rows, tx, since)?, last, some.len()))
                };
                let (rows, last, seen) = engine.store().search(read).await?;
                self.place = match last {
                    Some(last) => {
                        left.retain(|subject| *subject >= last.subject());
                        Place::Records(left, Some(last))
                    }
                    None => {
                        left.drain(..seen.min(left.len()));
                        if left.is_empty() { Place::End } else { Place::Records(left, None) }
                    }
                };
                rows
            }
        };
        // What carries a label is not shown to those whom it is kept from, now or as it was.
        let shown: Vec<Stored> = rows
            .into_iter()
            .filter(|(now, then)| self.may.shows(now) && then.as_ref().is_none_or(|then| self.may.shows(then)))
            .map(|(now, then)| then.unwrap_or(now))
            .collect();
        let mut look = look(&self.caller, self.act, &self.kind);
        look.subjects = people(shown.iter());
        engine.looked(look).await?;
        shown.iter().map(Served::of).collect::<Result<Vec<_>, _>>().map(Some)
    }
}

/// Rows with what they were when the transaction was written, where that is another version; without those that were
/// not there, or were written before `since`.
fn then(
    reader: &Reader<'_>,
    rows: Vec<Stored>,
    tx: i64,
    since: Option<i64>,
) -> Result<Vec<(Stored, Option<Stored>)>, EngineError> {
    let mut all = Vec::with_capacity(rows.len());
    for now in rows {
        let then = if now.tx <= tx {
            None
        } else {
            let Some(found) = reader.version_at(now.key, tx)? else { continue };
            let meridian_store::Version { version, tx, at, deleted, body } = found;
            Some(Stored { version, tx, at, deleted, body, ..now.clone() })
        };
        let row = then.as_ref().unwrap_or(&now);
        if !row.deleted && since.is_none_or(|since| row.at >= since) {
            all.push((now, then));
        }
    }
    Ok(all)
}

/// The records of these persons and of the members of these groups, in order.
fn subjects(reader: &Reader<'_>, caller: &Caller, wanted: &Wanted) -> Result<Vec<Subject>, EngineError> {
    let mut subjects = Vec::new();
    for reference in &wanted.patients {
        let may = permission(caller, Act::Look, "Patient")?;
        let id = reference.strip_prefix("Patient/").unwrap_or(reference);
        if id.contains('/') || id.is_empty() {
            return Err(EngineError::invalid(
                "patient",
                both!("`{reference}` is no reference to a Patient", "`{reference}` 不是对 Patient 的引用"),
            ));
        }
        let row = find(reader, patient_code(), id)?.filter(|row| may.shows(row) && !row.deleted);
        let row = row.ok_or_else(|| EngineError::NotFound(Both::alike(format!("Patient/{id}"))))?;
        subjects.extend(reader.same_person(row.key.subject())?);
    }
    let code = Definitions::r4().type_code("Group").unwrap_or_default();
    for reference in &wanted.groups {
        let may = permission(caller, Act::Look, "Group")?;
        let id = reference.strip_prefix("Group/").unwrap_or(reference);
        let row = reader.find(code, id)?.filter(|row| may.shows(row) && !row.deleted);
        let row = row.ok_or_else(|| EngineError::NotFound(Both::alike(format!("Group/{id}"))))?;
        let group = value_of(&row.body)?;
        let members = group.get("member").and_then(serde_json::Value::as_array).map(Vec::as_slice).unwrap_or_default();
        for member in members.iter().filter(|member| member.get("inactive") != Some(&true.into())) {
            let entity = member.pointer("/entity/reference").and_then(serde_json::Value::as_str).unwrap_or_default();
            let Some(id) = entity.strip_prefix("Patient/") else { continue };
            let key = reader.locate(patient_code(), id)?;
            let key = if key.is_some() { key } else { reader.locate(GOLDEN_PATIENT, id)? };
            if let Some(key) = key {
                subjects.extend(reader.same_person(key.subject())?);
            }
            if subjects.len() > MOST_MEMBERS {
                let says = both!("the groups have more than {MOST_MEMBERS} members", "群组成员超过 {MOST_MEMBERS} 个");
                return Err(EngineError::invalid("group", says));
            }
        }
    }
    subjects.sort_unstable();
    subjects.dedup();
    Ok(subjects)
}
