//! What of a resource is searchable: one value for each thing that a search parameter can find it by.

mod emit;
mod evaluated;
mod pair;
mod plan;
mod quantity;
#[cfg(test)]
mod tests;
mod value;

use serde_json::Value;

use crate::date::Zone;
use crate::definitions::{Catalogue, SearchParam};

pub(crate) use plan::{Node, Plan};
pub use value::{Amount, IndexKind, IndexValue, Real, is_any_case, leading};

/// The values of a resource by which the parameters of `catalogue` find it, ordered by parameter number, without repetition.
///
/// Dates without a zone are taken in `zone`. `_text` and `_content` are not among them ([`crate::words`]). A resource of
/// unknown type gives nothing; values of a wrong shape are left out.
#[must_use]
pub fn extract(resource: &Value, zone: Zone, catalogue: &Catalogue) -> Vec<IndexValue> {
    extract_telling(resource, zone, catalogue, &mut |_, _| {})
}

/// The same; `unable` is told each parameter whose expression has no answer for this resource, and why. No values of it are
/// given, so whoever keeps them has to keep in mind that it finds less than it should.
#[must_use]
pub fn extract_telling(
    resource: &Value,
    zone: Zone,
    catalogue: &Catalogue,
    unable: &mut dyn FnMut(&'static SearchParam, String),
) -> Vec<IndexValue> {
    let kind = resource.get("resourceType").and_then(Value::as_str);
    let Some(plan) = kind.and_then(|kind| catalogue.plan(kind)) else { return Vec::new() };
    let mut values = Vec::with_capacity(48);
    plan.run(resource, zone, &mut |param, value| values.push(IndexValue { param, value }), unable);
    values.sort_unstable_by(|a, b| (a.param.number, &a.value).cmp(&(b.param.number, &b.value)));
    values.dedup();
    values
}
