//! Create: `POST /fhir/{type}`, with `If-None-Exist` for a conditional one.

use meridian_access::Caller;
use serde_json::Value;

use crate::write::{Ask, Entry, Options, Outcome, execute};
use crate::{Engine, EngineError};

/// Writes version 1 under a new id. With a condition that one resource meets, that one is the outcome instead.
///
/// # Errors
/// `Precondition` when the condition meets several.
pub async fn create(
    engine: &Engine,
    caller: &Caller,
    kind: &'static str,
    resource: Value,
    if_none_exist: Option<String>,
) -> Result<Outcome, EngineError> {
    let ask = Ask::Create { kind, resource: resource.into(), if_none_exist };
    one(engine, caller, ask).await
}

/// A set of one.
pub(crate) async fn one(engine: &Engine, caller: &Caller, ask: Ask) -> Result<Outcome, EngineError> {
    one_by(engine, caller, ask, Options::default()).await
}

/// The same by another policy.
pub(crate) async fn one_by(
    engine: &Engine,
    caller: &Caller,
    ask: Ask,
    options: Options,
) -> Result<Outcome, EngineError> {
    let entry = Entry { ask, full_url: None, place: String::new(), unfit: None };
    let outcomes = execute(engine, caller, vec![entry], options).await?;
    outcomes.into_iter().next().ok_or_else(|| EngineError::Internal("a write without an outcome".into()))
}
