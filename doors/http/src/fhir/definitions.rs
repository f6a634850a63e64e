//! The definitions that this server has by itself: an OperationDefinition for each operation of the table, and R4's
//! CompartmentDefinitions. They are read and found like stored ones, which may stand beside them.

use axum::body::{Body, to_bytes};
use axum::http::StatusCode;
use axum::response::Response;
use meridian_engine::EngineError;
use meridian_engine::operations::{Effect, Level, Operation};
use meridian_model::definitions::{Definitions, Kind};
use meridian_model::fold::fold;
use meridian_model::reader::{Limits, parse};
use serde_json::{Map, Value, json};

use super::describe::{BUILT, pascal};
use super::{Asked, find, json, look};
use crate::problem::Problem;
use crate::state::Http;

const OPERATION: &str = "OperationDefinition";
const COMPARTMENT: &str = "CompartmentDefinition";

/// Parameters of the answer; they find nothing.
const ANSWER: [&str; 9] =
    ["_format", "_pretty", "_summary", "_elements", "_count", "_total", "_sort", "_cursor", "_explain"];

/// Whether the server has definitions of this type by itself.
pub(super) fn has(kind: &str) -> bool {
    matches!(kind, OPERATION | COMPARTMENT)
}

/// One of them, or a stored one.
pub(super) async fn read(asked: Asked, kind: &str, id: &str) -> Result<Response, Problem> {
    let own = all(&asked.state, kind).into_iter().find(|one| one.get("id").and_then(Value::as_str) == Some(id));
    match own {
        Some(own) => Ok(json(StatusCode::OK, own.to_string())),
        None => look::read(asked, kind, id).await,
    }
}

/// A search: what is stored, and on its first page before that what the server has by itself.
pub(super) async fn search(asked: Asked, kind: &str) -> Result<Response, Problem> {
    let (state, params) = (asked.state.clone(), asked.query.clone());
    let response = find::search(asked, find::Place::of(kind)).await?;
    if !response.status().is_success() {
        return Ok(response);
    }
    let (parts, body) = response.into_parts();
    let broken = |error: String| Problem::from(EngineError::Internal(error));
    let bytes = to_bytes(body, usize::MAX).await.map_err(|error| broken(error.to_string()))?;
    let limits = Limits { bytes: usize::MAX, values: usize::MAX - 1, depth: 128 };
    let mut bundle = parse(&bytes, &limits).map_err(|fault| broken(fault.message))?;
    add(&state, kind, &params, &mut bundle);
    Ok(Response::from_parts(parts, Body::from(bundle.to_string())))
}

fn add(state: &Http, kind: &str, params: &[(String, String)], bundle: &mut Value) {
    let value = |name: &str| params.iter().find(|(found, _)| found == name).map(|(_, value)| value.as_str());
    let only_count = value("_summary") == Some("count") || value("_count") == Some("0");
    let asked = params.iter().filter(|(name, _)| !ANSWER.contains(&name.as_str()));
    let tests: Option<Vec<Test>> = asked.map(|(name, value)| Test::read(kind, name, value)).collect();
    let Some(members) = bundle.as_object_mut() else { return };
    let mut entries: Vec<Value> = Vec::new();
    match tests {
        None => entries.push(outcome_entry()),
        Some(tests) => {
            let found = all(state, kind).into_iter().filter(|one| tests.iter().all(|test| test.holds(one)));
            entries.extend(found.map(|one| entry(state, kind, one)));
            if let Some(total) = members.get("total").and_then(Value::as_u64) {
                members.insert("total".to_owned(), (total + entries.len() as u64).into());
            }
        }
    }
    if only_count || value("_cursor").is_some() || entries.is_empty() {
        return;
    }
    if let Some(Value::Array(stored)) = members.shift_remove("entry") {
        entries.extend(stored);
    }
    members.insert("entry".to_owned(), entries.into());
}

fn entry(state: &Http, kind: &str, one: Value) -> Value {
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
        let known = ["_id", "name", "code", "url", "status", "kind", "title", "version", "system", "type", "instance"];
        let param = Definitions::r4().search_param(kind, name).filter(|param| known.contains(&param.code))?;
        let any = value.split(',').map(str::to_owned).collect();
        Some(Test { code: name.trim_start_matches('_').to_owned(), kind: param.kind, any })
    }

    fn holds(&self, one: &Value) -> bool {
        let Some(value) = one.get(&self.code) else { return false };
        let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        self.any.iter().any(|wanted| match self.kind {
            Kind::String => fold(&text).starts_with(&fold(wanted)),
            _ => *wanted == text || wanted.strip_prefix('|') == Some(text.as_str()),
        })
    }
}

fn all(state: &Http, kind: &str) -> Vec<Value> {
    match kind {
        OPERATION => operations(state),
        COMPARTMENT => Definitions::r4().compartments().map(compartment).collect(),
        _ => Vec::new(),
    }
}

/// The id of the definition of an operation; one definition for all levels of one type.
pub(super) fn operation_id(operation: &Operation) -> String {
    if operation.on.is_empty() { operation.name.to_owned() } else { format!("{}-{}", operation.on, operation.name) }
}

fn operations(state: &Http) -> Vec<Value> {
    let mut all: Vec<(String, Vec<&Operation>)> = Vec::new();
    for operation in state.operations.iter() {
        let id = operation_id(operation);
        match all.iter_mut().find(|(found, _)| *found == id) {
            Some((_, rows)) => rows.push(operation),
            None => all.push((id, vec![operation])),
        }
    }
    all.into_iter().filter_map(|(id, rows)| operation(state, &id, &rows)).collect()
}

fn operation(state: &Http, id: &str, rows: &[&Operation]) -> Option<Value> {
    let first = rows.first()?;
    let on = |level: Level| rows.iter().any(|row| row.level == level);
    let mut parameters: Vec<Value> = Vec::new();
    for (name, kind, must) in rows.iter().flat_map(|row| row.input) {
        if !parameters.iter().any(|known| known.get("name").and_then(Value::as_str) == Some(*name)) {
            let always = *must && rows.iter().all(|row| row.input.iter().any(|input| input.0 == *name && input.2));
            let min = u8::from(always);
            parameters.push(json!({"name": name, "use": "in", "min": min, "max": "1", "type": kind}));
        }
    }
    if !first.output.is_empty() {
        parameters.push(json!({"name": "return", "use": "out", "min": 1, "max": "1", "type": first.output}));
    }
    let mut resource = Map::new();
    let mut set = |key: &str, value: Value| resource.insert(key.to_owned(), value);
    set("resourceType", OPERATION.into());
    set("id", id.into());
    set("url", format!("{}/{OPERATION}/{id}", state.base).into());
    set("version", env!("CARGO_PKG_VERSION").into());
    set("name", pascal(id).into());
    set("title", format!("${}", first.name).into());
    set("status", "active".into());
    set("kind", "operation".into());
    set("date", meridian_engine::instant(*BUILT).into());
    set("publisher", "Meridian".into());
    set("description", rows.iter().map(|row| row.says).collect::<Vec<_>>().first().copied().unwrap_or_default().into());
    set("affectsState", rows.iter().any(|row| row.effect == Effect::Changes).into());
    set("code", first.name.into());
    if !first.on.is_empty() {
        set("resource", json!([first.on]));
    }
    set("system", on(Level::System).into());
    set("type", on(Level::Type).into());
    set("instance", on(Level::Instance).into());
    if !parameters.is_empty() {
        set("parameter", parameters.into());
    }
    Some(Value::Object(resource))
}

/// The address of R4's definition of a compartment.
pub(super) fn compartment_url(leader: &str) -> String {
    format!("http://hl7.org/fhir/{COMPARTMENT}/{}", leader.to_ascii_lowercase())
}

fn compartment(leader: &'static str) -> Value {
    let r4 = Definitions::r4();
    let resources = r4.resource_types().map(|kind| {
        let params = r4.compartment_params(leader, kind);
        if params.is_empty() { json!({"code": kind}) } else { json!({"code": kind, "param": params}) }
    });
    let resources: Vec<Value> = resources.collect();
    json!({
        "resourceType": COMPARTMENT,
        "id": leader.to_ascii_lowercase(),
        "url": compartment_url(leader),
        "version": "4.0.1",
        "name": format!("{leader}Compartment"),
        "status": "active",
        "publisher": "Health Level Seven International (HL7), as served by Meridian",
        "description": format!("The resources that belong to one {leader}, by the search parameters that say so."),
        "code": leader,
        "search": true,
        "resource": resources
    })
}
