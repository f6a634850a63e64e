//! What a resource says for a search parameter: FHIR values taken apart after the tables of R4's search page.

use serde_json::Value;

use crate::decimal::Decimal;
use crate::time::{self, Span};

/// A FHIR type at the end of a path, as far as searching tells them apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum As {
    Str,
    HumanName,
    Address,
    /// A `code`, `id` or string that is a token.
    Code,
    /// A string that is a token: its case says nothing (R4 §3.1.1.4.10).
    AnyCase,
    Bool,
    /// `Patient.deceased.exists() and Patient.deceased != false`, of the whole resource.
    Deceased,
    Coding,
    Concept,
    Identifier,
    /// The ContactPoints of one system, or of all.
    Contact(&'static str),
    Date,
    Reference,
    /// References to one type only.
    To(&'static str),
    Uri,
    /// A canonical: with its version, and without.
    Canonical,
    Number,
    Quantity,
    /// Both ends of it.
    Range,
    Money,
    Position,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Quantity {
    pub(crate) value: Decimal,
    pub(crate) system: Option<String>,
    pub(crate) code: Option<String>,
    pub(crate) unit: Option<String>,
}

#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Token {
    pub(crate) system: Option<String>,
    pub(crate) code: Option<String>,
    /// What `:text` looks through.
    pub(crate) texts: Vec<String>,
    pub(crate) any_case: bool,
    /// The types of an Identifier, for `:of-type`.
    pub(crate) types: Vec<(Option<String>, Option<String>)>,
}

#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Reference {
    /// The text without a version.
    pub(crate) link: Option<String>,
    /// Type and id, when the text is relative.
    pub(crate) local: Option<(String, String)>,
    pub(crate) identifier: Option<(Option<String>, String)>,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Found {
    Text(String),
    Token(Token),
    Date(Span),
    Reference(Reference),
    Uri(String),
    Number(Decimal),
    Quantity(Quantity),
    /// Latitude and longitude in degrees.
    Position(f64, f64),
}

/// The values at a path of member names; arrays are walked item by item.
pub(crate) fn at<'a>(value: &'a Value, path: &str) -> Vec<&'a Value> {
    let mut here = vec![value];
    for name in path.split('.').filter(|name| !name.is_empty()) {
        let next = here.into_iter().filter_map(|value| value.get(name));
        here = next
            .flat_map(|value| value.as_array().map_or_else(|| vec![value], |items| items.iter().collect()))
            .collect();
    }
    here
}

fn text(value: &Value, key: &str) -> Option<String> {
    value.get(key).and_then(Value::as_str).map(str::to_owned)
}

fn number(value: &Value) -> Option<Decimal> {
    Decimal::parse(&value.as_number()?.to_string())
}

fn coding(value: &Value) -> Token {
    let texts = text(value, "display").into_iter().collect();
    Token { system: text(value, "system"), code: text(value, "code"), texts, ..Token::default() }
}

fn quantity(value: &Value) -> Option<Found> {
    let of = |key| text(value, key);
    let amount = number(value.get("value")?)?;
    Some(Found::Quantity(Quantity { value: amount, system: of("system"), code: of("code"), unit: of("unit") }))
}

pub(crate) fn reference(value: &Value) -> Reference {
    let link = text(value, "reference").filter(|link| !link.starts_with('#'));
    let link = link.map(|link| link.split("/_history/").next().unwrap_or_default().to_owned());
    let local = link.as_deref().and_then(|link| match link.split('/').collect::<Vec<_>>()[..] {
        [kind, id] if !link.starts_with("urn:") => Some((kind.to_owned(), id.to_owned())),
        _ => None,
    });
    let identifier = value.get("identifier").and_then(|of| Some((text(of, "system"), text(of, "value")?)));
    Reference { link, local, identifier }
}

/// The type that a reference says it points to.
fn points_to(value: &Value) -> Option<String> {
    let link = reference(value).link.filter(|link| !link.starts_with("urn:"));
    let of_link = link.and_then(|link| link.rsplit('/').nth(1).map(str::to_owned));
    of_link.or_else(|| text(value, "type"))
}

/// Family and given names in one piece, as Chinese names are written and sought.
fn chinese(name: &Value) -> Option<String> {
    let parts = at(name, "family").into_iter().chain(at(name, "given"));
    let whole: String = parts.filter_map(Value::as_str).collect();
    let han = whole.chars().all(|c| ('\u{4e00}'..='\u{9fff}').contains(&c));
    (name.get("text").is_none() && han && !whole.is_empty()).then_some(whole)
}

/// One value, taken apart.
pub(crate) fn take(value: &Value, shape: As) -> Vec<Found> {
    let texts = |paths: &[&str]| -> Vec<Found> {
        let all = paths.iter().flat_map(|path| at(value, path));
        all.filter_map(Value::as_str).map(|text| Found::Text(text.to_owned())).collect()
    };
    let one = |found: Option<Found>| found.into_iter().collect::<Vec<_>>();
    match shape {
        As::Str => one(value.as_str().map(|text| Found::Text(text.to_owned()))),
        As::HumanName => {
            let mut found = texts(&["text", "family", "given", "prefix", "suffix"]);
            found.extend(chinese(value).map(Found::Text));
            found
        }
        As::Address => texts(&["text", "line", "city", "district", "state", "postalCode", "country"]),
        As::Code => {
            let code = value.as_str().map(str::to_owned);
            one(code.map(|code| Found::Token(Token { code: Some(code), ..Token::default() })))
        }
        As::AnyCase => {
            let code = value.as_str().map(str::to_owned);
            one(code.map(|code| Found::Token(Token { code: Some(code), any_case: true, ..Token::default() })))
        }
        As::Bool => {
            let code = value.as_bool().map(|truth| truth.to_string());
            one(code.map(|code| Found::Token(Token { code: Some(code), ..Token::default() })))
        }
        As::Deceased => {
            let dead =
                value.get("deceasedDateTime").is_some() || value.get("deceasedBoolean") == Some(&Value::Bool(true));
            vec![Found::Token(Token { code: Some(dead.to_string()), ..Token::default() })]
        }
        As::Coding => vec![Found::Token(coding(value))],
        As::Concept => {
            let mut found: Vec<Token> = at(value, "coding").into_iter().map(coding).collect();
            if let Some(text) = text(value, "text") {
                found.push(Token { texts: vec![text], ..Token::default() });
            }
            found.into_iter().map(Found::Token).collect()
        }
        As::Identifier => {
            let types =
                at(value, "type.coding").into_iter().map(|coding| (text(coding, "system"), text(coding, "code")));
            let texts = at(value, "type.text").into_iter().filter_map(Value::as_str).map(str::to_owned).collect();
            let (system, code) = (text(value, "system"), text(value, "value"));
            vec![Found::Token(Token { system, code, texts, types: types.collect(), any_case: false })]
        }
        As::Contact(system) => {
            let is_one = system.is_empty() || text(value, "system").as_deref() == Some(system);
            let code = text(value, "value").filter(|_| is_one);
            one(code.map(|code| Found::Token(Token { code: Some(code), ..Token::default() })))
        }
        As::Date => one(time::of(value).map(Found::Date)),
        As::Reference => vec![Found::Reference(reference(value))],
        As::To(kind) => {
            let is_one = points_to(value).as_deref() == Some(kind);
            one(is_one.then(|| Found::Reference(reference(value))))
        }
        As::Uri => one(value.as_str().map(|uri| Found::Uri(uri.to_owned()))),
        As::Canonical => {
            let whole = value.as_str().unwrap_or_default();
            let plain = whole.split('|').next().unwrap_or_default();
            let mut found = vec![Found::Uri(whole.to_owned())];
            if plain != whole {
                found.push(Found::Uri(plain.to_owned()));
            }
            found
        }
        As::Number => one(number(value).map(Found::Number)),
        As::Quantity => one(quantity(value)),
        As::Range => ["low", "high"].iter().filter_map(|end| quantity(value.get(end)?)).collect(),
        As::Money => {
            let amount = value.get("value").and_then(number);
            let (system, code) = (Some("urn:iso:std:iso:4217".to_owned()), text(value, "currency"));
            one(amount.map(|value| Found::Quantity(Quantity { value, system, unit: code.clone(), code })))
        }
        As::Position => {
            let degrees = |key: &str| value.get(key).and_then(Value::as_f64);
            one(degrees("latitude").zip(degrees("longitude")).map(|(lat, lon)| Found::Position(lat, lon)))
        }
    }
}
