//! Update: `PUT /fhir/{type}/{id}` with `If-Match`, and `PUT /fhir/{type}?…` for what a condition meets.

use std::sync::Arc;

use meridian_access::Caller;
use serde_json::Value;

use crate::create::one;
use crate::write::{Ask, Outcome};
use crate::{Engine, EngineError};

/// Writes the next version, or version 1 if there is none.
///
/// # Errors
/// `Precondition` when `if_match` is not the current version ([`NOT_YET`](crate::NOT_YET): when there is one);
/// `Invalid` when the resource has another id.
pub async fn update(
    engine: &Engine,
    caller: &Caller,
    kind: &'static str,
    id: &str,
    resource: Value,
    if_match: Option<i64>,
) -> Result<Outcome, EngineError> {
    if resource.get("id").and_then(Value::as_str) != Some(id) {
        let says = format!("the resource must have the id of its address, `{id}`");
        return Err(EngineError::invalid(format!("{kind}.id"), says));
    }
    let ask = Ask::Update { kind, id: id.to_owned(), resource: Arc::new(resource), if_match };
    one(engine, caller, ask).await
}

/// Writes the next version of the one resource that `query` meets, or a new one if it meets none.
///
/// # Errors
/// `Precondition` when it meets several; `Invalid` when the resource has another id than the one it meets.
pub async fn update_where(
    engine: &Engine,
    caller: &Caller,
    kind: &'static str,
    query: &str,
    resource: Value,
    if_match: Option<i64>,
) -> Result<Outcome, EngineError> {
    let (query, resource) = (query.to_owned(), Arc::new(resource));
    one(engine, caller, Ask::UpdateWhere { kind, query, resource, if_match }).await
}
