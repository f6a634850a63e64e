//! What of a terminology resource is kept, and in which order: first what it is found by.

use serde_json::{Map, Value};

/// The elements of the resource that stay, in this order. The reader of the file finds a resource by the beginning of its
/// line, so `url`, `version` and `identifier` come first.
const KEPT: [&str; 27] = [
    "url",
    "version",
    "identifier",
    "resourceType",
    "id",
    "name",
    "title",
    "status",
    "experimental",
    "date",
    "description",
    "copyright",
    "caseSensitive",
    "valueSet",
    "hierarchyMeaning",
    "content",
    "supplements",
    "filter",
    "property",
    "sourceUri",
    "sourceCanonical",
    "targetUri",
    "targetCanonical",
    "group",
    "compose",
    "expansion",
    "concept",
];

pub(super) fn resource(resource: &Value) -> Value {
    let mut kept = Map::new();
    for key in KEPT {
        let Some(value) = resource.get(key) else { continue };
        let is_system = resource.get("resourceType").is_some_and(|kind| kind == "CodeSystem");
        let value = match key {
            "identifier" if is_system => oids(value),
            "identifier" => None,
            _ => Some(plain(value)),
        };
        if let Some(value) = value {
            kept.insert(key.to_owned(), value);
        }
    }
    Value::Object(kept)
}

/// The OID by which v2, v3 and CDA know a code system.
fn oids(identifier: &Value) -> Option<Value> {
    let all = match identifier {
        Value::Array(all) => all.as_slice(),
        one => std::slice::from_ref(one),
    };
    let oids = all
        .iter()
        .filter(|one| one.get("value").and_then(Value::as_str).is_some_and(|value| value.starts_with("urn:oid:")));
    let oids: Vec<Value> = oids.filter_map(|one| one.get("value").cloned()).collect();
    let oids: Vec<Value> = oids.into_iter().map(|value| serde_json::json!({"value": value})).collect();
    (!oids.is_empty()).then_some(Value::Array(oids))
}

/// Without extensions and ids of elements.
fn plain(value: &Value) -> Value {
    match value {
        Value::Array(items) => Value::Array(items.iter().map(plain).collect()),
        Value::Object(members) => {
            let kept = members.iter().filter(|(key, value)| match key.as_str() {
                "extension" | "id" => false,
                // A designation is a display unless it says otherwise.
                "use" => value.get("code").is_none_or(|code| code != "display"),
                key => !key.starts_with('_'),
            });
            Value::Object(kept.map(|(key, value)| (key.clone(), plain(value))).collect())
        }
        Value::String(text) => Value::String(text.trim().to_owned()),
        other => other.clone(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_a_resource_is_found_by_comes_first() {
        let sent = json!({
            "resourceType": "CodeSystem", "id": "x", "text": {"div": "…"}, "contact": [],
            "url": "http://x", "identifier": [{"system": "urn:ietf:rfc:3986", "value": "urn:oid:1.2"}, {"value": "7"}],
            "concept": [{"id": "1", "code": "a", "display": " A ", "extension": [{"url": "e"}]}],
        });
        assert_eq!(
            resource(&sent).to_string(),
            r#"{"url":"http://x","identifier":[{"value":"urn:oid:1.2"}],"resourceType":"CodeSystem","id":"x","concept":[{"code":"a","display":"A"}]}"#
        );
    }
}
