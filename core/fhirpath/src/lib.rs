//! FHIRPath: expressions over FHIR resources as JSON values, and FHIRPath Patch.
//!
//! Pure: no I/O, clock, randomness or runtime; what lies outside of a resource comes by [`Outside`], the time by
//! [`Moment`]. Panics never, whatever it is fed; the work of an evaluation is bounded.

mod ast;
mod cache;
mod check;
mod context;
mod decimal;
mod equal;
mod eval;
mod expression;
mod fault;
mod functions;
mod item;
mod lexer;
mod locate;
pub mod narrative;
mod parser;
pub mod patch;
pub mod pattern;
mod quantity;
mod temporal;
mod types;

pub use cache::Cache;
pub use context::{Context, Kept, Moment, Nothing, Outside, Purse, STEPS};
pub use decimal::Decimal;
pub use expression::Expression;
pub use fault::{Fault, FaultKind};
pub use item::{Collection, Item, Node, TypeInfo};
pub use locate::locate;
pub use quantity::Quantity;
pub use temporal::Temporal;
pub use types::Kind;
