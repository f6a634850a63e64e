//! From a transaction to resources that stand by themselves: ids, and references that name them.

use crate::region::Region;
use serde_json::{Map, Value, json};
use std::collections::HashMap;

/// The tag that says which institution a resource belongs to, as the platform sets it.
const INSTITUTION_TAG: &str = "https://meridian.example/institution";

/// Ids of the master data by condition: `Organization?identifier=…|CJ11` gives `Organization/<id>`.
pub(super) struct Ids {
    master: HashMap<String, String>,
}

impl Ids {
    pub(super) fn of(region: &Region) -> Self {
        let mut master = HashMap::new();
        for (_, bundle) in region.set_up() {
            for entry in entries(&bundle) {
                let condition = entry.pointer("/request/ifNoneExist").and_then(Value::as_str).unwrap_or_default();
                if let Some((kind, id)) = named(entry) {
                    master.insert(format!("{kind}?{condition}"), format!("{kind}/{id}"));
                }
            }
        }
        Self { master }
    }

    /// The resources of a transaction, each with its id, the tag of its institution, and references by id.
    pub(super) fn resolved(&self, mut bundle: Value, institution: &str) -> Vec<Value> {
        let own: HashMap<String, String> = entries(&bundle)
            .iter()
            .filter_map(|entry| {
                let (kind, id) = named(entry)?;
                Some((entry.get("fullUrl")?.as_str()?.to_owned(), format!("{kind}/{id}")))
            })
            .collect();
        let entries = bundle.get_mut("entry").and_then(Value::as_array_mut).map(std::mem::take).unwrap_or_default();
        entries
            .into_iter()
            .filter_map(|mut entry| {
                let id = named(&entry)?.1.to_owned();
                let mut resource = entry.get_mut("resource")?.take();
                self.resolve(&mut resource, &own);
                Some(with_id(resource, &id, institution))
            })
            .collect()
    }

    fn resolve(&self, value: &mut Value, own: &HashMap<String, String>) {
        match value {
            Value::Array(list) => list.iter_mut().for_each(|value| self.resolve(value, own)),
            Value::Object(members) => {
                if let Some(Value::String(reference)) = members.get_mut("reference") {
                    if let Some(known) = own.get(reference).or_else(|| self.master.get(reference)) {
                        known.clone_into(reference);
                    } else {
                        by_identifier(members);
                    }
                }
                members.values_mut().for_each(|value| self.resolve(value, own));
            }
            _ => {}
        }
    }
}

/// What is known by its identifier alone: a reference says so.
fn by_identifier(members: &mut Map<String, Value>) {
    let condition = members.get("reference").and_then(Value::as_str).and_then(|r| r.split_once("?identifier="));
    let Some((kind, (system, value))) = condition.and_then(|(kind, rest)| Some((kind, rest.split_once('|')?))) else {
        return;
    };
    let (kind, identifier) = (json!(kind), json!({"system": system, "value": value}));
    members.shift_remove("reference");
    members.insert("type".to_owned(), kind);
    members.insert("identifier".to_owned(), identifier);
}

pub(super) fn entries(bundle: &Value) -> &[Value] {
    bundle.get("entry").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default()
}

/// Type and id of an entry: the id is the uuid of its full URL.
fn named(entry: &Value) -> Option<(&str, &str)> {
    let kind = entry.pointer("/resource/resourceType")?.as_str()?;
    let id = entry.get("fullUrl")?.as_str()?.strip_prefix("urn:uuid:")?;
    Some((kind, id))
}

fn with_id(resource: Value, id: &str, institution: &str) -> Value {
    let Value::Object(members) = resource else { return resource };
    let mut whole = Map::with_capacity(members.len() + 1);
    for (name, value) in members {
        let first = name == "resourceType";
        whole.insert(name, value);
        if first {
            whole.insert("id".to_owned(), json!(id));
        }
    }
    if let Some(Value::Array(tags)) = whole.get_mut("meta").and_then(|meta| meta.get_mut("tag")) {
        tags.push(json!({"system": INSTITUTION_TAG, "code": institution}));
    }
    Value::Object(whole)
}
