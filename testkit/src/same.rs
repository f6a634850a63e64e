//! Is what came back what was sent? Everything but what the server sets, and references that it resolved.

use serde_json::{Map, Value};

/// What the server sets in `meta` by itself.
const SERVER_META: [&str; 3] = ["versionId", "lastUpdated", "source"];

/// The paths at which `got` differs from `sent`; empty when the resource came back as it was sent.
///
/// `id` and the server's part of `meta` (version, time, source, added tags) may be new. A reference may have been
/// resolved: `resolved(sent, got)` says whether the one may stand for the other.
pub fn differences(sent: &Value, got: &Value, resolved: &dyn Fn(&str, &str) -> bool) -> Vec<String> {
    let mut found = Vec::new();
    let (Value::Object(sent), Value::Object(got)) = (sent, got) else { return vec!["not an object".to_owned()] };
    let kind = sent.get("resourceType").and_then(Value::as_str).unwrap_or("?");
    for key in keys(sent, got) {
        let path = format!("{kind}.{key}");
        match (key, sent.get(key), got.get(key)) {
            ("id", _, Some(Value::String(_))) => {}
            ("meta", before, Some(after)) => meta(&path, before, after, &mut found),
            (_, before, after) => compare(&path, before, after, resolved, &mut found),
        }
    }
    found
}

fn keys<'a>(sent: &'a Map<String, Value>, got: &'a Map<String, Value>) -> Vec<&'a str> {
    let more = got.keys().filter(|key| !sent.contains_key(*key));
    sent.keys().chain(more).map(String::as_str).collect()
}

fn meta(path: &str, before: Option<&Value>, after: &Value, found: &mut Vec<String>) {
    let empty = Map::new();
    let before = before.and_then(Value::as_object).unwrap_or(&empty);
    let Some(after) = after.as_object() else { return found.push(path.to_owned()) };
    for key in keys(before, after) {
        let same = match key {
            _ if SERVER_META.contains(&key) => true,
            // The server may add tags of its own, but none that was sent may be lost.
            "tag" => {
                let list =
                    |map: &Map<String, Value>| map.get("tag").and_then(Value::as_array).cloned().unwrap_or_default();
                let kept = list(after);
                list(before).iter().all(|tag| kept.contains(tag))
            }
            _ => before.get(key) == after.get(key),
        };
        if !same {
            found.push(format!("{path}.{key}"));
        }
    }
}

fn compare(
    path: &str,
    before: Option<&Value>,
    after: Option<&Value>,
    resolved: &dyn Fn(&str, &str) -> bool,
    found: &mut Vec<String>,
) {
    match (before, after) {
        (Some(Value::Object(a)), Some(Value::Object(b))) => {
            for key in keys(a, b) {
                match (key, a.get(key), b.get(key)) {
                    ("reference", Some(Value::String(x)), Some(Value::String(y))) if resolved(x, y) => {}
                    (_, x, y) => compare(&format!("{path}.{key}"), x, y, resolved, found),
                }
            }
        }
        (Some(Value::Array(a)), Some(Value::Array(b))) if a.len() == b.len() => {
            for (n, (x, y)) in a.iter().zip(b).enumerate() {
                compare(&format!("{path}[{n}]"), Some(x), Some(y), resolved, found);
            }
        }
        // Numbers compare by their digits: 1.50 is not 1.5.
        (a, b) if a == b => {}
        (a, b) => found.push(format!("{path}: {} became {}", short(a), short(b))),
    }
}

fn short(value: Option<&Value>) -> String {
    let text = value.map_or_else(|| "nothing".to_owned(), Value::to_string);
    text.chars().take(80).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::differences;

    #[test]
    fn server_set_meta_and_resolved_references_are_no_differences() {
        let sent = json!({"resourceType": "Observation", "subject": {"reference": "urn:uuid:1"}, "meta": {"tag": [{"code": "a"}]}});
        let got = json!({"resourceType": "Observation", "id": "7", "subject": {"reference": "Patient/9"},
            "meta": {"versionId": "1", "tag": [{"code": "b"}, {"code": "a"}]}});
        assert_eq!(differences(&sent, &got, &|a, b| a == "urn:uuid:1" && b == "Patient/9"), Vec::<String>::new());
        assert_eq!(differences(&sent, &got, &|a, b| a == b).len(), 1);
    }

    #[test]
    fn lost_digits_tags_and_elements_are_differences() {
        let sent: serde_json::Value = serde_json::from_str(
            r#"{"resourceType":"A","value":1.50,"_x":{"id":"1"},"meta":{"tag":[{"code":"a"}],"profile":["p"]}}"#,
        )
        .unwrap();
        let got: serde_json::Value =
            serde_json::from_str(r#"{"resourceType":"A","value":1.5,"more":1,"meta":{}}"#).unwrap();
        let found = differences(&sent, &got, &|a, b| a == b);
        assert_eq!(found.len(), 5, "{found:?}");
    }
}
