//! The named converters of the tables.

mod contact;
mod name;
pub(super) mod people;
pub(super) mod quantity;

use meridian_hl7v2::Part;
use serde_json::{Value, json};

use super::{
    codes,
    context::{Context, clean, clean_flat},
    identity,
};

/// A converter with its arguments.
#[derive(Clone, Debug)]
pub(crate) enum Convert {
    Identifier(Option<String>),
    Entity,
    Name(Option<String>),
    Address,
    Telecom(Option<String>),
    Code(String),
    Coding(String),
    Concept(Option<String>),
    Diagnosis,
    Text,
    Date,
    DateTime,
    /// A dateTime, only when a clock was sent.
    Clock,
    Instant,
    Text1(String),
    Str,
    /// A person's name as one string.
    Person,
    /// An address of one line.
    Location1,
    Flag,
    Integer,
    Quantity(Option<String>),
    Note,
    Practitioner,
    /// A role code and its display.
    Participant(String, String),
    /// An interpreter of results (NDL).
    Interpreter,
    Organization,
    /// A payer of which only the number is known.
    PayerNumber,
    /// A reference that is only a display.
    Label,
    Device,
    Location(String),
    Extension(String, Box<Convert>),
}

/// What a field that says `""` deletes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Deleted {
    All,
    Slot(String),
    Nothing,
}

impl Convert {
    /// Parses `concept HL70002`; `None` for an unknown name or missing arguments.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let (name, rest) = text.split_once(' ').map_or((text, ""), |(name, rest)| (name, rest.trim()));
        let argument = || (!rest.is_empty()).then(|| rest.to_owned());
        Some(match name {
            "identifier" => Self::Identifier(argument()),
            "entity" => Self::Entity,
            "name" => Self::Name(argument()),
            "address" => Self::Address,
            "telecom" => Self::Telecom(argument()),
            "code" => Self::Code(argument()?),
            "coding" => Self::Coding(argument()?),
            "concept" => Self::Concept(argument()),
            "diagnosis" => Self::Diagnosis,
            "text" => Self::Text,
            "date" => Self::Date,
            "dateTime" => Self::DateTime,
            "clock" => Self::Clock,
            "instant" => Self::Instant,
            "string" => Self::Str,
            "person" => Self::Person,
            "place" => Self::Location1,
            "flag" => Self::Flag,
            "integer" => Self::Integer,
            "quantity" => Self::Quantity(argument()),
            "note" => Self::Note,
            "practitioner" => Self::Practitioner,
            "participant" => {
                let (code, display) = rest.split_once(' ')?;
                Self::Participant(code.to_owned(), display.to_owned())
            }
            "interpreter" => Self::Interpreter,
            "organization" => Self::Organization,
            "payer-number" => Self::PayerNumber,
            "label" => Self::Label,
            "device" => Self::Device,
            "location" => Self::Location(argument()?),
            "extension" => {
                let (url, inner) = rest.split_once(' ')?;
                Self::Extension(url.to_owned(), Box::new(Self::parse(inner.trim())?))
            }
            "literal" => Self::Text1(argument()?),
            _ => return None,
        })
    }

    /// The code table without which the converter gives nothing.
    pub(crate) fn needs_table(&self) -> Option<&str> {
        match self {
            Self::Code(table) => Some(table),
            Self::Extension(_, inner) => inner.needs_table(),
            _ => None,
        }
    }

    /// What a repetition of a field becomes; `None` when it says nothing usable.
    pub(crate) fn apply(&self, cx: &mut Context<'_>, part: Part<'_>, at: &str) -> Option<Value> {
        match self {
            Self::Identifier(assumed) => identity::identifier(cx, part, assumed.as_deref(), at),
            Self::Entity => identity::entity(cx, part),
            Self::Name(assumed) => name::human_name(cx, part, assumed.as_deref(), at),
            Self::Person => Some(json!(name::display(cx, part, 1)?)),
            Self::Address => contact::address(cx, part, at),
            Self::Telecom(assumed) => contact::telecom(cx, part, assumed.as_deref()),
            Self::Code(table) => codes::code(cx, table, part, at),
            Self::Coding(table) => codes::coding(cx, table, part, at),
            Self::Concept(table) => codes::concept(cx, table.as_deref(), part, at),
            Self::Diagnosis => codes::diagnosis(cx, part, None, at),
            Self::Text => codes::text(part),
            Self::Text1(value) => Some(json!(value)),
            Self::Date => Some(json!(cx.time(part, at)?.date())),
            Self::DateTime => Some(json!(cx.date_time(part, at)?)),
            Self::Clock => {
                let time = cx.time(part, at)?;
                time.hour.map(|_| json!(time.date_time(cx.feed.zone)))
            }
            Self::Instant => {
                let zone = cx.feed.zone;
                let instant = cx.time(part, at)?.instant(zone);
                if instant.is_none() {
                    cx.warn(at, "a time without seconds is no instant");
                }
                instant.map(|instant| json!(instant))
            }
            Self::Str => Some(json!(clean(part)?)),
            Self::Location1 => Some(json!({"text": clean_flat(part)?})),
            Self::Flag => flag(cx, part, at),
            Self::Integer => integer(cx, part, at),
            Self::Quantity(unit) => quantity::plain(cx, part, unit.as_deref(), at),
            Self::Note => Some(json!({"text": clean_flat(part)?})),
            Self::Practitioner => people::practitioner(cx, part),
            Self::Participant(code, display) => people::participant(cx, part, code, display),
            Self::Interpreter => people::interpreter(cx, part),
            Self::Organization => people::organization(cx, part),
            Self::PayerNumber => people::payer_number(cx, part),
            Self::Label => people::label(part),
            Self::Device => people::device(cx, part),
            Self::Location(status) => people::location(cx, part, status),
            Self::Extension(url, inner) => extension(cx, url, inner, part, at),
        }
    }

    /// What of its element goes when the field says `""`. Several fields share a list: only what came from this one.
    pub(crate) fn slot(&self) -> Deleted {
        match self {
            Self::Participant(code, _) => Deleted::Slot(code.clone()),
            Self::Extension(url, _) => Deleted::Slot(url.clone()),
            Self::Telecom(used) => Deleted::Slot(if used.as_deref() == Some("work") { "work" } else { "home" }.into()),
            Self::Name(used) => Deleted::Slot(if used.is_some() { "nickname" } else { "name" }.into()),
            Self::Identifier(_) => Deleted::Nothing,
            _ => Deleted::All,
        }
    }

    /// The identifier system of which a repetition such as `""^^^&2.16…&ISO^NI` deletes the numbers.
    pub(crate) fn deleted_system(&self, cx: &Context<'_>, part: Part<'_>) -> Option<String> {
        let Self::Identifier(assumed) = self else { return None };
        identity::deleted_system(cx, part, assumed.as_deref())
    }

    /// `value[x]` of an extension that holds what this converter gives.
    fn value_name(&self) -> &'static str {
        match self {
            Self::Concept(_) => "valueCodeableConcept",
            Self::Coding(_) => "valueCoding",
            Self::DateTime | Self::Clock => "valueDateTime",
            Self::Flag => "valueBoolean",
            Self::Integer => "valueInteger",
            Self::Location1 => "valueAddress",
            _ => "valueString",
        }
    }
}

fn extension(cx: &mut Context<'_>, url: &str, inner: &Convert, part: Part<'_>, at: &str) -> Option<Value> {
    let value = inner.apply(cx, part, at)?;
    Some(json!({"url": url, inner.value_name(): value}))
}

fn flag(cx: &mut Context<'_>, part: Part<'_>, at: &str) -> Option<Value> {
    match clean(part)?.to_uppercase().as_str() {
        "Y" | "YES" | "1" | "TRUE" | "是" => Some(json!(true)),
        "N" | "NO" | "0" | "FALSE" | "否" => Some(json!(false)),
        _ => {
            cx.warn(at, "neither yes nor no");
            None
        }
    }
}

fn integer(cx: &mut Context<'_>, part: Part<'_>, at: &str) -> Option<Value> {
    let number = clean(part)?.parse::<i32>().ok();
    if number.is_none() {
        cx.warn(at, "not a whole number");
    }
    number.map(|number| json!(number))
}
