//! Numbers with units: Quantity and its kinds, Range, Money, SampledData.

use serde_json::Value;

use super::emit::{owned, text};
use super::{Amount, IndexKind, Real};
use crate::ucum;

/// Currencies, as a code system.
const CURRENCY: &str = "urn:iso:std:iso:4217";

pub(super) fn quantity(item: &Value, put: &mut dyn FnMut(IndexKind)) {
    if let Some(Value::Number(value)) = item.get("value") {
        put_amount(&value.to_string(), item, put);
    }
}

pub(super) fn range(item: &Value, put: &mut dyn FnMut(IndexKind)) {
    ["low", "high"].iter().filter_map(|end| item.get(end)).for_each(|end| quantity(end, put));
}

pub(super) fn money(item: &Value, put: &mut dyn FnMut(IndexKind)) {
    if let Some(value) = number(item.get("value")) {
        let (code, system) = (owned(item, "currency"), Some(CURRENCY.to_owned()));
        put(IndexKind::Quantity(Amount { value: Real::new(value), system, unit: code.clone(), code, canonical: None }));
    }
}

/// The least and the greatest measured value: what stands in `data`, times `factor`, from `origin`. `L` and `U` stand
/// for a value beyond the limits, which is taken at the limit; `E` for none.
pub(super) fn sampled(item: &Value, put: &mut dyn FnMut(IndexKind)) {
    let Some(origin) = item.get("origin") else { return };
    let (zero, factor) = (number(origin.get("value")), number(item.get("factor")).unwrap_or(1.0));
    let limit = |key: &str| number(item.get(key));
    let points = text(item, "data").unwrap_or_default().split_ascii_whitespace().filter_map(|point| match point {
        "L" => limit("lowerLimit"),
        "U" => limit("upperLimit"),
        point => point.parse::<f64>().ok().filter(|value| value.is_finite()),
    });
    let Some((least, most)) = points.fold(None, |ends: Option<(f64, f64)>, point| {
        Some(ends.map_or((point, point), |(least, most)| (least.min(point), most.max(point))))
    }) else {
        return;
    };
    for end in [least, most] {
        let value = Real::new(end * factor + zero.unwrap_or(0.0)).get();
        put_amount(&value.to_string(), origin, put);
    }
}

fn put_amount(value: &str, item: &Value, put: &mut dyn FnMut(IndexKind)) {
    let Some(number) = Real::read(value) else { return };
    let (system, code, unit) = (owned(item, "system"), owned(item, "code"), owned(item, "unit"));
    let canonical = match (&system, &code) {
        (Some(system), Some(code)) if system == ucum::SYSTEM => ucum::canonical(value, code),
        _ => None,
    };
    let canonical = canonical.map(|(value, unit)| (Real::new(value), unit));
    put(IndexKind::Quantity(Amount { value: number, system, code, unit, canonical }));
}

fn number(value: Option<&Value>) -> Option<f64> {
    let Some(Value::Number(number)) = value else { return None };
    Real::read(&number.to_string()).map(Real::get)
}
