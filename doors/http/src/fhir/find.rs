//! Searches: one type, a compartment, several types or all; by address or by form.

use meridian_model::both;

use axum::http::{StatusCode, header};
use axum::response::Response;
use meridian_engine::{Compartment, Request, Where};

use super::wanted::Sent;
use super::{Asked, json};
use crate::problem::Problem;

/// Longest form of a search.
const LONGEST_FORM: usize = 256 << 10;

/// Where is searched.
#[derive(Clone, Copy)]
pub(super) struct Place<'a> {
    /// Type and id of what the compartment is of.
    pub(super) within: Option<(&'a str, &'a str)>,
    /// Empty for all types.
    pub(super) kind: &'a str,
}

impl<'a> Place<'a> {
    pub(super) fn of(kind: &'a str) -> Place<'a> {
        Place { within: None, kind }
    }

    /// `Patient/1/Observation`, or `Patient/1/*`.
    pub(super) fn within(of: &'a str, id: &'a str, kind: &'a str) -> Place<'a> {
        Place { within: Some((of, id)), kind: if kind == "*" { "" } else { kind } }
    }
}

pub(super) async fn by_form(asked: Asked, place: Place<'_>) -> Result<Response, Problem> {
    let (asked, sent) = form(asked, place.kind).await?;
    let mut response = search(asked, place).await?;
    response.extensions_mut().insert(sent);
    Ok(response)
}

/// What is asked by a form, as if it stood in the address; and how the answer is wished.
async fn form(asked: Asked, kind: &str) -> Result<(Asked, Sent), Problem> {
    let said = asked.headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if !said.starts_with("application/x-www-form-urlencoded") {
        let says = both!(
            "the body is `{said}`; a search is sent as `application/x-www-form-urlencoded`",
            "请求内容的类型是 `{said}`，检索表单应为 `application/x-www-form-urlencoded`"
        );
        return Err(Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "not-supported", says));
    }
    let Asked { state, caller, headers, mut query, raw_query, prefer, language, body } = asked;
    let form = crate::body::read(&state, &headers, body, LONGEST_FORM).await?;
    let text = std::str::from_utf8(&form.bytes).map_err(|_| {
        Problem::new(StatusCode::BAD_REQUEST, "invalid", both!("the form is not UTF-8", "表单不是 UTF-8 编码"))
    })?;
    query.extend(meridian_engine::split_query(text)?);
    let sent = Sent::of(&headers, &query, kind)?;
    Ok((Asked { state, caller, headers, query, raw_query, prefer, language, body: axum::body::Body::empty() }, sent))
}

pub(super) async fn search(asked: Asked, place: Place<'_>) -> Result<Response, Problem> {
    let params = asked.query;
    let request = Request { kind: place.kind.to_owned(), params, lenient: asked.prefer.lenient };
    let compartment = place.within.map(|(of, id)| Compartment::new(of, id)).transpose()?;
    let Asked { state, caller, language, .. } = asked;
    let place = Where { compartment, base: state.base.to_string() };
    let answer = meridian_engine::search_in(&state.engine, &caller, &place, &request).await?;
    Ok(json(StatusCode::OK, answer.bundle(&state.base, language)))
}
