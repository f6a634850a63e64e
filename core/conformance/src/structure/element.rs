//! One element of a StructureDefinition, of a snapshot or of a differential.

use std::sync::Arc;

use serde_json::Value;

use super::Constraint;
use super::constraint::Shape;

/// `max` of `*`.
pub const MANY: u32 = u32::MAX;

/// An element. In a differential only what it changes is there.
#[derive(Debug, Clone, Default)]
pub struct Element {
    /// `Patient.identifier:national.system`
    pub id: String,
    /// `Patient.identifier.system`
    pub path: String,
    /// The last part of the path, without `[x]`.
    pub name: String,
    pub is_choice: bool,
    pub slice: Option<String>,
    pub min: Option<u32>,
    pub max: Option<u32>,
    pub types: Vec<Type>,
    /// The element whose content stands here too: `#Questionnaire.item`.
    pub content: Option<String>,
    pub binding: Option<Binding>,
    pub slicing: Option<Slicing>,
    pub constraints: Vec<Arc<Constraint>>,
    pub fixed: Option<Pinned>,
    pub pattern: Option<Pinned>,
    pub min_value: Option<Pinned>,
    pub max_value: Option<Pinned>,
    pub max_length: Option<u64>,
    /// What the text has to look like (HL7's extension `regex`).
    pub regex: Option<Arc<Shape>>,
    /// A value has to be there itself; an extension instead of it is not enough (R5's `mustHaveValue`).
    pub must_have_value: Option<bool>,
    pub is_modifier: Option<bool>,
    pub must_support: Option<bool>,
    pub is_summary: Option<bool>,
}

impl Element {
    #[must_use]
    pub fn least(&self) -> u32 {
        self.min.unwrap_or(0)
    }

    #[must_use]
    pub fn most(&self) -> u32 {
        self.max.unwrap_or(MANY)
    }

    /// The type of this code.
    #[must_use]
    pub fn kind(&self, code: &str) -> Option<&Type> {
        self.types.iter().find(|one| one.code == code)
    }

    /// An element of which nothing is said but where it is.
    pub(crate) fn at(path: &str) -> Self {
        let last = path.rsplit('.').next().unwrap_or(path);
        let name = last.strip_suffix("[x]");
        Self {
            id: path.to_owned(),
            path: path.to_owned(),
            name: name.unwrap_or(last).to_owned(),
            is_choice: name.is_some(),
            ..Self::default()
        }
    }
}

/// A type that an element may have.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Type {
    pub code: String,
    /// The value must keep one of these.
    pub profiles: Vec<String>,
    /// What a reference or canonical may point to must keep one of these.
    pub targets: Vec<String>,
    pub aggregation: Vec<Aggregation>,
}

/// Where the target of a reference may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Aggregation {
    Contained,
    Referenced,
    Bundled,
}

/// The value set of an element.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Binding {
    pub strength: Strength,
    pub value_set: Option<String>,
    /// The value set outside of which no code may be, whatever the strength.
    pub widest: Option<String>,
    /// Value sets besides (the extension `additional-binding`), with their strengths.
    pub more: Vec<(Strength, String)>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Strength {
    Example,
    Preferred,
    Extensible,
    Required,
}

impl Strength {
    pub(crate) fn of(code: &str) -> Option<Self> {
        Some(match code {
            "example" => Self::Example,
            "preferred" => Self::Preferred,
            "extensible" => Self::Extensible,
            "required" => Self::Required,
            _ => return None,
        })
    }

    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Example => "example",
            Self::Preferred => "preferred",
            Self::Extensible => "extensible",
            Self::Required => "required",
        }
    }
}

/// How the values of a repeating element are told apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Slicing {
    pub by: Vec<Discriminator>,
    pub rules: Rules,
    pub ordered: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Discriminator {
    pub by: By,
    /// A restricted FHIRPath: `$this`, `code.coding`, `resolve().code`, `extension('url').value`.
    pub path: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum By {
    /// Fixed, pattern or a required binding; `pattern` and `value` are one.
    Value,
    Exists,
    Type,
    Profile,
}

impl By {
    pub(crate) fn of(code: &str) -> Option<Self> {
        Some(match code {
            "value" | "pattern" => Self::Value,
            "exists" => Self::Exists,
            "type" => Self::Type,
            "profile" => Self::Profile,
            _ => return None,
        })
    }

    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Value => "value",
            Self::Exists => "exists",
            Self::Type => "type",
            Self::Profile => "profile",
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rules {
    Open,
    OpenAtEnd,
    Closed,
}

impl Rules {
    pub(crate) fn of(code: &str) -> Option<Self> {
        Some(match code {
            "open" => Self::Open,
            "openAtEnd" => Self::OpenAtEnd,
            "closed" => Self::Closed,
            _ => return None,
        })
    }

    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::OpenAtEnd => "openAtEnd",
            Self::Closed => "closed",
        }
    }
}

/// A value of `fixed[x]`, `pattern[x]`, `minValue[x]` or `maxValue[x]`, with its type.
#[derive(Debug, Clone, PartialEq)]
pub struct Pinned {
    pub kind: String,
    pub value: Value,
}
