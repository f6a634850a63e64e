//! Create, update, delete.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use meridian_engine::{Happened, NOT_YET, Outcome, incoming};
use meridian_model::outcome::{Issue, Severity, outcome};
use serde_json::Value;

use super::look::{with_version, written};
use super::{Asked, json};
use crate::body::Received;
use crate::negotiate::{FHIR_JSON, Prefer, is_json_body};
use crate::problem::Problem;
use crate::state::Http;

pub(super) async fn create(asked: Asked, kind: &str) -> Result<Response, Problem> {
    incoming::type_name(kind)?;
    let if_none_exist = text(&asked, "if-none-exist")?.map(|query| meridian_engine::condition(query, kind).to_owned());
    let (asked, mut value, _room) = body(asked).await?;
    // The server gives the id, whatever stands there.
    if let Some(members) = value.as_object_mut() {
        members.shift_remove("id");
    }
    let kind = incoming::resource_of(&value, kind)?;
    let made = meridian_engine::create(&asked.state.engine, &asked.caller, kind, value, if_none_exist).await?;
    Ok(answer(&asked.state, asked.prefer, made))
}

pub(super) async fn update(asked: Asked, kind: &str, id: &str) -> Result<Response, Problem> {
    incoming::type_name(kind)?;
    let if_match = if_match(&asked)?;
    let (asked, value, _room) = body(asked).await?;
    let kind = incoming::resource_of(&value, kind)?;
    let made = meridian_engine::update(&asked.state.engine, &asked.caller, kind, id, value, if_match).await?;
    Ok(answer(&asked.state, asked.prefer, made))
}

pub(super) async fn update_where(asked: Asked, kind: &str) -> Result<Response, Problem> {
    incoming::type_name(kind)?;
    let if_match = if_match(&asked)?;
    let (asked, value, _room) = body(asked).await?;
    let kind = incoming::resource_of(&value, kind)?;
    let query = asked.raw_query.clone();
    let made = meridian_engine::update_where(&asked.state.engine, &asked.caller, kind, &query, value, if_match).await?;
    Ok(answer(&asked.state, asked.prefer, made))
}

pub(super) async fn delete(asked: Asked, kind: &str, id: &str) -> Result<Response, Problem> {
    let if_match = if_match(&asked)?;
    let kind = incoming::type_name(kind)?;
    let made = meridian_engine::delete(&asked.state.engine, &asked.caller, kind, id, if_match).await?;
    let response = StatusCode::NO_CONTENT.into_response();
    Ok(with_version(response, &made.served))
}

/// The resource that was sent, and what must be kept until it is written.
async fn body(asked: Asked) -> Result<(Asked, Value, Received), Problem> {
    is_json_body(&asked.headers)?;
    let Asked { state, caller, headers, query, raw_query, prefer, body } = asked;
    let limit = state.limits.resource;
    let received = crate::body::read(&state, &headers, body, limit).await?;
    let value = received.json(limit).await?;
    let body = axum::body::Body::empty();
    Ok((Asked { state, caller, headers, query, raw_query, prefer, body }, value, received))
}

/// The version that must be there, or (`If-None-Match: *`) that none must be there.
fn if_match(asked: &Asked) -> Result<Option<i64>, Problem> {
    if text(asked, "if-none-match")?.is_some_and(|tag| tag.trim() == "*") {
        return Ok(Some(NOT_YET));
    }
    let Some(tag) = text(asked, "if-match")? else { return Ok(None) };
    match meridian_engine::version_of_tag(tag) {
        Some(version) => Ok(Some(version)),
        None => Err(Problem::new(StatusCode::BAD_REQUEST, "invalid", format!("If-Match: `{tag}` is no version"))),
    }
}

fn text<'a>(asked: &'a Asked, name: &str) -> Result<Option<&'a str>, Problem> {
    let Some(value) = asked.headers.get(name) else { return Ok(None) };
    let bad = |_| Problem::new(StatusCode::BAD_REQUEST, "invalid", format!("the header {name} is not plain text"));
    std::str::from_utf8(value.as_bytes()).map(Some).map_err(bad)
}

fn answer(state: &Http, prefer: Prefer, made: Outcome) -> Response {
    let status = written(made.happened);
    let served = made.served;
    let place = format!("{}/{}/{}/_history/{}", state.base, served.kind, served.id, served.version);
    let mut response = if prefer.minimal {
        (status, [(header::CONTENT_TYPE, FHIR_JSON)]).into_response()
    } else if prefer.outcome {
        let said = match made.happened {
            Some(Happened::Created) => "created",
            Some(_) => "updated",
            None => "it was there already",
        };
        let issue = Issue::new(Severity::Information, "informational", said);
        json(status, outcome(&[issue]).to_string().into_bytes())
    } else {
        json(status, served.body.clone())
    };
    if let Ok(place) = HeaderValue::from_str(&place) {
        response.headers_mut().insert(header::LOCATION, place);
    }
    with_version(response, &served)
}
