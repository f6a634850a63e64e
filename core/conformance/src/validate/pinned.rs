//! Fixed values, patterns, bounds and lengths.

use meridian_fhirpath::{Context, Expression};
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
        if element.must_have_value == Some(true) && value.is_null() {
            self.error("required", place, "a value has to be here itself, an extension instead of it is not enough");
        }
        if let (Some(shape), Some(text)) = (&element.regex, value.as_str())
            && self.pay(shape.cost(text))
            && shape.fits(text) == Some(false)
        {
            self.error("value", place, format!("the text has to match {}", shape.text));
        }
        if let (Some(most), Some(text)) = (element.max_length, value.as_str())
            && u64::try_from(text.chars().count()).is_ok_and(|count| count > most)
        {
            self.error("value", place, format!("the text has more than {most} characters"));
        }
        for (bound, is_least) in [(&element.min_value, true), (&element.max_value, false)] {
            if let Some(bound) = bound
                && (exceeds(bound, value, is_least) == Some(true) || self.is_beyond_now(bound, value, is_least))
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

impl Run<'_> {
    /// A bound of a date may be a duration: back from now for the least, on from now for the most.
    fn is_beyond_now(&self, bound: &Pinned, value: &Value, is_least: bool) -> bool {
        let (Value::Object(_), Value::String(date)) = (&bound.value, value) else { return false };
        let code = bound.value.get("code").and_then(Value::as_str).unwrap_or_default();
        let Some((_, unit)) = CALENDAR.iter().find(|(ucum, _)| *ucum == code) else { return false };
        let Some(count) = bound.value.get("value").and_then(Value::as_u64).filter(|count| *count < 1_000_000) else {
            return false;
        };
        let now = if date.contains('T') { "now()" } else { "today()" };
        let (order, sign) = if is_least { (">=", '-') } else { ("<=", '+') };
        // The text of a date has passed its format already: it can be nothing else than a literal.
        let is_date = date.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'-' | b':' | b'T' | b'Z' | b'+' | b'.'));
        let text = format!("@{date} {order} ({now} {sign} {count} {unit})");
        let Some(expression) = is_date.then(|| Expression::parse(&text).ok()).flatten() else { return false };
        let context = Context::new(&Value::Null).now(self.with.now).steps(1_000);
        expression.truth(meridian_fhirpath::Item::resource(&Value::Null), &context).ok() == Some(Some(false))
    }
}

/// Units of UCUM that are those of the calendar.
const CALENDAR: &[(&str, &str)] = &[
    ("a", "years"),
    ("mo", "months"),
    ("wk", "weeks"),
    ("d", "days"),
    ("h", "hours"),
    ("min", "minutes"),
    ("s", "seconds"),
];

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
