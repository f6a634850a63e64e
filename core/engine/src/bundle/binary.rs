//! A patch inside a Bundle: a FHIRPath Patch is a resource; a JSON Patch is carried in a Binary.

use std::sync::Arc;

use meridian_model::base64;
use meridian_model::both;
use meridian_model::reader::{Limits, parse};
use serde_json::Value;

use crate::EngineError;
use crate::write::{Edit, patch_of};

/// The media type of a JSON Patch.
pub(super) const JSON_PATCH: &str = "application/json-patch+json";

/// The patch that an entry holds. Places are those of the resource.
pub(super) fn patch(resource: &Value) -> Result<Arc<dyn Edit>, EngineError> {
    let text = |name: &str| resource.get(name).and_then(Value::as_str);
    match text("resourceType") {
        Some("Binary") => {}
        Some("Parameters") => return patch_of(resource),
        _ => {
            return Err(EngineError::invalid(
                "",
                both!(
                    "a FHIRPath Patch, or a Binary that holds a JSON Patch, is expected",
                    "此处应是 FHIRPath Patch，或内含 JSON Patch 的 Binary"
                ),
            ));
        }
    }
    if text("contentType").map(|kind| kind.split(';').next().unwrap_or_default().trim()) != Some(JSON_PATCH) {
        return Err(EngineError::invalid(
            "Binary.contentType",
            both!("`{JSON_PATCH}` is expected", "应为 `{JSON_PATCH}`"),
        ));
    }
    let bytes = text("data").and_then(|data| base64::decoded(data, base64::STANDARD, true));
    let bytes = bytes.ok_or_else(|| {
        EngineError::invalid(
            "Binary.data",
            both!("a JSON Patch in base64 is expected", "此处应是 base64 编码的 JSON Patch"),
        )
    })?;
    let document = parse(&bytes, &Limits::default());
    let document = document.map_err(|fault| EngineError::invalid("Binary.data", fault.message))?;
    if !document.is_array() {
        return Err(EngineError::invalid(
            "patch",
            both!("a JSON Patch is an array of operations", "JSON Patch 应是由操作组成的数组"),
        ));
    }
    patch_of(&document)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_is_no_patch_is_refused_by_its_place() {
        let binary = |kind: &str, data: &str| json!({"resourceType": "Binary", "contentType": kind, "data": data});
        let place = |resource: Value| patch(&resource).unwrap_err().issues()[0].expression.join("");
        assert!(patch(&binary("application/json-patch+json; charset=utf-8", "W10=")).is_ok());
        assert_eq!(place(binary("text/plain", "W10=")), "Binary.contentType");
        assert_eq!(place(binary(JSON_PATCH, "e30=")), "patch");
        assert_eq!(place(binary(JSON_PATCH, "!!")), "Binary.data");
        assert_eq!(place(json!({"resourceType": "Binary", "contentType": JSON_PATCH})), "Binary.data");
        assert!(patch(&json!({"resourceType": "Parameters"})).is_ok());
        assert_eq!(place(json!({"resourceType": "Patient"})), "");
    }
}
