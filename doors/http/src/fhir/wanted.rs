//! How the client wants its answer: in which format, how much of each resource, how it is laid out.
//!
//! One place for all routes: they answer with whole resources in plain JSON, and what was wished for is made of that.
//! An answer nobody has wishes about passes as it is. What is laid out passes piece by piece; what is shaped, or shown as
//! a page, is held whole, and takes room for that which all requests share.

use axum::body::{Body, HttpBody, to_bytes};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use meridian_engine::EngineError;
use meridian_model::both;
use meridian_model::definitions::Definitions;
use meridian_model::language::Both;
use meridian_model::language::Language;
use meridian_model::outcome::Issue;
use meridian_model::reader::Fault;
use meridian_model::shape::{Shape, Summary, only_counted};
use serde_json::Value;

use super::entries::{Apart, join, value};
use super::html;
use super::layout::laid_out;
use super::unsaid;
use crate::dressing::{AS_VALUE, BY_ENTRY, Room};
use crate::negotiate::{FHIR_XML, Format, format, is_json};
use crate::problem::Problem;
use crate::state::Http;

/// Answers from this size on, in bytes, are worked on where threads may block.
const LARGE: usize = 64 << 10;

/// A page is not made of more than so many bytes: it is sent as it is.
const LONGEST_PAGE: u64 = 32 << 20;

/// Parameters that a route found elsewhere than in the address, in a form; and the format that is wished with them.
#[derive(Clone)]
pub(super) struct Sent {
    params: Vec<(String, String)>,
    format: Format,
}

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
    /// Nothing is written.
    looks: bool,
    /// An operation that answers in forms of its own.
    own_forms: bool,
    page: html::Place,
    /// In which messages for people are told: that of the page, or what the header likes.
    language: Language,
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
        let by_form = parts.method == Method::POST && path.last().is_some_and(|last| last == "_search");
        let own_forms = has_own_forms(state, &path);
        let (format, fits) = match format(&parts.headers, wished(&params)) {
            // The form may wish for another one.
            _ if by_form => (Format::Json, Ok(())),
            // Events and descriptions are of one form alone; a listener says `text/event-stream`.
            _ if path.iter().any(|segment| segment == "$events" || segment == "openapi.json") => (Format::Json, Ok(())),
            // An operation that answers in forms of its own reads the wish itself; its errors are FHIR.
            Ok(Format::Xml) if own_forms => (Format::Xml, Ok(())),
            _ if own_forms => (Format::Json, Ok(())),
            Ok(format) => (format, Ok(())),
            Err(problem) => (Format::Json, Err(problem)),
        };
        let holds = holds(&path);
        let looks = matches!(parts.method, Method::GET | Method::HEAD);
        let fits = fits.and_then(|()| if looks { check(&params, &path, holds).map(|_| ()) } else { Ok(()) });
        let page = html::Place::new(&parts.headers, path, params, looks);
        let language = match format {
            Format::Html => page.language,
            _ => html::liked(&parts.headers).unwrap_or_default(),
        };
        (Wanted { state: state.clone(), format, holds, looks: looks || by_form, own_forms, page, language }, fits)
    }

    pub(super) fn language(&self) -> Language {
        self.language
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
        let language = self.language;
        if let Some(Sent { params, format }) = response.extensions_mut().remove::<Sent>() {
            (self.page.params, self.format) = (params, format);
        }
        let wishes = check(&self.page.params, &self.page.path, self.holds).unwrap_or_default();
        let is_good = response.status().is_success();
        if self.own_forms && is_good {
            return response;
        }
        let as_it_is = wishes.shape.is_whole() || !is_good;
        if self.format == Format::Json && as_it_is && !wishes.pretty {
            return response;
        }
        let kind = response.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
        if !kind.is_some_and(is_json) {
            return response;
        }
        let long = response.body().size_hint().exact();
        if self.format == Format::Html && long.is_none_or(|long| long > LONGEST_PAGE) {
            return response;
        }
        let (mut parts, body) = response.into_parts();
        parts.headers.remove(header::CONTENT_LENGTH);
        if self.format == Format::Json && as_it_is {
            return laid_out(body)
                .await
                .map_or_else(|_| broke_off().told(language), |body| Response::from_parts(parts, body));
        }
        let Some(room) = self.room(long).await else {
            // What was written stays written, whatever can be shown of it.
            return if self.looks { no_room().told(language) } else { Response::from_parts(parts, body) };
        };
        let Ok(bytes) = to_bytes(body, usize::MAX).await else { return broke_off().told(language) };
        if bytes.is_empty() {
            return Response::from_parts(parts, Body::empty());
        }
        // What was done stays done, whatever can't be made of its answer: then that goes out as it is.
        let as_made = (!self.looks).then(|| bytes.clone());
        let is_large = bytes.len() > LARGE;
        let (status, pretty) = (parts.status, wishes.pretty);
        let make = move || {
            let _room = room;
            let made = match self.format {
                Format::Json => Made::Json(shaped(&wishes.shape, self.holds, &bytes)?),
                Format::Html | Format::Xml => {
                    let mut value = value(&bytes)?;
                    if is_good {
                        shape(&wishes.shape, self.holds, &mut value);
                    }
                    if self.format == Format::Html {
                        Made::Page(html::page(&self.state, &self.page, status, &value))
                    } else {
                        match unsaid::write(value, self.is_list()) {
                            Ok(text) => Made::Xml(text.into_bytes()),
                            // Why a request failed is told in any case.
                            Err(_) if !is_good => Made::Json(bytes.to_vec()),
                            Err(fault) => Made::Unsaid(fault),
                        }
                    }
                }
            };
            Ok::<_, EngineError>(made)
        };
        let made = if is_large { tokio::task::spawn_blocking(make).await } else { Ok(make()) };
        match made {
            Ok(Ok(Made::Json(body))) if pretty => laid_out(body.into())
                .await
                .map_or_else(|_| broke_off().told(language), |body| Response::from_parts(parts, body)),
            Ok(Ok(Made::Json(body))) => Response::from_parts(parts, body.into()),
            Ok(Ok(Made::Xml(body))) => {
                parts.headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(FHIR_XML));
                Response::from_parts(parts, body.into())
            }
            Ok(Ok(Made::Page(page))) => {
                for (name, value) in page.headers {
                    parts.headers.insert(name, value);
                }
                Response::from_parts(parts, page.body.into())
            }
            failed => match (as_made, failed) {
                (Some(bytes), _) => Response::from_parts(parts, bytes.into()),
                (None, Ok(Ok(Made::Unsaid(fault)))) => {
                    let says = both!(
                        "this answer can't be written as XML: {}; ask for JSON, or with `_summary=data` where it is the narrative",
                        "这份应答不能写成 XML：{}；请用 JSON，若问题在叙述，可用 `_summary=data`",
                        super::unsaid::told(&fault)
                    );
                    Problem::new(StatusCode::NOT_ACCEPTABLE, "not-supported", says).told(language)
                }
                (None, Ok(Err(error))) => Problem::from(error).told(language),
                (None, Err(error)) => crate::caller::fault(error).told(language),
                (None, Ok(Ok(_))) => broke_off().told(language),
            },
        }
    }

    /// Whether the answer is a list that this server makes, and no resource that somebody stored.
    fn is_list(&self) -> bool {
        let path = &self.page.path;
        let is_made = path.last().is_none_or(|last| last.starts_with(['$', '_']));
        self.holds == Holds::Many && (self.looks || is_made)
    }

    /// Waits for the room that an answer takes which is so long.
    async fn room(&self, long: Option<u64>) -> Option<Room> {
        let by_entry = self.format == Format::Json && self.holds == Holds::Many;
        self.state.dressing.room(long, if by_entry { BY_ENTRY } else { AS_VALUE }).await
    }
}

fn broke_off() -> Problem {
    Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "exception", both!("the answer broke off", "应答中断，请重试"))
}

fn no_room() -> Problem {
    let says = both!("too many large answers are being shaped", "同时处理的大应答太多，请稍后再试");
    Problem::Http { status: StatusCode::SERVICE_UNAVAILABLE, code: "transient", says, retry_after: Some(5) }
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

/// The answer with what is wanted of each resource.
fn shaped(wanted: &Shape, holds: Holds, bytes: &[u8]) -> Result<Vec<u8>, EngineError> {
    if holds == Holds::Many
        && let Some(Apart { mut head, entries }) = Apart::of(bytes)?
    {
        if wanted.summary == Summary::Count {
            only_counted(&mut head, entries.len());
            return Ok(Value::Object(head).to_string().into_bytes());
        }
        let one = |entry: &[u8]| {
            let mut entry = value(entry)?;
            wanted.apply_to_entry(&mut entry);
            Ok(entry.to_string().into_bytes())
        };
        return join(head, entries.into_iter().map(one));
    }
    let mut value = value(bytes)?;
    wanted.apply(&mut value);
    Ok(value.to_string().into_bytes())
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
    let mut wrong = |name: &str, says: Both| {
        issues.push(Issue::error("invalid", both!("{name}: {}", "{name}：{}", says)).at(format!("http.{name}")));
    };
    if holds == Holds::One && shape.summary == Summary::Count {
        wrong("_summary", both!("there is only one to be counted", "只有一个资源，不必计数"));
    }
    let includes = |name: &str| name.split(':').next().is_some_and(|name| matches!(name, "_include" | "_revinclude"));
    if shape.summary == Summary::Text && params.iter().any(|(name, _)| includes(name)) {
        wrong(
            "_summary",
            both!("narratives alone cannot be mixed with included resources", "只要叙述时不能附带其他资源"),
        );
    }
    let mut pretty = false;
    for (_, value) in params.iter().filter(|(name, _)| name == "_pretty") {
        match value.as_str() {
            "true" => pretty = true,
            "false" => pretty = false,
            _ => wrong("_pretty", both!("true or false", "应为 true 或 false")),
        }
    }
    if issues.is_empty() { Ok(Wishes { shape, pretty }) } else { Err(EngineError::Invalid(issues).into()) }
}

/// The format that parameters name.
fn wished(params: &[(String, String)]) -> Option<&str> {
    params.iter().find(|(name, _)| name == "_format").map(|(_, value)| value.as_str())
}

impl Sent {
    /// Checks the wishes of a form.
    pub(super) fn of(headers: &HeaderMap, params: &[(String, String)], kind: &str) -> Result<Sent, Problem> {
        check(params, &[kind.to_owned()], Holds::Many)?;
        Ok(Sent { params: params.to_vec(), format: format(headers, wished(params))? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn many_are_shaped_one_by_one_as_they_would_be_together() {
        let resource = json!({"resourceType": "Observation", "id": "a", "status": "final", "code": {"text": "x"},
            "note": [{"text": "y"}], "valueString": "entry"});
        let entry = |mode: &str| json!({"fullUrl": "u", "resource": resource, "search": {"mode": mode}});
        let bundle = |entries: Value| {
            let mut bundle = json!({"resourceType": "Bundle", "type": "searchset", "link": [{"relation": "self"}]});
            bundle["entry"] = entries;
            bundle
        };
        for (name, text) in [("_summary", "true"), ("_summary", "count"), ("_summary", "data"), ("_elements", "note")] {
            let shape = Shape::read(&[(name.to_owned(), text.to_owned())], Some("Observation")).unwrap();
            for answer in [
                bundle(json!([entry("match"), entry("include"), entry("outcome"), {"response": {"status": "201"}}])),
                bundle(json!([entry("match")])),
                resource.clone(),
                json!({"resourceType": "Bundle", "type": "searchset", "total": 0}),
            ] {
                let mut together = answer.clone();
                super::shape(&shape, Holds::Many, &mut together);
                let one_by_one = shaped(&shape, Holds::Many, answer.to_string().as_bytes()).unwrap();
                assert_eq!(String::from_utf8(one_by_one).unwrap(), together.to_string(), "{name}={text}");
            }
        }
    }
}
