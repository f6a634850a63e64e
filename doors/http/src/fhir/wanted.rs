//! How the client wants its answer: in which format, how much of each resource, how it is laid out.
//!
//! One place for all routes: they answer with whole resources in plain JSON, and what was wished for is made of that.
//! An answer nobody has wishes about passes as it is.

use axum::body::{Body, to_bytes};
use axum::http::request::Parts;
use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use meridian_engine::EngineError;
use meridian_model::definitions::Definitions;
use meridian_model::outcome::Issue;
use meridian_model::reader::{Fault, Limits, parse};
use meridian_model::shape::{Shape, Summary};
use serde_json::Value;

use super::html;
use crate::negotiate::{FHIR_XML, Format, format, is_json};
use crate::problem::Problem;
use crate::state::Http;

/// Answers from this size on, in bytes, are worked on where threads may block.
const LARGE: usize = 64 << 10;

/// Parameters that a route found elsewhere than in the address: in a form.
#[derive(Clone)]
pub(super) struct Sent(pub(super) Vec<(String, String)>);

/// Where the resources of an answer are.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Holds {
    /// It is one.
    One,
    /// In the entries of a Bundle.
    Many,
}

pub(super) struct Wanted {
    state: Http,
    format: Format,
    holds: Holds,
    page: html::Place,
}

/// The wishes about the contents.
#[derive(Default)]
struct Wishes {
    shape: Shape,
    pretty: bool,
}

impl Wanted {
    /// What a request wishes; with an error, how that is to be told.
    pub(super) fn of(state: &Http, parts: &Parts) -> (Wanted, Result<(), Problem>) {
        let path = parts.uri.path();
        let path = path.strip_prefix("/fhir").unwrap_or(path);
        // What cannot be decoded is refused by the route.
        let decoded = path.split('/').filter(|s| !s.is_empty()).map(meridian_engine::decode);
        let path = decoded.collect::<Result<Vec<String>, _>>().unwrap_or_default();
        let params = meridian_engine::split_query(parts.uri.query().unwrap_or_default()).unwrap_or_default();
        let asked = params.iter().find(|(name, _)| name == "_format").map(|(_, value)| value.as_str());
        let (format, fits) = match format(&parts.headers, asked) {
            // Events and descriptions are of one form alone; a listener says `text/event-stream`.
            _ if path.iter().any(|segment| segment == "$events" || segment == "openapi.json") => (Format::Json, Ok(())),
            // An operation that answers in forms of its own reads the wish itself.
            _ if has_own_forms(state, &path) => (Format::Json, Ok(())),
            Ok(format) => (format, Ok(())),
            Err(problem) => (Format::Json, Err(problem)),
        };
        let holds = holds(&path);
        let looks = matches!(parts.method, Method::GET | Method::HEAD);
        let fits = fits.and_then(|()| if looks { check(&params, &path, holds).map(|_| ()) } else { Ok(()) });
        let page = html::Place::new(&parts.headers, path, params, looks);
        (Wanted { state: state.clone(), format, holds, page }, fits)
    }

    /// A search from a form on a page sends its empty fields too: the address without them.
    pub(super) fn elsewhere(&self) -> Option<Response> {
        let to = (self.format == Format::Html).then(|| self.page.without_empty()).flatten()?;
        let to = HeaderValue::from_str(&to).ok()?;
        Some((StatusCode::SEE_OTHER, [(header::LOCATION, to)]).into_response())
    }

    /// The start page, which there is for people only.
    pub(super) fn is_start(&self) -> bool {
        self.format == Format::Html && self.page.is_start()
    }

    pub(super) fn start(&self) -> Response {
        html::start(&self.state, &self.page)
    }

    /// The answer as it was wished for.
    pub(super) async fn dress(mut self, mut response: Response) -> Response {
        if let Some(Sent(params)) = response.extensions_mut().remove::<Sent>() {
            self.page.params = params;
        }
        let wishes = check(&self.page.params, &self.page.path, self.holds).unwrap_or_default();
        let plain = wishes.shape.is_whole() && !wishes.pretty;
        if self.format == Format::Json && plain {
            return response;
        }
        let kind = response.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
        if !kind.is_some_and(is_json) {
            return response;
        }
        let (mut parts, body) = response.into_parts();
        let Ok(bytes) = to_bytes(body, usize::MAX).await else {
            let says = "the answer broke off";
            return Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "exception", says).into_response();
        };
        if bytes.is_empty() {
            return Response::from_parts(parts, Body::empty());
        }
        let is_large = bytes.len() > LARGE;
        let is_good = parts.status.is_success();
        let status = parts.status;
        let make = move || {
            let limits = Limits { bytes: usize::MAX, values: usize::MAX - 1, depth: 128 };
            let mut value = parse(&bytes, &limits).map_err(|fault| EngineError::Internal(fault.message))?;
            if is_good {
                shape(&wishes.shape, self.holds, &mut value);
            }
            match self.format {
                Format::Json if wishes.pretty => {
                    serde_json::to_vec_pretty(&value).map(Made::Json).map_err(|e| EngineError::Internal(e.to_string()))
                }
                Format::Json => Ok(Made::Json(value.to_string().into_bytes())),
                Format::Xml => match meridian_xml::write(&value) {
                    Ok(text) => Ok(Made::Xml(text.into_bytes())),
                    // Why a request failed is told in any case.
                    Err(_) if !is_good => Ok(Made::Json(value.to_string().into_bytes())),
                    Err(fault) => Ok(Made::Unsaid(fault)),
                },
                Format::Html => Ok(Made::Page(html::page(&self.state, &self.page, status, &value))),
            }
        };
        let made = if is_large { tokio::task::spawn_blocking(make).await } else { Ok(make()) };
        parts.headers.remove(header::CONTENT_LENGTH);
        match made {
            Ok(Ok(Made::Json(body))) => Response::from_parts(parts, body.into()),
            Ok(Ok(Made::Xml(body))) => {
                parts.headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(FHIR_XML));
                Response::from_parts(parts, body.into())
            }
            Ok(Ok(Made::Unsaid(fault))) => {
                let says = format!("this answer can't be written as XML, ask for JSON: {fault}");
                Problem::new(StatusCode::NOT_ACCEPTABLE, "not-supported", says).into_response()
            }
            Ok(Ok(Made::Page(page))) => {
                for (name, value) in page.headers {
                    parts.headers.insert(name, value);
                }
                Response::from_parts(parts, page.body.into())
            }
            Ok(Err(error)) => Problem::from(error).into_response(),
            Err(error) => crate::caller::fault(error).into_response(),
        }
    }
}

enum Made {
    Json(Vec<u8>),
    Xml(Vec<u8>),
    /// What stands in the answer and XML does not have.
    Unsaid(Fault),
    Page(html::Page),
}

fn has_own_forms(state: &Http, path: &[String]) -> bool {
    let path: Vec<&str> = path.iter().map(String::as_str).collect();
    let (kind, name, is_instance) = match path.as_slice() {
        [name] => ("", *name, false),
        [kind, name] => (*kind, *name, false),
        [kind, _, name] => (*kind, *name, true),
        _ => return false,
    };
    let found = name.starts_with('$').then(|| super::operation::find(&state.operations, kind, name, is_instance));
    found.flatten().is_some_and(|operation| !operation.act.forms().is_empty())
}

fn shape(wanted: &Shape, holds: Holds, value: &mut Value) {
    let is_bundle = value.get("resourceType").and_then(Value::as_str) == Some("Bundle");
    if holds == Holds::Many && is_bundle {
        wanted.apply_to_entries(value);
    } else {
        wanted.apply(value);
    }
}

/// Whether the resource at an address is the answer, or one of many in it.
fn holds(path: &[String]) -> Holds {
    let path: Vec<&str> = path.iter().map(String::as_str).collect();
    match path.as_slice() {
        ["metadata"] | [_, _, "_history", _] => Holds::One,
        [_, id] if !id.starts_with(['$', '_']) => Holds::One,
        _ => Holds::Many,
    }
}

/// The one type of resource that an address answers with.
fn kind(path: &[String]) -> Option<&str> {
    if path.last().is_some_and(|name| name.starts_with('$')) {
        return None;
    }
    if path.first().is_some_and(|name| name == "metadata") {
        return Some("CapabilityStatement");
    }
    let known = |name: &&String| Definitions::r4().is_resource_type(name);
    match path.get(2) {
        // In a compartment.
        Some(third) if third == "*" => None,
        Some(third) if Definitions::r4().is_resource_type(third) => Some(third),
        _ => path.first().filter(known).map(String::as_str),
    }
}

/// Reads the wishes about the contents.
fn check(params: &[(String, String)], path: &[String], holds: Holds) -> Result<Wishes, Problem> {
    let (shape, mut issues) = match Shape::read(params, kind(path)) {
        Ok(shape) => (shape, Vec::new()),
        Err(issues) => (Shape::default(), issues),
    };
    let mut wrong = |name: &str, says: &str| {
        issues.push(Issue::error("invalid", format!("{name}: {says}")).at(format!("http.{name}")));
    };
    if holds == Holds::One && shape.summary == Summary::Count {
        wrong("_summary", "there is only one to be counted");
    }
    let includes = |name: &str| name.split(':').next().is_some_and(|name| matches!(name, "_include" | "_revinclude"));
    if shape.summary == Summary::Text && params.iter().any(|(name, _)| includes(name)) {
        wrong("_summary", "narratives alone cannot be mixed with included resources");
    }
    let mut pretty = false;
    for (_, value) in params.iter().filter(|(name, _)| name == "_pretty") {
        match value.as_str() {
            "true" => pretty = true,
            "false" => pretty = false,
            _ => wrong("_pretty", "true or false"),
        }
    }
    if issues.is_empty() { Ok(Wishes { shape, pretty }) } else { Err(EngineError::Invalid(issues).into()) }
}

/// Checks the wishes of a form.
pub(super) fn check_form(params: &[(String, String)], kind: &str) -> Result<(), Problem> {
    check(params, &[kind.to_owned()], Holds::Many).map(|_| ())
}
