//! Numbers and units.

use meridian_hl7v2::Part;
use serde_json::{Map, Number, Value, json};

use super::super::context::{Context, clean};

/// A number as FHIR writes it: digits kept, `+`, leading zeros and a bare point put right. `None` for all else.
pub(crate) fn decimal(text: &str) -> Option<Number> {
    let text = text.trim();
    let (sign, rest) = match text.strip_prefix(['+', '-']) {
        Some(rest) => (if text.starts_with('-') { "-" } else { "" }, rest),
        None => ("", text),
    };
    let (whole, fraction) = rest.split_once('.').unwrap_or((rest, ""));
    let digits = |s: &str| s.bytes().all(|b| b.is_ascii_digit());
    if rest.len() > 40 || whole.len() + fraction.len() == 0 || !digits(whole) || !digits(fraction) {
        return None;
    }
    let whole = whole.trim_start_matches('0');
    let whole = if whole.is_empty() { "0" } else { whole };
    let point = if fraction.is_empty() { "" } else { "." };
    serde_json::from_str(&format!("{sign}{whole}{point}{fraction}")).ok()
}

/// `<`, `<=`, `>=`, `>` and how else they are written, in front of a number.
pub(crate) fn comparator(text: &str) -> Option<(&'static str, &str)> {
    let text = text.trim();
    [("<=", "<="), (">=", ">="), ("≤", "<="), ("≥", ">="), ("＜", "<"), ("＞", ">"), ("<", "<"), (">", ">")]
        .into_iter()
        .find_map(|(written, code)| text.strip_prefix(written).map(|rest| (code, rest.trim())))
}

/// A unit: as it is shown, and its UCUM code where that is known.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Unit {
    pub(crate) shown: Option<String>,
    pub(crate) ucum: Option<String>,
}

impl Unit {
    /// From a CE or CWE such as OBX-6.
    pub(crate) fn read(cx: &Context<'_>, part: Part<'_>) -> Self {
        let Some(code) = clean(part).or_else(|| clean(part.comp(2))) else { return Self::default() };
        // `10^9/L` whose hat was not escaped falls into two components.
        let tail =
            clean(part.comp(2)).filter(|tail| tail.contains('/') && tail.starts_with(|c: char| c.is_ascii_digit()));
        if let (true, Some(tail)) = (code.ends_with("10"), tail) {
            let whole = format!("{code}^{tail}");
            return Self { ucum: cx.tables.unit(&whole).map(str::to_owned), shown: Some(whole) };
        }
        let system = clean(part.comp(3)).and_then(|name| cx.tables.system(&name));
        let said = system.as_deref() == Some(UCUM);
        let ucum = if said { Some(code.clone()) } else { cx.tables.unit(&code).map(str::to_owned) };
        // What people read beside a UCUM code: mmHg, 次/分; but no sentence.
        let shown = clean(part.comp(2)).filter(|words| !said || words.chars().count() <= 16).unwrap_or(code);
        Self { shown: Some(shown), ucum: ucum.filter(|code| !code.contains(' ')) }
    }

    fn put(&self, out: &mut Map<String, Value>) {
        if let Some(shown) = &self.shown {
            out.insert("unit".into(), json!(shown));
        }
        if let Some(code) = &self.ucum {
            out.insert("system".into(), json!(UCUM));
            out.insert("code".into(), json!(code));
        }
    }
}

pub(crate) const UCUM: &str = "http://unitsofmeasure.org";

/// A `Quantity`.
pub(crate) fn quantity(number: Number, comparator: Option<&str>, unit: &Unit) -> Value {
    let mut out = Map::new();
    out.insert("value".into(), Value::Number(number));
    if let Some(comparator) = comparator {
        out.insert("comparator".into(), json!(comparator));
    }
    unit.put(&mut out);
    Value::Object(out)
}

/// A CQ (number^unit), or a number whose unit the table names.
pub(super) fn plain(cx: &mut Context<'_>, part: Part<'_>, unit: Option<&str>, at: &str) -> Option<Value> {
    let text = clean(part)?;
    let Some(number) = decimal(&text) else {
        cx.warn(at, "not a number");
        return None;
    };
    let unit = match unit {
        Some(unit) => Unit { shown: Some(unit.to_owned()), ucum: Some(unit.to_owned()) },
        None => match clean(part.comp(2).sub(1)) {
            Some(unit) => Unit { ucum: cx.tables.unit(&unit).map(str::to_owned), shown: Some(unit) },
            None => Unit::default(),
        },
    };
    Some(quantity(number, None, &unit))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_keep_their_digits() {
        for (sent, kept) in
            [("5.60", "5.60"), ("+05.1", "5.1"), (".5", "0.5"), ("7.", "7"), ("-0.10", "-0.10"), ("000", "0")]
        {
            assert_eq!(decimal(sent).map(|n| n.to_string()).as_deref(), Some(kept), "{sent}");
        }
        for sent in ["", ".", "-", "1,000", "1e5", "5.6.7", "<5", "阴性", "1 2", "５"] {
            assert_eq!(decimal(sent), None, "{sent}");
        }
        assert_eq!(comparator("≤ 5"), Some(("<=", "5")));
        assert_eq!(comparator("5"), None);
    }
}
