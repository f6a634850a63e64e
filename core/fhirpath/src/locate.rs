//! Where in a resource a node stands, found by its address.

use std::fmt::Write as _;

use serde_json::Value;

use crate::item::Node;
use crate::types::{Form, Kind, types};

/// A name as in JSON, and which of an array.
pub(crate) type Step<'a> = (&'a str, Option<usize>);

/// Deepest value that is looked into; the reader allows half of it.
const DEEPEST: usize = 128;

/// The steps from the root to a value, and how many values were looked at for it.
pub(crate) fn steps<'a>(root: &'a Value, address: *const Value) -> (Option<Vec<Step<'a>>>, u64) {
    let (mut steps, mut seen) = (Vec::new(), 0);
    let found = dive(root, address, &mut steps, &mut seen);
    (found.then_some(steps), seen)
}

fn dive<'a>(value: &'a Value, address: *const Value, steps: &mut Vec<Step<'a>>, seen: &mut u64) -> bool {
    *seen += 1;
    if std::ptr::eq(value, address) {
        return true;
    }
    let Value::Object(map) = value else { return false };
    if steps.len() >= DEEPEST {
        return false;
    }
    for (name, member) in map {
        let mut into = |value: &'a Value, index| {
            steps.push((name.as_str(), index));
            let found = dive(value, address, steps, seen);
            if !found {
                steps.pop();
            }
            found
        };
        let found = match member {
            Value::Array(items) => items.iter().enumerate().any(|(at, item)| into(item, Some(at))),
            member => into(member, None),
        };
        if found {
            return true;
        }
    }
    false
}

/// The types of the root and of what each step leads to.
pub(crate) fn kinds(root: &Value, steps: &[Step<'_>]) -> Vec<Kind> {
    let types = types();
    let mut value = root;
    let mut kinds = vec![Node::resource(value).kind()];
    for (name, index) in steps {
        let above = kinds.last().copied().unwrap_or(Kind::UNKNOWN);
        let of_key = types.table(above).key(name.strip_prefix('_').unwrap_or(name)).map(|(_, key)| key.kind);
        value = match (value.get(name), index) {
            (Some(Value::Array(items)), Some(index)) => items.get(*index).unwrap_or(&Value::Null),
            (Some(value), _) => value,
            (None, _) => &Value::Null,
        };
        // What may be any resource says itself which it is.
        let own = || Node::resource(value).kind();
        kinds.push(match of_key {
            Some(kind) if types.table(kind).form == Form::Resource => own(),
            Some(kind) => kind,
            None => own(),
        });
    }
    kinds
}

/// Steps as an expression. A `short` one has brackets only where there is an array; choices are named by their element.
pub(crate) fn written(root: &Value, steps: &[Step<'_>], short: bool) -> String {
    let mut path = root.get("resourceType").and_then(Value::as_str).unwrap_or("Resource").to_owned();
    for ((json, index), above) in steps.iter().zip(kinds(root, steps)) {
        let name = json.strip_prefix('_').unwrap_or(json);
        let element = types().table(above).key(name).map(|(element, _)| element.name);
        path.push('.');
        path.push_str(element.unwrap_or(name));
        if index.is_some() || !short {
            // Writing into a String does not fail.
            let _ = write!(path, "[{}]", index.unwrap_or(0));
        }
    }
    path
}

/// Where a node stands in a resource: `Patient.name[0].given[1]`. Looks through the resource: for messages, not for
/// every evaluation. `None` for what is not in it.
#[must_use]
pub fn locate(root: &Value, node: &Node<'_>) -> Option<String> {
    let (steps, _) = steps(root, node.address());
    Some(written(root, &steps?, true))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::{Context, Expression, Item};

    #[test]
    fn nodes_are_found_where_they_stand() {
        let resource = json!({
            "resourceType": "Patient",
            "name": [{"given": ["A", "B"]}, {"_given": [null, {"id": "x"}]}],
            "deceasedBoolean": true,
            "contained": [{"resourceType": "Observation", "valueString": "x"}],
        });
        let context = Context::new(&resource);
        for (path, place) in [
            ("name.given[1]", "Patient.name[0].given[1]"),
            ("name[1].given", "Patient.name[1].given[1]"),
            ("deceased", "Patient.deceased"),
            ("contained.value", "Patient.contained[0].value"),
            ("$this", "Patient"),
        ] {
            let found = Expression::parse(path).unwrap().evaluate(Item::resource(&resource), &context).unwrap();
            assert_eq!(locate(&resource, found[0].as_node().unwrap()).unwrap(), place, "{path}");
        }
        let elsewhere = json!(1);
        assert_eq!(locate(&resource, &Node::of(&elsewhere, "integer")), None);
    }
}
