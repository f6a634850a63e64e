//! The identifiers of all records, each once; the identity number first.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::{HEAVIEST, ResidentNumber, Source, fits, items, text};
use crate::identifier::{IDENTITY, TRUSTED, trusted};

const MOST: usize = 256;

pub(super) fn united(sources: &[Source], number: Option<&ResidentNumber>) -> Vec<Value> {
    let mut seen: BTreeSet<(String, String)> = BTreeSet::new();
    let mut all = Vec::new();
    if let Some(number) = number
        && let Some(row) = TRUSTED.iter().find(|row| row.claim == IDENTITY)
    {
        seen.insert((row.system.to_owned(), number.as_str().to_owned()));
        all.push(json!({"use": "official", "system": row.system, "value": number.as_str()}));
    }
    for identifier in sources.iter().flat_map(|source| items(&source.patient, "/identifier")) {
        let Some(value) = text(identifier, "value").filter(|value| value.len() <= HEAVIEST) else { continue };
        let system = text(identifier, "system");
        // A trusted number in its one form; what its reader refuses stays as it was sent.
        let value =
            system.and_then(trusted).and_then(|row| (row.read)(value)).unwrap_or_else(|| value.trim().to_owned());
        if !seen.insert((system.unwrap_or_default().to_owned(), value.clone())) {
            continue;
        }
        let mut short = Map::new();
        for key in ["use", "type", "system"] {
            if let Some(member) = identifier.get(key) {
                short.insert(key.to_owned(), member.clone());
            }
        }
        short.insert("value".to_owned(), Value::from(value));
        let mut short = Value::Object(short);
        if !fits(&short)
            && let Some(members) = short.as_object_mut()
        {
            members.shift_remove("type");
        }
        if fits(&short) {
            all.push(short);
        }
        if all.len() >= MOST {
            break;
        }
    }
    all
}
