//! Fixed values, patterns, bounds and lengths.

use meridian_model::ucum::Exact;
use serde_json::Value;

use super::items::Item;
use super::place::Place;
use super::run::Run;
use crate::structure::{Element, Pinned};

impl Run<'_> {
    /// What an element says of its value itself.
    pub(super) fn pinned(&mut self, place: &Place<'_>, item: Item<'_>, element: &Element) {
        let value = item.value;
        if let Some(fixed) = &element.fixed
            && !is_equal(&fixed.value, value)
        {
            let says = format!("this must be {}, it is {}", short(&fixed.value), short(value));
            self.error("value", place, says);
        }
        if let Some(pattern) = &element.pattern
            && !is_like(&pattern.value, value)
        {
            let says = format!("this must have at least {}, it is {}", short(&pattern.value), short(value));
            self.error("value", place, says);
        }
        if let (Some(most), Some(text)) = (element.max_length, value.as_str())
            && u64::try_from(text.chars().count()).is_ok_and(|count| count > most)
        {
            self.error("value", place, format!("the text has more than {most} characters"));
        }
        for (bound, is_least) in [(&element.min_value, true), (&element.max_value, false)] {
            if let Some(bound) = bound
                && exceeds(bound, value, is_least) == Some(true)
            {
                let which = if is_least { "at least" } else { "at most" };
                self.error(
                    "value",
                    place,
                    format!("this must be {which} {}, it is {}", short(&bound.value), short(value)),
                );
            }
        }
    }
}

/// A value for a message, not longer than one looks at.
pub(super) fn short(value: &Value) -> String {
    let text = match value {
        Value::String(text) => format!("`{text}`"),
        Value::Null => "without a value".to_owned(),
        other => other.to_string(),
    };
    if text.chars().count() > 160 { text.chars().take(157).chain("…".chars()).collect() } else { text }
}

/// Equal in everything, ids and extensions included. A number is what it is worth.
pub(super) fn is_equal(one: &Value, other: &Value) -> bool {
    match (one, other) {
        (Value::Object(one), Value::Object(other)) => {
            one.len() == other.len()
                && one.iter().all(|(key, value)| other.get(key).is_some_and(|other| is_equal(value, other)))
        }
        (Value::Array(one), Value::Array(other)) => {
            one.len() == other.len() && one.iter().zip(other).all(|(one, other)| is_equal(one, other))
        }
        (Value::Number(one), Value::Number(other)) => {
            one == other || number(one).is_some_and(|exact| number(other) == Some(exact))
        }
        _ => one == other,
    }
}

fn number(number: &serde_json::Number) -> Option<Exact> {
    Exact::read(&number.to_string()).ok()
}

/// Everything of the pattern is in the value, which may have more.
pub(super) fn is_like(pattern: &Value, value: &Value) -> bool {
    match (pattern, value) {
        (Value::Object(pattern), Value::Object(value)) => {
            pattern.iter().all(|(key, pattern)| value.get(key).is_some_and(|value| is_like(pattern, value)))
        }
        (Value::Array(pattern), Value::Array(values)) => {
            pattern.iter().all(|pattern| values.iter().any(|value| is_like(pattern, value)))
        }
        _ => is_equal(pattern, value),
    }
}

/// Is the value beyond the bound? `None` where they can't be compared.
fn exceeds(bound: &Pinned, value: &Value, is_least: bool) -> Option<bool> {
    let order = match (&bound.value, value) {
        (Value::Number(bound), Value::Number(value)) => number(value)?.cmp(&number(bound)?),
        // Dates and times of one precision compare as texts.
        (Value::String(bound), Value::String(value)) if bound.len() == value.len() => {
            value.as_str().cmp(bound.as_str())
        }
        (Value::String(bound), Value::String(value)) => {
            let length = bound.len().min(value.len());
            value.get(..length)?.cmp(bound.get(..length)?)
        }
        (Value::Object(_), Value::Object(_)) => super::quantity::compare(value, &bound.value)?,
        _ => return None,
    };
    Some(if is_least { order.is_lt() } else { order.is_gt() })
}
