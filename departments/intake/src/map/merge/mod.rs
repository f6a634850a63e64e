//! How what a message says meets what the record holds. Pure: two resources in, one out.

mod elements;
mod link;
mod order;
mod place;
mod time;
mod visit;

use serde_json::{Value, json};

use link::{apart, replaced, survivor};

use super::plan::{Plan, Step};

pub(crate) use link::{link, merged_into};
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
    let mut remarks = Vec::new();
    let older = time::is_older(&sent, before);
    // That records are one, or are not, is no statement about what they say: it is older than other links alone.
    match step.plan {
        Plan::Survivor | Plan::Replaced | Plan::Apart if !link::says_something(step, before, &mut sent) => {
            return Met::Late;
        }
        Plan::Survivor | Plan::Replaced | Plan::Apart => {}
        _ if older => return Met::Late,
        _ => {}
    }
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
        Plan::Survivor if older => {
            remarks.push("the event is older than what is known: only its link is taken");
            let links = json!({"link": sent.get("link")});
            survivor(before, elements::merge(before, links, &[]), &sent)
        }
        Plan::Survivor => {
            let own = own_numbers(step, before, sent.clone());
            survivor(before, elements::merge(before, own, &step.clears), &sent)
        }
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

fn with_meta(members: &mut serde_json::Map<String, Value>, sent: &Value) {
    if let Some(meta) = sent.get("meta") {
        members.insert("meta".to_owned(), meta.clone());
    }
}
