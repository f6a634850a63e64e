//! ED (embedded data) and RP (reference pointer) -> Attachment.

use meridian_hl7v2::Part;
use meridian_model::base64;
use serde_json::{Map, Value, json};

use super::context::{Context, clean};

/// ED: application, type, subtype, encoding, data. RP: pointer, application, type, subtype.
pub(crate) fn read(cx: &mut Context<'_>, kind: &str, part: Part<'_>) -> Option<Value> {
    let at = "OBX-5";
    let mut out = Map::new();
    let (kinds, pointer) = if kind == "ED" { ([3, 2], None) } else { ([4, 3], clean(part)) };
    let content = kinds.into_iter().filter_map(|n| clean(part.comp(n))).find_map(|name| {
        let plain = name.trim_start_matches('.').to_uppercase();
        if name.contains('/') { Some(name) } else { cx.tables.code("HL70191", &plain).map(|code| code.code.clone()) }
    });
    out.insert("contentType".into(), json!(content.unwrap_or_else(|| "application/octet-stream".to_owned())));
    if let Some(pointer) = pointer {
        let absolute = pointer.contains("://") && !pointer.contains(char::is_whitespace);
        out.insert(if absolute { "url" } else { "title" }.into(), json!(pointer));
        return Some(Value::Object(out));
    }
    let data = part.comp(5);
    let encoding = clean(part.comp(4)).unwrap_or_default().to_uppercase();
    let encoded = match encoding.as_str() {
        "BASE64" | "B64" => as_sent(data.raw()),
        "HEX" => hexadecimal(data.raw()).map(|bytes| encode(&bytes)),
        _ => data.flat().filter(|text| !text.is_empty()).map(|text| encode(text.as_bytes())),
    };
    let Some(encoded) = encoded else {
        cx.warn(at, "embedded data cannot be decoded");
        return None;
    };
    out.insert("data".into(), json!(encoded));
    Some(Value::Object(out))
}

/// Base64 as sent, without blanks and line breaks (also escaped ones); `None` when it is none.
fn as_sent(raw: &str) -> Option<String> {
    let plain: String = raw.replace(r"\.br\", "").replace(r"\X0D\", "").replace(r"\X0A\", "");
    let plain: String = plain.chars().filter(|c| !c.is_whitespace()).collect();
    let bytes = base64::decoded(&plain, base64::STANDARD, false);
    bytes.is_some_and(|bytes| !bytes.is_empty()).then_some(plain)
}

fn hexadecimal(raw: &str) -> Option<Vec<u8>> {
    let digits: Vec<u32> = raw.chars().filter(|c| !c.is_whitespace()).map(|c| c.to_digit(16)).collect::<Option<_>>()?;
    if digits.is_empty() || !digits.len().is_multiple_of(2) {
        return None;
    }
    digits.chunks_exact(2).map(|pair| u8::try_from(pair.iter().fold(0, |n, d| n * 16 + d)).ok()).collect()
}

fn encode(bytes: &[u8]) -> String {
    base64::encoded(bytes, base64::STANDARD)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_is_made_and_checked() {
        assert_eq!(as_sent("Zm9v\\.br\\Yg==").as_deref(), Some("Zm9vYg=="));
        assert_eq!(as_sent("Zm9vY"), None);
        assert_eq!(as_sent("###="), None);
        assert_eq!(hexadecimal("48 69"), Some(b"Hi".to_vec()));
    }
}
