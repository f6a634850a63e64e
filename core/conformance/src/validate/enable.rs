//! `enableWhen`: is a question to be asked, after the answers that were given?

use std::cmp::Ordering;

use serde_json::Value;

use super::pinned::is_equal;
use super::quantity::compare;
use crate::json::{list, text};

/// Items that one question looks through at most.
const MOST_WALKED: u64 = 500_000;

/// `scopes` are the items around the question, from the outermost; `walked` counts those that were looked through.
pub(super) fn is_enabled(question: &Value, scopes: &[&[Value]], walked: &mut u64) -> bool {
    let conditions = list(question, "enableWhen");
    if conditions.is_empty() {
        return true;
    }
    let mut holds = conditions.iter().map(|one| holds(one, scopes, walked));
    if text(question, "enableBehavior") == Some("all") { holds.all(|is| is) } else { holds.any(|is| is) }
}

fn holds(condition: &Value, scopes: &[&[Value]], walked: &mut u64) -> bool {
    let link = text(condition, "question").unwrap_or_default();
    // The nearest: in the same repetition of a group before another.
    let answers = scopes.iter().rev().map(|scope| answers_of(scope, link, 0, walked)).find(|found| !found.is_empty());
    let answers = answers.unwrap_or_default();
    let wanted = condition.as_object().into_iter().flatten().find(|(key, _)| key.starts_with("answer"));
    let Some((_, wanted)) = wanted else { return false };
    match text(condition, "operator").unwrap_or_default() {
        "exists" => wanted.as_bool().unwrap_or(true) != answers.is_empty(),
        "=" => answers.iter().any(|one| is_same(one, wanted)),
        "!=" => answers.iter().all(|one| !is_same(one, wanted)),
        ">" => answers.iter().any(|one| order(one, wanted) == Some(Ordering::Greater)),
        "<" => answers.iter().any(|one| order(one, wanted) == Some(Ordering::Less)),
        ">=" => answers.iter().any(|one| matches!(order(one, wanted), Some(Ordering::Greater | Ordering::Equal))),
        "<=" => answers.iter().any(|one| matches!(order(one, wanted), Some(Ordering::Less | Ordering::Equal))),
        _ => false,
    }
}

/// The values given to a question, anywhere below these items.
fn answers_of<'a>(items: &'a [Value], link: &str, depth: usize, walked: &mut u64) -> Vec<&'a Value> {
    *walked += u64::try_from(items.len()).unwrap_or(MOST_WALKED);
    if depth > 32 || *walked > MOST_WALKED {
        return Vec::new();
    }
    let mut found = Vec::new();
    for item in items {
        let answers = list(item, "answer");
        if text(item, "linkId") == Some(link) {
            found.extend(answers.iter().filter_map(value_of).map(|(_, value)| value));
        }
        found.extend(answers_of(list(item, "item"), link, depth + 1, walked));
        for answer in answers {
            found.extend(answers_of(list(answer, "item"), link, depth + 1, walked));
        }
    }
    found
}

/// The value of an answer or option and the type that its key says.
pub(super) fn value_of(answer: &Value) -> Option<(&str, &Value)> {
    answer.as_object()?.iter().find_map(|(key, value)| Some((key.strip_prefix("value")?, value)))
}

pub(super) fn is_same(one: &Value, wanted: &Value) -> bool {
    match (one, wanted) {
        (Value::Object(_), Value::Object(_)) if wanted.get("code").is_some() => {
            let is_quantity = wanted.get("value").is_some();
            if is_quantity {
                return compare(one, wanted) == Some(Ordering::Equal);
            }
            one.get("code") == wanted.get("code")
                && (wanted.get("system").is_none() || one.get("system") == wanted.get("system"))
        }
        (Value::Object(_), Value::Object(_)) if wanted.get("value").is_some() => {
            compare(one, wanted) == Some(Ordering::Equal)
        }
        _ => is_equal(one, wanted),
    }
}

pub(super) fn order(one: &Value, wanted: &Value) -> Option<Ordering> {
    match (one, wanted) {
        (Value::Number(one), Value::Number(wanted)) => {
            let exact = |number: &serde_json::Number| meridian_model::ucum::Exact::read(&number.to_string()).ok();
            Some(exact(one)?.cmp(&exact(wanted)?))
        }
        // Partial dates compare as far as both are known.
        (Value::String(one), Value::String(wanted)) => {
            let length = one.len().min(wanted.len());
            Some(one.get(..length)?.cmp(wanted.get(..length)?))
        }
        _ => compare(one, wanted),
    }
}
