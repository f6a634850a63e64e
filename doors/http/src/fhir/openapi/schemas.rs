//! Schemas of the types and their backbones.
//!
//! They say what the server checks when something is written: shapes and the forms of primitives. Cardinalities are not
//! enforced at writing, and elements unknown to R4 are kept, so nothing but the type is required.

use meridian_model::definitions::{ChildKind, Definitions, Group};
use serde_json::{Map, Value, json};

use super::to_schema;

pub(super) fn all() -> Map<String, Value> {
    let r4 = Definitions::r4();
    let mut all: Map<String, Value> = PRIMITIVES.iter().map(|(name, schema)| ((*name).to_owned(), schema())).collect();
    let mut todo: Vec<&str> = r4.resource_types().collect();
    while let Some(path) = todo.pop() {
        if all.contains_key(path) {
            continue;
        }
        let Some(group) = r4.group(path) else { continue };
        all.insert(path.to_owned(), schema(group, &mut todo));
    }
    all.insert("Resource".to_owned(), any_resource());
    let patch = json!({"type": "array", "items": {"type": "object", "required": ["op", "path"], "properties": {
        "op": {"type": "string", "enum": ["add", "remove", "replace", "move", "copy", "test"]},
        "path": {"type": "string"}, "from": {"type": "string"}, "value": {}}}});
    all.insert("JsonPatch".to_owned(), patch);
    all.sort_keys();
    all
}

/// A resource of any type.
fn any_resource() -> Value {
    let kinds: Vec<&str> = Definitions::r4().resource_types().collect();
    json!({"type": "object", "required": ["resourceType"], "properties": {
        "resourceType": {"type": "string", "enum": kinds}, "id": to_schema("id"), "meta": to_schema("Meta")}})
}

fn schema<'a>(group: &'a Group, todo: &mut Vec<&'a str>) -> Value {
    let mut properties = Map::new();
    let is_resource = Definitions::r4().is_resource_type(group.path);
    if is_resource {
        properties.insert("resourceType".to_owned(), json!({"const": group.path}));
    }
    let mut children: Vec<(&str, ChildKind)> = group.children().collect();
    children.sort_unstable_by_key(|(key, _)| *key);
    for (key, kind) in children {
        let one = match kind {
            ChildKind::Primitive(code) => to_schema(code),
            ChildKind::Group(path) => {
                todo.push(path);
                to_schema(path)
            }
            ChildKind::Resource => to_schema("Resource"),
        };
        let many = group.child(key).is_some_and(|child| child.element.many);
        properties.insert(key.to_owned(), if many { list(&one, kind) } else { one });
    }
    let mut schema = json!({"type": "object", "properties": properties});
    if let Some(members) = schema.as_object_mut().filter(|_| is_resource) {
        members.insert("required".to_owned(), json!(["resourceType"]));
    }
    schema
}

/// Lists of primitives have gaps where only the extensions of an item are given.
fn list(one: &Value, kind: ChildKind) -> Value {
    match kind {
        ChildKind::Primitive(_) => json!({"type": "array", "minItems": 1, "items": {"anyOf": [one, {"type": "null"}]}}),
        _ => json!({"type": "array", "minItems": 1, "items": one}),
    }
}

type Make = fn() -> Value;

/// The primitive types, in the forms that R4 gives them.
const PRIMITIVES: [(&str, Make); 20] = [
    ("boolean", || json!({"type": "boolean"})),
    ("integer", || json!({"type": "integer", "minimum": -2_147_483_648_i64, "maximum": 2_147_483_647})),
    ("unsignedInt", || json!({"type": "integer", "minimum": 0, "maximum": 2_147_483_647})),
    ("positiveInt", || json!({"type": "integer", "minimum": 1, "maximum": 2_147_483_647})),
    ("decimal", || json!({"type": "number"})),
    ("string", text),
    ("markdown", text),
    ("xhtml", text),
    ("uri", address),
    ("url", address),
    ("canonical", address),
    ("oid", || pattern(r"^urn:oid:[0-2](\.(0|[1-9][0-9]*))+$")),
    ("uuid", || pattern("^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$")),
    ("id", || pattern("^[A-Za-z0-9.-]{1,64}$")),
    ("code", || pattern(r"^[^\s]+( [^\s]+)*$")),
    ("base64Binary", || pattern(r"^(\s*([0-9a-zA-Z+/=]){4}\s*)+$")),
    ("date", || pattern(r"^[0-9]{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12][0-9]|3[01]))?)?$")),
    ("dateTime", || {
        pattern(
            r"^[0-9]{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12][0-9]|3[01])(T([01][0-9]|2[0-3]):[0-5][0-9]:([0-5][0-9]|60)(\.[0-9]+)?(Z|[+-]((0[0-9]|1[0-3]):[0-5][0-9]|14:00)))?)?)?$",
        )
    }),
    ("instant", || {
        pattern(
            r"^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])T([01][0-9]|2[0-3]):[0-5][0-9]:([0-5][0-9]|60)(\.[0-9]+)?(Z|[+-]((0[0-9]|1[0-3]):[0-5][0-9]|14:00))$",
        )
    }),
    ("time", || pattern(r"^([01][0-9]|2[0-3]):[0-5][0-9]:([0-5][0-9]|60)(\.[0-9]+)?$")),
];

fn text() -> Value {
    json!({"type": "string", "minLength": 1})
}

fn address() -> Value {
    json!({"type": "string", "pattern": r"^\S+$"})
}

fn pattern(pattern: &str) -> Value {
    json!({"type": "string", "pattern": pattern})
}
