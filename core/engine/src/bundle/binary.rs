//! A patch inside a Bundle: a FHIRPath Patch is a resource; a JSON Patch is carried in a Binary.

use std::sync::Arc;

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
            return Err(EngineError::invalid("", "a FHIRPath Patch, or a Binary that holds a JSON Patch, is expected"));
        }
    }
    if text("contentType").map(|kind| kind.split(';').next().unwrap_or_default().trim()) != Some(JSON_PATCH) {
        return Err(EngineError::invalid("Binary.contentType", format!("`{JSON_PATCH}` is expected")));
    }
    let bytes = text("data").and_then(decoded);
    let bytes = bytes.ok_or_else(|| EngineError::invalid("Binary.data", "a JSON Patch in base64 is expected"))?;
    let document = parse(&bytes, &Limits::default());
    let document = document.map_err(|fault| EngineError::invalid("Binary.data", fault.message))?;
    if !document.is_array() {
        return Err(EngineError::invalid("patch", "a JSON Patch is an array of operations"));
    }
    patch_of(&document)
}

/// Base64 with or without padding; blanks between are left out.
fn decoded(text: &str) -> Option<Vec<u8>> {
    let text: Vec<u8> = text.bytes().filter(|byte| !byte.is_ascii_whitespace()).collect();
    let padding = text.iter().rev().take_while(|byte| **byte == b'=').count();
    let digits = text.get(..text.len() - padding)?;
    if padding > 2 || digits.len() % 4 == 1 {
        return None;
    }
    let mut out = Vec::with_capacity(digits.len() / 4 * 3 + 2);
    for group in digits.chunks(4) {
        let mut number = 0_u32;
        for digit in group {
            let value = match digit {
                b'A'..=b'Z' => digit - b'A',
                b'a'..=b'z' => digit - b'a' + 26,
                b'0'..=b'9' => digit - b'0' + 52,
                b'+' => 62,
                b'/' => 63,
                _ => return None,
            };
            number = number << 6 | u32::from(value);
        }
        let bytes = (number << (6 * (4 - group.len()))).to_be_bytes();
        out.extend(bytes.iter().skip(1).take(group.len() - 1));
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn base64_is_read() {
        for (text, bytes) in
            [("", ""), ("Zg==", "f"), ("Zm8=", "fo"), ("Zm9v", "foo"), ("Zm9v\nYg", "foob"), ("8J+YgA==", "😀")]
        {
            assert_eq!(decoded(text).as_deref(), Some(bytes.as_bytes()), "{text}");
        }
        for bad in ["Z", "Zm9vY", "Zg===", "Z*==", "=Zg="] {
            assert_eq!(decoded(bad), None, "{bad}");
        }
    }

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
