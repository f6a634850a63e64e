//! Reading members of JSON objects, and making Parameters.

use serde_json::{Value, json};

/// A text that is not empty.
pub(super) fn text<'a>(value: &'a Value, key: &str) -> Option<&'a str> {
    value.get(key).and_then(Value::as_str).filter(|text| !text.is_empty())
}

pub(super) fn owned(value: &Value, key: &str) -> Option<String> {
    text(value, key).map(str::to_owned)
}

pub(super) fn list<'a>(value: &'a Value, key: &str) -> &'a [Value] {
    value.get(key).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

/// A parameter with a value, by the name of its element: `valueCode`.
pub(super) fn parameter(name: &str, element: &str, value: impl Into<Value>) -> Value {
    let mut parameter = json!({"name": name});
    if let Some(members) = parameter.as_object_mut() {
        members.insert(element.to_owned(), value.into());
    }
    parameter
}

/// A parameter that is made of parts.
pub(super) fn parts(name: &str, parts: Vec<Value>) -> Value {
    parameter(name, "part", parts)
}

/// A Parameters resource; R4 has no empty list.
pub(super) fn parameters(all: Vec<Value>) -> Value {
    let mut resource = json!({"resourceType": "Parameters"});
    if let Some(members) = resource.as_object_mut().filter(|_| !all.is_empty()) {
        members.insert("parameter".to_owned(), Value::Array(all));
    }
    resource
}
