//! ED (embedded data) and RP (reference pointer) -> Attachment.

use meridian_hl7v2::Part;
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
        "BASE64" | "B64" => base64(data.raw()),
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
fn base64(raw: &str) -> Option<String> {
    let plain: String = raw.replace(r"\.br\", "").replace(r"\X0D\", "").replace(r"\X0A\", "");
    let plain: String = plain.chars().filter(|c| !c.is_whitespace()).collect();
    let body = plain.trim_end_matches('=');
    let padded = plain.len() - body.len() <= 2 && plain.len().is_multiple_of(4);
    let alphabet = body.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'+' || b == b'/');
    (!body.is_empty() && padded && alphabet).then_some(plain)
}

fn hexadecimal(raw: &str) -> Option<Vec<u8>> {
    let digits: Vec<u32> = raw.chars().filter(|c| !c.is_whitespace()).map(|c| c.to_digit(16)).collect::<Option<_>>()?;
    if digits.is_empty() || !digits.len().is_multiple_of(2) {
        return None;
    }
    digits.chunks_exact(2).map(|pair| u8::try_from(pair.iter().fold(0, |n, d| n * 16 + d)).ok()).collect()
}

fn encode(bytes: &[u8]) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for chunk in bytes.chunks(3) {
        let n = chunk.iter().fold(0_usize, |n, b| n << 8 | usize::from(*b)) << (8 * (3 - chunk.len()));
        for place in 0..4 {
            let letter = ALPHABET.get(n >> (18 - 6 * place) & 63).filter(|_| place <= chunk.len());
            out.push(letter.map_or('=', |letter| char::from(*letter)));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_is_made_and_checked() {
        for (plain, coded) in [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg==")] {
            assert_eq!(encode(plain.as_bytes()), coded);
        }
        assert_eq!(base64("Zm9v\\.br\\Yg==").as_deref(), Some("Zm9vYg=="));
        assert_eq!(base64("Zm9vY"), None);
        assert_eq!(base64("###="), None);
        assert_eq!(hexadecimal("48 69"), Some(b"Hi".to_vec()));
    }
}
