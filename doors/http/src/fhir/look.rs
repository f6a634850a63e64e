//! Reads and histories.

use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use meridian_engine::{Happened, Served, instant};

use super::{Asked, json};
use crate::problem::Problem;

pub(super) async fn read(asked: Asked, kind: &str, id: &str) -> Result<Response, Problem> {
    let served = meridian_engine::read(&asked.state.engine, &asked.caller, kind, id).await?;
    if unchanged(&asked.headers, &served) {
        return Ok(with_version(StatusCode::NOT_MODIFIED.into_response(), &served));
    }
    let response = json(StatusCode::OK, served.body.clone());
    Ok(with_version(response, &served))
}

pub(super) async fn vread(asked: Asked, kind: &str, id: &str, version: &str) -> Result<Response, Problem> {
    let served = meridian_engine::vread(&asked.state.engine, &asked.caller, kind, id, version).await?;
    let response = json(StatusCode::OK, served.body.clone());
    Ok(with_version(response, &served))
}

pub(super) async fn history(asked: Asked, kind: &str, id: &str) -> Result<Response, Problem> {
    let known = |name: &str| matches!(name, "_count" | "_format" | "_pretty");
    if let Some((name, _)) = asked.query.iter().find(|(name, _)| !known(name) && !asked.prefer.lenient) {
        let says = format!("{name}: not supported in a history yet");
        return Err(Problem::new(StatusCode::BAD_REQUEST, "not-supported", says));
    }
    let count = asked.query.iter().find(|(name, _)| name == "_count").map(|(_, value)| value.parse::<u32>());
    let count = match count {
        None => 100,
        Some(Ok(count)) => count,
        Some(Err(_)) => return Err(Problem::new(StatusCode::BAD_REQUEST, "invalid", "_count: not a number from 0")),
    };
    let versions = meridian_engine::history(&asked.state.engine, &asked.caller, kind, id, count).await?;
    Ok(json(StatusCode::OK, history_bundle(&versions, &asked.state.base)))
}

fn history_bundle(versions: &[Served], base: &str) -> Vec<u8> {
    // Versions are numbered from 1 without gaps: the newest number is how many there are, shown here or not.
    let total = versions.first().map_or(0, |newest| newest.version);
    let mut out = format!("{{\"resourceType\":\"Bundle\",\"type\":\"history\",\"total\":{total}").into_bytes();
    for (nth, version) in versions.iter().enumerate() {
        out.extend_from_slice(if nth == 0 { b",\"entry\":[{" } else { b",{" });
        let (kind, id, number) = (version.kind, &version.id, version.version);
        out.extend_from_slice(format!("\"fullUrl\":\"{base}/{kind}/{id}\",").as_bytes());
        if !version.deleted {
            out.extend_from_slice(b"\"resource\":");
            out.extend_from_slice(&version.body);
            out.push(b',');
        }
        let (method, url, status) = match (version.deleted, number) {
            (true, _) => ("DELETE", format!("{kind}/{id}"), "204"),
            (false, 1) => ("POST", kind.to_owned(), "201"),
            (false, _) => ("PUT", format!("{kind}/{id}"), "200"),
        };
        let at = instant(version.at);
        out.extend_from_slice(
            format!(
                "\"request\":{{\"method\":\"{method}\",\"url\":\"{url}\"}},\"response\":{{\"status\":\"{status}\",\
                 \"etag\":\"W/\\\"{number}\\\"\",\"lastModified\":\"{at}\"}}}}"
            )
            .as_bytes(),
        );
    }
    out.extend_from_slice(if versions.is_empty() { b"}" } else { b"]}" });
    out
}

fn unchanged(headers: &HeaderMap, served: &Served) -> bool {
    let tags = headers.get_all(header::IF_NONE_MATCH).iter().filter_map(|value| value.to_str().ok());
    let own = format!("\"{}\"", served.version);
    let fits = |tag: &str| tag == "*" || tag.trim_start_matches("W/") == own;
    tags.flat_map(|value| value.split(',')).any(|tag| fits(tag.trim()))
}

/// Adds ETag and Last-Modified.
pub(super) fn with_version(mut response: Response, served: &Served) -> Response {
    let headers = response.headers_mut();
    if let Ok(tag) = HeaderValue::from_str(&format!("W/\"{}\"", served.version)) {
        headers.insert(header::ETAG, tag);
    }
    if let Ok(at) = HeaderValue::from_str(&meridian_engine::http_date(served.at)) {
        headers.insert(header::LAST_MODIFIED, at);
    }
    response
}

/// The status of a write.
pub(super) fn written(happened: Option<Happened>) -> StatusCode {
    match happened {
        Some(Happened::Created) => StatusCode::CREATED,
        Some(Happened::Deleted) => StatusCode::NO_CONTENT,
        Some(Happened::Updated) | None => StatusCode::OK,
    }
}
