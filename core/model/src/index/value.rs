//! What a search parameter can find: one value of one kind.

use std::cmp::Ordering;
use std::hash::{Hash, Hasher};

use crate::definitions::{Kind, SearchParam};

/// One searchable value of a resource.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IndexValue {
    pub param: &'static SearchParam,
    pub value: IndexKind,
}

/// The value by its kind, which is the kind of the parameter but for these: a token parameter has also the texts that
/// `:text` looks for (`Str`), of identifiers with a type also what `:of-type` looks for (`Pair`); a reference parameter
/// has also the identifiers of logical references (`Token`).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum IndexKind {
    /// `system` is `None` where the data has none (a `code`, an identifier without system).
    Token {
        system: Option<String>,
        code: String,
    },
    /// `folded` by [`crate::fold::fold`], which a search value must go through too; `raw` as written, for `:exact`,
    /// where that is something else. Both at most 4,096 bytes.
    Str {
        folded: String,
        raw: Option<String>,
    },
    /// As written; a canonical with a `|version` also without it.
    Uri(String),
    /// A reference inside this server. A version is left out.
    Reference {
        target_type: u16,
        id: String,
    },
    /// A reference to anything else: absolute URL, `urn:uuid:`, canonical (with its `|version` and also without).
    ReferenceUrl(String),
    /// Half-open, in milliseconds since the epoch; an open end is `i64::MIN` or `i64::MAX`.
    Date {
        lo: i64,
        hi: i64,
    },
    Number(Real),
    Quantity(Amount),
    /// Two values that stand together: of a composite parameter, or the type (`system`, `code`) and value of an
    /// identifier. A reference is the token `Type/id` without system.
    Pair {
        system: Option<String>,
        code: String,
        second: Box<IndexKind>,
    },
    /// The two numbers behind the token of a composite with three parts; only inside a `Pair`.
    Span(Real, Real),
    /// A place on the globe, as by [`crate::place::vector`].
    Place([Real; 3]),
}

/// A number with its unit. A Range gives one for each of its ends, SampledData for its least and its greatest value;
/// Money has the system of ISO 4217.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Amount {
    pub value: Real,
    pub system: Option<String>,
    pub code: Option<String>,
    pub unit: Option<String>,
    /// By [`crate::ucum::canonical`], where the unit is one of UCUM's.
    pub canonical: Option<(Real, String)>,
}

/// A finite number with a total order; minus zero is zero.
#[derive(Debug, Clone, Copy)]
pub struct Real(f64);

impl Real {
    /// What is too large becomes the largest there is; what is no number becomes zero.
    #[must_use]
    pub fn new(value: f64) -> Self {
        if value.is_nan() { Self(0.0) } else { Self(value.clamp(f64::MIN, f64::MAX) + 0.0) }
    }

    /// The number of a decimal as FHIR writes it.
    #[must_use]
    pub fn read(text: &str) -> Option<Self> {
        text.parse().ok().filter(|value: &f64| !value.is_nan()).map(Self::new)
    }

    #[must_use]
    pub fn get(self) -> f64 {
        self.0
    }
}

impl PartialEq for Real {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Real {}

impl PartialOrd for Real {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Real {
    fn cmp(&self, other: &Self) -> Ordering {
        self.0.total_cmp(&other.0)
    }
}

impl Hash for Real {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.to_bits().hash(state);
    }
}

/// Is this a token parameter over plain strings (`version`, a lot number)? Those match in upper and lower case: a search
/// value that is folded finds them too.
#[must_use]
pub fn is_any_case(param: &SearchParam) -> bool {
    param.kind == Kind::Token && param.always_ends_in("string")
}

/// Which part of a composite leads its pairs: the first that is a token or a reference. What the others are follows in
/// their order. `None` for a composite that has no rows, because no part can lead.
#[must_use]
pub fn leading(parts: &[Kind]) -> Option<usize> {
    let at = parts.iter().position(|kind| matches!(kind, Kind::Token | Kind::Reference))?;
    let others: Vec<Kind> = parts.iter().enumerate().filter(|(i, _)| *i != at).map(|(_, kind)| *kind).collect();
    match others[..] {
        [Kind::Composite | Kind::Special] => None,
        [_] | [Kind::Number, Kind::Number] => Some(at),
        _ => None,
    }
}
