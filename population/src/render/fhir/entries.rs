//! The growing transaction: entries with their tag, identifier, `urn:uuid` and condition.

use crate::clinic::visit::Visit;
use crate::draw::{Stream, key, mix};
use crate::fixed::Fixed;
use crate::institution::Institution;
use crate::render::systems;
use serde_json::{Map, Value, json};
use std::collections::HashMap;
use std::fmt::Write;

/// Entries of one Bundle.
pub(crate) struct Entries {
    seed: u64,
    institution: &'static str,
    /// Prefix of the record numbers: the resident, or `0` letters for master data.
    owner: String,
    entries: Vec<Value>,
}

/// A coding with text beside it.
pub(crate) fn concept(system: &str, code: &str, display: &str, text: &str) -> Value {
    json!({"coding": [{"system": system, "code": code, "display": display}], "text": text})
}

/// A coding with the Chinese name only.
pub(crate) fn coded(system: &str, code: &str, chinese: &str) -> Value {
    concept(system, code, chinese, chinese)
}

/// A coding from a code list of HL7, without text.
pub(crate) fn listed(system: &str, code: &str) -> Value {
    json!({"coding": [{"system": system, "code": code}]})
}

/// A quantity in a UCUM unit, the digits kept. What people give no unit (a ratio, a pH) has none to be read either.
pub(crate) fn quantity(value: Fixed, unit: &str, ucum: &str) -> Value {
    if unit.is_empty() {
        return json!({"value": value.json(), "system": systems::UCUM, "code": ucum});
    }
    json!({"value": value.json(), "unit": unit, "system": systems::UCUM, "code": ucum})
}

/// A reference to the doctor of a department, by condition, with the name.
pub(crate) fn doctor(institution: &Institution, department: &str, resident: u64) -> Value {
    institution.doctor(department, resident).map_or(Value::Null, |staff| {
        json!({
            "reference": format!("Practitioner?identifier={}{}|{}", systems::STAFF, institution.code, staff.code),
            "display": staff.name.text(),
        })
    })
}

/// A reference to the institution, by condition, with the name.
pub(crate) fn organization(institution: &Institution) -> Value {
    json!({
        "reference": format!("Organization?identifier={}|{}", systems::INSTITUTION, institution.code),
        "display": institution.name,
    })
}

impl Entries {
    pub(crate) fn new(seed: u64, institution: &'static str, resident: u64) -> Self {
        Self { seed, institution, owner: format!("{resident}"), entries: Vec::new() }
    }

    /// For a second number of the resident at the institution.
    pub(crate) fn second(seed: u64, institution: &'static str, resident: u64) -> Self {
        Self { seed, institution, owner: format!("{resident}b"), entries: Vec::new() }
    }

    /// For the institution's master data.
    pub(crate) fn master(seed: u64, institution: &'static str) -> Self {
        Self { seed, institution, owner: "master".to_owned(), entries: Vec::new() }
    }

    /// The `urn:uuid` of a record of this Bundle: the same in every run, another in every institution (version 8).
    pub(crate) fn urn(&self, what: &str) -> String {
        let mut state = key(self.seed, Stream::Uuid, 0);
        for part in [self.institution, &self.owner, what] {
            for byte in part.bytes() {
                state = mix(state ^ u64::from(byte));
            }
            state = mix(state ^ 0x100);
        }
        let (high, low) = (state, mix(state ^ 0x5bd1));
        let mut urn = String::with_capacity(45);
        // writing to a String does not fail
        let _ = write!(
            urn,
            "urn:uuid:{:08x}-{:04x}-8{:03x}-{:04x}-{:012x}",
            high >> 32,
            (high >> 16) & 0xffff,
            high & 0x0fff,
            0x8000 | (low >> 48 & 0x3fff),
            low & 0xffff_ffff_ffff
        );
        urn
    }

    /// A reference to the patient of this Bundle.
    pub(crate) fn patient(&self) -> Value {
        json!({"reference": self.urn("patient")})
    }

    /// A reference to a visit of this Bundle.
    pub(crate) fn encounter(&self, visit: &Visit) -> Value {
        json!({"reference": self.urn(&format!("{}.visit", visit.number))})
    }

    /// Adds a resource under a record number of its own, which also becomes its first identifier.
    pub(crate) fn put(&mut self, what: &str, resource: Value) -> String {
        let number = json!({
            "system": format!("{}{}", systems::RECORD, self.institution),
            "value": format!("{}.{what}", self.owner),
        });
        self.put_as(what, number, resource)
    }

    /// Adds a resource whose first identifier is given.
    pub(crate) fn put_as(&mut self, what: &str, identifier: Value, resource: Value) -> String {
        let urn = self.urn(what);
        let text = |part: &str| identifier.get(part).and_then(Value::as_str).unwrap_or_default();
        let condition = format!("identifier={}|{}", text("system"), text("value"));
        let Value::Object(mut given) = resource else { return urn };
        let kind = given.shift_remove("resourceType").unwrap_or(Value::Null);
        let mut identifiers = vec![identifier];
        if let Some(Value::Array(more)) = given.shift_remove("identifier") {
            identifiers.extend(more);
        }
        let (system, code) = systems::SYNTHETIC_TAG;
        let mut whole = Map::with_capacity(given.len() + 3);
        whole.insert("resourceType".to_owned(), kind.clone());
        whole.insert("meta".to_owned(), json!({"tag": [{"system": system, "code": code}]}));
        whole.insert("identifier".to_owned(), Value::Array(identifiers));
        whole.extend(given.into_iter().filter(|(_, value)| !empty(value)));
        self.entries.push(json!({
            "fullUrl": urn,
            "resource": whole,
            "request": {"method": "POST", "url": kind, "ifNoneExist": condition},
        }));
        urn
    }

    /// The transaction.
    pub(crate) fn bundle(self) -> Value {
        json!({"resourceType": "Bundle", "type": "transaction", "entry": self.entries})
    }

    /// The same in transactions of at most `size` entries. A reference to an entry of another transaction becomes a
    /// conditional one; send them in order.
    pub(crate) fn bundles(self, size: usize) -> Vec<Value> {
        let condition = |entry: &Value| {
            let text = |at: &str| entry.pointer(at).and_then(Value::as_str).unwrap_or_default().to_owned();
            (text("/fullUrl"), format!("{}?{}", text("/request/url"), text("/request/ifNoneExist")))
        };
        let places: HashMap<String, (usize, String)> = self
            .entries
            .iter()
            .enumerate()
            .map(|(place, entry)| {
                let (url, condition) = condition(entry);
                (url, (place / size, condition))
            })
            .collect();
        let mut chunks: Vec<Vec<Value>> = Vec::new();
        for (place, mut entry) in self.entries.into_iter().enumerate() {
            lead_out(&mut entry, place / size, &places);
            match chunks.get_mut(place / size) {
                Some(chunk) => chunk.push(entry),
                None => chunks.push(vec![entry]),
            }
        }
        chunks
            .into_iter()
            .map(|entry| json!({"resourceType": "Bundle", "type": "transaction", "entry": entry}))
            .collect()
    }
}

/// Replaces references to entries of other chunks by their conditions.
fn lead_out(value: &mut Value, chunk: usize, places: &HashMap<String, (usize, String)>) {
    match value {
        Value::Object(map) => {
            if let Some(Value::String(reference)) = map.get_mut("reference")
                && let Some((_, condition)) = places.get(reference).filter(|(home, _)| *home != chunk)
            {
                reference.clone_from(condition);
            }
            map.values_mut().for_each(|inner| lead_out(inner, chunk, places));
        }
        Value::Array(list) => list.iter_mut().for_each(|inner| lead_out(inner, chunk, places)),
        _ => {}
    }
}

/// FHIR has no null and no empty list.
fn empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Array(list) => list.is_empty(),
        Value::String(text) => text.is_empty(),
        _ => false,
    }
}
