//! A Bundle that this server wrote, as text with its entries apart: whoever changes entries holds one of them as a value
//! at a time, and never all.

use meridian_engine::EngineError;
use meridian_model::reader::{Limits, parse};
use serde_json::{Map, Value};

/// A Bundle with its entries apart.
pub(super) struct Apart<'b> {
    /// What stands beside the entries.
    pub(super) head: Map<String, Value>,
    pub(super) entries: Vec<&'b [u8]>,
}

impl<'b> Apart<'b> {
    /// `None` for what is no Bundle.
    pub(super) fn of(json: &'b [u8]) -> Result<Option<Apart<'b>>, EngineError> {
        let (head, entries) = match split(json) {
            Some((before, after, entries)) => {
                let head = [json.get(..before), json.get(after..)].map(Option::unwrap_or_default).concat();
                (value(&head)?, entries)
            }
            // A Bundle without entries is as small as a head.
            None if json.starts_with(br#"{"resourceType":"Bundle""#) => (value(json)?, Vec::new()),
            None => return Ok(None),
        };
        let Value::Object(mut head) = head else { return Ok(None) };
        head.shift_remove("entry");
        let is_bundle = head.get("resourceType").and_then(Value::as_str) == Some("Bundle");
        Ok(is_bundle.then_some(Apart { head, entries }))
    }
}

/// The text of a Bundle; `entries` are written one behind the other, each when it is asked for.
pub(super) fn join<E: AsRef<[u8]>>(
    head: Map<String, Value>,
    entries: impl Iterator<Item = Result<E, EngineError>>,
) -> Result<Vec<u8>, EngineError> {
    let mut out = Value::Object(head).to_string().into_bytes();
    let mut is_first = true;
    out.pop();
    for entry in entries {
        out.extend_from_slice(if std::mem::take(&mut is_first) { b",\"entry\":[" } else { b"," });
        out.extend_from_slice(entry?.as_ref());
    }
    out.extend_from_slice(if is_first { b"}" } else { b"]}" });
    Ok(out)
}

/// The value of a text that this server wrote.
pub(super) fn value(json: &[u8]) -> Result<Value, EngineError> {
    let limits = Limits { bytes: usize::MAX, values: usize::MAX - 1, depth: 128 };
    parse(json, &limits).map_err(|fault| EngineError::Internal(fault.message.english))
}

/// Where the list of entries begins and ends, behind its bracket and before it, and the entries.
fn split(json: &[u8]) -> Option<(usize, usize, Vec<&[u8]>)> {
    let (mut at, mut depth) = (0, 0_usize);
    let (mut named, mut list, mut start) = (false, None, 0);
    let mut entries = Vec::new();
    loop {
        match *json.get(at)? {
            b'"' => {
                let end = end_of_text(json, at)?;
                named = depth == 1 && json.get(at + 1..end) == Some(b"entry");
                at = end;
            }
            b'[' if depth == 1 && named => {
                list = Some(at + 1);
                depth += 1;
            }
            b'{' | b'[' => {
                if list.is_some() && depth == 2 {
                    start = at;
                }
                depth += 1;
            }
            b'}' | b']' => {
                depth = depth.checked_sub(1)?;
                match (list, depth) {
                    (Some(_), 2) => entries.push(json.get(start..=at)?),
                    (Some(begin), 1) => return Some((begin, at, entries)),
                    _ => {}
                }
            }
            _ => {}
        }
        at += 1;
    }
}

/// The quote at the end of the text that begins at `at`.
fn end_of_text(json: &[u8], at: usize) -> Option<usize> {
    let mut end = at + 1;
    loop {
        match *json.get(end)? {
            b'"' => return Some(end),
            b'\\' => end += 2,
            _ => end += 1,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_bundle_is_taken_apart_and_joined() {
        let entry = |text: &str| json!({"resource": {"resourceType": "Bundle", "x": text, "entry": [{"a": []}, {}]}});
        let entries = [entry("\"entry\":[{"), entry("\\"), json!({}), entry("]}")];
        for entries in [&entries[..], &entries[..1]] {
            let bundle = json!({"resourceType": "Bundle", "type": "entry", "link": [{"relation": "entry", "url": "["}],
                "total": 4, "entry": entries});
            let text = bundle.to_string();
            let apart = Apart::of(text.as_bytes()).unwrap().unwrap();
            assert_eq!(apart.entries.iter().map(|one| value(one).unwrap()).collect::<Vec<_>>(), entries);
            assert_eq!(Value::Object(apart.head.clone()).get("entry"), None);
            let joined = join(apart.head, apart.entries.into_iter().map(Ok)).unwrap();
            assert_eq!(String::from_utf8(joined).unwrap(), text);
        }
        let empty = json!({"resourceType": "Bundle", "type": "searchset"}).to_string();
        let apart = Apart::of(empty.as_bytes()).unwrap().unwrap();
        assert_eq!(join(apart.head, apart.entries.into_iter().map(Ok)).unwrap(), empty.as_bytes());
        for other in [json!({"resourceType": "Parameters", "entry": [{}]}), json!({"resourceType": "Patient"})] {
            assert!(Apart::of(other.to_string().as_bytes()).unwrap().is_none(), "{other}");
        }
        assert!(split(br#"{"entry":[{"a"#).is_none());
    }
}
