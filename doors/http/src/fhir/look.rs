//! Reads and histories.

use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use meridian_engine::{Happened, HistoryOf, HistoryRequest, Served};

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

pub(super) async fn history(asked: Asked, of: HistoryOf) -> Result<Response, Problem> {
    let request = HistoryRequest::parse(of, &asked.query, asked.prefer.lenient)?;
    let history = meridian_engine::history(&asked.state.engine, &asked.caller, &request).await?;
    Ok(json(StatusCode::OK, history.bundle(&asked.state.base)))
}

/// Whether the client has this version: by its tag, or else by when it was written.
fn unchanged(headers: &HeaderMap, served: &Served) -> bool {
    let text = |name| headers.get_all(name).iter().filter_map(|value: &HeaderValue| value.to_str().ok());
    let mut tags = text(header::IF_NONE_MATCH).flat_map(|value| value.split(',')).peekable();
    if tags.peek().is_none() {
        let since = text(header::IF_MODIFIED_SINCE).next().and_then(meridian_engine::read_http_date);
        return since.is_some_and(|since| served.at / 1000 <= since / 1000);
    }
    let own = format!("\"{}\"", served.version);
    tags.any(|tag| tag.trim() == "*" || tag.trim().trim_start_matches("W/") == own)
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
