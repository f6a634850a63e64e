//! Entries of the transaction: names, keys, requests.

use serde_json::{Value, json};
use sha2::{Digest, Sha256};

/// A `urn:uuid` that depends on nothing but `parts` (version 8 of RFC 9562: ours to define).
pub(crate) fn uuid(parts: &[&str]) -> String {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update(u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
        hash.update(part.as_bytes());
    }
    let digest = hash.finalize();
    let mut bytes = [0_u8; 16];
    for (byte, from) in bytes.iter_mut().zip(digest.iter()) {
        *byte = *from;
    }
    let n = u128::from_be_bytes(bytes) & !(0xf << 76) & !(0x3 << 62) | (0x8 << 76) | (0x2 << 62);
    let hex = format!("{n:032x}");
    let piece = |range: std::ops::Range<usize>| hex.get(range).unwrap_or_default().to_owned();
    format!("urn:uuid:{}-{}-{}-{}-{}", piece(0..8), piece(8..12), piece(12..16), piece(16..20), piece(20..32))
}

/// A short fingerprint (32 hexadecimal digits).
pub(crate) fn fingerprint(parts: &[&str]) -> String {
    uuid(parts).trim_start_matches("urn:uuid:").replace('-', "")
}

/// `identifier=system|value` for a URL: FHIR's escapes for the value, then percent encoding.
pub(crate) fn criterion(system: &str, value: &str) -> String {
    let mut escaped = String::with_capacity(value.len());
    for c in value.chars() {
        if matches!(c, '\\' | '|' | ',' | '$') {
            escaped.push('\\');
        }
        escaped.push(c);
    }
    format!("identifier={}|{}", percent(system), percent(&escaped))
}

/// Percent encoding of all but unreserved characters, `/` and `:`.
pub(crate) fn percent(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~/:".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}

/// Replaces what has this identifier, or makes it.
pub(crate) fn put(full_url: &str, resource: Value, system: &str, value: &str) -> Value {
    let url = format!("{}?{}", kind(&resource), criterion(system, value));
    entry(full_url, resource, json!({"method": "PUT", "url": url}))
}

/// Makes it unless something has this identifier.
pub(crate) fn post(full_url: &str, resource: Value, system: &str, value: &str) -> Value {
    let url = kind(&resource).to_owned();
    let unless = criterion(system, value);
    entry(full_url, resource, json!({"method": "POST", "url": url, "ifNoneExist": unless}))
}

/// Put together by hand: the `json!` macro would copy the resource.
fn entry(full_url: &str, resource: Value, request: Value) -> Value {
    let members = [("fullUrl", Value::from(full_url)), ("resource", resource), ("request", request)];
    members.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

pub(crate) fn transaction(entries: Vec<Value>) -> Value {
    let members = [
        ("resourceType", Value::from("Bundle")),
        ("type", Value::from("transaction")),
        ("entry", Value::from(entries)),
    ];
    members.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

fn kind(resource: &Value) -> &str {
    resource.get("resourceType").and_then(Value::as_str).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn uuids_depend_on_their_parts_alone() {
        let one = uuid(&["CJ01", "Patient", "1"]);
        assert_eq!(one, uuid(&["CJ01", "Patient", "1"]));
        assert_ne!(one, uuid(&["CJ01", "Patient1", ""]));
        assert_eq!(one.len(), "urn:uuid:".len() + 36);
        assert_eq!(fingerprint(&["a"]).len(), 32);
        assert_eq!(one.get(23..24), Some("8"), "version");
        assert!(matches!(one.get(28..29), Some("8" | "9" | "a" | "b")), "variant");
    }

    #[test]
    fn criteria_can_stand_in_a_url() {
        assert_eq!(criterion("urn:oid:1.2", "A&B|c d"), r"identifier=urn:oid:1.2|A%26B%5C%7Cc%20d");
        assert_eq!(criterion("https://x/id", "王"), "identifier=https://x/id|%E7%8E%8B");
    }
}
