//! FHIR values → searchable values, after the tables of the R4 search page (one for each parameter kind).

use serde_json::Value;

use super::{IndexKind, IndexValue};
use crate::date::{DateRange, Zone};
use crate::definitions::{Definitions, Kind, SearchParam};
use crate::fold::fold;
use crate::pinyin;
use crate::reference::{Reference, is_id};

/// Currencies, as a code system.
const CURRENCY: &str = "urn:iso:std:iso:4217";
/// Longest folded string in bytes; a longer one is cut.
const LONGEST: usize = 4096;

/// How a value is taken apart: its FHIR type as far as that makes a difference for its parameter's kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum EndType {
    /// A primitive that is its own text.
    Text,
    Boolean,
    Number,
    Coding,
    CodeableConcept,
    Identifier,
    ContactPoint,
    HumanName,
    Address,
    /// The readings of a HumanName.
    Pinyin,
    Reference,
    /// A canonical or uri under a reference parameter.
    Link,
    Resource,
    Date,
    Quantity,
    Range,
    Money,
}

impl EndType {
    /// `None` for kinds that are not extracted and types that the kind can't index.
    pub(crate) fn of(param: &SearchParam, end: &str) -> Option<Self> {
        Some(match (param.kind, end) {
            (Kind::String, "HumanName") if param.code == "pinyin" && param.number >= 10_000 => Self::Pinyin,
            (Kind::String, "HumanName") => Self::HumanName,
            (Kind::String, "Address") => Self::Address,
            (Kind::Token, "Coding") => Self::Coding,
            (Kind::Token, "CodeableConcept") => Self::CodeableConcept,
            (Kind::Token, "Identifier") => Self::Identifier,
            (Kind::Token, "ContactPoint") => Self::ContactPoint,
            (Kind::Token, "boolean") => Self::Boolean,
            (Kind::Token | Kind::Number, "integer" | "positiveInt" | "unsignedInt" | "decimal") => Self::Number,
            (Kind::String | Kind::Token | Kind::Uri, _) => Self::Text,
            (Kind::Reference, "Reference") => Self::Reference,
            (Kind::Reference, "Resource") => Self::Resource,
            (Kind::Reference, _) => Self::Link,
            (Kind::Date, _) => Self::Date,
            (Kind::Quantity, "Range") => Self::Range,
            (Kind::Quantity, "Money") => Self::Money,
            (Kind::Quantity, _) => Self::Quantity,
            (Kind::Number | Kind::Composite | Kind::Special, _) => return None,
        })
    }
}

pub(super) fn emit(param: &'static SearchParam, end: EndType, item: &Value, zone: Zone, out: &mut Vec<IndexValue>) {
    let mut put = |value| out.push(IndexValue { param, value });
    match end {
        EndType::Text => {
            let Some(text) = item.as_str().filter(|text| !text.is_empty()) else { return };
            match param.kind {
                Kind::String => string(text, &mut put),
                Kind::Uri => put(IndexKind::Uri(text.to_owned())),
                _ => put(IndexKind::Token { system: None, code: text.to_owned() }),
            }
        }
        EndType::Boolean => {
            if let Value::Bool(holds) = item {
                put(IndexKind::Token { system: None, code: holds.to_string() });
            }
        }
        EndType::Number => {
            if let Value::Number(number) = item {
                put(match param.kind {
                    Kind::Number => IndexKind::Number(number.to_string()),
                    _ => IndexKind::Token { system: None, code: number.to_string() },
                });
            }
        }
        EndType::Coding => coding(item, &mut put),
        EndType::CodeableConcept => list(item, "coding").iter().for_each(|item| coding(item, &mut put)),
        EndType::Identifier => {
            if let Some(value) = text(item, "value") {
                put(IndexKind::Token { system: owned(item, "system"), code: value.to_owned() });
            }
        }
        EndType::ContactPoint => contact(item, &mut put),
        EndType::HumanName => human_name(item, &mut put),
        EndType::Address => address(item, &mut put),
        EndType::Pinyin => {
            for folded in pinyin::of_name(item) {
                put(IndexKind::Str { folded });
            }
        }
        EndType::Reference => reference(item, &mut put),
        EndType::Link => {
            if let Some(link) = item.as_str().filter(|link| !link.is_empty()) {
                put(target(link));
            }
        }
        EndType::Resource => {
            let kind = text(item, "resourceType").and_then(|kind| Definitions::r4().type_code(kind));
            if let (Some(kind), Some(id)) = (kind, text(item, "id")) {
                put(IndexKind::Reference { target_type: Some(kind), id: id.to_owned() });
            }
        }
        EndType::Date => {
            if let Some(DateRange { lo, hi }) = DateRange::of(item, zone) {
                put(IndexKind::Date { lo, hi });
            }
        }
        EndType::Quantity => quantity(item, &mut put),
        EndType::Range => {
            ["low", "high"].iter().filter_map(|end| item.get(end)).for_each(|end| quantity(end, &mut put));
        }
        EndType::Money => {
            if let Some(Value::Number(value)) = item.get("value") {
                let (code, system) = (owned(item, "currency"), Some(CURRENCY.to_owned()));
                put(IndexKind::Quantity { value: value.to_string(), system, unit: code.clone(), code });
            }
        }
    }
}

fn coding(item: &Value, put: &mut impl FnMut(IndexKind)) {
    if let Some(code) = text(item, "code") {
        put(IndexKind::Token { system: owned(item, "system"), code: code.to_owned() });
    }
}

/// The value as written, and a number also without the marks that people put between its digits.
fn contact(item: &Value, put: &mut impl FnMut(IndexKind)) {
    let Some(value) = text(item, "value") else { return };
    put(IndexKind::Token { system: None, code: value.to_owned() });
    let is_mark = |c: char| matches!(c, ' ' | '-' | '(' | ')' | '.' | '/');
    if value.contains(is_mark) && value.chars().all(|c| is_mark(c) || c == '+' || c.is_ascii_digit()) {
        let code: String = value.chars().filter(|c| !is_mark(*c)).collect();
        if !code.is_empty() {
            put(IndexKind::Token { system: None, code });
        }
    }
}

/// Each part, and a Chinese name also in one piece: 王秀英 where the data has 王 and 秀英.
fn human_name(item: &Value, put: &mut impl FnMut(IndexKind)) {
    for key in ["text", "family"] {
        if let Some(part) = text(item, key) {
            string(part, put);
        }
    }
    for part in ["given", "prefix", "suffix"].iter().flat_map(|key| list(item, key)).filter_map(Value::as_str) {
        string(part, put);
    }
    if text(item, "text").is_none()
        && let Some(whole) = pinyin::whole_name(item)
    {
        string(&whole, put);
    }
}

fn address(item: &Value, put: &mut impl FnMut(IndexKind)) {
    for part in list(item, "line").iter().filter_map(Value::as_str) {
        string(part, put);
    }
    for key in ["text", "city", "district", "state", "postalCode", "country"] {
        if let Some(part) = text(item, key) {
            string(part, put);
        }
    }
}

fn string(part: &str, put: &mut impl FnMut(IndexKind)) {
    let mut folded = fold(part);
    if folded.len() > LONGEST {
        let end = (0..=LONGEST).rev().find(|end| folded.is_char_boundary(*end)).unwrap_or(0);
        folded.truncate(end);
    }
    if !folded.is_empty() {
        put(IndexKind::Str { folded });
    }
}

/// A literal reference, and the identifier of a logical one. What is contained is not found from outside.
fn reference(item: &Value, put: &mut impl FnMut(IndexKind)) {
    if let Some(link) = text(item, "reference")
        && !link.starts_with('#')
    {
        put(target(link));
    }
    if let Some(identifier) = item.get("identifier")
        && let Some(value) = text(identifier, "value")
    {
        put(IndexKind::ReferenceIdentifier { system: owned(identifier, "system"), value: value.to_owned() });
    }
}

fn target(link: &str) -> IndexKind {
    match Reference::parse(link) {
        Reference::Relative { kind, id, .. } => {
            IndexKind::Reference { target_type: Definitions::r4().type_code(kind), id: id.to_owned() }
        }
        Reference::Other(id) if is_id(id) => IndexKind::Reference { target_type: None, id: id.to_owned() },
        _ => IndexKind::ReferenceUrl(link.to_owned()),
    }
}

fn quantity(item: &Value, put: &mut impl FnMut(IndexKind)) {
    if let Some(Value::Number(value)) = item.get("value") {
        let (system, code, unit) = (owned(item, "system"), owned(item, "code"), owned(item, "unit"));
        put(IndexKind::Quantity { value: value.to_string(), system, code, unit });
    }
}

fn text<'a>(value: &'a Value, key: &str) -> Option<&'a str> {
    value.get(key).and_then(Value::as_str).filter(|text| !text.is_empty())
}

fn owned(value: &Value, key: &str) -> Option<String> {
    text(value, key).map(str::to_owned)
}

fn list<'a>(value: &'a Value, key: &str) -> &'a [Value] {
    value.get(key).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}
