//! `$name` on the system, a type or an instance: found in the table, decided by the table.

use axum::body::Body;
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use futures_util::stream;
use meridian_engine::operations::{Call, EVERY_TYPE, Effect, Level, Operation, Sent};
use meridian_engine::{EngineError, incoming};
use meridian_model::both;
use meridian_model::language::Both;
use meridian_model::outcome::Issue;
use serde_json::Value;
use tokio::sync::OwnedSemaphorePermit;

use super::{Asked, json, not_allowed};
use crate::negotiate::body_format;
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
    let operations = std::sync::Arc::clone(&asked.state.operations);
    let found = find(&operations, kind, name, id.is_some());
    let version = id.and_then(|(_, version)| version);
    let Some(operation) = found.filter(|o| version.is_none() || o.versions) else {
        return Err(absent(&operations, kind, name));
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
    let Asked { state, caller, headers, query, language, body, .. } = asked;
    let mut call = Call {
        kind: kind.to_owned(),
        id: id.map(|(id, _)| id.to_owned()),
        version: version.map(str::to_owned),
        params: query,
        accept: accept(&headers),
        language,
        base: state.base.to_string(),
        ..Call::default()
    };
    let foreign = operation.act.foreign();
    let mut room = None;
    if *method == Method::POST {
        let is_raw = operation.act.raw();
        let longest = if foreign.is_empty() && !is_raw { LONGEST } else { state.limits.resource };
        let received = crate::body::read(&state, &headers, body, longest).await?;
        if !received.bytes.is_empty() {
            let (mut value, faults) = if is_raw {
                received.judged(body_format(&headers)?, longest).await?
            } else {
                let value = received.value(body_format(&headers)?, longest).await?;
                all_say_something(&value)?;
                (value, Vec::new())
            };
            let is_foreign = |value: &Value| kind_of(value).is_some_and(|kind| foreign.contains(&kind));
            if is_foreign(&value) {
                call.body = Some(value);
            } else {
                // What R4 doesn't have is the operation's own business to check.
                let others = resources(&mut value, is_foreign);
                // What is to be judged may be of any shape; what asks for it may not.
                let asks = kind_of(&value) == Some("Parameters")
                    && (kind != "Parameters" || asks_for_a_resource(&value, operation));
                let judged = if is_raw && asks { resource(&mut value) } else { None };
                if !is_raw || asks {
                    incoming::resource(&value)?;
                }
                if let Some(judged) = judged {
                    call.faults = of_the_resource(faults, &judged)?;
                    call.params.extend(parameters(&value));
                    call.body = Some(judged);
                } else if is_raw && !asks {
                    call.faults = faults;
                    call.body = Some(value);
                } else if let Some(fault) = faults.into_iter().next() {
                    return Err(EngineError::Invalid(vec![fault]).into());
                } else if kind_of(&value) == Some("Parameters") {
                    call.params.extend(parameters(&value));
                    call.values = values(&value);
                    call.resources = others;
                    call.body = resource(&mut value);
                    call.resources.extend(resources(&mut value, |_| true));
                } else {
                    call.body = Some(value);
                }
            }
        }
        // What was made of the body is held until it is worked off, and takes room as long.
        room = received.into_room();
    }
    meridian_engine::operations::complete(&call, operation)?;
    if operation.act.forms().is_empty() {
        let answer = operation.act.bytes(&state.engine, &caller, call).await;
        drop(room);
        return Ok(json(StatusCode::OK, answer?));
    }
    let by_header = call.param("_format").is_none();
    let Some(streaming) = operation.act.stream(&state.engine, &caller, call) else {
        return Err(EngineError::Internal("an operation without its forms".to_owned()).into());
    };
    match streaming.await {
        Ok(sent) => Ok(streamed(sent, room)),
        Err(error) => Err(if by_header { refused_form(error) } else { error.into() }),
    }
}

/// A form that the operation does not write is a fault of `_format`; where the header asked for it, it has a status of its
/// own.
fn refused_form(error: EngineError) -> Problem {
    let is_form = |issue: &Issue| issue.code == "not-supported" && issue.expression == ["_format"];
    match error.issues().into_iter().find(is_form) {
        Some(issue) => {
            Problem::new(StatusCode::NOT_ACCEPTABLE, "not-supported", Both::new(issue.diagnostics, issue.chinese))
        }
        None => error.into(),
    }
}

/// The faults of the resource that a Parameters holds, by its own place.
///
/// # Errors
/// One of the Parameters itself.
fn of_the_resource(faults: Vec<Issue>, resource: &Value) -> Result<Vec<Issue>, EngineError> {
    let own = |mut fault: Issue| {
        let place = fault.expression.first().map(String::as_str).unwrap_or_default();
        let within = place.strip_prefix("Parameters.parameter[").and_then(|rest| rest.split_once("].resource"));
        let Some((_, within)) = within else { return Err(EngineError::Invalid(vec![fault])) };
        fault.expression = vec![format!("{}{within}", kind_of(resource).unwrap_or_default())];
        Ok(fault)
    };
    faults.into_iter().map(own).collect()
}

/// Whether a Parameters is meant for the operation itself, rather than to be judged: it has a `resource`, and nothing that
/// the operation does not know.
fn asks_for_a_resource(parameters: &Value, operation: &Operation) -> bool {
    let all = parameters.get("parameter").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let name = |one: &Value| one.get("name").and_then(Value::as_str).map(str::to_owned);
    let names: Vec<String> = all.iter().filter_map(name).collect();
    let is_known = |name: &String| operation.input.iter().any(|(input, ..)| input == name);
    names.iter().any(|name| name == "resource") && names.iter().all(is_known)
}

/// A parameter without a value, a resource or parts (`inv-1`) would be as if it had not been sent: no filter, no resource.
fn all_say_something(value: &Value) -> Result<(), EngineError> {
    let all = value.get("parameter").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let says = |key: &String| key.starts_with("value") || key == "resource" || key == "part";
    match all.iter().position(|one| one.as_object().is_some_and(|members| !members.keys().any(says))) {
        Some(nth) if kind_of(value) == Some("Parameters") => {
            let says =
                both!("a parameter has a value, a resource or parts", "每个参数都要有值（value[x]）、resource 或 part");
            Err(EngineError::invalid(format!("Parameters.parameter[{nth}]"), says))
        }
        _ => Ok(()),
    }
}

/// The operation at an address. What every type has may be offered by one in its own way.
pub(super) fn find<'o>(
    operations: &'o [Operation],
    kind: &str,
    name: &str,
    is_instance: bool,
) -> Option<&'o Operation> {
    let level = match (kind, is_instance) {
        ("", _) => Level::System,
        (_, false) => Level::Type,
        (_, true) => Level::Instance,
    };
    let fits = |o: &&Operation| o.level == level && name.strip_prefix('$') == Some(o.name);
    let of = |on: &str| operations.iter().filter(fits).find(|o| o.on == on);
    of(kind).or_else(|| of(EVERY_TYPE).filter(|_| level != Level::System && incoming::type_name(kind).is_ok()))
}

/// Why there is nothing at an address, and where the operation is.
fn absent(operations: &[Operation], kind: &str, name: &str) -> Problem {
    let is_offered = |operation: &Operation| operation.on == kind;
    if !kind.is_empty()
        && !operations.iter().any(is_offered)
        && let Err(unknown) = incoming::type_name(kind)
    {
        return unknown.into();
    }
    let mut places: Vec<String> = Vec::new();
    for operation in operations.iter().filter(|operation| name.strip_prefix('$') == Some(operation.name)) {
        let on = if operation.on == EVERY_TYPE { "{type}" } else { operation.on };
        let place = match operation.level {
            Level::System => name.to_owned(),
            Level::Type => format!("{on}/{name}"),
            Level::Instance => format!("{on}/{{id}}/{name}"),
        };
        if !places.contains(&place) {
            places.push(place);
        }
    }
    let says = match places.as_slice() {
        [] => both!("there is no operation {name}", "没有操作 {name}，请核对拼写"),
        places => both!(
            "there is no operation {name} at this address; it is called at {}",
            "这个地址没有操作 {name}，请在 {} 调用",
            Both::new(places.join(" or "), places.join(" 或 "))
        ),
    };
    Problem::new(StatusCode::NOT_FOUND, "not-found", says)
}

fn accept(headers: &HeaderMap) -> String {
    let all = headers.get_all(header::ACCEPT).iter().filter_map(|value| value.to_str().ok());
    all.collect::<Vec<_>>().join(", ")
}

/// An answer in a form of its own, piece by piece. One that breaks off ends without its end, which every client notices.
fn streamed(sent: Sent, room: Option<OwnedSemaphorePermit>) -> Response {
    let pieces = stream::unfold((sent.pieces, room), |(mut pieces, room)| async move {
        let piece = pieces.recv().await?;
        if let Err(error) = &piece {
            tracing::error!(%error, "an answer broke off");
        }
        Some((piece, (pieces, room)))
    });
    let kind = [(header::CONTENT_TYPE, sent.media_type)];
    (StatusCode::OK, kind, Body::from_stream(pieces)).into_response()
}

fn kind_of(value: &Value) -> Option<&str> {
    value.get("resourceType").and_then(Value::as_str)
}

/// Takes the resources of these parameters out.
fn resources(parameters: &mut Value, wanted: impl Fn(&Value) -> bool) -> Vec<(String, Value)> {
    let all = parameters.get_mut("parameter").and_then(Value::as_array_mut);
    let one = |parameter: &mut Value| {
        let name = parameter.get("name")?.as_str()?.to_owned();
        let members = parameter.as_object_mut()?;
        let resource = members.get("resource").filter(|resource| wanted(resource)).is_some();
        resource.then(|| members.shift_remove("resource")).flatten().map(|resource| (name, resource))
    };
    all.into_iter().flatten().filter_map(one).collect()
}

/// Takes the resource out that the parameter of this name holds.
fn resource(parameters: &mut Value) -> Option<Value> {
    let all = parameters.get_mut("parameter")?.as_array_mut()?;
    let is_one = |one: &&mut Value| one.get("name").and_then(Value::as_str) == Some("resource");
    let named = all.iter_mut().find(is_one)?;
    named.as_object_mut()?.shift_remove("resource")
}

/// The parameters whose values are no primitives; those that are made of parts whole.
fn values(value: &Value) -> Vec<(String, Value)> {
    let all = value.get("parameter").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let one = |parameter: &Value| {
        let name = parameter.get("name")?.as_str()?.to_owned();
        if parameter.get("part").is_some() {
            return Some((name, parameter.clone()));
        }
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
