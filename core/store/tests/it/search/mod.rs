//! Searches against an evaluator that knows no SQL, page by page, and the plans that make them cheap.

mod ask;
mod dates;
mod model;
mod once;
mod pages;
mod plans;

use meridian_store::TypeCode;
use meridian_store::search::{Condition, Scope, Search};

/// Everything of a type.
pub(crate) fn all(kind: TypeCode) -> Search {
    Search {
        kind,
        scope: Scope::All,
        who: None,
        conditions: Vec::new(),
        main: None,
        clinical: None,
        sort: Vec::new(),
        after: None,
        limit: 50,
    }
}

/// Texts of `param` that begin with `prefix`.
pub(crate) fn text_search(kind: TypeCode, param: u32, prefix: &str) -> Search {
    Search { conditions: vec![Condition::Text { param, any: vec![prefix.to_owned()] }], ..all(kind) }
}
