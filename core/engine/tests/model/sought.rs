//! From a value in a resource to a search that must find it.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::path::{Node, evaluate};
use crate::time;

/// What to ask for.
#[derive(Clone, Debug)]
pub(crate) struct Sought {
    /// The kind of the parameter, for counting.
    pub(crate) shape: String,
    pub(crate) modifier: &'static str,
    pub(crate) value: String,
}

fn text<'a>(value: &'a Value, key: &str) -> Option<&'a str> {
    value.get(key).and_then(Value::as_str).filter(|text| !text.trim().is_empty())
}

fn escaped(text: &str) -> String {
    let mut out = String::new();
    for c in text.chars() {
        if matches!(c, ',' | '|' | '$' | '\\') {
            out.push('\\');
        }
        out.push(c);
    }
    out
}

/// `None` where the value has nothing that this kind of parameter is searched by.
pub(crate) fn sought(shape: &str, node: &Node<'_>) -> Option<Sought> {
    let value = node.value;
    let mut modifier = "";
    let value = match shape {
        "token" => token(value)?,
        "string" => escaped(string(value)?),
        // A text that looks like a date is none.
        "date" if node.kind == Some("String") => return None,
        "date" => date(value)?,
        "number" => value.as_number()?.to_string(),
        "quantity" => quantity(value)?,
        "uri" => escaped(value.as_str()?),
        "reference" => {
            let (is, value) = reference(value)?;
            modifier = is;
            value
        }
        "special" => {
            let number = |key: &str| Some(value.get(key)?.as_number()?.to_string());
            format!("{}|{}|1|km", number("latitude")?, number("longitude")?)
        }
        _ => return None,
    };
    // What is longer than a search may be is looked for by nobody.
    let fits = !value.trim().is_empty() && value.len() < 1000;
    fits.then(|| Sought { shape: shape.to_owned(), modifier, value })
}

fn token(value: &Value) -> Option<String> {
    let coded = |coding: &Value| {
        let code = escaped(text(coding, "code")?);
        Some(text(coding, "system").map_or_else(|| code.clone(), |system| format!("{}|{code}", escaped(system))))
    };
    match value {
        Value::String(code) => Some(escaped(code)),
        Value::Bool(truth) => Some(truth.to_string()),
        Value::Number(number) => Some(number.to_string()),
        Value::Object(_) => match value.get("coding").and_then(Value::as_array) {
            Some(codings) => codings.iter().find_map(coded),
            // Identifier and ContactPoint have a value, a Coding has none.
            None => text(value, "value").map(escaped).or_else(|| coded(value)),
        },
        _ => None,
    }
}

fn string(value: &Value) -> Option<&str> {
    let first = |key: &str| value.get(key)?.as_array()?.first()?.as_str();
    let plain = ["family", "city", "text", "district", "state", "postalCode", "country"];
    value
        .as_str()
        .or_else(|| plain.iter().find_map(|key| text(value, key)))
        .or_else(|| ["given", "line", "prefix", "suffix"].iter().find_map(|key| first(key)))
}

fn date(value: &Value) -> Option<String> {
    let known = |text: &str| time::span(text).map(|_| text.to_owned());
    if let Some(text) = value.as_str() {
        return known(text);
    }
    let event = value.get("event").and_then(|events| events.as_array()?.first()?.as_str());
    let bounds = value.pointer("/repeat/boundsPeriod").unwrap_or(value);
    match (text(bounds, "start").or(event), text(bounds, "end")) {
        (Some(start), _) => Some(format!("ge{}", known(start)?)),
        (None, Some(end)) => Some(format!("le{}", known(end)?)),
        (None, None) => None,
    }
}

fn quantity(value: &Value) -> Option<String> {
    let value = value.get("low").or_else(|| value.get("high")).unwrap_or(value);
    let number = value.get("value")?.as_number()?.to_string();
    if let Some(currency) = text(value, "currency") {
        return Some(format!("{number}|urn:iso:std:iso:4217|{}", escaped(currency)));
    }
    Some(match (text(value, "system"), text(value, "code"), text(value, "unit")) {
        (Some(system), Some(code), _) => format!("{number}|{}|{}", escaped(system), escaped(code)),
        (_, Some(unit), _) | (_, None, Some(unit)) => format!("{number}||{}", escaped(unit)),
        _ => number,
    })
}

fn reference(value: &Value) -> Option<(&'static str, String)> {
    if let Some(canonical) = value.as_str() {
        // What is no address is no canonical.
        return canonical.contains(':').then(|| ("", canonical.to_owned()));
    }
    if let (Some(kind), Some(id)) = (text(value, "resourceType"), text(value, "id")) {
        return Some(("", format!("{kind}/{id}")));
    }
    if let Some(link) = text(value, "reference") {
        let link = link.split("/_history/").next().unwrap_or(link);
        return (!link.starts_with('#') && !link.contains('?')).then(|| ("", escaped(link)));
    }
    let identifier = value.get("identifier")?;
    let number = escaped(text(identifier, "value")?);
    let value = text(identifier, "system").map_or(number.clone(), |system| format!("{}|{number}", escaped(system)));
    Some((":identifier", value))
}

/// All parts of a composite out of one place.
pub(crate) fn composite(param: &Value, place: &Value, by_url: &BTreeMap<String, Value>) -> Option<Sought> {
    let mut parts = Vec::new();
    for component in param["component"].as_array()? {
        let of = by_url.get(component["definition"].as_str()?)?;
        let expression = component["expression"].as_str()?;
        let nodes = evaluate(expression, place)?;
        let part = nodes.iter().find_map(|node| sought(of["type"].as_str()?, node))?;
        parts.push(part.value);
    }
    Some(Sought { shape: "composite".into(), modifier: "", value: parts.join("$") })
}
