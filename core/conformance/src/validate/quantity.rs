//! Quantities: units of UCUM, and comparing two of them.

use std::cmp::Ordering;

use meridian_model::ucum::{self, Exact};
use serde_json::{Map, Value};

use super::place::Place;
use super::run::Run;

impl Run<'_> {
    /// The unit of a quantity that says that it is UCUM's.
    pub(super) fn quantity(&mut self, place: &Place<'_>, map: &Map<String, Value>) {
        let text = |key: &str| map.get(key).and_then(Value::as_str);
        if text("system") == Some(ucum::SYSTEM)
            && let Some(code) = text("code")
            && let Err(fault) = ucum::validate(code)
        {
            let says = format!("`{code}` is no unit of UCUM ({fault}); put what people read into `unit`");
            self.error("code-invalid", place, says);
        }
    }
}

/// How two quantities compare; `None` where they can't be.
pub(super) fn compare(one: &Value, other: &Value) -> Option<Ordering> {
    let number = |value: &Value| value.get("value").map(Value::to_string);
    let text = |value: &Value, key: &str| value.get(key).and_then(Value::as_str).map(str::to_owned);
    let (left, right) = (number(one)?, number(other)?);
    let units = |value: &Value| (text(value, "system"), text(value, "code"));
    let (ours, theirs) = (units(one), units(other));
    if ours == theirs && (ours.1.is_some() || text(one, "unit") == text(other, "unit")) {
        return Some(Exact::read(&left).ok()?.cmp(&Exact::read(&right).ok()?));
    }
    let is_ucum = |units: &(Option<String>, Option<String>)| units.0.as_deref() == Some(ucum::SYSTEM);
    if !is_ucum(&ours) || !is_ucum(&theirs) {
        return None;
    }
    let converted = ucum::convert(&left, &ours.1?, &theirs.1?).ok()?;
    Some(converted.cmp(&Exact::read(&right).ok()?))
}
