//! The golden Patient: what the region says of a person, from what the institutions say (survivorship).
//!
//! A pure function of the records: the same records give the same JSON. It repeats, it never invents; only birth date
//! and sex come from the identity number where that is known, because its check character has proved them. Every list
//! is bounded, so that no feed can make a golden Patient that is too large to serve.

mod contact;
mod identifiers;
mod life;
mod name;

use meridian_model::view::PatientView;
use serde_json::{Map, Value, json};

use crate::resident::ResidentNumber;
use crate::scene::Source;

/// The tag of golden Patients, and the tag of synthetic data.
const GOLDEN: (&str, &str) = ("https://meridian.example/record", "golden");
const SYNTHETIC: (&str, &str) = ("https://meridian.example/tag", "synthetic");

/// The most that one element may weigh as JSON; a larger one is left to the record that it came in.
const HEAVIEST: usize = 2048;
/// The most records that a golden Patient links to, as many as a person may have.
const MOST_LINKS: usize = crate::scene::MOST_SOURCES;
const MOST_LABELS: usize = 16;

/// The golden Patient of these records, without id.
pub(crate) fn golden(sources: &[Source]) -> Value {
    let newest = newest_first(sources);
    let number = sources.iter().find_map(|source| source.evidence.identity.as_ref());
    let mut golden = Map::new();
    golden.insert("resourceType".to_owned(), Value::from("Patient"));
    golden.insert("meta".to_owned(), meta(sources.iter().any(|source| is_synthetic(&source.patient)), labels(sources)));
    let mut set = |key: &str, value: Option<Value>| {
        if let Some(value) = value {
            golden.insert(key.to_owned(), value);
        }
    };
    set("identifier", list(identifiers::united(sources, number)));
    set("active", Some(Value::from(sources.iter().any(|source| is_active(&source.patient)))));
    set("name", list(name::names(&newest)));
    set("telecom", list(contact::telecom(&newest)));
    set("gender", life::gender(&newest, number));
    set("birthDate", life::birth_date(&newest, number));
    if let Some((key, value)) = life::deceased(&newest) {
        set(key, Some(value));
    }
    set("address", contact::address(&newest).map(|address| Value::from(vec![address])));
    let links = sources.iter().take(MOST_LINKS);
    let links = links.map(|source| json!({"other": {"reference": source.reference()}, "type": "seealso"}));
    set("link", list(links.collect()));
    Value::Object(golden)
}

/// The golden Patient of a person that ended: nothing that a search finds but the way to the one it became, if any.
pub(crate) fn retired(synthetic: bool, into: Option<&str>) -> Value {
    let mut golden = json!({"resourceType": "Patient", "meta": meta(synthetic, Vec::new()), "active": false});
    if let (Some(id), Some(members)) = (into, golden.as_object_mut()) {
        let link = json!([{"other": {"reference": format!("Patient/{id}")}, "type": "replaced-by"}]);
        members.insert("link".to_owned(), link);
    }
    golden
}

/// Whether a Patient is tagged as synthetic data.
pub(crate) fn is_synthetic(patient: &Value) -> bool {
    let tags = patient.pointer("/meta/tag").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    let is = |tag: &Value, key, text| tag.get(key).and_then(Value::as_str) == Some(text);
    tags.iter().any(|tag| is(tag, "system", SYNTHETIC.0) && is(tag, "code", SYNTHETIC.1))
}

fn meta(synthetic: bool, labels: Vec<Value>) -> Value {
    let mut tags = vec![json!({"system": GOLDEN.0, "code": GOLDEN.1})];
    if synthetic {
        tags.push(json!({"system": SYNTHETIC.0, "code": SYNTHETIC.1}));
    }
    match list(labels) {
        Some(labels) => json!({"security": labels, "tag": tags}),
        None => json!({"tag": tags}),
    }
}

/// The labels of all records: what one institution protects is protected in the golden Patient too.
fn labels(sources: &[Source]) -> Vec<Value> {
    let all = sources.iter().flat_map(|source| items(&source.patient, "/meta/security"));
    let mut labels: Vec<Value> = Vec::new();
    for label in all {
        let short = json!({"system": label.get("system"), "code": label.get("code")});
        if fits(&short) && label.get("code").is_some() && labels.len() < MOST_LABELS && !labels.contains(&short) {
            labels.push(short);
        }
    }
    labels
}

fn is_active(patient: &Value) -> bool {
    patient.get("active").and_then(Value::as_bool) != Some(false)
}

/// Records in the order in which they are asked: those in use before those put out of use, newest first.
fn newest_first(sources: &[Source]) -> Vec<&Source> {
    let mut newest: Vec<&Source> = sources.iter().collect();
    newest.sort_by_key(|source| {
        let at = source.patient.pointer("/meta/lastUpdated").and_then(Value::as_str).unwrap_or_default();
        std::cmp::Reverse((is_active(&source.patient), at, source.subject))
    });
    newest
}

/// The items of the list at `path`.
fn items<'a>(patient: &'a Value, path: &str) -> impl Iterator<Item = &'a Value> + use<'a> {
    patient.pointer(path).and_then(Value::as_array).map_or(&[][..], Vec::as_slice).iter()
}

fn text<'a>(value: &'a Value, key: &str) -> Option<&'a str> {
    value.get(key).and_then(Value::as_str).filter(|text| !text.trim().is_empty())
}

fn list(items: Vec<Value>) -> Option<Value> {
    if items.is_empty() { None } else { Some(Value::Array(items)) }
}

fn fits(value: &Value) -> bool {
    value.to_string().len() <= HEAVIEST
}

/// The value that most records give; of equals the one that `rank` puts highest, then the newest.
fn most_said<'a, R: Ord>(
    newest: &[&'a Source],
    says: impl Fn(PatientView<'a>) -> Option<&'a str>,
    supports: impl Fn(&str, &str) -> bool,
    rank: impl Fn(&str) -> R,
) -> Option<&'a str> {
    let said: Vec<&str> = newest.iter().filter_map(|source| says(PatientView(&source.patient))).collect();
    let votes = |value: &str| said.iter().filter(|other| supports(other, value)).count();
    let mut best: Option<(&str, (usize, R))> = None;
    for (nth, value) in said.iter().enumerate() {
        if said.iter().take(nth).any(|before| before == value) {
            continue;
        }
        let merit = (votes(value), rank(value));
        if best.as_ref().is_none_or(|(_, before)| merit > *before) {
            best = Some((value, merit));
        }
    }
    best.map(|(value, _)| value)
}

#[cfg(test)]
mod tests;
