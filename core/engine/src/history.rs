//! Versions, newest first: of one resource (`GET /fhir/{type}/{id}/_history`), of a type, of everything.

mod answer;
mod request;

use meridian_model::both;
use meridian_model::language::Both;

use std::collections::HashSet;

use meridian_access::{Act, Caller};
use meridian_store::search::Scope;
use meridian_store::{GOLDEN_PATIENT, Key, Reader, Stored, TypeCode};

pub use answer::History;
pub(crate) use answer::encode;
pub use request::{Of, Request};

use crate::engine::{patient_code, type_name};
use crate::served::Served;
use crate::sight::{Permission, find, look, people, permission};
use crate::{Engine, EngineError};
use request::After;

/// One page of a history.
///
/// # Errors
/// `NotFound` for a resource that never was *and* for one that the caller may not know of.
pub async fn history(engine: &Engine, caller: &Caller, request: &Request) -> Result<History, EngineError> {
    match &request.of {
        Of::Instance(kind, id) => instance(engine, caller, kind, id, request).await,
        Of::Type(kind) => {
            let missing = || EngineError::NotFound(both!("the resource type {kind}", "资源类型 {kind}"));
            let code = engine.definitions().type_code(kind).ok_or_else(missing)?;
            permission(caller, Act::Look, kind)?;
            // A golden Patient is a Patient: who follows what changes is told of both.
            let kinds = if code == patient_code() { vec![code, GOLDEN_PATIENT] } else { vec![code] };
            several(engine, caller, kind, kinds, request).await
        }
        Of::System => {
            #[allow(clippy::redundant_closure_for_method_calls)] // the method has one lifetime, the reader any
            let kinds = engine.store().read(|reader| reader.changed_kinds())?;
            several(engine, caller, "", kinds, request).await
        }
    }
}

async fn instance(
    engine: &Engine,
    caller: &Caller,
    kind: &str,
    id: &str,
    request: &Request,
) -> Result<History, EngineError> {
    let missing = || EngineError::NotFound(Both::alike(format!("{kind}/{id}")));
    let code = engine.definitions().type_code(kind).ok_or_else(missing)?;
    let may = permission(caller, Act::Look, kind)?;
    let before = match request.after {
        None => None,
        Some(After::Version(version)) => Some(version),
        Some(After::Place(_)) => return Err(request::no_cursor()),
    };
    let found = engine.store().read(|reader| {
        let Some(row) = find(reader, code, id)?.filter(|row| may.shows(row)) else { return Ok(None) };
        let (versions, more) = reader.versions(row.key, request.span, before, request.count)?;
        let ends: HashSet<(Key, i64)> = reader.deletions(&[row.key])?.into_iter().collect();
        Ok::<_, EngineError>(Some((row, versions, ends, more)))
    })?;
    let (row, versions, ends, more) = found.ok_or_else(|| match engine.own(code, id) {
        Some(_) => EngineError::Absent(both!(
            "{kind}/{id} is the server's own: it has one version and no history",
            "{kind}/{id} 是服务器自带的，只有一个版本，没有历史"
        )),
        None => missing(),
    })?;
    let next = versions.last().filter(|_| more).map(|last| After::Version(last.version));
    let mut look = look(caller, "history", kind);
    look.id = id.to_owned();
    look.subjects = people(std::iter::once(&row));
    engine.looked(look).await?;
    let shown = versions.iter().filter(|version| may.shows_version(&row, version));
    let versions = shown.map(|version| Served::version_of(&row, version)).collect::<Result<Vec<_>, _>>()?;
    let made = versions.iter().map(|shown| is_made(row.key, shown.version, &ends)).collect();
    // Versions are numbered from 1 without gaps: the newest number is how many there are.
    let total = (request.span == meridian_store::Span::default()).then_some(row.version);
    Ok(History { of: request.of.clone(), versions, total, made, used: request.used.clone(), next })
}

/// Whether a version is the first, or the first after one of these deletions.
fn is_made(key: Key, version: i64, ends: &HashSet<(Key, i64)>) -> bool {
    version == 1 || ends.contains(&(key, version - 1))
}

/// The histories of types; what the caller may not read is left out.
async fn several(
    engine: &Engine,
    caller: &Caller,
    kind: &str,
    kinds: Vec<TypeCode>,
    request: &Request,
) -> Result<History, EngineError> {
    let after = match request.after {
        None => None,
        Some(After::Place(place)) => Some(place),
        Some(After::Version(_)) => return Err(request::no_cursor()),
    };
    let may = |code: TypeCode| permission(caller, Act::Look, type_name(code)).ok().map(|may| (code, may));
    let may: Vec<(TypeCode, Permission)> = kinds.into_iter().filter_map(may).collect();
    let scopes: Vec<(TypeCode, Scope)> = may.iter().map(|(code, may)| (*code, may.filter())).collect();
    let (span, count) = (request.span, request.count);
    let read = move |reader: &Reader<'_>| {
        let (rows, more) = reader.changes(&scopes, span, after, count)?;
        let mut again: Vec<Key> = rows.iter().filter(|row| row.version > 1).map(|row| row.key).collect();
        again.sort_unstable();
        again.dedup();
        let ends: HashSet<(Key, i64)> = reader.deletions(&again)?.into_iter().collect();
        let with_now = |row: Stored| Ok((reader.current(row.key)?.unwrap_or_else(|| row.clone()), row));
        let rows = rows.into_iter().map(with_now).collect::<Result<Vec<_>, EngineError>>()?;
        Ok::<_, EngineError>((rows, ends, more))
    };
    let (mut rows, ends, more) = engine.store().search(read).await?;
    let next = rows.last().filter(|_| more).map(|(_, row)| After::Place(request::place(row)));
    let of = |row: &Stored| may.iter().find(|(code, _)| *code == row.kind).map(|(_, may)| may);
    if rows.iter().any(|(_, row)| of(row).is_none_or(|may| !may.shows_subject(row.key.subject()))) {
        tracing::error!(alarm = "access", request = %caller.request, "a history let a row through");
        return Err(EngineError::Internal("access filter".into()));
    }
    // What carries a label today is not shown as it was before, and what carried one then not as it was.
    rows.retain(|(now, row)| of(row).is_some_and(|may| may.shows(now) && may.shows(row)));

    let mut look = look(caller, "history", kind);
    look.query = request.used.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("&");
    if look.query.is_empty() {
        "all".clone_into(&mut look.query);
    }
    look.subjects = people(rows.iter().map(|(_, row)| row));
    engine.looked(look).await?;
    let versions = rows.iter().map(|(_, row)| Served::of(row)).collect::<Result<Vec<_>, _>>()?;
    let made = rows.iter().map(|(_, row)| is_made(row.key, row.version, &ends)).collect();
    Ok(History { of: request.of.clone(), versions, total: None, made, used: request.used.clone(), next })
}
