//! Delete: `DELETE /fhir/{type}/{id}`, and `DELETE /fhir/{type}?…` for what a condition meets. The versions stay; a read
//! answers that it is gone.

use meridian_model::both;

use meridian_access::Caller;

use crate::create::one;
use crate::write::{Ask, Outcome};
use crate::{Engine, EngineError};

/// Most resources that one condition deletes.
pub const MOST_DELETED: u32 = 1_000;

/// Ends the resource. Deleting what is deleted, or never was, changes nothing.
///
/// # Errors
/// `Precondition` when `if_match` is not the current version.
pub async fn delete(
    engine: &Engine,
    caller: &Caller,
    kind: &'static str,
    id: &str,
    if_match: Option<i64>,
) -> Result<Outcome, EngineError> {
    one(engine, caller, Ask::Delete { kind, id: id.to_owned(), if_match }).await
}

/// Ends the one resource that `query` meets; with `_count=N` in it, all that it meets if they are at most so many.
///
/// # Errors
/// `Precondition` when it meets more: then nothing is deleted.
pub async fn delete_where(
    engine: &Engine,
    caller: &Caller,
    kind: &'static str,
    query: &str,
    if_match: Option<i64>,
) -> Result<Outcome, EngineError> {
    let (query, most) = several(query, if_match)?;
    one(engine, caller, Ask::DeleteWhere { kind, query, most, if_match }).await
}

/// The condition of a deletion, and how many it may meet. Several have no one version.
pub(crate) fn several(query: &str, if_match: Option<i64>) -> Result<(String, u32), EngineError> {
    let is_count = |pair: &&str| pair.starts_with("_count=");
    let pairs = || query.split('&').filter(|pair| !pair.is_empty());
    let most = match pairs().find(is_count).and_then(|pair| pair.strip_prefix("_count=")) {
        None => 1,
        Some(text) => text.parse().ok().filter(|most| (1..=MOST_DELETED).contains(most)).ok_or_else(|| {
            EngineError::invalid(
                "_count",
                both!(
                    "`{text}` is not a number from 1 to {MOST_DELETED}",
                    "`{text}` 不是 1 到 {MOST_DELETED} 之间的数"
                ),
            )
        })?,
    };
    if most > 1 && if_match.is_some() {
        return Err(EngineError::invalid(
            "_count",
            both!("If-Match goes with one resource", "If-Match 只能用于单个资源"),
        ));
    }
    Ok((pairs().filter(|pair| !is_count(pair)).collect::<Vec<_>>().join("&"), most))
}
