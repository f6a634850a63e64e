//! `$name` on the system, a type or an instance: found in the table, decided by the table.

use axum::http::{Method, StatusCode};
use axum::response::Response;
use meridian_engine::operations::{Call, EVERY_TYPE, Effect, Level, Operation};
use meridian_engine::{Limits, incoming};
use serde_json::Value;

use super::{Asked, json, not_allowed};
use crate::negotiate::is_json_body;
use crate::problem::Problem;

/// Longest body of a call, in bytes.
const LONGEST: usize = 1 << 20;

pub(super) async fn run(
    asked: Asked,
    method: &Method,
    kind: &str,
    name: &str,
    id: Option<(&str, Option<&str>)>,
) -> Result<Response, Problem> {
    let level = match (kind, id) {
        ("", _) => Level::System,
        (_, None) => Level::Type,
        (_, Some(_)) => Level::Instance,
    };
    let known = kind.is_empty() || incoming::type_name(kind).is_ok();
    let operations = std::sync::Arc::clone(&asked.state.operations);
    // What every type has may be offered by one in its own way.
    let fits = |o: &&Operation| o.level == level && name.strip_prefix('$') == Some(o.name);
    let of = |on: &str| operations.iter().filter(fits).find(|o| o.on == on);
    let found = of(kind).or_else(|| of(EVERY_TYPE).filter(|_| level != Level::System && known));
    let version = id.and_then(|(_, version)| version);
    let Some(operation) = found.filter(|o| version.is_none() || o.versions) else {
        let says = format!("there is no operation {name} at this address");
        return Err(Problem::new(StatusCode::NOT_FOUND, "not-found", says));
    };
    let may = match *method {
        Method::POST => true,
        Method::GET => operation.effect == Effect::Looks,
        _ => false,
    };
    if !may {
        return Err(not_allowed(method));
    }
    meridian_engine::operations::permitted(&asked.caller, operation)?;
    let Asked { state, caller, headers, query, body, .. } = asked;
    let mut call = Call {
        kind: kind.to_owned(),
        id: id.map(|(id, _)| id.to_owned()),
        version: version.map(str::to_owned),
        params: query,
        values: Vec::new(),
        body: None,
        base: state.base.to_string(),
    };
    if *method == Method::POST {
        let received = crate::body::read(&state, &headers, body, LONGEST).await?;
        if !received.bytes.is_empty() {
            is_json_body(&headers)?;
            let limits = Limits { bytes: LONGEST, ..Limits::default() };
            let value = incoming::json(&received.bytes, &limits)?;
            incoming::resource(&value)?;
            if value.get("resourceType").and_then(Value::as_str) == Some("Parameters") {
                call.params.extend(parameters(&value));
                call.values = values(&value);
                call.body = resource(value);
            } else {
                call.body = Some(value);
            }
        }
    }
    for (input, _, required) in operation.input {
        if *required && call.param(input).is_none() && call.value(input).is_none() {
            return Err(meridian_engine::EngineError::invalid(*input, "this parameter is needed").into());
        }
    }
    Ok(json(StatusCode::OK, operation.act.bytes(&state.engine, &caller, call).await?))
}

/// The resource that the parameter of this name holds.
fn resource(mut parameters: Value) -> Option<Value> {
    let all = parameters.get_mut("parameter")?.as_array_mut()?;
    let named = all.iter_mut().find(|one| one.get("name").and_then(Value::as_str) == Some("resource"))?;
    named.get_mut("resource").map(Value::take)
}

/// The parameters whose values are no primitives.
fn values(value: &Value) -> Vec<(String, Value)> {
    let all = value.get("parameter").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let one = |parameter: &Value| {
        let name = parameter.get("name")?.as_str()?.to_owned();
        let value = parameter.as_object()?.iter().find(|(key, _)| key.starts_with("value"))?.1;
        value.is_object().then(|| (name, value.clone()))
    };
    all.iter().filter_map(one).collect()
}

/// The primitive parameters, as text.
fn parameters(value: &Value) -> Vec<(String, String)> {
    let all = value.get("parameter").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let one = |parameter: &Value| {
        let name = parameter.get("name")?.as_str()?.to_owned();
        let members = parameter.as_object()?;
        let value = members.iter().find(|(key, _)| key.starts_with("value"))?.1;
        let text = match value {
            Value::String(text) => text.clone(),
            Value::Number(_) | Value::Bool(_) => value.to_string(),
            _ => return None,
        };
        Some((name, text))
    };
    all.iter().filter_map(one).collect()
}
