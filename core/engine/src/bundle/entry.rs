//! An entry of a Bundle: its method and address, taken apart.

use std::sync::Arc;

use meridian_model::definitions::Definitions;
use serde_json::{Map, Value};

use crate::write::{Ask, Entry, NOT_YET};
use crate::{EngineError, incoming};

/// Entries of one Bundle: a refused one costs some hundred bytes, and a transaction holds the writer.
const MOST_ENTRIES: usize = 50_000;
/// Reads that one Bundle may ask for.
const MOST_READS: usize = 200;

/// What an entry asks for.
pub(super) enum Wanted {
    Write(Entry),
    Read { path: String, query: String, place: String },
}

/// Takes the entries out of a Bundle; resources are moved, not copied.
pub(super) fn take(mut bundle: Value) -> Result<Vec<Result<Wanted, EngineError>>, EngineError> {
    let entries = match bundle.as_object_mut().and_then(|members| members.remove("entry")) {
        None => Vec::new(),
        Some(Value::Array(entries)) => entries,
        Some(_) => return Err(EngineError::invalid("Bundle.entry", "a list is expected")),
    };
    if entries.len() > MOST_ENTRIES {
        return Err(EngineError::invalid("Bundle.entry", format!("more than {MOST_ENTRIES} entries")));
    }
    let method =
        |entry: &Value| entry.pointer("/request/method").and_then(Value::as_str).unwrap_or_default().to_owned();
    if entries.iter().filter(|entry| matches!(method(entry).as_str(), "GET" | "HEAD")).count() > MOST_READS {
        return Err(EngineError::invalid("Bundle.entry", format!("more than {MOST_READS} reads")));
    }
    let one = |(nth, entry)| {
        let place = format!("Bundle.entry[{nth}]");
        wanted(entry, place.clone()).map_err(|error: EngineError| error.within(&place))
    };
    Ok(entries.into_iter().enumerate().map(one).collect())
}

fn wanted(entry: Value, place: String) -> Result<Wanted, EngineError> {
    let invalid = |at: &str, says: String| EngineError::invalid(format!("{place}{at}"), says);
    let Value::Object(mut entry) = entry else { return Err(invalid("", "an object is expected".into())) };
    let Some(Value::Object(request)) = entry.remove("request") else {
        return Err(invalid(".request", "an entry of a transaction or batch has a request".into()));
    };
    let text = |name: &str| request.get(name).and_then(Value::as_str);
    let Some(url) = text("url") else { return Err(invalid(".request.url", "an address is expected".into())) };
    let (path, query) = url.split_once('?').unwrap_or((url, ""));
    let full_url = entry.get("fullUrl").and_then(Value::as_str).map(str::to_owned);
    let method = text("method").unwrap_or_default();
    if matches!(method, "GET" | "HEAD") {
        return Ok(Wanted::Read { path: path.to_owned(), query: query.to_owned(), place });
    }
    let (kind, id) = address(path).ok_or_else(|| invalid(".request.url", format!("`{url}` is no address of R4")))?;
    let if_match = text("ifMatch")
        .map(|tag| version_of_tag(tag).ok_or_else(|| invalid(".request.ifMatch", format!("`{tag}` is no version"))));
    let if_match = match text("ifNoneMatch") {
        Some("*") => Some(NOT_YET),
        _ => if_match.transpose()?,
    };
    let ask = match (method, id) {
        ("POST", None) => {
            let if_none_exist = text("ifNoneExist").map(|query| condition(query, kind).to_owned());
            let resource = resource(&mut entry, kind, &place)?;
            Ask::Create { kind, resource, if_none_exist }
        }
        ("PUT", Some(id)) => {
            let resource = resource(&mut entry, kind, &place)?;
            if resource.get("id").and_then(Value::as_str) != Some(id.as_str()) {
                return Err(invalid(".resource.id", format!("the resource must have the id of its address, `{id}`")));
            }
            Ask::Update { kind, id, resource, if_match }
        }
        ("PUT", None) if !query.is_empty() => {
            let (query, resource) = (query.to_owned(), resource(&mut entry, kind, &place)?);
            Ask::UpdateWhere { kind, query, resource, if_match }
        }
        ("DELETE", Some(id)) if query.is_empty() => Ask::Delete { kind, id, if_match },
        ("DELETE", None) | ("PATCH", _) => {
            return Err(EngineError::NotSupported(format!("{place}: {method} {url} is not supported yet")));
        }
        _ => return Err(invalid(".request", format!("`{method} {url}` is no interaction of R4"))),
    };
    Ok(Wanted::Write(Entry { ask, full_url, place }))
}

fn resource(entry: &mut Map<String, Value>, kind: &str, place: &str) -> Result<Arc<Value>, EngineError> {
    let Some(resource) = entry.remove("resource") else {
        return Err(EngineError::invalid(format!("{place}.resource"), "a resource is expected"));
    };
    incoming::resource_of(&resource, kind)?;
    Ok(Arc::new(resource))
}

/// `Type`, `Type/id`.
fn address(path: &str) -> Option<(&'static str, Option<String>)> {
    let path = path.trim_matches('/');
    let (kind, id) = path.split_once('/').map_or((path, None), |(kind, id)| (kind, Some(id.to_owned())));
    let r4 = Definitions::r4();
    let kind = r4.type_name(r4.type_code(kind)?)?;
    match &id {
        Some(id) if id.contains('/') => None,
        _ => Some((kind, id)),
    }
}

/// The query of an `ifNoneExist`, which some senders write as a whole address.
pub fn condition<'a>(text: &'a str, kind: &str) -> &'a str {
    text.strip_prefix(kind).unwrap_or(text).trim_start_matches('?')
}

/// The number in `W/"3"`.
pub fn version_of_tag(tag: &str) -> Option<i64> {
    tag.trim().trim_start_matches("W/").trim_matches('"').parse().ok().filter(|version| *version > 0)
}
