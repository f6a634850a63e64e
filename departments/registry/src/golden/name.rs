//! The name that most records agree on, the most complete and newest way to write it; then the other names that the
//! person is known by somewhere, so that a search by any of them finds the person.

use meridian_model::fold::fold;
use meridian_model::view::PatientView;
use serde_json::Value;

use super::{Source, fits, items, text};
use crate::matching::names::{NEWBORN, NO_NAMES};

/// The name and its variants.
const MOST: usize = 4;

/// `HumanName.use` of names that are not what a person is called now.
const NOT_NOW: [&str; 5] = ["temp", "anonymous", "nickname", "old", "maiden"];

struct Known<'a> {
    folded: String,
    /// The best way to write it.
    name: &'a Value,
    records: usize,
}

/// The names of a person from its records, newest first.
pub(super) fn names(newest: &[&Source]) -> Vec<Value> {
    let mut known: Vec<Known<'_>> = Vec::new();
    for source in newest {
        let Some((name, full)) = shown(&source.patient) else { continue };
        let folded = fold(&full).replace(' ', "");
        match known.iter_mut().find(|known| known.folded == folded) {
            None => known.push(Known { folded, name, records: 1 }),
            Some(known) => {
                known.records += 1;
                if parts(name) > parts(known.name) {
                    known.name = name;
                }
            }
        }
    }
    known.sort_by_key(|known| std::cmp::Reverse((is_real(known), known.records, parts(known.name)))); // stable: newest
    let names = known.iter().take(MOST).enumerate();
    names.map(|(nth, known)| plain(known.name, nth == 0)).collect()
}

/// The name that a record shows, with its text: the official, else the usual, else the first that has one.
fn shown(patient: &Value) -> Option<(&Value, String)> {
    let names = items(patient, "/name").zip(PatientView(patient).names()).map(|(name, view)| (name, view.full()));
    let names: Vec<(&Value, String)> = names.filter(|(name, full)| !full.trim().is_empty() && fits(name)).collect();
    let with = |usage| names.iter().find(|(name, _)| text(name, "use") == Some(usage));
    with("official").or_else(|| with("usual")).or_else(|| names.first()).cloned()
}

fn parts(name: &Value) -> usize {
    let given = name.get("given").and_then(Value::as_array).is_some_and(|given| !given.is_empty());
    usize::from(text(name, "text").is_some()) + usize::from(text(name, "family").is_some()) + usize::from(given)
}

fn is_real(known: &Known<'_>) -> bool {
    let now = text(known.name, "use").is_none_or(|usage| !NOT_NOW.contains(&usage));
    let nobody = NO_NAMES.contains(&known.folded.as_str());
    now && !nobody && !NEWBORN.iter().any(|ending| known.folded.ends_with(ending))
}

fn plain(name: &Value, first: bool) -> Value {
    let mut name = name.clone();
    if let Some(members) = name.as_object_mut() {
        members.retain(|key, _| !matches!(key.as_str(), "use" | "_use" | "id" | "period"));
        if first {
            members.shift_insert(0, "use".to_owned(), Value::from("official"));
        }
    }
    name
}
