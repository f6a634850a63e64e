//! `value[x]` as OBX-2, OBX-5 and OBX-6, and the reference range as OBX-7.

use meridian_hl7v2::{Offset, SegmentWriter};
use serde_json::Value;

use super::{codes, time};
use crate::look::{list, number, text};

/// The longest ST of the standard; what is longer is TX.
const ST: usize = 199;
const UCUM: &str = "http://unitsofmeasure.org";

/// The name and the value of an element's `value[x]`.
pub(crate) fn of(about: &Value) -> Option<(&str, &Value)> {
    let mut members = about.as_object()?.iter();
    members.find_map(|(name, value)| Some((name.strip_prefix("value").filter(|kind| !kind.is_empty())?, value)))
}

/// Puts one value, as repetition `rep`.
pub(crate) fn put(obx: &mut SegmentWriter, rep: u16, about: &Value, zone: Offset) {
    let Some((kind, value)) = of(about) else { return };
    let whole = value.as_str().unwrap_or_default();
    let kind = match kind {
        "Quantity" => quantity(obx, rep, value),
        "Integer" => {
            obx.put((5, rep, 1), &value.to_string());
            "NM"
        }
        "String" => {
            obx.put((5, rep, 1), whole);
            if whole.chars().count() > ST || whole.contains('\n') { "TX" } else { "ST" }
        }
        "CodeableConcept" => {
            codes::concept(obx, 5, rep, value);
            "CE"
        }
        "Boolean" => {
            let (code, words) = if value == &Value::Bool(true) { ("Y", "Yes") } else { ("N", "No") };
            obx.put((5, rep, 1), code).put((5, rep, 2), words).put((5, rep, 3), "HL70136");
            "CE"
        }
        "DateTime" => {
            obx.put_some((5, rep, 1), time::stamp(whole, zone).as_deref());
            "TS"
        }
        "Time" => {
            obx.put((5, rep, 1), &time::clock(whole));
            "TM"
        }
        "Period" => {
            for (comp, end) in [(1, "/start"), (2, "/end")] {
                let stamp = text(value, end).and_then(|end| time::stamp(end, zone));
                obx.put_some((5, rep, comp), stamp.as_deref());
            }
            "DR"
        }
        "Range" => {
            obx.put_some((5, rep, 2), number(value, "/low/value").as_deref()).put((5, rep, 3), "-");
            obx.put_some((5, rep, 4), number(value, "/high/value").as_deref());
            unit(obx, value.get("low").or_else(|| value.get("high")).unwrap_or(&Value::Null));
            "SN"
        }
        "Ratio" => {
            obx.put_some((5, rep, 1), text(value, "/numerator/comparator"));
            obx.put_some((5, rep, 2), number(value, "/numerator/value").as_deref()).put((5, rep, 3), ":");
            obx.put_some((5, rep, 4), number(value, "/denominator/value").as_deref());
            "SN"
        }
        _ => return,
    };
    obx.put(2, kind);
}

fn quantity(obx: &mut SegmentWriter, rep: u16, quantity: &Value) -> &'static str {
    let Some(digits) = number(quantity, "/value") else { return "" };
    unit(obx, quantity);
    match text(quantity, "/comparator") {
        Some(comparator) => {
            obx.put((5, rep, 1), comparator).put((5, rep, 2), &digits);
            "SN"
        }
        None => {
            obx.put((5, rep, 1), &digits);
            "NM"
        }
    }
}

/// OBX-6: the code of UCUM with the words that people read, or the words alone.
fn unit(obx: &mut SegmentWriter, quantity: &Value) {
    let shown = text(quantity, "/unit");
    match text(quantity, "/code").filter(|_| text(quantity, "/system") == Some(UCUM)) {
        Some(code) => obx.put((6, 1), code).put_some((6, 2), shown).put((6, 3), "UCUM"),
        None => obx.put_some((6, 1), shown.or_else(|| text(quantity, "/code"))),
    };
}

/// OBX-7: the words, or the bounds.
pub(crate) fn put_range(obx: &mut SegmentWriter, about: &Value) {
    let Some(range) = list(about, "/referenceRange").first() else { return };
    let (low, high) = (number(range, "/low/value"), number(range, "/high/value"));
    let written = match (text(range, "/text"), low, high) {
        (Some(words), ..) => words.to_owned(),
        (None, Some(low), Some(high)) => format!("{low}-{high}"),
        (None, Some(low), None) => format!(">={low}"),
        (None, None, Some(high)) => format!("<={high}"),
        (None, None, None) => return,
    };
    obx.put(7, &written);
}
