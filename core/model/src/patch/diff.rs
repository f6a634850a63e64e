//! What makes one document of another, as operations of JSON Patch.

use serde_json::Value;

use super::pointer::push;

/// One operation of the way from one document to another.
#[derive(Clone, Debug, PartialEq)]
pub struct Difference {
    /// `add`, `remove` or `replace`.
    pub op: &'static str,
    pub path: String,
    /// What was there.
    pub before: Option<Value>,
    /// What is there now.
    pub value: Option<Value>,
}

/// The operations that make `to` of `from`, in the order in which they are applied. Numbers differ by their text.
///
/// Items of lists are compared by their places, once what is equal at the beginning and at the end is left aside.
#[must_use]
pub fn diff(from: &Value, to: &Value) -> Vec<Difference> {
    let mut found = Vec::new();
    compare(from, to, &mut String::new(), &mut found);
    found
}

fn compare(from: &Value, to: &Value, path: &mut String, found: &mut Vec<Difference>) {
    match (from, to) {
        (Value::Object(from), Value::Object(to)) => {
            for (key, before) in from {
                below(path, key, |path| match to.get(key) {
                    Some(value) => compare(before, value, path, found),
                    None => found.push(removed(path, before)),
                });
            }
            for (key, value) in to.iter().filter(|(key, _)| !from.contains_key(*key)) {
                below(path, key, |path| found.push(added(path, value)));
            }
        }
        (Value::Array(from), Value::Array(to)) => list(from, to, path, found),
        (before, value) if before == value => {}
        (before, value) => found.push(Difference {
            op: "replace",
            path: path.clone(),
            before: Some(before.clone()),
            value: Some(value.clone()),
        }),
    }
}

fn list(from: &[Value], to: &[Value], path: &mut String, found: &mut Vec<Difference>) {
    let start = from.iter().zip(to).take_while(|(one, other)| one == other).count();
    let shorter = from.len().min(to.len()) - start;
    let same = |(one, other): &(&Value, &Value)| one == other;
    let end = from.iter().rev().zip(to.iter().rev()).take(shorter).take_while(same).count();
    let (from, to) = (from.get(start..from.len() - end), to.get(start..to.len() - end));
    let (from, to) = (from.unwrap_or_default(), to.unwrap_or_default());
    for (nth, (before, value)) in from.iter().zip(to).enumerate() {
        below(path, &(start + nth).to_string(), |path| compare(before, value, path, found));
    }
    let both = from.len().min(to.len());
    for before in from.iter().skip(both) {
        below(path, &(start + both).to_string(), |path| found.push(removed(path, before)));
    }
    for (nth, value) in to.iter().enumerate().skip(both) {
        below(path, &(start + nth).to_string(), |path| found.push(added(path, value)));
    }
}

fn below(path: &mut String, step: &str, act: impl FnOnce(&mut String)) {
    let length = path.len();
    push(path, step);
    act(path);
    path.truncate(length);
}

fn removed(path: &str, before: &Value) -> Difference {
    Difference { op: "remove", path: path.to_owned(), before: Some(before.clone()), value: None }
}

fn added(path: &str, value: &Value) -> Difference {
    Difference { op: "add", path: path.to_owned(), before: None, value: Some(value.clone()) }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Map, json};

    use super::super::Patch;
    use super::*;

    #[test]
    fn a_difference_is_small() {
        let from = json!({"name": [{"family": "a"}, {"family": "b"}], "active": true, "gone": 1});
        let to = json!({"name": [{"family": "a"}, {"family": "c", "use": "old"}, {}], "active": true});
        let told: Vec<_> = diff(&from, &to).into_iter().map(|d| (d.op, d.path)).collect();
        let expected = [("replace", "/name/1/family"), ("add", "/name/1/use"), ("add", "/name/2"), ("remove", "/gone")];
        assert_eq!(told, expected.map(|(op, path)| (op, path.to_owned())));
        let front = diff(&json!([1, 2, 3]), &json!([0, 1, 2, 3]));
        assert_eq!(front, [added("/0", &json!(0))]);
    }

    fn value() -> impl Strategy<Value = Value> {
        let leaf =
            prop_oneof![Just(Value::Null), any::<bool>().prop_map(Value::from), (0..4_i32).prop_map(Value::from)];
        leaf.prop_recursive(4, 40, 5, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
                prop::collection::vec(("[a~/]{0,2}", inner), 0..5)
                    .prop_map(|members| Value::Object(members.into_iter().collect::<Map<_, _>>())),
            ]
        })
    }

    proptest! {
        #[test]
        fn applied_it_makes_the_other(from in value(), to in value()) {
            let operations: Vec<Value> = diff(&from, &to)
                .into_iter()
                .map(|d| match d.value {
                    Some(value) => json!({"op": d.op, "path": d.path, "value": value}),
                    None => json!({"op": d.op, "path": d.path}),
                })
                .collect();
            let mut made = from;
            Patch::read(&operations.into()).unwrap().apply(&mut made).unwrap();
            prop_assert_eq!(made, to);
        }
    }
}
