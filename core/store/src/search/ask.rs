//! What can be asked of one resource, as data. A condition names rows by the numbers of their parameters, of which a
//! search over several types gives several.

use super::Clearance;
use crate::{Subject, TypeCode};

/// One condition; where it has `any`, one of the values is enough, and none of an empty list holds.
#[derive(Clone, Debug, PartialEq)]
pub enum Condition {
    /// `_id`.
    Ids(Vec<String>),
    /// `_lastUpdated`.
    Updated(Vec<DateTest>),
    /// The resource is of one of these types.
    Kinds(Vec<TypeCode>),
    Token {
        params: Vec<u32>,
        any: Vec<TokenTest>,
        /// Whether a value names few resources (an identifier).
        selective: bool,
    },
    /// The folded text begins so.
    Text {
        params: Vec<u32>,
        any: Vec<String>,
    },
    /// The folded text holds this anywhere.
    Contains {
        params: Vec<u32>,
        any: Vec<String>,
    },
    /// The folded text ends so.
    Ends {
        params: Vec<u32>,
        any: Vec<String>,
    },
    /// The text as it was written is just this. It is not found by an index: put the folded [`Condition::Text`] beside it.
    Whole {
        params: Vec<u32>,
        any: Vec<String>,
    },
    /// The folded text (of a uri: the uri) is just this.
    Exact {
        params: Vec<u32>,
        any: Vec<String>,
    },
    /// The folded text stands before or behind this one, by its bytes: `Lt`, `Le`, `Gt` or `Ge`.
    Order {
        params: Vec<u32>,
        op: Op,
        text: String,
    },
    Reference {
        params: Vec<u32>,
        any: Vec<(TypeCode, String)>,
    },
    Date {
        params: Vec<u32>,
        any: Vec<DateTest>,
    },
    Number {
        params: Vec<u32>,
        any: Vec<NumberTest>,
    },
    Quantity {
        params: Vec<u32>,
        any: Vec<QuantityTest>,
    },
    /// Both halves of one value: composites, and `:of-type`.
    Pair {
        params: Vec<u32>,
        any: Vec<(TokenTest, Second)>,
    },
    /// Any of the lists, of which all words must be there.
    Words {
        field: Field,
        any: Vec<Vec<String>>,
    },
    /// A place whose unit vector has at least this dot product with the given one.
    Near {
        x: f64,
        y: f64,
        z: f64,
        least: f64,
    },
    /// There is a value; `patient`: it is also there when the resource belongs to a patient's record.
    Present {
        params: Vec<u32>,
        tables: Vec<Rows>,
        patient: bool,
    },
    /// Whose record it belongs to.
    Who(Vec<Subject>),
    /// It is not guarded above this.
    Cleared(Clearance),
    /// It points to a resource of one of these types for which all of the conditions hold.
    Chain {
        via: Via,
        targets: Vec<(TypeCode, Vec<Condition>)>,
    },
    /// A resource of type `from` for which all of the conditions hold points to it.
    Has {
        from: TypeCode,
        via: Via,
        conditions: Vec<Condition>,
    },
    All(Vec<Condition>),
    Any(Vec<Condition>),
    /// What must not hold.
    Not(Box<Condition>),
    /// There is a value for which the condition does not hold (`Token`, `Exact`, `Text` or `Reference`).
    Other(Box<Condition>),
}

/// How one resource points to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Via {
    /// By the record that it belongs to, of whichever source of that person.
    Patient,
    /// By rows of this reference parameter.
    Reference(u32),
}

/// Words of the narrative alone, or of everything in the resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Field {
    Narrative,
    Content,
}

/// The kinds of rows that a parameter can have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rows {
    Token,
    Text,
    Reference,
    Date,
    Number,
    Quantity,
    Pair,
    Place,
    Words,
}

/// `system|code`, `code`, `|code` or `system|`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokenTest {
    pub system: SystemTest,
    pub code: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SystemTest {
    Any,
    None,
    Uri(String),
}

/// A prefix and the range `[lo, hi)` of the value, in milliseconds since 1970 UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DateTest {
    pub op: Op,
    pub lo: i64,
    pub hi: i64,
}

/// R4's prefixes; `Overlaps` serves `ap`, whose range the caller widens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Op {
    Eq,
    Ne,
    Gt,
    Lt,
    Ge,
    Le,
    StartsAfter,
    EndsBefore,
    Overlaps,
}

/// A prefix and a value. `Eq` and `Ne` mean the range `[lo, hi)` that the digits imply (just the value where `lo` is
/// `hi`), `Overlaps` means `lo` to `hi`; the others compare with the exact value, which stands in both.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct NumberTest {
    pub op: Op,
    pub lo: f64,
    pub hi: f64,
}

#[derive(Clone, Debug, PartialEq)]
pub struct QuantityTest {
    pub number: NumberTest,
    pub unit: Unit,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Unit {
    /// The number as it was written, whatever the unit.
    Any,
    /// The number as it was written. Without a system the code may be the unit's name as well.
    Code { system: SystemTest, code: String },
    /// The number in this canonical unit.
    Canonical { code: String },
}

/// The other half of a pair, or its other two parts.
#[derive(Clone, Debug, PartialEq)]
pub enum Second {
    Token(TokenTest),
    /// The folded text begins so.
    Text(String),
    /// The text as it was written.
    Whole(String),
    Date(DateTest),
    Number(NumberTest),
    Quantity(QuantityTest),
    /// Two numbers, each with its own test.
    Span(NumberTest, NumberTest),
}
