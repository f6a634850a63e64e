//! Delete: `DELETE /fhir/{type}/{id}`. The versions stay; a read answers that it is gone.

use meridian_access::Caller;

use crate::create::one;
use crate::write::{Ask, Outcome};
use crate::{Engine, EngineError};

/// Ends the resource. Deleting what is deleted changes nothing.
///
/// # Errors
/// `NotFound` for what never was; `Precondition` when `if_match` is not the current version.
pub async fn delete(
    engine: &Engine,
    caller: &Caller,
    kind: &'static str,
    id: &str,
    if_match: Option<i64>,
) -> Result<Outcome, EngineError> {
    one(engine, caller, Ask::Delete { kind, id: id.to_owned(), if_match }).await
}
