//! What of a resource is searchable: one value for each thing that a search parameter can find it by.

mod emit;
mod plan;
#[cfg(test)]
mod tests;

use serde_json::Value;

use crate::date::Zone;
use crate::definitions::{Definitions, SearchParam};

pub(crate) use plan::{Node, Plan};

/// One searchable value of a resource.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IndexValue {
    pub param: &'static SearchParam,
    pub value: IndexKind,
}

/// The value by the kind of its parameter.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum IndexKind {
    /// `system` is `None` where the data has none (a `code`, an identifier without system).
    Token {
        system: Option<String>,
        code: String,
    },
    /// Folded by [`crate::fold::fold`], which a search value must go through too. At most 4,096 bytes.
    Str {
        folded: String,
    },
    Uri(String),
    /// A reference inside this server; the type is `None` for a bare id. A version is left out.
    Reference {
        target_type: Option<u16>,
        id: String,
    },
    /// A reference to anything else: absolute URL, canonical (with its `|version`), `urn:uuid:`.
    ReferenceUrl(String),
    /// A logical reference, by `Reference.identifier`.
    ReferenceIdentifier {
        system: Option<String>,
        value: String,
    },
    /// Half-open, in milliseconds since the epoch; an open end is `i64::MIN` or `i64::MAX`.
    Date {
        lo: i64,
        hi: i64,
    },
    /// The number as written.
    Number(String),
    /// The number as written; a Range gives one for each of its ends. Money has the system of ISO 4217.
    Quantity {
        value: String,
        system: Option<String>,
        code: Option<String>,
        unit: Option<String>,
    },
}

/// The searchable values of a resource, ordered by parameter number, without repetition.
///
/// Dates without a zone are taken in `zone`. Composite and special parameters give nothing. A resource of unknown type
/// gives nothing; values of a wrong shape are left out.
#[must_use]
pub fn extract(resource: &Value, zone: Zone) -> Vec<IndexValue> {
    let kind = resource.get("resourceType").and_then(Value::as_str);
    let Some(table) = kind.and_then(|kind| Definitions::r4().table(kind)) else { return Vec::new() };
    let plan = table.plan.get_or_init(|| Plan::new(Definitions::r4().search_params(table.name)));
    let mut values = Vec::with_capacity(32);
    plan.run(resource, &mut |param, end, item| emit::emit(param, end, item, zone, &mut values));
    values.sort_unstable_by(|a, b| (a.param.number, &a.value).cmp(&(b.param.number, &b.value)));
    values.dedup();
    values
}
