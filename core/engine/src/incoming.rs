//! What comes in: bytes become a resource that the tables of R4 know, or issues that name the place.

use meridian_model::both;
use meridian_model::check::check;
use meridian_model::definitions::Definitions;
use meridian_model::outcome::Issue;
use meridian_model::reader::{Limits, parse};
use serde_json::Value;

use crate::EngineError;

/// Reads JSON within `limits`.
///
/// # Errors
/// `Invalid` with the place of the fault.
pub fn json(bytes: &[u8], limits: &Limits) -> Result<Value, EngineError> {
    parse(bytes, limits).map_err(|fault| EngineError::Invalid(vec![Issue::from(&fault)]))
}

/// Checks the structure of a resource and gives its type.
///
/// # Errors
/// `Invalid` for a value that is no resource of R4; `Unprocessable` with every element of a wrong shape.
pub fn resource(value: &Value) -> Result<&'static str, EngineError> {
    let Some(name) = value.get("resourceType").and_then(Value::as_str) else {
        return Err(EngineError::invalid(
            "resourceType",
            both!("a resource has a `resourceType`", "缺少 `resourceType`，请写明资源类型"),
        ));
    };
    let r4 = Definitions::r4();
    let Some(kind) = r4.type_code(name).and_then(|code| r4.type_name(code)) else {
        return Err(EngineError::invalid(
            "resourceType",
            both!("`{name}` is not a resource type of FHIR R4", "FHIR R4 没有资源类型 `{name}`，请核对拼写"),
        ));
    };
    let issues = check(value);
    if issues.is_empty() { Ok(kind) } else { Err(EngineError::Unprocessable(issues)) }
}

/// The type that an address names.
///
/// # Errors
/// `NotFound` for a word that is no type of R4.
pub fn type_name(kind: &str) -> Result<&'static str, EngineError> {
    let r4 = Definitions::r4();
    let known = r4.type_code(kind).and_then(|code| r4.type_name(code));
    known.ok_or_else(|| EngineError::NotFound(both!("the resource type {kind}", "资源类型 {kind}")))
}

/// The same, for an address that says the type.
///
/// # Errors
/// As [`resource`], and `Invalid` when the resource is of another type.
pub fn resource_of(value: &Value, kind: &str) -> Result<&'static str, EngineError> {
    let found = resource(value)?;
    if found == kind {
        return Ok(found);
    }
    Err(EngineError::invalid(
        "resourceType",
        both!("the address is for {kind}, the resource is {found}", "地址是 {kind} 的，资源却是 {found}"),
    ))
}
