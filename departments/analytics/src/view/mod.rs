//! SQL on FHIR v2: a ViewDefinition makes rows of resources.
//!
//! Pure: [`View::read`] finds every fault of a definition before a resource comes; [`View::rows`] makes the rows of one
//! resource, which borrow from it; [`write`] prints them.

mod define;
mod fault;
mod kind;
mod names;
mod rows;
pub mod write;

use meridian_fhirpath::Expression;
use meridian_model::Value;

pub use fault::Fault;
pub use kind::Kind;
pub use rows::{Cell, Rows};

/// A ViewDefinition that can be run. Compiled once, used by many threads.
#[derive(Debug)]
pub struct View {
    pub name: Option<String>,
    /// The type of resource that it is of.
    pub resource: String,
    /// In the order of the output.
    pub columns: Vec<Column>,
    constants: Vec<Constant>,
    wheres: Vec<Path>,
    root: Select,
}

/// A column of the output.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    pub name: String,
    pub kind: Kind,
    /// Whether it may hold several values.
    pub collection: bool,
    /// Hints, such as `ansi/type`.
    pub tags: Vec<(String, String)>,
}

/// `%name` of the expressions.
#[derive(Debug)]
struct Constant {
    name: String,
    kind: &'static str,
    value: Value,
}

/// An expression and where it stands.
#[derive(Debug)]
struct Path {
    expression: Expression,
    at: String,
    /// Whether it asks for `%rowIndex`.
    indexed: bool,
    /// Whether it is `%rowIndex` and nothing else.
    is_index: bool,
    /// Whether it ends in `join()`: of nothing, that is an empty text in a view, where FHIRPath says nothing.
    joins: bool,
}

/// What is gone through.
#[derive(Debug)]
enum Over {
    Itself,
    Each(Path),
    EachOrNull(Path),
    Repeat(Vec<Path>),
}

#[derive(Debug)]
struct Select {
    over: Over,
    columns: Vec<Path>,
    selects: Vec<Select>,
    unions: Vec<Select>,
    /// How many columns it gives with all that stands in it.
    width: usize,
}

impl View {
    /// Reads a ViewDefinition.
    ///
    /// # Errors
    /// All faults that are found, each with its path (`select[0].column[1].path`).
    pub fn read(definition: &Value) -> Result<View, Vec<Fault>> {
        define::read(definition)
    }
}
