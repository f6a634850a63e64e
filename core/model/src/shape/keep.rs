//! What stays of a resource.

use serde_json::{Map, Value};

use super::{Shape, Summary};
use crate::definitions::{ChildKind, Definitions, Element, Group};

/// Stays in every shape.
const ALWAYS: [&str; 3] = ["resourceType", "id", "meta"];

pub(super) fn shape(wanted: &Shape, kind: &str, members: &mut Map<String, Value>) {
    let group = Definitions::r4().group(kind);
    let element = |key: &str| Some(group?.child(key.trim_start_matches('_'))?.element);
    match wanted.summary {
        Summary::True => summary(group, members, true),
        Summary::Text => members.retain(|key, _| is_always(key) || key == "text" || element(key).is_some_and(must)),
        Summary::Data => {
            members.shift_remove("text");
        }
        Summary::False | Summary::Count => {}
    }
    if !wanted.elements.is_empty() {
        let asked = |key: &str, element: &Element| {
            let key = key.trim_start_matches('_');
            wanted.elements.iter().any(|name| name == element.name || name == key)
        };
        members.retain(|key, _| {
            // The narrative that was asked for by `_summary=text` stays beside the elements.
            let narrative = key == "text" && wanted.summary == Summary::Text;
            narrative || is_always(key) || element(key).is_some_and(|e| must(e) || e.modifier || asked(key, e))
        });
    }
}

fn is_always(key: &str) -> bool {
    ALWAYS.contains(&key)
}

fn must(element: &Element) -> bool {
    element.min > 0
}

/// Keeps summary elements, what must be there and what changes the meaning of the rest, at every depth.
fn summary(group: Option<&Group>, members: &mut Map<String, Value>, is_root: bool) {
    members.retain(|key, value| {
        if is_root && is_always(key) {
            return true;
        }
        let base = key.trim_start_matches('_');
        let Some(child) = group.and_then(|group| group.child(base)) else { return false };
        let element = child.element;
        if !(element.summary || element.modifier || must(element)) {
            return false;
        }
        match child.kind {
            // An extension without its value would say something else.
            ChildKind::Group(path) if path != "Extension" && base == key => {
                deeper(Definitions::r4().group(path), value, must(element))
            }
            _ => true,
        }
    });
}

/// Shapes what stands under a key; false when nothing of it is left.
fn deeper(group: Option<&Group>, value: &mut Value, must: bool) -> bool {
    match value {
        Value::Object(members) => {
            let whole = must.then(|| members.clone());
            summary(group, members, false);
            if members.is_empty()
                && let Some(whole) = whole
            {
                *members = whole;
            }
            !members.is_empty()
        }
        Value::Array(items) => {
            items.retain_mut(|item| deeper(group, item, must));
            !items.is_empty()
        }
        _ => true,
    }
}
