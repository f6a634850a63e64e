//! Telephones of all records, and the newest address.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::{Source, fits, items, text};

const MOST: usize = 8;

/// Each telephone and mail address once, the newest first.
pub(super) fn telecom(newest: &[&Source]) -> Vec<Value> {
    let mut seen = BTreeSet::new();
    let mut all = Vec::new();
    for contact in newest.iter().flat_map(|source| items(&source.patient, "/telecom")) {
        let Some(value) = text(contact, "value").filter(|_| in_force(contact)) else { continue };
        let value: String = value.chars().filter(|c| !c.is_whitespace()).collect();
        let mut short = Map::new();
        for key in ["system", "use"] {
            if let Some(member) = text(contact, key) {
                short.insert(key.to_owned(), Value::from(member));
            }
        }
        short.insert("value".to_owned(), Value::from(value.clone()));
        let short = Value::Object(short);
        if fits(&short) && seen.insert((text(contact, "system"), value)) {
            all.push(short);
        }
        if all.len() >= MOST {
            break;
        }
    }
    all
}

/// The first address of the newest record that has one.
pub(super) fn address(newest: &[&Source]) -> Option<Value> {
    let all = newest.iter().flat_map(|source| items(&source.patient, "/address"));
    all.filter(|address| address.is_object() && in_force(address) && fits(address)).map(Value::clone).next()
}

fn in_force(item: &Value) -> bool {
    text(item, "use") != Some("old")
}
