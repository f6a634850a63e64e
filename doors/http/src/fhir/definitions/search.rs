//! Searches for definitions: first the server's own, then what is stored, page after page.

use std::borrow::Cow;

use axum::body::{Body, to_bytes};
use axum::response::Response;
use meridian_engine::EngineError;
use meridian_model::definitions::{Definitions, Kind};
use meridian_model::fold::fold;
use serde_json::{Map, Value, json};

use super::super::entries::{Apart, join};
use super::super::html::encode;
use super::super::{Asked, find};
use super::all;
use crate::problem::Problem;
use crate::state::Http;

/// Parameters of the answer; they find nothing.
const ANSWER: [&str; 9] =
    ["_format", "_pretty", "_summary", "_elements", "_count", "_total", "_sort", "_cursor", "_explain"];
/// Parameters that the server's own definitions are found by.
const KNOWN: [&str; 14] = [
    "_id",
    "name",
    "code",
    "url",
    "status",
    "kind",
    "title",
    "version",
    "system",
    "type",
    "instance",
    "base",
    "target",
    "description",
];
/// Begins a cursor that stands among the server's own definitions.
const OWN: &str = "own-";
/// Entries a page, when nobody says how many, and at most.
const PAGE: usize = 50;
const MOST: usize = 1000;

/// What is stored is searched in any case: that tells what is misspelt, and how many there are.
pub(in crate::fhir) async fn search(mut asked: Asked, kind: &str) -> Result<Response, Problem> {
    let (state, params) = (asked.state.clone(), asked.query.clone());
    asked.query.retain(|(name, value)| name != "_cursor" || !value.starts_with(OWN));
    let is_further = asked.query.iter().any(|(name, _)| name == "_cursor");
    let response = find::search(asked, find::Place::of(kind)).await?;
    let explained = params.iter().any(|(name, _)| name == "_explain");
    if is_further || explained || !response.status().is_success() {
        return Ok(response);
    }
    let (parts, body) = response.into_parts();
    let broken = |error: String| Problem::from(EngineError::Internal(error));
    let bytes = to_bytes(body, usize::MAX).await.map_err(|error| broken(error.to_string()))?;
    let Some(Apart { mut head, entries }) = Apart::of(&bytes)? else {
        return Ok(Response::from_parts(parts, bytes.into()));
    };
    let stored: Vec<Cow<'_, [u8]>> = entries.into_iter().map(Cow::Borrowed).collect();
    let shown = add(&state, kind, &params, &mut head, stored);
    let bundle = join(head, shown.into_iter().map(Ok))?;
    Ok(Response::from_parts(parts, Body::from(bundle)))
}

/// The same by a form.
pub(in crate::fhir) async fn by_form(asked: Asked, kind: &str) -> Result<Response, Problem> {
    let (asked, sent) = find::form(asked, kind).await?;
    let mut response = search(asked, kind).await?;
    response.extensions_mut().insert(sent);
    Ok(response)
}

/// The entries of the page: the server's own, and behind the last of them those that are stored.
fn add<'b>(
    state: &Http,
    kind: &str,
    params: &[(String, String)],
    bundle: &mut Map<String, Value>,
    mut stored: Vec<Cow<'b, [u8]>>,
) -> Vec<Cow<'b, [u8]>> {
    let value = |name: &str| params.iter().find(|(found, _)| found == name).map(|(_, value)| value.as_str());
    let asked = params.iter().filter(|(name, _)| !ANSWER.contains(&name.as_str()));
    let tests: Option<Vec<Test>> = asked.map(|(name, value)| Test::read(kind, name, value)).collect();
    let Some(tests) = tests else {
        stored.push(text(&outcome_entry()));
        return stored;
    };
    let found: Vec<Value> = all(state, kind).into_iter().filter(|one| tests.iter().all(|t| t.holds(one))).collect();
    if let Some(total) = bundle.get("total").and_then(Value::as_u64) {
        bundle.insert("total".to_owned(), (total + found.len() as u64).into());
    }
    let count = value("_count").and_then(|text| text.parse().ok()).map_or(PAGE, |count: usize| count.min(MOST));
    if value("_summary") == Some("count") || count == 0 || found.is_empty() {
        return stored;
    }
    let from = value("_cursor").and_then(|cursor| cursor.strip_prefix(OWN)?.parse().ok()).unwrap_or(0_usize);
    let end = from.saturating_add(count);
    let mut shown: Vec<_> = found.iter().skip(from).take(count).map(|one| text(&entry(state, kind, one))).collect();
    if end < found.len() {
        next(state, kind, params, end, bundle);
    } else {
        shown.append(&mut stored);
    }
    shown
}

fn text(entry: &Value) -> Cow<'static, [u8]> {
    Cow::Owned(entry.to_string().into_bytes())
}

/// Makes the next page one of the server's own definitions.
fn next(state: &Http, kind: &str, params: &[(String, String)], from: usize, bundle: &mut Map<String, Value>) {
    let others = params.iter().filter(|(name, _)| name != "_cursor");
    let others: Vec<String> = others.map(|(name, value)| format!("{}={}&", encode(name), encode(value))).collect();
    let url = format!("{}/{kind}?{}_cursor={OWN}{from}", state.base, others.concat());
    if let Some(links) = bundle.get_mut("link").and_then(Value::as_array_mut) {
        links.retain(|link| link.get("relation").and_then(Value::as_str) != Some("next"));
        links.push(json!({"relation": "next", "url": url}));
    }
}

fn entry(state: &Http, kind: &str, one: &Value) -> Value {
    let id = one.get("id").and_then(Value::as_str).unwrap_or_default();
    json!({"fullUrl": format!("{}/{kind}/{id}", state.base), "resource": one, "search": {"mode": "match"}})
}

/// Says that only stored definitions were asked.
fn outcome_entry() -> Value {
    let says = "the server's own definitions are not found by these parameters; only stored ones were searched";
    let issue = json!({"severity": "warning", "code": "incomplete", "diagnostics": says});
    let outcome = json!({"resourceType": "OperationOutcome", "issue": [issue]});
    json!({"resource": outcome, "search": {"mode": "outcome"}})
}

/// A condition on one of the definitions.
struct Test {
    code: String,
    kind: Kind,
    any: Vec<String>,
}

impl Test {
    /// None for what is not understood here.
    fn read(kind: &str, name: &str, value: &str) -> Option<Test> {
        let param = Definitions::r4().search_param(kind, name).filter(|param| KNOWN.contains(&param.code))?;
        let any = value.split(',').map(str::to_owned).collect();
        Some(Test { code: name.trim_start_matches('_').to_owned(), kind: param.kind, any })
    }

    fn holds(&self, one: &Value) -> bool {
        match one.get(&self.code) {
            Some(Value::Array(items)) => items.iter().any(|item| self.is(item)),
            Some(value) => self.is(value),
            None => false,
        }
    }

    fn is(&self, value: &Value) -> bool {
        let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        self.any.iter().any(|wanted| match self.kind {
            Kind::String => fold(&text).starts_with(&fold(wanted)),
            _ => *wanted == text || wanted.strip_prefix('|') == Some(text.as_str()),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn definitions_are_found_by_what_they_say() {
        let one =
            json!({"id": "x", "name": "PatientSeen", "code": "seen", "base": ["Patient", "Group"], "system": false});
        let holds = |kind: &str, name: &str, value: &str| Test::read(kind, name, value).map(|test| test.holds(&one));
        assert_eq!(holds("OperationDefinition", "name", "patients"), Some(true));
        assert_eq!(holds("OperationDefinition", "code", "see,seen"), Some(true));
        assert_eq!(holds("OperationDefinition", "code", "see"), Some(false));
        assert_eq!(holds("OperationDefinition", "system", "false"), Some(true));
        assert_eq!(holds("OperationDefinition", "status", "active"), Some(false));
        assert_eq!(holds("SearchParameter", "base", "Group"), Some(true));
        assert_eq!(holds("OperationDefinition", "date", "2026"), None);
        assert_eq!(holds("OperationDefinition", "name:exact", "x"), None);
    }
}
