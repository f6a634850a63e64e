//! Update: `PUT /fhir/{type}/{id}` with `If-Match`, and `PUT /fhir/{type}?…` for what a condition meets.

use meridian_model::both;

use meridian_access::Caller;
use serde_json::Value;

use crate::create::one_by;
use crate::write::{Ask, Options, Outcome};
use crate::{Engine, EngineError};

/// What a server lets its clients do.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Policy {
    /// Whether an update to an id that nobody has makes the resource.
    pub update_create: bool,
}

impl Default for Policy {
    fn default() -> Self {
        Policy { update_create: true }
    }
}

impl Policy {
    pub fn options(self) -> Options {
        Options { update_create: self.update_create, ..Options::default() }
    }
}

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
    update_by(engine, caller, (kind, id), resource, if_match, Policy::default()).await
}

/// The same by the policy of a server.
///
/// # Errors
/// As [`update`]; `NotAllowed` when it would make what an update may not make there.
pub async fn update_by(
    engine: &Engine,
    caller: &Caller,
    (kind, id): (&'static str, &str),
    resource: Value,
    if_match: Option<i64>,
    policy: Policy,
) -> Result<Outcome, EngineError> {
    if resource.get("id").and_then(Value::as_str) != Some(id) {
        let says = both!("the resource must have the id of its address, `{id}`", "资源的 id 必须与地址一致：`{id}`");
        return Err(EngineError::invalid(format!("{kind}.id"), says));
    }
    let ask = Ask::Update { kind, id: id.to_owned(), resource: resource.into(), if_match };
    one_by(engine, caller, ask, policy.options()).await
}

/// Writes the next version of the one resource that `query` meets, or a new one if it meets none: under the id of the
/// resource, if it has one.
///
/// # Errors
/// `Precondition` when it meets several; `Invalid` when the resource has another id than the one it meets; `Conflict` when
/// it meets none and somebody else has the id.
pub async fn update_where(
    engine: &Engine,
    caller: &Caller,
    (kind, query): (&'static str, &str),
    resource: Value,
    if_match: Option<i64>,
    policy: Policy,
) -> Result<Outcome, EngineError> {
    let ask = Ask::UpdateWhere { kind, query: query.to_owned(), resource: resource.into(), if_match };
    one_by(engine, caller, ask, policy.options()).await
}
