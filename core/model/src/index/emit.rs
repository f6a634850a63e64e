//! FHIR values → searchable values, after the tables of the R4 search page (one for each parameter kind).

use serde_json::Value;

use super::{IndexKind, Real, quantity};
use crate::date::{DateRange, Zone};
use crate::definitions::{Definitions, Kind};
use crate::fold::fold;
use crate::reference::Reference;
use crate::{pinyin, place};

/// Longest string in bytes; a longer one is cut.
const LONGEST: usize = 4096;

/// How a value is taken apart: its FHIR type as far as that makes a difference for its parameter's kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum EndType {
    /// A primitive that is its own text.
    Text,
    /// A string under a token parameter that matches in any case.
    AnyCase,
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
    /// A uri under a reference parameter.
    Link,
    /// A canonical, under a uri or a reference parameter.
    Canonical,
    Resource,
    Date,
    Quantity,
    Range,
    Money,
    SampledData,
    Position,
}

impl EndType {
    /// `None` for kinds that are not extracted and types that the kind can't index.
    pub(crate) fn of(kind: Kind, end: &str) -> Option<Self> {
        Some(match (kind, end) {
            (Kind::String, "HumanName") => Self::HumanName,
            (Kind::String, "Address") => Self::Address,
            (Kind::Token, "Coding") => Self::Coding,
            (Kind::Token, "CodeableConcept") => Self::CodeableConcept,
            (Kind::Token, "Identifier") => Self::Identifier,
            (Kind::Token, "ContactPoint") => Self::ContactPoint,
            (Kind::Token, "boolean") => Self::Boolean,
            (Kind::Token | Kind::Number, "integer" | "positiveInt" | "unsignedInt" | "decimal") => Self::Number,
            (Kind::Uri | Kind::Reference, "canonical") => Self::Canonical,
            (Kind::String | Kind::Token | Kind::Uri, _) => Self::Text,
            (Kind::Reference, "Reference") => Self::Reference,
            (Kind::Reference, "Resource") => Self::Resource,
            (Kind::Reference, _) => Self::Link,
            (Kind::Date, _) => Self::Date,
            (Kind::Quantity, "Range") => Self::Range,
            (Kind::Quantity, "Money") => Self::Money,
            (Kind::Quantity, "SampledData") => Self::SampledData,
            (Kind::Quantity, _) => Self::Quantity,
            (Kind::Special, "Location.position") => Self::Position,
            (Kind::Number | Kind::Composite | Kind::Special, _) => return None,
        })
    }
}

/// The values of `item`, which is of type `end` and stands under a parameter of this kind.
pub(super) fn emit(kind: Kind, end: EndType, item: &Value, zone: Zone, put: &mut dyn FnMut(IndexKind)) {
    match end {
        EndType::Text => {
            let Some(text) = item.as_str().filter(|text| !text.is_empty()) else { return };
            match kind {
                Kind::String => string(text, put),
                Kind::Uri => put(IndexKind::Uri(text.to_owned())),
                _ => put(IndexKind::Token { system: None, code: text.to_owned() }),
            }
        }
        EndType::AnyCase => {
            let Some(text) = item.as_str().filter(|text| !text.is_empty()) else { return };
            for code in [text.to_owned(), fold(text)] {
                put(IndexKind::Token { system: None, code });
            }
        }
        EndType::Canonical => {
            let Some(text) = item.as_str().filter(|text| !text.is_empty()) else { return };
            let bare = text.rsplit_once('|').map(|(url, _)| url).filter(|url| !url.is_empty());
            for url in [Some(text), bare].into_iter().flatten() {
                match kind {
                    Kind::Uri => put(IndexKind::Uri(url.to_owned())),
                    _ => target(url, put),
                }
            }
        }
        EndType::Boolean => {
            if let Value::Bool(holds) = item {
                put(IndexKind::Token { system: None, code: holds.to_string() });
            }
        }
        EndType::Number => {
            if let Value::Number(number) = item {
                let code = number.to_string();
                match kind {
                    Kind::Number => {
                        if let Some(number) = Real::read(&code) {
                            put(IndexKind::Number(number));
                        }
                    }
                    _ => put(IndexKind::Token { system: None, code }),
                }
            }
        }
        EndType::Coding => coding(item, put),
        EndType::CodeableConcept => {
            list(item, "coding").iter().for_each(|item| coding(item, put));
            said(item, "text", put);
        }
        EndType::Identifier => identifier(item, put),
        EndType::ContactPoint => contact(item, put),
        EndType::HumanName => human_name(item, put),
        EndType::Address => address(item, put),
        EndType::Pinyin => {
            for folded in pinyin::of_name(item) {
                put(IndexKind::Str { folded, raw: None });
            }
        }
        EndType::Reference => reference(item, put),
        EndType::Link => {
            if let Some(link) = item.as_str().filter(|link| !link.is_empty()) {
                target(link, put);
            }
        }
        EndType::Resource => {
            let kind = text(item, "resourceType").and_then(|kind| Definitions::r4().type_code(kind));
            if let (Some(target_type), Some(id)) = (kind, text(item, "id")) {
                put(IndexKind::Reference { target_type, id: id.to_owned() });
            }
        }
        EndType::Date => {
            if let Some(DateRange { lo, hi }) = DateRange::of(item, zone).or_else(|| reversed(item, zone)) {
                put(IndexKind::Date { lo, hi });
            }
        }
        EndType::Quantity => quantity::quantity(item, put),
        EndType::Range => quantity::range(item, put),
        EndType::Money => quantity::money(item, put),
        EndType::SampledData => quantity::sampled(item, put),
        EndType::Position => {
            if let Some(vector) = place::of_position(item) {
                put(IndexKind::Place(vector.map(Real::new)));
            }
        }
    }
}

/// A Period whose end lies before its start says at least when something was: from the one to the other.
fn reversed(period: &Value, zone: Zone) -> Option<DateRange> {
    let bound = |key| DateRange::parse(text(period, key)?, zone);
    Some(bound("start")?.hull(bound("end")?))
}

fn coding(item: &Value, put: &mut dyn FnMut(IndexKind)) {
    if let Some(code) = text(item, "code") {
        put(IndexKind::Token { system: owned(item, "system"), code: code.to_owned() });
    }
    said(item, "display", put);
}

/// What `:text` of a token parameter looks for.
fn said(item: &Value, key: &str, put: &mut dyn FnMut(IndexKind)) {
    let folded = text(item, key).map(|text| cut(fold(text))).unwrap_or_default();
    if !folded.is_empty() {
        put(IndexKind::Str { folded, raw: None });
    }
}

/// System and value, the value under each coding of its type (`:of-type`), and the text of the type.
fn identifier(item: &Value, put: &mut dyn FnMut(IndexKind)) {
    let kind = item.get("type");
    if let Some(kind) = kind {
        said(kind, "text", put);
    }
    let Some(value) = text(item, "value") else { return };
    put(IndexKind::Token { system: owned(item, "system"), code: value.to_owned() });
    for coding in kind.map_or(&[][..], |kind| list(kind, "coding")) {
        if let Some(code) = text(coding, "code") {
            string(value, &mut |second| {
                let (system, code, second) = (owned(coding, "system"), code.to_owned(), Box::new(second));
                put(IndexKind::Pair { system, code, second });
            });
        }
    }
}

/// The value as written, and a number also without the marks that people put between its digits.
fn contact(item: &Value, put: &mut dyn FnMut(IndexKind)) {
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
fn human_name(item: &Value, put: &mut dyn FnMut(IndexKind)) {
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

fn address(item: &Value, put: &mut dyn FnMut(IndexKind)) {
    for part in list(item, "line").iter().filter_map(Value::as_str) {
        string(part, put);
    }
    for key in ["text", "city", "district", "state", "postalCode", "country"] {
        if let Some(part) = text(item, key) {
            string(part, put);
        }
    }
}

fn string(part: &str, put: &mut dyn FnMut(IndexKind)) {
    let folded = cut(fold(part));
    if !folded.is_empty() {
        let raw = (folded != part).then(|| cut(part.to_owned()));
        put(IndexKind::Str { folded, raw });
    }
}

fn cut(mut text: String) -> String {
    if text.len() > LONGEST {
        let end = (0..=LONGEST).rev().find(|end| text.is_char_boundary(*end)).unwrap_or(0);
        text.truncate(end);
    }
    text
}

/// A literal reference, and the identifier of a logical one. What is contained is not found from outside.
fn reference(item: &Value, put: &mut dyn FnMut(IndexKind)) {
    if let Some(link) = text(item, "reference")
        && !link.starts_with('#')
    {
        target(link, put);
    }
    if let Some(identifier) = item.get("identifier")
        && let Some(value) = text(identifier, "value")
    {
        put(IndexKind::Token { system: owned(identifier, "system"), code: value.to_owned() });
    }
}

fn target(link: &str, put: &mut dyn FnMut(IndexKind)) {
    match Reference::parse(link) {
        Reference::Relative { kind, id, .. } => {
            if let Some(target_type) = Definitions::r4().type_code(kind) {
                put(IndexKind::Reference { target_type, id: id.to_owned() });
            }
        }
        _ => put(IndexKind::ReferenceUrl(link.to_owned())),
    }
}

pub(super) fn text<'a>(value: &'a Value, key: &str) -> Option<&'a str> {
    value.get(key).and_then(Value::as_str).filter(|text| !text.is_empty())
}

pub(super) fn owned(value: &Value, key: &str) -> Option<String> {
    text(value, key).map(str::to_owned)
}

fn list<'a>(value: &'a Value, key: &str) -> &'a [Value] {
    value.get(key).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}
