//! OBX-5 by OBX-2, and OBX-7.

use meridian_conformance::terms::Terms;
use meridian_hl7v2::{Part, Segment, time::time_of_day};
use serde_json::{Map, Value, json};

use super::{
    attachment, codes,
    context::{Context, clean, clean_flat},
    convert::quantity::{Unit, comparator, decimal, quantity},
};

/// The value of an observation.
pub(crate) enum Given {
    Nothing,
    /// `value[x]` and what it holds.
    Value(&'static str, Value),
    /// Several repetitions: each becomes a component.
    Several(Vec<(&'static str, Value)>),
    /// An embedded or referenced document.
    Attachment(Value),
}

/// The unit of OBX-6. What the table of units has not is known where it is, letter by letter, the item's own unit. Where no
/// unit stands and the item's own is one, as an INR's is, the number has no dimension: UCUM writes `1` for that. No other
/// is filled in: nobody but the sender knows it.
pub(crate) fn unit(cx: &Context<'_>, obx: Segment<'_>, code: Option<&Value>) -> Unit {
    let said = Unit::read(cx, obx.field(6));
    if said.ucum.is_some() {
        return said;
    }
    let codings = code.and_then(|code| code.get("coding")).and_then(Value::as_array).into_iter().flatten();
    let mut pairs = codings.filter_map(|one| Some((one.get("system")?.as_str()?, one.get("code")?.as_str()?)));
    let sent = said.shown.as_deref().unwrap_or("1");
    let is_own = |(system, code)| Terms::embedded().property(system, code, "unit").as_deref() == Some(sent);
    let ucum = pairs.any(is_own).then(|| sent.to_owned());
    Unit { ucum, ..said }
}

/// Reads OBX-5 in this unit. `lines` are further segments with more lines of the same text.
pub(crate) fn read(cx: &mut Context<'_>, obx: Segment<'_>, lines: &[Segment<'_>], unit: &Unit) -> Given {
    let kind = clean(obx.field(2)).unwrap_or_default().to_uppercase();
    let sent = obx.field(5);
    match kind.as_str() {
        "ED" | "RP" => {
            return attachment::read(cx, &kind, sent.rep(1)).map_or(Given::Nothing, Given::Attachment);
        }
        "TX" | "FT" => return text(std::iter::once(obx).chain(lines.iter().copied())),
        "ST" | "" if !lines.is_empty() => return text(std::iter::once(obx).chain(lines.iter().copied())),
        _ => {}
    }
    let reps: Vec<Part<'_>> = sent.reps().filter(|rep| !rep.is_empty() && !rep.is_null()).collect();
    let mut values: Vec<(&'static str, Value)> = reps.into_iter().filter_map(|rep| one(cx, &kind, rep, unit)).collect();
    match (values.len(), values.pop()) {
        (_, None) => Given::Nothing,
        (1, Some((element, value))) => Given::Value(element, value),
        (_, Some(last)) => {
            values.push(last);
            Given::Several(values)
        }
    }
}

/// Lines of text; empty ones are kept inside, as spacing.
fn text<'m>(segments: impl Iterator<Item = Segment<'m>>) -> Given {
    let mut out = String::new();
    for segment in segments {
        for rep in segment.field(5).reps() {
            if !out.is_empty() {
                out.push('\n');
            }
            out.push_str(&clean_flat(rep).unwrap_or_default());
        }
    }
    let out = out.trim();
    if out.is_empty() { Given::Nothing } else { Given::Value("valueString", json!(out)) }
}

fn one(cx: &mut Context<'_>, kind: &str, part: Part<'_>, unit: &Unit) -> Option<(&'static str, Value)> {
    let at = "OBX-5";
    match kind {
        "NM" => number(part, unit).or_else(|| {
            cx.warn(at, "not a number: kept as text");
            string(part)
        }),
        "SN" => structured(part, unit).or_else(|| string(part)),
        // Many laboratories send numbers as text; a unit beside it says that it is one.
        "ST" | "" if unit.shown.is_some() => number(part, unit).or_else(|| string(part)),
        "CE" | "CWE" | "CNE" | "CF" | "IS" | "ID" => {
            let bare = part.comp(2).is_empty() && part.comp(3).is_empty();
            let concept = if bare { codes::text(part) } else { codes::concept(cx, None, part, at) };
            concept.map(|concept| ("valueCodeableConcept", concept))
        }
        "DT" | "TS" | "DTM" => match cx.date_time(part, at) {
            Some(time) => Some(("valueDateTime", json!(time))),
            None => string(part),
        },
        "TM" => clean(part)
            .and_then(|text| time_of_day(&text))
            .map(|time| ("valueTime", json!(time)))
            .or_else(|| string(part)),
        "DR" => {
            let mut period = Map::new();
            for (name, n) in [("start", 1), ("end", 2)] {
                if let Some(time) = cx.date_time(part.comp(n), at) {
                    period.insert(name.into(), json!(time));
                }
            }
            if period.is_empty() { string(part) } else { Some(("valuePeriod", Value::Object(period))) }
        }
        "NR" => range(part.comp(1), part.comp(2), unit).or_else(|| string(part)),
        _ => string(part),
    }
}

fn string(part: Part<'_>) -> Option<(&'static str, Value)> {
    clean_flat(part).map(|text| ("valueString", json!(text)))
}

/// A number, with a comparator where one was written into it (`<0.5`).
fn number(part: Part<'_>, unit: &Unit) -> Option<(&'static str, Value)> {
    let text = clean_flat(part)?;
    let (sign, digits) = comparator(&text).map_or((None, text.as_str()), |(sign, rest)| (Some(sign), rest));
    Some(("valueQuantity", quantity(decimal(digits)?, sign, unit)))
}

/// SN: comparator, number, separator, number.
fn structured(part: Part<'_>, unit: &Unit) -> Option<(&'static str, Value)> {
    let sign = clean(part.comp(1)).unwrap_or_default();
    let code = match sign.as_str() {
        "" | "=" => None,
        other => Some(comparator(other).filter(|(_, rest)| rest.is_empty())?.0).filter(|_| other != "<>"),
    };
    if sign == "<>" {
        return None;
    }
    let first = clean(part.comp(2))?;
    match clean(part.comp(3)).as_deref() {
        None => Some(("valueQuantity", quantity(decimal(&first)?, code, unit))),
        Some("-") => range(part.comp(2), part.comp(4), unit),
        Some(":" | "/") => {
            let second = decimal(&clean(part.comp(4))?)?;
            let bare = Unit::default();
            Some((
                "valueRatio",
                json!({"numerator": quantity(decimal(&first)?, code, &bare), "denominator": quantity(second, None, &bare)}),
            ))
        }
        Some(_) => None,
    }
}

fn range(low: Part<'_>, high: Part<'_>, unit: &Unit) -> Option<(&'static str, Value)> {
    let mut out = Map::new();
    for (name, part) in [("low", low), ("high", high)] {
        if let Some(text) = clean(part) {
            out.insert(name.into(), quantity(decimal(&text)?, None, unit));
        }
    }
    (!out.is_empty()).then_some(("valueRange", Value::Object(out)))
}

/// OBX-7: always its text, and bounds where they can be told: `3.9-6.1`, `3.9～6.1`, `<5.2`, `≥60 mL/min`.
pub(crate) fn reference_range(part: Part<'_>, unit: &Unit) -> Option<Value> {
    let text = clean_flat(part)?;
    let mut out = Map::new();
    if let Some((low, high)) = bounds(&text) {
        for (name, number) in [("low", low), ("high", high)] {
            if let Some(number) = number {
                out.insert(name.into(), quantity(number, None, unit));
            }
        }
    }
    out.insert("text".into(), json!(text));
    Some(Value::Object(out))
}

type Bounds = (Option<serde_json::Number>, Option<serde_json::Number>);

fn bounds(text: &str) -> Option<Bounds> {
    if let Some((sign, rest)) = comparator(text) {
        let number = decimal(without_unit(rest)?)?;
        return Some(if sign.starts_with('<') { (None, Some(number)) } else { (Some(number), None) });
    }
    // The first character may be a sign.
    let from = text.chars().next().map_or(0, char::len_utf8);
    for separator in ["--", "－", "–", "—", "~", "～", "至", " to ", "_", "-"] {
        let found = text.get(from..).and_then(|rest| rest.find(separator)).map(|at| at + from);
        let Some((low, high)) = found.and_then(|at| text.split_at_checked(at)) else { continue };
        let high = high.strip_prefix(separator).unwrap_or(high);
        if let (Some(low), Some(high)) = (decimal(low), without_unit(high.trim()).and_then(decimal)) {
            return Some((Some(low), Some(high)));
        }
    }
    None
}

/// A number with words after it, such as a unit; the words hold no further number that could be a bound.
fn without_unit(text: &str) -> Option<&str> {
    let end =
        text.char_indices().skip(1).find(|(_, c)| !c.is_ascii_digit() && *c != '.').map_or(text.len(), |(at, _)| at);
    let (number, words) = text.split_at_checked(end)?;
    (!words.contains(['-', '~', '～', '<', '>'])).then_some(number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bounds_of_reference_ranges() {
        let read = |text: &str| bounds(text).map(|(l, h)| (l.map(|n| n.to_string()), h.map(|n| n.to_string())));
        let pair = |l: &str, h: &str| Some((Some(l.to_owned()), Some(h.to_owned())));
        for text in ["3.9-6.1", "3.9 - 6.1", "3.9~6.1", "3.9～6.1", "3.9--6.1", "3.9-6.1 mmol/L", "3.9_6.1"] {
            assert_eq!(read(text), pair("3.9", "6.1"), "{text}");
        }
        assert_eq!(read("-2.0-2.0"), pair("-2.0", "2.0"));
        assert_eq!(read("<5.2"), Some((None, Some("5.2".into()))));
        assert_eq!(read("≥60 mL/min"), Some((Some("60".into()), None)));
        for text in ["阴性", "Negative", "", "3.9", "男:3-5 女:4-6", "1-2-3"] {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
