//! The routes under `/fhir`: one table of method and path, each row one use-case.

mod bundle;
mod capability;
mod definitions;
mod describe;
mod entries;
mod find;
mod html;
mod layout;
mod look;
mod openapi;
mod operation;
mod terminology;
mod unsaid;
mod wanted;
mod warned;
mod write;

use axum::extract::{Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::{Extension, body::Body};
use meridian_engine::{Caller, HistoryOf};
use meridian_model::both;
use meridian_model::language::Language;

use self::find::Place;
use crate::caller::caller;
use crate::negotiate::{FHIR_JSON, Prefer};
use crate::observe::RequestId;
use crate::problem::Problem;
use crate::state::Http;

pub(crate) use definitions::all as definitions;
pub(crate) use describe::Described;

/// A request whose caller is known and whose body is not yet read.
pub(crate) struct Asked {
    pub(crate) state: Http,
    pub(crate) caller: Caller,
    pub(crate) headers: axum::http::HeaderMap,
    pub(crate) query: Vec<(String, String)>,
    /// The query as it was sent.
    pub(crate) raw_query: String,
    pub(crate) prefer: Prefer,
    /// The language that messages for people are told in.
    pub(crate) language: Language,
    pub(crate) body: Body,
}

/// Every request under `/fhir`.
pub(crate) async fn handle(
    State(state): State<Http>,
    Extension(RequestId(id)): Extension<RequestId>,
    request: Request,
) -> Response {
    let (parts, body) = request.into_parts();
    let (wanted, fits) = wanted::Wanted::of(&state, &parts);
    if let Some(elsewhere) = wanted.elsewhere() {
        return elsewhere;
    }
    if wanted.is_start() {
        return wanted.start();
    }
    let answered = match fits {
        Ok(()) => answer(state, &id, parts, body, wanted.language()).await,
        Err(problem) => Err(problem),
    };
    let language = wanted.language();
    let mut response = wanted.dress(answered.unwrap_or_else(|problem| problem.told(language))).await;
    response.headers_mut().append(header::VARY, HeaderValue::from_static("Accept-Language"));
    response
}

async fn answer(state: Http, id: &str, parts: Parts, body: Body, language: Language) -> Result<Response, Problem> {
    let path = parts.uri.path();
    let raw_query = parts.uri.query().unwrap_or_default().to_owned();
    let query = meridian_engine::split_query(&raw_query)?;
    let path = path.strip_prefix("/fhir").unwrap_or(path).trim_matches('/');
    let segments = path.split('/').filter(|s| !s.is_empty()).map(meridian_engine::decode);
    let segments = segments.collect::<Result<Vec<String>, _>>()?;
    let segments: Vec<&str> = segments.iter().map(String::as_str).collect();
    if segments == ["$events"] {
        only(&parts.method, &[Method::GET])?;
        let caller = caller(&state, &parts.method, &parts.headers, id).await?;
        let patient = query.iter().find(|(name, _)| name == "patient").map(|(_, value)| value.as_str());
        return crate::events::events(&state, &caller, parts.headers, patient).await;
    }
    if segments == ["metadata"] {
        only(&parts.method, &[Method::GET, Method::HEAD])?;
        return terminology::metadata(&state, &query).await;
    }
    if segments == ["openapi.json"] {
        only(&parts.method, &[Method::GET, Method::HEAD])?;
        let kind = [(header::CONTENT_TYPE, "application/json")];
        return Ok((kind, describe::openapi(&state).await?).into_response());
    }
    let caller = caller(&state, &parts.method, &parts.headers, id).await?;
    let prefer = Prefer::of(&parts.headers);
    let asked = Asked { state, caller, headers: parts.headers, query, raw_query, prefer, language, body };
    let method = if parts.method == Method::HEAD { Method::GET } else { parts.method };
    route(&method, &segments, asked).await
}

/// The table.
async fn route(method: &Method, segments: &[&str], asked: Asked) -> Result<Response, Problem> {
    match (method.as_str(), segments) {
        ("POST", []) => bundle::run(asked).await,
        (_, [name]) if name.starts_with('$') => operation::run(asked, method, "", name, None).await,
        ("GET", ["_history"]) => look::history(asked, HistoryOf::System).await,
        ("GET", [kind, "_history"]) => look::history(asked, HistoryOf::Type((*kind).to_owned())).await,
        ("GET", []) => find::search(asked, Place::of("")).await,
        ("POST", ["_search"]) => find::by_form(asked, Place::of("")).await,
        ("GET", [kind]) => find::search(asked, Place::of(kind)).await,
        ("POST", [kind]) => write::create(asked, kind).await,
        ("PUT", [kind]) => write::update_where(asked, kind).await,
        ("PATCH", [kind]) => write::patch(asked, kind, None).await,
        ("DELETE", [kind]) => write::delete_where(asked, kind).await,
        ("POST", [kind, "_search"]) => find::by_form(asked, Place::of(kind)).await,
        (_, [kind, name]) if name.starts_with('$') => operation::run(asked, method, kind, name, None).await,
        ("GET", [kind, id]) => look::read(asked, kind, id).await,
        ("PUT", [kind, id]) => write::update(asked, kind, id).await,
        ("PATCH", [kind, id]) => write::patch(asked, kind, Some(id)).await,
        ("DELETE", [kind, id]) => write::delete(asked, kind, id).await,
        ("GET", [kind, id, "_history"]) => {
            look::history(asked, HistoryOf::Instance((*kind).to_owned(), (*id).to_owned())).await
        }
        (_, [kind, id, name]) if name.starts_with('$') => {
            operation::run(asked, method, kind, name, Some((id, None))).await
        }
        ("GET", [of, id, kind]) => find::search(asked, Place::within(of, id, kind)).await,
        ("POST", [of, id, kind, "_search"]) => find::by_form(asked, Place::within(of, id, kind)).await,
        (_, [kind, id, "_history", version, name]) if name.starts_with('$') => {
            operation::run(asked, method, kind, name, Some((id, Some(version)))).await
        }
        ("GET", [kind, id, "_history", version]) => look::vread(asked, kind, id, version).await,
        (_, [] | [_] | [_, _] | [_, _, "_history"] | [_, _, "_history", _]) => Err(not_allowed(method)),
        _ => Err(Problem::new(
            StatusCode::NOT_FOUND,
            "not-found",
            both!("there is nothing at this address", "这个地址没有内容，请核对"),
        )),
    }
}

fn only(method: &Method, allowed: &[Method]) -> Result<(), Problem> {
    if allowed.contains(method) { Ok(()) } else { Err(not_allowed(method)) }
}

fn not_allowed(method: &Method) -> Problem {
    Problem::new(
        StatusCode::METHOD_NOT_ALLOWED,
        "not-supported",
        both!("{method} is not supported here", "此处不支持 {method}"),
    )
}

/// A FHIR JSON answer.
pub(crate) fn json(status: StatusCode, body: impl Into<Body>) -> Response {
    (status, [(header::CONTENT_TYPE, FHIR_JSON)], body.into()).into_response()
}
