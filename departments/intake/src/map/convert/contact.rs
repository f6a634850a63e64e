//! Addresses (XAD) and telephones (XTN).

use meridian_hl7v2::Part;
use serde_json::{Map, Value, json};

use super::super::context::{Context, clean};

/// An XAD as `Address`.
pub(super) fn address(cx: &mut Context<'_>, part: Part<'_>, _at: &str) -> Option<Value> {
    let mut lines: Vec<String> = Vec::new();
    let street: Vec<String> = part.comp(1).subs().filter_map(clean).collect();
    if !street.is_empty() {
        // SAD: the whole street, or street name and dwelling number apart.
        lines.push(street.join(" "));
    }
    lines.extend(clean(part.comp(2)));
    let mut out = Map::new();
    if let Some(kind) = clean(part.comp(7)) {
        for (table, element) in [("HL70190-use", "use"), ("HL70190-type", "type")] {
            if let Some(code) = cx.tables.code(table, &kind) {
                out.insert(element.into(), json!(code.code));
            }
        }
    }
    let (city, state, zip, country, district) =
        (clean(part.comp(3)), clean(part.comp(4)), clean(part.comp(5)), clean(part.comp(6)), clean(part.comp(9)));
    let mut words = lines.clone();
    words.extend([&city, &district, &state, &zip, &country].into_iter().flatten().cloned());
    if words.is_empty() {
        return None;
    }
    out.insert("text".into(), json!(written(&words, &lines, &[&country, &state, &city, &district])));
    if !lines.is_empty() {
        out.insert("line".into(), json!(lines));
    }
    for (element, value) in
        [("city", city), ("district", district), ("state", state), ("postalCode", zip), ("country", country)]
    {
        if let Some(value) = value {
            out.insert(element.into(), json!(value));
        }
    }
    Some(Value::Object(out))
}

/// Chinese addresses go from the large to the small and have no separators.
fn written(words: &[String], lines: &[String], large_to_small: &[&Option<String>]) -> String {
    let chinese = lines.iter().any(|line| line.chars().any(|c| matches!(u32::from(c), 0x3400..=0x9fff)));
    if !chinese {
        return words.join(", ");
    }
    let mut out = String::new();
    for place in large_to_small.iter().filter_map(|place| place.as_deref()).filter(|place| !place.is_ascii()) {
        if !lines.iter().any(|line| line.contains(place)) {
            out.push_str(place);
        }
    }
    out.push_str(&lines.concat());
    out
}

/// An XTN as `ContactPoint`. `assumed` is the use of a field that names none.
pub(super) fn telecom(cx: &mut Context<'_>, part: Part<'_>, assumed: Option<&str>) -> Option<Value> {
    let equipment = clean(part.comp(3));
    let mail = clean(part.comp(4)).filter(|mail| mail.contains('@'));
    let number = clean(part).or_else(|| clean(part.comp(12))).or_else(|| digits(part));
    let table = |table, code: &Option<String>| {
        code.as_ref().and_then(|code| cx.tables.code(table, code)).map(|code| code.code.clone())
    };
    let said = table("HL70202", &equipment);
    let (system, value) = match (mail, number) {
        (Some(mail), None) => ("email".to_owned(), mail),
        (Some(mail), Some(_)) if said.as_deref() == Some("email") => ("email".to_owned(), mail),
        (None, Some(number)) if number.contains('@') => ("email".to_owned(), number),
        // "Internet" with nothing like an address is a telephone all the same.
        (_, Some(number)) => (said.filter(|said| said != "email").unwrap_or_else(|| "phone".to_owned()), number),
        (None, None) => return None,
    };
    let mut out = Map::new();
    out.insert("system".into(), json!(system));
    out.insert("value".into(), json!(value));
    let mobile = equipment.is_some_and(|equipment| equipment.eq_ignore_ascii_case("CP"));
    let said = table("HL70201", &clean(part.comp(2)));
    let used = if mobile { Some("mobile".to_owned()) } else { said.or_else(|| assumed.map(str::to_owned)) };
    if let Some(used) = used {
        out.insert("use".into(), json!(used));
    }
    Some(Value::Object(out))
}

/// A number in parts: country, area, local, extension.
fn digits(part: Part<'_>) -> Option<String> {
    let (area, local) = (clean(part.comp(6)), clean(part.comp(7)));
    let local = match (area, local) {
        (Some(area), Some(local)) => format!("{area}-{local}"),
        (area, local) => local.or(area)?,
    };
    let country = clean(part.comp(5)).map(|c| format!("+{} ", c.trim_start_matches('+'))).unwrap_or_default();
    let extension = clean(part.comp(8)).map(|e| format!(" ext. {e}")).unwrap_or_default();
    Some(format!("{country}{local}{extension}"))
}
