//! Search parameters as the tables hold them.

use std::borrow::Cow;

use serde::Deserialize;

use super::Evaluator;

/// The type of a search parameter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    String,
    Token,
    Reference,
    Date,
    Number,
    Quantity,
    Uri,
    Composite,
    Special,
}

impl Kind {
    /// The type of a code of R4's value set `search-param-type`.
    #[must_use]
    pub fn of(code: &str) -> Option<Self> {
        use Kind::{Composite, Date, Number, Quantity, Reference, Special, String, Token, Uri};
        let all = [String, Token, Reference, Date, Number, Quantity, Uri, Composite, Special];
        all.into_iter().find(|kind| kind.code() == code)
    }

    /// The code of R4's value set `search-param-type`.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::String => "string",
            Self::Token => "token",
            Self::Reference => "reference",
            Self::Date => "date",
            Self::Number => "number",
            Self::Quantity => "quantity",
            Self::Uri => "uri",
            Self::Composite => "composite",
            Self::Special => "special",
        }
    }
}

/// One search parameter of one base type. A SearchParameter resource with several bases is several of these.
#[derive(Debug, PartialEq, Eq)]
pub struct SearchParam {
    /// Stable and unique for (base, code); may be stored. HL7's lie under 10,000, Meridian's own from there.
    pub number: u16,
    pub code: &'static str,
    /// A resource type, `Resource` or `DomainResource`.
    pub base: &'static str,
    pub kind: Kind,
    pub url: &'static str,
    pub description: Cow<'static, str>,
    /// As HL7 or its author wrote it, for all base types; empty where there is none.
    pub expression: &'static str,
    /// Reference parameters: the types that may be pointed to; empty where any may.
    pub targets: Vec<&'static str>,
    /// Path programs (`definitions/README.md`); for composites the anchors.
    pub paths: Vec<&'static str>,
    /// Composites: their parts, with programs relative to the anchor.
    pub parts: Vec<Part>,
    /// What finds the values where `paths` are none: the expression is beyond path programs.
    pub evaluator: Option<Evaluator>,
    /// The expression, where no program was made of it (empty where HL7 gives none): it has no rows.
    pub unsupported: Option<&'static str>,
}

impl SearchParam {
    /// May a value be of this FHIR type? Where that is not known, yes.
    #[must_use]
    pub fn may_end_in(&self, kind: &str) -> bool {
        let of = |path: &&str| path.rsplit_once(':').is_some_and(|(_, end)| end == kind);
        match &self.evaluator {
            Some(evaluator) => evaluator.ends(0).is_none_or(|ends| ends.contains(&kind)),
            None => self.paths.iter().any(of),
        }
    }

    /// Is every value of this FHIR type? Where that is not known, no.
    #[must_use]
    pub fn always_ends_in(&self, kind: &str) -> bool {
        let of = |path: &&str| path.rsplit_once(':').is_some_and(|(_, end)| end == kind);
        match &self.evaluator {
            Some(evaluator) => {
                evaluator.ends(0).is_some_and(|ends| !ends.is_empty() && ends.iter().all(|end| *end == kind))
            }
            None => !self.paths.is_empty() && self.paths.iter().all(of),
        }
    }
}

/// A part of a composite parameter.
#[derive(Debug, PartialEq, Eq)]
pub struct Part {
    /// Code of the parameter that the part is.
    pub code: &'static str,
    pub kind: Kind,
    pub paths: Vec<&'static str>,
}
