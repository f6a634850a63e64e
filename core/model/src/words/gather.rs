//! Which texts of a resource people read.

use serde_json::Value;

use super::narrative::without_tags;
use crate::definitions::{ChildKind, Definitions};

/// Texts by type and key that name or number things, or speak to machines.
const NOT_READ: &[(&str, &str)] = &[
    ("Bundle", "link"),
    ("Bundle.entry", "request"),
    ("Bundle.entry", "response"),
    ("Coding", "version"),
    ("ContactPoint", "value"),
    ("Expression", "expression"),
    ("Identifier", "value"),
    ("Reference", "reference"),
    ("SampledData", "data"),
];
/// The same under every type.
const NEVER_READ: &[&str] =
    &["id", "lotNumber", "meta", "resourceType", "serialNumber", "unit", "version", "versionId"];
/// Resources in one another that are walked.
const DEEPEST: usize = 32;

/// Calls `found` with each text, and whether it is the narrative.
pub(super) fn texts(resource: &Value, found: &mut dyn FnMut(bool, &str)) {
    whole(resource, 0, found);
}

fn whole(resource: &Value, depth: usize, found: &mut dyn FnMut(bool, &str)) {
    if let Some(kind) = resource.get("resourceType").and_then(Value::as_str)
        && Definitions::r4().is_resource_type(kind)
        && depth < DEEPEST
    {
        walk(kind, resource, depth, found);
    }
}

fn walk(path: &str, value: &Value, depth: usize, found: &mut dyn FnMut(bool, &str)) {
    let (Some(group), Value::Object(members)) = (Definitions::r4().group(path), value) else { return };
    for (key, value) in members {
        // Most members are codes and the like; the cheapest look comes first.
        if matches!(value, Value::Bool(_) | Value::Number(_) | Value::Null) || NEVER_READ.contains(&key.as_str()) {
            continue;
        }
        let Some(child) = group.child(key) else { continue };
        let kind = child.kind;
        let is_read = match kind {
            ChildKind::Primitive(kind) => matches!(kind, "string" | "markdown" | "xhtml"),
            ChildKind::Group(_) | ChildKind::Resource => true,
        };
        if !is_read || NOT_READ.contains(&(path, key.as_str())) {
            continue;
        }
        match value {
            Value::Array(items) => items.iter().for_each(|item| take(kind, item, depth, found)),
            item => take(kind, item, depth, found),
        }
    }
}

fn take(kind: ChildKind, item: &Value, depth: usize, found: &mut dyn FnMut(bool, &str)) {
    match (kind, item) {
        (ChildKind::Primitive("xhtml"), Value::String(text)) => found(true, &without_tags(text)),
        (ChildKind::Primitive(_), Value::String(text)) => found(false, text),
        (ChildKind::Group(path), item) => walk(path, item, depth, found),
        (ChildKind::Resource, item) => whole(item, depth + 1, found),
        _ => {}
    }
}
