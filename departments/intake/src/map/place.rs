//! Places in a resource that is being built: `hospitalization.admitSource`, `name[]`, `reaction[0].severity`.

use serde_json::{Map, Value};

/// One step of a place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Step {
    name: String,
    kind: Kind,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    One,
    /// `name[]`: a new item.
    Push,
    /// `name[0]`: the first item, made when it is not there.
    First,
}

/// A place; `a.b[].c`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Place(Vec<Step>);

impl Place {
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let steps = text.split('.').map(|step| {
            let (name, kind) = if let Some(name) = step.strip_suffix("[]") {
                (name, Kind::Push)
            } else if let Some(name) = step.strip_suffix("[0]") {
                (name, Kind::First)
            } else {
                (step, Kind::One)
            };
            let fine = !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
            fine.then(|| Step { name: name.to_owned(), kind })
        });
        steps.collect::<Option<Vec<_>>>().filter(|steps| !steps.is_empty()).map(Self)
    }

    /// Whether each repetition of a field goes here.
    pub(crate) fn repeats(&self) -> bool {
        self.0.iter().any(|step| step.kind == Kind::Push)
    }

    /// The names from the top to the first list, or to the end.
    pub(crate) fn path(&self) -> Vec<String> {
        let lists = self.0.iter().position(|step| step.kind != Kind::One).map_or(self.0.len(), |at| at + 1);
        self.0.iter().take(lists).map(|step| step.name.clone()).collect()
    }

    /// Whether there is something at this place.
    pub(crate) fn is_set(&self, within: &Value) -> bool {
        let mut at = within;
        for step in &self.0 {
            let Some(next) = at.get(&step.name) else { return false };
            at = match step.kind {
                Kind::One => next,
                Kind::Push | Kind::First => next.get(0).unwrap_or(&Value::Null),
            };
        }
        !at.is_null()
    }

    /// Puts a value here; objects and arrays on the way are made.
    pub(crate) fn put(&self, within: &mut Value, value: Value) {
        put(within, &self.0, value);
    }
}

/// Sets a member of an object; `a.b` is the member of a member.
pub(crate) fn set(within: &mut Value, names: &str, value: Value) {
    let steps: Vec<Step> = names.split('.').map(|name| Step { name: name.to_owned(), kind: Kind::One }).collect();
    put(within, &steps, value);
}

fn put(within: &mut Value, steps: &[Step], value: Value) {
    let Some((step, rest)) = steps.split_first() else {
        *within = value;
        return;
    };
    if !within.is_object() {
        *within = Value::Object(Map::new());
    }
    let Some(object) = within.as_object_mut() else { return };
    let slot = object.entry(step.name.clone()).or_insert(Value::Null);
    if step.kind == Kind::One {
        return put(slot, rest, value);
    }
    if !slot.is_array() {
        *slot = Value::Array(Vec::new());
    }
    let Some(items) = slot.as_array_mut() else { return };
    if step.kind == Kind::First && !items.is_empty() {
        if let Some(first) = items.first_mut() {
            put(first, rest, value);
        }
        return;
    }
    let mut item = Value::Null;
    put(&mut item, rest, value);
    // The same thing said twice is said once.
    if !items.contains(&item) {
        items.push(item);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn values_go_to_their_places() {
        let mut resource = json!({});
        for (place, value) in [
            ("name[]", "a"),
            ("name[]", "b"),
            ("name[]", "a"),
            ("reaction[0].severity", "mild"),
            ("reaction[0].manifestation[]", "rash"),
            ("hospitalization.admitSource.text", "x"),
        ] {
            Place::parse(place).unwrap().put(&mut resource, json!(value));
        }
        assert_eq!(
            resource,
            json!({"name": ["a", "b"], "reaction": [{"severity": "mild", "manifestation": ["rash"]}],
                "hospitalization": {"admitSource": {"text": "x"}}})
        );
        assert!(Place::parse("reaction[0].severity").unwrap().is_set(&resource));
        assert!(!Place::parse("reaction[0].onset").unwrap().is_set(&resource));
        assert_eq!(Place::parse("a..b"), None);
        assert_eq!(Place::parse("a[1]"), None);
    }
}
