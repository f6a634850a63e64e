//! An expression as it is evaluated: names, types and functions are looked up once, when it is read.

use std::sync::{Arc, OnceLock};

use crate::functions::Function;
use crate::item::Item;
use crate::types::{Kind, NameId, System};

#[derive(Debug)]
pub(crate) enum Expr {
    /// `{}`
    Empty,
    Literal(Item<'static>),
    /// `%name`
    Variable {
        name: Arc<str>,
        place: usize,
    },
    This,
    Index,
    Total {
        place: usize,
    },
    /// Steps from a start; without one they begin at `$this`.
    Path {
        start: Option<Box<Expr>>,
        steps: Vec<Step>,
    },
    /// Operators of one rank from left to right.
    Chain {
        first: Box<Expr>,
        rest: Vec<Link>,
    },
    Negate {
        operand: Box<Expr>,
        place: usize,
    },
    /// Unary plus.
    Plus {
        operand: Box<Expr>,
        place: usize,
    },
    /// In parentheses: what is defined inside stays inside.
    Inside(Box<Expr>),
}

#[derive(Debug)]
pub(crate) enum Step {
    Member(Member),
    Call(Box<Call>),
    /// `[index]`
    At {
        index: Expr,
        place: usize,
    },
}

#[derive(Debug)]
pub(crate) struct Member {
    pub(crate) name: Box<str>,
    /// The number of the name, if any type has such an element.
    pub(crate) id: Option<NameId>,
    /// The type of this name: at the start of a path it may stand for the focus itself.
    pub(crate) of_type: Kind,
    pub(crate) place: usize,
}

#[derive(Debug)]
pub(crate) struct Call {
    pub(crate) function: Function,
    pub(crate) args: Vec<Expr>,
    /// Of `is()`, `as()`, `ofType()`.
    pub(crate) of_type: Option<TypeName>,
    /// Of `sort()`, one for each argument.
    pub(crate) directions: Vec<Direction>,
    pub(crate) place: usize,
    /// The pattern of `matches()` and its like, where it is a literal.
    pub(crate) regex: OnceLock<Option<crate::pattern::Pattern>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Direction {
    Ascending,
    Descending,
    /// Written as `-key`: descending, but what has no key stays first, as if its key were negated.
    Negated,
}

#[derive(Debug)]
pub(crate) struct Link {
    pub(crate) operator: Operator,
    pub(crate) place: usize,
    pub(crate) operand: Operand,
}

#[derive(Debug)]
pub(crate) enum Operand {
    Expr(Expr),
    Type(TypeName),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Operator {
    Times,
    Over,
    Div,
    Mod,
    Add,
    Subtract,
    Concat,
    Is,
    As,
    Union,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    Equal,
    NotEqual,
    Equivalent,
    NotEquivalent,
    In,
    Contains,
    And,
    Or,
    Xor,
    Implies,
}

impl Operator {
    /// The operator of a symbol or keyword, and how strongly it binds.
    pub(crate) fn of(text: &str) -> Option<(Self, u8)> {
        Some(match text {
            "*" => (Self::Times, 10),
            "/" => (Self::Over, 10),
            "div" => (Self::Div, 10),
            "mod" => (Self::Mod, 10),
            "+" => (Self::Add, 9),
            "-" => (Self::Subtract, 9),
            "&" => (Self::Concat, 9),
            "is" => (Self::Is, 8),
            "as" => (Self::As, 8),
            "|" => (Self::Union, 7),
            "<" => (Self::Less, 6),
            "<=" => (Self::LessOrEqual, 6),
            ">" => (Self::Greater, 6),
            ">=" => (Self::GreaterOrEqual, 6),
            "=" => (Self::Equal, 5),
            "!=" => (Self::NotEqual, 5),
            "~" => (Self::Equivalent, 5),
            "!~" => (Self::NotEquivalent, 5),
            "in" => (Self::In, 4),
            "contains" => (Self::Contains, 4),
            "and" => (Self::And, 3),
            "or" => (Self::Or, 2),
            "xor" => (Self::Xor, 2),
            "implies" => (Self::Implies, 1),
            _ => return None,
        })
    }

    pub(crate) const fn text(self) -> &'static str {
        match self {
            Self::Times => "*",
            Self::Over => "/",
            Self::Div => "div",
            Self::Mod => "mod",
            Self::Add => "+",
            Self::Subtract => "-",
            Self::Concat => "&",
            Self::Is => "is",
            Self::As => "as",
            Self::Union => "|",
            Self::Less => "<",
            Self::LessOrEqual => "<=",
            Self::Greater => ">",
            Self::GreaterOrEqual => ">=",
            Self::Equal => "=",
            Self::NotEqual => "!=",
            Self::Equivalent => "~",
            Self::NotEquivalent => "!~",
            Self::In => "in",
            Self::Contains => "contains",
            Self::And => "and",
            Self::Or => "or",
            Self::Xor => "xor",
            Self::Implies => "implies",
        }
    }
}

/// A type as an expression names it: with or without `FHIR.` or `System.`.
#[derive(Debug, Clone)]
pub(crate) struct TypeName {
    pub(crate) text: Box<str>,
    /// The FHIR type, unless it can't be one.
    pub(crate) kind: Kind,
    /// The type of FHIRPath, unless it can't be one.
    pub(crate) system: Option<System>,
    /// `System.Patient`, `CDA.Act`: a type of a model, but no value here can have it. A name that no model has is a fault.
    pub(crate) foreign: bool,
    pub(crate) place: usize,
}
