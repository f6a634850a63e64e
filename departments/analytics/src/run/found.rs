//! The view of a call: sent along, or kept in the record.
//!
//! R4 has no ViewDefinition. One that is kept stands as JSON in the content of a Library, which has what a definition
//! needs: a canonical address, a version, a status, a name, search and history; `ViewDefinition/{id}` in an address means
//! the Library of that id. A Binary that is JSON does too, as the guide publishes its own examples.

use std::sync::Arc;

use meridian_engine::operations::Call;
use meridian_engine::{Caller, Engine, EngineError, Request};
use meridian_model::Value;
use meridian_model::base64;
use meridian_model::both;
use meridian_model::outcome::Issue;
use meridian_model::reader::{Limits, parse};

use super::asked::Asked;
use crate::view::{Fault, View};

pub(super) async fn view(
    engine: &Engine,
    caller: &Caller,
    call: &Call,
    asked: &Asked,
) -> Result<Arc<View>, EngineError> {
    let sent = call.resources.iter().filter(|(name, _)| name == "viewResource").map(|(_, view)| view);
    let sent: Vec<&Value> = sent.chain(call.body.iter().filter(|body| is_view(body))).collect();
    let given = sent.len() + usize::from(asked.reference.is_some()) + usize::from(call.id.is_some());
    match given {
        1 => {}
        0 => {
            let says = both!(
                "a view is needed: `viewResource` or `viewReference`",
                "缺少视图：`viewResource` 或 `viewReference`"
            );
            return Err(EngineError::Invalid(vec![Issue::error("required", says)]));
        }
        _ => {
            return Err(EngineError::invalid(
                "viewReference",
                both!("one view is expected, not several", "只能有一个视图"),
            ));
        }
    }
    let kept;
    let definition = match (sent.first(), &call.id, &asked.reference) {
        (Some(sent), _, _) => sent,
        (None, Some(id), _) => {
            kept = by_reference(engine, caller, &format!("ViewDefinition/{id}")).await?;
            &kept
        }
        (None, None, Some(reference)) => {
            kept = by_reference(engine, caller, reference).await?;
            &kept
        }
        (None, None, None) => return Err(EngineError::Internal("a view was counted and is not there".to_owned())),
    };
    View::read(definition).map(Arc::new).map_err(|faults| {
        let issue = |fault: Fault| {
            let place =
                if fault.path.is_empty() { "viewResource".to_owned() } else { format!("viewResource.{}", fault.path) };
            Issue::error("invalid", fault.says).at(place)
        };
        EngineError::Unprocessable(faults.into_iter().map(issue).collect())
    })
}

pub(super) fn is_view(body: &Value) -> bool {
    body.get("resourceType").and_then(Value::as_str) == Some("ViewDefinition")
}

async fn by_reference(engine: &Engine, caller: &Caller, reference: &str) -> Result<Value, EngineError> {
    let missing = || EngineError::NotFound(both!("the view {reference}", "视图 {reference}"));
    let body = match reference.split_once('/') {
        Some(("Library" | "ViewDefinition", id)) if !id.contains('/') => {
            meridian_engine::read(engine, caller, "Library", id)
                .await
                .map_err(|error| match error {
                    EngineError::NotFound(_) => missing(),
                    other => other,
                })?
                .body
        }
        Some(("Binary", id)) if !id.contains('/') => meridian_engine::read(engine, caller, "Binary", id).await?.body,
        _ => by_address(engine, caller, reference).await?.ok_or_else(missing)?,
    };
    let resource = json(&body)?;
    content(&resource).ok_or_else(|| {
        let says = both!(
            "{reference} has no ViewDefinition as JSON in its content",
            "{reference} 的 content 中没有 JSON 格式的 ViewDefinition"
        );
        EngineError::Unprocessable(vec![Issue::error("invalid", says).at("viewReference")])
    })?
}

/// The Library of a canonical address; of several versions the newest, if none is named.
async fn by_address(engine: &Engine, caller: &Caller, address: &str) -> Result<Option<Vec<u8>>, EngineError> {
    let (url, version) = address.split_once('|').map_or((address, None), |(url, version)| (url, Some(version)));
    let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    let mut params = vec![pair("url", url), pair("_sort", "-_lastUpdated"), pair("_count", "1")];
    params.extend(version.map(|version| pair("version", version)));
    let request = Request { kind: "Library".to_owned(), params, lenient: false };
    let answer = meridian_engine::search(engine, caller, &request).await?;
    Ok(answer.hits.into_iter().next().map(|hit| hit.served.body))
}

/// The ViewDefinition in the content of a Library or a Binary.
fn content(resource: &Value) -> Option<Result<Value, EngineError>> {
    let is_json = |kind: &Value| kind.as_str().is_some_and(|kind| kind.contains("json"));
    let data = match resource.get("resourceType").and_then(Value::as_str)? {
        "Library" => {
            let all = resource.get("content")?.as_array()?;
            all.iter().find(|one| one.get("contentType").is_some_and(is_json))?.get("data")?.as_str()?
        }
        "Binary" if resource.get("contentType").is_some_and(is_json) => resource.get("data")?.as_str()?,
        _ => return None,
    };
    let bytes = base64::decoded(data, base64::STANDARD, true)?;
    match parse(&bytes, &Limits::default()) {
        Ok(view) if is_view(&view) => Some(Ok(view)),
        Ok(_) => None,
        Err(fault) => Some(Err(EngineError::Unprocessable(vec![Issue::from(&fault)]))),
    }
}

pub(super) fn json(body: &[u8]) -> Result<Value, EngineError> {
    let limits = Limits { bytes: usize::MAX, values: usize::MAX - 1, ..Limits::default() };
    parse(body, &limits).map_err(|fault| EngineError::Internal(fault.message.english))
}
