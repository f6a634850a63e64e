//! The merging of one message, as the engine asks for it while it writes.

use std::{
    collections::BTreeMap,
    sync::{Mutex, PoisonError},
};

use meridian_engine::Merging;
use serde_json::{Value, json};

use crate::map::{Mapped, Met};

/// A mapped message, without its bundle, that meets what the record holds.
#[derive(Debug)]
pub(crate) struct Meeting {
    mapped: Mapped,
    /// What was noticed at each entry. The engine may ask for an entry again: the last answer counts.
    noticed: Mutex<BTreeMap<usize, Noticed>>,
}

#[derive(Debug, Default)]
struct Noticed {
    late: bool,
    remarks: Vec<&'static str>,
}

impl Meeting {
    pub(crate) fn new(mapped: Mapped) -> Self {
        Self { mapped, noticed: Mutex::default() }
    }

    fn notice(&self, entry: usize, noticed: Noticed) {
        self.noticed.lock().unwrap_or_else(PoisonError::into_inner).insert(entry, noticed);
    }
}

fn put(note: &mut Value, name: &str, value: Value) {
    if let Some(members) = note.as_object_mut() {
        members.insert(name.to_owned(), value);
    }
}

impl Merging for Meeting {
    fn stands_for(&self, entry: usize, found: &Value) -> Option<String> {
        self.mapped.stands_for(entry, found)
    }

    fn merge(&self, entry: usize, before: &Value, sent: Value) -> Option<Value> {
        match self.mapped.meet(entry, before, sent) {
            Met::Kept(kept, remarks) => {
                self.notice(entry, Noticed { late: false, remarks });
                Some(kept)
            }
            Met::Same => {
                self.notice(entry, Noticed::default());
                None
            }
            Met::Late => {
                self.notice(entry, Noticed { late: true, remarks: Vec::new() });
                None
            }
        }
    }

    fn note(&self, note: &str) -> Option<String> {
        let noticed = self.noticed.lock().unwrap_or_else(PoisonError::into_inner);
        let mut late: Vec<&str> = Vec::new();
        let mut warnings: Vec<String> = Vec::new();
        for (entry, noticed) in noticed.iter() {
            let kind = self.mapped.kind_of(*entry);
            if noticed.late && !late.contains(&kind) {
                late.push(kind);
                warnings.push(format!("{kind}: the event is older than what is known, which stays"));
            }
            warnings.extend(noticed.remarks.iter().map(|remark| format!("{kind}: {remark}")));
        }
        if warnings.is_empty() {
            return None;
        }
        let mut note: Value = serde_json::from_str(note).ok()?;
        match note.get_mut("warnings").and_then(Value::as_array_mut) {
            Some(there) => there.extend(warnings.into_iter().map(Value::from)),
            None => put(&mut note, "warnings", json!(warnings)),
        }
        if !late.is_empty() {
            put(&mut note, "late", json!(late));
        }
        Some(note.to_string())
    }
}
