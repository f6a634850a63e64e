//! How what a message says meets what the record holds. Pure: two resources in, one out.

mod elements;
mod order;
mod place;
mod time;
mod visit;

use serde_json::{Value, json};

use super::plan::{Plan, Step};

pub(crate) use time::event_time;
pub(crate) use visit::begin;

/// What became of an entry that met something.
#[derive(Clone, Debug, PartialEq)]
pub enum Met {
    /// This is kept.
    Kept(Value, Vec<&'static str>),
    /// It says nothing new.
    Same,
    /// The event is older than what is known: nothing is changed.
    Late,
}

/// What is kept of `before` and `sent`.
pub(crate) fn meet(step: &Step, before: &Value, mut sent: Value) -> Met {
    if let Some(members) = sent.as_object_mut() {
        members.retain(|name, _| !step.defaults.contains(&name.as_str()) || before.get(name).is_none());
    }
    if time::is_older(&sent, before) {
        return Met::Late;
    }
    let mut remarks = Vec::new();
    if step.plan == Plan::Reported && !order::goes_on(before, &sent) {
        return Met::Same;
    }
    if step.plan == Plan::Merge && step.kind.ends_with("Request") {
        order::stay_answered(before, &mut sent);
    }
    let times = time::newest(&sent, before);
    let mut kept = match &step.plan {
        Plan::Make => before.clone(),
        Plan::Replace => sent,
        Plan::Report => report(before, sent),
        Plan::Reported => order::reported(before, &sent),
        Plan::Merge => elements::merge(before, own_numbers(step, before, sent), &step.clears),
        Plan::Visit(stay) => visit::go_on(before, sent, &step.clears, stay, &mut remarks),
        Plan::Survivor => survivor(before, elements::merge(before, own_numbers(step, before, sent), &step.clears)),
        Plan::Replaced => replaced(before, &sent),
        Plan::Apart => apart(before, &sent),
    };
    if let Some(times) = times {
        time::put(&mut kept, &times);
    }
    Met::Kept(kept, remarks)
}

/// A message under an old number, whose record was merged into `before`: the number stays the old record's.
fn own_numbers(step: &Step, before: &Value, mut sent: Value) -> Value {
    let is_key = |identifier: &Value| {
        identifier.get("system") == Some(&json!(step.system)) && identifier.get("value") == Some(&json!(step.value))
    };
    let list = |of: &Value| of.get("identifier").and_then(Value::as_array).cloned().unwrap_or_default();
    if list(before).iter().any(is_key) {
        return sent;
    }
    if let Some(numbers) = sent.get_mut("identifier").and_then(Value::as_array_mut) {
        numbers.retain(|identifier| identifier.get("system") != Some(&json!(step.system)));
    }
    sent
}

fn report(before: &Value, mut sent: Value) -> Value {
    let mut results = before.get("result").and_then(Value::as_array).cloned().unwrap_or_default();
    let new = sent.get("result").and_then(Value::as_array).cloned().unwrap_or_default();
    results.extend(new.into_iter().filter(|one| !results.contains(one)).collect::<Vec<_>>());
    if let (false, Some(members)) = (results.is_empty(), sent.as_object_mut()) {
        members.insert("result".to_owned(), Value::Array(results));
    }
    sent
}

/// The survivor is a record again, whatever a former merge said of it.
fn survivor(before: &Value, mut kept: Value) -> Value {
    let Some(members) = kept.as_object_mut() else { return kept };
    if let Some(links) = members.get_mut("link").and_then(Value::as_array_mut) {
        let count = links.len();
        links.retain(|link| link_type(link) != "replaced-by");
        if links.len() < count && before.get("active") == Some(&json!(false)) {
            members.shift_remove("active");
        }
    }
    kept
}

/// The old record keeps all it says; it is only no longer used.
fn replaced(before: &Value, sent: &Value) -> Value {
    let mut kept = before.clone();
    let Some(members) = kept.as_object_mut() else { return kept };
    let mut links = members.get("link").and_then(Value::as_array).cloned().unwrap_or_default();
    let new = sent.get("link").and_then(Value::as_array).cloned().unwrap_or_default();
    let named = |link: &Value| new.iter().any(|new| other(new) == other(link));
    links.retain(|link| link_type(link) != "replaced-by" && !named(link));
    links.extend(new.iter().cloned());
    members.insert("active".to_owned(), json!(false));
    members.insert("link".to_owned(), Value::Array(links));
    with_meta(members, sent);
    kept
}

/// The links between the two go, and who was replaced is a record again.
fn apart(before: &Value, sent: &Value) -> Value {
    let mut kept = before.clone();
    let Some(members) = kept.as_object_mut() else { return kept };
    let from = sent.get("link").and_then(Value::as_array).cloned().unwrap_or_default();
    if let Some(links) = members.get_mut("link").and_then(Value::as_array_mut) {
        let was_replaced = |link: &Value| link_type(link) == "replaced-by";
        let before = links.iter().any(was_replaced);
        links.retain(|link| !from.iter().any(|one| other(one) == other(link)));
        let (now, empty) = (links.iter().any(was_replaced), links.is_empty());
        if empty {
            members.shift_remove("link");
        }
        if before && !now {
            members.shift_remove("active");
        }
    }
    with_meta(members, sent);
    kept
}

fn with_meta(members: &mut serde_json::Map<String, Value>, sent: &Value) {
    if let Some(meta) = sent.get("meta") {
        members.insert("meta".to_owned(), meta.clone());
    }
}

fn link_type(link: &Value) -> &str {
    link.get("type").and_then(Value::as_str).unwrap_or_default()
}

fn other(link: &Value) -> Option<&str> {
    link.pointer("/other/reference").and_then(Value::as_str)
}

/// The id of the Patient that this one was merged into.
pub(crate) fn merged_into(patient: &Value) -> Option<String> {
    let links = patient.get("link").and_then(Value::as_array)?;
    let link = links.iter().find(|link| link_type(link) == "replaced-by")?;
    other(link)?.strip_prefix("Patient/").map(str::to_owned)
}
