//! A change of what is there, told as a change: JSON Patch, FHIRPath Patch, or what an operation does to a resource.

use std::fmt::Debug;
use std::sync::Arc;

use meridian_model::language::Both;
use meridian_model::outcome::Issue;
use meridian_model::patch::{Patch, Refused, Why};
use serde_json::Value;

use crate::EngineError;

/// Makes the next version of the one that is there.
pub(crate) trait Edit: Send + Sync + Debug {
    /// What becomes of `resource`. It is asked on the snapshot that the write rests on, again if that is no longer so.
    ///
    /// # Errors
    /// When the change does not fit what is there.
    fn edit(&self, resource: Value) -> Result<Value, EngineError>;

    /// The word under which the look at what was there is written down.
    fn word(&self) -> &'static str;

    /// Whether it may take long: then it is never done in the writer's transaction.
    fn is_dear(&self) -> bool {
        false
    }
}

/// RFC 6902.
#[derive(Debug)]
pub(crate) struct JsonPatch(pub(crate) Patch);

impl JsonPatch {
    /// # Errors
    /// `Invalid` at the operation that is none.
    pub(crate) fn read(document: &Value) -> Result<JsonPatch, EngineError> {
        Patch::read(document).map(JsonPatch).map_err(refused)
    }
}

impl Edit for JsonPatch {
    fn edit(&self, mut resource: Value) -> Result<Value, EngineError> {
        self.0.apply(&mut resource).map_err(refused)?;
        Ok(resource)
    }

    fn word(&self) -> &'static str {
        "patch"
    }
}

/// FHIRPath Patch: a Parameters resource.
#[derive(Debug)]
pub(crate) struct PathPatch(Value);

impl Edit for PathPatch {
    fn is_dear(&self) -> bool {
        true
    }

    fn edit(&self, mut resource: Value) -> Result<Value, EngineError> {
        meridian_fhirpath::patch::apply(&self.0, &mut resource).map_err(|fault| {
            let at = format!("Parameters.parameter[{}]", fault.operation);
            EngineError::Unprocessable(vec![Issue::error("processing", Both::of(&fault)).at(at)])
        })?;
        Ok(resource)
    }

    fn word(&self) -> &'static str {
        "patch"
    }
}

/// The patch that a document is: JSON Patch is an array, FHIRPath Patch a Parameters resource.
///
/// # Errors
/// `Invalid` at what is none.
pub(crate) fn patch_of(document: &Value) -> Result<Arc<dyn Edit>, EngineError> {
    if document.get("resourceType").and_then(Value::as_str) == Some("Parameters") {
        return Ok(Arc::new(PathPatch(document.clone())));
    }
    Ok(Arc::new(JsonPatch::read(document)?))
}

fn refused(refused: Refused) -> EngineError {
    let Refused { at, says, why } = refused;
    match why {
        Why::Malformed => EngineError::invalid(at, says),
        Why::Unfit => EngineError::Unprocessable(vec![Issue::error("processing", says).at(at)]),
        Why::Test => EngineError::Unprocessable(vec![Issue::error("conflict", says).at(at)]),
    }
}
