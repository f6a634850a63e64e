//! Searches against an evaluator that knows no SQL, page by page, and the plans that make them cheap.

mod ask;
mod dates;
mod model;
mod once;
mod pages;
mod plans;
mod robust;
mod speed;

use meridian_store::TypeCode;
use meridian_store::search::{Condition, Scope, Search, Start};

/// Everything of a type.
pub(crate) fn all(kind: TypeCode) -> Search {
    Search {
        kinds: vec![kind],
        scope: Scope::All,
        who: None,
        conditions: Vec::new(),
        main: None,
        clinical: None,
        sort: Vec::new(),
        start: Start::First,
        limit: 50,
    }
}

/// Texts of `param` that begin with `prefix`.
pub(crate) fn text_search(kind: TypeCode, param: u32, prefix: &str) -> Search {
    Search { conditions: vec![Condition::Text { params: vec![param], any: vec![prefix.to_owned()] }], ..all(kind) }
}
