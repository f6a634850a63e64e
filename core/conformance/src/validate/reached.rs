//! Documents hold what their Composition leads to, and nothing else: the Composition, what is referred to from it in any
//! number of steps, stylesheets (Binary) and Provenance of what is there (R4, documents.html §3.3.2). What refers to
//! something that is there counts too: many documents bring an Observation that names its Patient, and no section it.

use std::collections::HashMap;

use serde_json::Value;

use super::bundle::{entry_place, inside};
use super::place::{Frame, Place};
use super::run::Run;
use crate::json::text;

/// References that are followed.
const MOST: usize = 200_000;
const DEEPEST: usize = 64;

impl Run<'_> {
    pub(super) fn reached(&mut self, frame: &Frame<'_>, place: &Place<'_>, entries: &[Value]) {
        // Where each resource stands, by its address in memory.
        let resource = |entry: &Value| entry.get("resource").map(|one| std::ptr::from_ref(one).addr());
        let at: HashMap<usize, usize> =
            entries.iter().enumerate().filter_map(|(index, entry)| Some((resource(entry)?, index))).collect();
        let mut beside: Vec<Vec<usize>> = vec![Vec::new(); entries.len()];
        let mut left = MOST;
        for (index, entry) in entries.iter().enumerate() {
            let Some(one) = entry.get("resource") else { continue };
            let kind = text(one, "resourceType").unwrap_or_default();
            let inner = inside(frame, entry, one, kind);
            let mut found = Vec::new();
            references(one, &mut found, &mut left, 0);
            for reference in found {
                if !self.pay(1) {
                    return;
                }
                let target = self.find(&inner, reference).map(|one| std::ptr::from_ref(one).addr());
                if let Some(target) = target.and_then(|target| at.get(&target)).copied() {
                    beside.get_mut(index).into_iter().for_each(|own| own.push(target));
                    beside.get_mut(target).into_iter().for_each(|own| own.push(index));
                }
            }
        }
        if left == 0 {
            return;
        }
        let mut is_reached = vec![false; entries.len()];
        let mut open = vec![0];
        while let Some(index) = open.pop() {
            if let Some(mark) = is_reached.get_mut(index)
                && !std::mem::replace(mark, true)
            {
                open.extend(beside.get(index).into_iter().flatten());
            }
        }
        for (index, entry) in entries.iter().enumerate() {
            let kind = entry.pointer("/resource/resourceType").and_then(Value::as_str);
            let is_free = kind.is_none_or(|kind| matches!(kind, "Binary" | "Provenance"));
            if !is_free && is_reached.get(index) == Some(&false) {
                let says = "nothing leads from the Composition of the document to this entry, nor from it there";
                self.error("invalid", &entry_place(place, index, entry), says);
            }
        }
    }
}

/// The references of a resource, with those of what it contains.
fn references<'v>(value: &'v Value, found: &mut Vec<&'v str>, left: &mut usize, depth: usize) {
    if *left == 0 || depth > DEEPEST {
        return;
    }
    match value {
        Value::Object(map) => {
            for (key, value) in map {
                match (key.as_str(), value) {
                    ("reference", Value::String(text)) if !text.starts_with('#') => {
                        *left -= 1;
                        found.push(text);
                        if *left == 0 {
                            return;
                        }
                    }
                    _ => references(value, found, left, depth + 1),
                }
            }
        }
        Value::Array(values) => values.iter().for_each(|value| references(value, found, left, depth + 1)),
        _ => {}
    }
}
