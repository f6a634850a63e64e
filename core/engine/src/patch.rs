//! Patch: `PATCH /fhir/{type}/{id}` and `PATCH /fhir/{type}?…` with a JSON Patch (RFC 6902) or a FHIRPath
//! Patch (a Parameters resource).

use meridian_access::Caller;
use serde_json::Value;

use crate::create::one;
use crate::write::{Ask, Outcome, patch_of};
use crate::{Engine, EngineError};

/// Writes what the patch makes of the current version, checked as every write is.
///
/// # Errors
/// `Invalid` for what is no patch; `Unprocessable` at the operation that does not fit, or whose test does not hold;
/// `NotFound`, `Gone`; `Precondition` when `if_match` is not the current version.
pub async fn patch(
    engine: &Engine,
    caller: &Caller,
    kind: &'static str,
    id: &str,
    document: &Value,
    if_match: Option<i64>,
) -> Result<Outcome, EngineError> {
    let edit = patch_of(document)?;
    one(engine, caller, Ask::Edit { kind, id: id.to_owned(), edit, if_match }).await
}

/// The same of the one resource that `query` meets.
///
/// # Errors
/// As [`patch`]; `NotFound` when it meets none, `Precondition` when it meets several.
pub async fn patch_where(
    engine: &Engine,
    caller: &Caller,
    kind: &'static str,
    query: &str,
    document: &Value,
    if_match: Option<i64>,
) -> Result<Outcome, EngineError> {
    let edit = patch_of(document)?;
    one(engine, caller, Ask::EditWhere { kind, query: query.to_owned(), edit, if_match }).await
}
