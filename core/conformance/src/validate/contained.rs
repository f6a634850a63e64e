//! What is contained is referred to, or refers to what contains it (`dom-3`), told in one walk over the resource.
//!
//! The rule as written looks through the whole resource four times for each contained one, and does not know that a
//! narrative may show a contained picture.

use std::collections::HashSet;

use serde_json::Value;

use crate::json::{list, text};

/// The ids of contained resources that nobody refers to.
pub(super) fn orphans(resource: &Value) -> Vec<&str> {
    let contained = list(resource, "contained");
    if contained.is_empty() {
        return Vec::new();
    }
    let mut said = HashSet::new();
    gather(resource, &mut said);
    let is_orphan = |one: &&Value| !text(one, "id").is_some_and(|id| said.contains(id)) && !says(one, "#");
    contained.iter().filter(is_orphan).map(|one| text(one, "id").unwrap_or("one without id")).collect()
}

/// The ids behind `#`, as texts of their own and in narratives.
fn gather<'v>(value: &'v Value, into: &mut HashSet<&'v str>) {
    match value {
        Value::String(text) => into.extend(text.strip_prefix('#')),
        Value::Array(items) => items.iter().for_each(|item| gather(item, into)),
        Value::Object(members) => {
            for (key, value) in members {
                match value {
                    Value::String(div) if key == "div" => {
                        let behind = div.split(['"', '\'']).filter_map(|part| part.strip_prefix('#'));
                        into.extend(behind);
                    }
                    value => gather(value, into),
                }
            }
        }
        _ => {}
    }
}

fn says(value: &Value, wanted: &str) -> bool {
    match value {
        Value::String(text) => text == wanted,
        Value::Array(items) => items.iter().any(|item| says(item, wanted)),
        Value::Object(members) => members.values().any(|value| says(value, wanted)),
        _ => false,
    }
}
