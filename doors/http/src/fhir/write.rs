//! Create, update, patch, delete; each on an id or on a condition.

use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use meridian_engine::{EngineError, Happened, NOT_YET, Outcome, incoming};
use meridian_model::both;
use meridian_model::language::Language;
use meridian_model::outcome::{Issue, Severity, outcome_in};
use serde_json::Value;

use super::look::{with_version, written};
use super::{Asked, json};
use crate::body::Received;
use crate::negotiate::{FHIR_JSON, Format, Prefer, body_format};
use crate::problem::Problem;
use crate::state::Http;

/// Longest patch, in bytes.
const LONGEST_PATCH: usize = 1 << 20;

pub(super) async fn create(asked: Asked, kind: &str) -> Result<Response, Problem> {
    incoming::type_name(kind)?;
    if let Some((name, _)) = asked.query.iter().find(|(name, _)| name != "_format" && name != "_pretty") {
        // Some servers take it for a condition; left out, it would make what is there a second time.
        let says = both!(
            "{name}: a create has no such parameter; a condition is said in If-None-Exist",
            "新建没有参数 {name}；条件请写在 If-None-Exist 头中"
        );
        return Err(Problem::new(StatusCode::BAD_REQUEST, "invalid", says));
    }
    let if_none_exist = text(&asked, "if-none-exist")?.map(|query| meridian_engine::condition(query, kind).to_owned());
    let (asked, mut value, _room) = body(asked).await?;
    // The server gives the id, whatever stands there.
    if let Some(members) = value.as_object_mut() {
        members.shift_remove("id");
    }
    let kind = incoming::resource_of(&value, kind)?;
    let made = meridian_engine::create(&asked.state.engine, &asked.caller, kind, value, if_none_exist).await?;
    Ok(answer(&asked.state, (asked.prefer, asked.language), made))
}

pub(super) async fn update(asked: Asked, kind: &str, id: &str) -> Result<Response, Problem> {
    incoming::type_name(kind)?;
    let if_match = if_match(&asked)?;
    let (asked, value, _room) = body(asked).await?;
    let kind = incoming::resource_of(&value, kind)?;
    let (engine, policy) = (&asked.state.engine, asked.state.policy);
    let made = meridian_engine::update_by(engine, &asked.caller, (kind, id), value, if_match, policy).await?;
    Ok(answer(&asked.state, (asked.prefer, asked.language), made))
}

pub(super) async fn update_where(asked: Asked, kind: &str) -> Result<Response, Problem> {
    incoming::type_name(kind)?;
    let if_match = if_match(&asked)?;
    let (asked, value, _room) = body(asked).await?;
    let kind = incoming::resource_of(&value, kind)?;
    let query = (kind, condition(&asked)?);
    let (engine, policy) = (&asked.state.engine, asked.state.policy);
    let made = meridian_engine::update_where(engine, &asked.caller, query, value, if_match, policy).await?;
    Ok(answer(&asked.state, (asked.prefer, asked.language), made))
}

/// The query of an address, which decides what is written.
fn condition(asked: &Asked) -> Result<&str, Problem> {
    if asked.raw_query.is_empty() {
        let says =
            both!("an id, or a condition behind a `?`, is expected in the address", "地址中应有 id，或 `?` 之后的条件");
        return Err(Problem::new(StatusCode::METHOD_NOT_ALLOWED, "not-supported", says));
    }
    Ok(&asked.raw_query)
}

/// On an id, or without one on a condition.
pub(super) async fn patch(asked: Asked, kind: &str, id: Option<&str>) -> Result<Response, Problem> {
    let kind = incoming::type_name(kind)?;
    let if_match = if_match(&asked)?;
    let format = patch_format(&asked.headers)?;
    let query = if id.is_none() { condition(&asked)?.to_owned() } else { String::new() };
    let Asked { state, caller, headers, prefer, language, body, .. } = asked;
    let received = crate::body::read(&state, &headers, body, LONGEST_PATCH).await?;
    let document = received.value(format.unwrap_or(Format::Json), LONGEST_PATCH).await?;
    is_patch(&document, format)?;
    let made = match id {
        Some(id) => meridian_engine::patch(&state.engine, &caller, kind, id, &document, if_match).await?,
        None => meridian_engine::patch_where(&state.engine, &caller, kind, &query, &document, if_match).await?,
    };
    Ok(answer(&state, (prefer, language), made))
}

/// What kind of patch a body says that it is: a JSON Patch, or (in this format) a FHIRPath Patch.
fn patch_format(headers: &HeaderMap) -> Result<Option<Format>, Problem> {
    let text = |name| headers.get(name).and_then(|value: &HeaderValue| value.to_str().ok());
    let kind = text(header::CONTENT_TYPE).unwrap_or("of no type").split(';').next().unwrap_or_default().trim();
    let is_plain = text(header::CONTENT_ENCODING).is_none_or(|coding| coding == "identity");
    match kind.to_ascii_lowercase().as_str() {
        "application/json-patch+json" if is_plain => Ok(None),
        "application/fhir+json" | "application/fhir+xml" => body_format(headers).map(Some),
        other => {
            let says = both!(
                "the body is `{other}`; a patch is sent as `application/json-patch+json`, or as Parameters in \
                 `application/fhir+json` or `application/fhir+xml`, not compressed",
                "请求内容的类型是 `{other}`，补丁应为 `application/json-patch+json`，或 `application/fhir+json`、`application/fhir+xml` 的 Parameters，且不压缩"
            );
            Err(Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "not-supported", says))
        }
    }
}

/// Whether the body is the kind of patch that it says.
fn is_patch(document: &Value, format: Option<Format>) -> Result<(), Problem> {
    if format.is_none() {
        return if document.is_array() {
            Ok(())
        } else {
            Err(EngineError::invalid(
                "patch",
                both!("a JSON Patch is an array of operations", "JSON Patch 应是由操作组成的数组"),
            )
            .into())
        };
    }
    if incoming::resource(document)? == "Parameters" {
        return Ok(());
    }
    Err(EngineError::invalid(
        "resourceType",
        both!("a FHIRPath Patch is a Parameters resource", "FHIRPath Patch 应是 Parameters 资源"),
    )
    .into())
}

pub(super) async fn delete(asked: Asked, kind: &str, id: &str) -> Result<Response, Problem> {
    let if_match = if_match(&asked)?;
    let kind = incoming::type_name(kind)?;
    let made = meridian_engine::delete(&asked.state.engine, &asked.caller, kind, id, if_match).await?;
    Ok(deleted((asked.prefer, asked.language), &made))
}

pub(super) async fn delete_where(asked: Asked, kind: &str) -> Result<Response, Problem> {
    let if_match = if_match(&asked)?;
    let kind = incoming::type_name(kind)?;
    let query = condition(&asked)?;
    let made = meridian_engine::delete_where(&asked.state.engine, &asked.caller, kind, query, if_match).await?;
    Ok(deleted((asked.prefer, asked.language), &made))
}

fn deleted((prefer, language): (Prefer, Language), made: &Outcome) -> Response {
    let response = if prefer.outcome {
        let said = match made.count {
            0 => both!("there was nothing to delete", "没有可删除的内容"),
            count => both!("{count} deleted", "已删除 {count} 个"),
        };
        let issue = Issue::new(Severity::Information, "informational", said);
        json(StatusCode::OK, outcome_in(&[issue], language).to_string().into_bytes())
    } else {
        StatusCode::NO_CONTENT.into_response()
    };
    // A condition that met nothing, or several, is of no one version.
    if made.served.id.is_empty() || made.count > 1 { response } else { with_version(response, &made.served) }
}

/// The resource that was sent, and what must be kept until it is written.
async fn body(asked: Asked) -> Result<(Asked, Value, Received), Problem> {
    let format = body_format(&asked.headers)?;
    let Asked { state, caller, headers, query, raw_query, prefer, language, body } = asked;
    let limit = state.limits.resource;
    let received = crate::body::read(&state, &headers, body, limit).await?;
    let value = received.value(format, limit).await?;
    let body = axum::body::Body::empty();
    Ok((Asked { state, caller, headers, query, raw_query, prefer, language, body }, value, received))
}

/// The version that must be there, or (`If-None-Match: *`) that none must be there.
fn if_match(asked: &Asked) -> Result<Option<i64>, Problem> {
    if text(asked, "if-none-match")?.is_some_and(|tag| tag.trim() == "*") {
        return Ok(Some(NOT_YET));
    }
    let Some(tag) = text(asked, "if-match")? else { return Ok(None) };
    match meridian_engine::version_of_tag(tag) {
        Some(version) => Ok(Some(version)),
        None => Err(Problem::new(
            StatusCode::BAD_REQUEST,
            "invalid",
            both!("If-Match: `{tag}` is no version", "If-Match：`{tag}` 不是版本，应写成 W/\"1\""),
        )),
    }
}

fn text<'a>(asked: &'a Asked, name: &str) -> Result<Option<&'a str>, Problem> {
    let Some(value) = asked.headers.get(name) else { return Ok(None) };
    let bad = |_| {
        Problem::new(
            StatusCode::BAD_REQUEST,
            "invalid",
            both!("the header {name} is not plain text", "请求头 {name} 不是文字"),
        )
    };
    std::str::from_utf8(value.as_bytes()).map(Some).map_err(bad)
}

fn answer(state: &Http, (prefer, language): (Prefer, Language), made: Outcome) -> Response {
    let status = written(made.happened);
    let served = made.served;
    let warnings = super::warned::headers(&made.notes);
    let place = format!("{}/{}/{}/_history/{}", state.base, served.kind, served.id, served.version);
    let mut response = if prefer.minimal {
        (status, [(header::CONTENT_TYPE, FHIR_JSON)]).into_response()
    } else if prefer.outcome {
        let said = match made.happened {
            Some(Happened::Created) => both!("created", "已新建"),
            Some(_) => both!("updated", "已更新"),
            None => both!("it was there already", "内容已经存在"),
        };
        let mut issues = vec![Issue::new(Severity::Information, "informational", said)];
        issues.extend(made.notes);
        json(status, outcome_in(&issues, language).to_string().into_bytes())
    } else {
        json(status, served.body.clone())
    };
    if let Ok(place) = HeaderValue::from_str(&place) {
        response.headers_mut().insert(header::LOCATION, place);
    }
    for warning in warnings {
        response.headers_mut().append(header::WARNING, warning);
    }
    with_version(response, &served)
}
