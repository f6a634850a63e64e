//! A condition as a filter on rows of one table, and as a probe for one candidate.

use std::collections::{BTreeMap, BTreeSet};

use sea_query::{Cond, Expr, ExprTrait, Query, SelectStatement};

use super::{Condition, DateTest, Op, SystemTest, TokenTest};
use crate::intern::NO_SYSTEM;
use crate::key::pack_id;
use crate::{Reader, StoreError};

/// `EXISTS (…)` for the candidate `d`/`r`, by primary key.
pub(super) fn probe(reader: &Reader<'_>, condition: &Condition) -> Result<Expr, StoreError> {
    let key = Expr::col(("t", "key")).equals(("d", "key"));
    let date = Expr::col(("t", "date")).equals(("r", "date"));
    Ok(match condition {
        Condition::Ids(ids) => Expr::col(("r", "id")).is_in(ids.iter().map(|id| pack_id(id))),
        Condition::Updated(any) => any_of(any.iter().map(|test| {
            let at = || Expr::col(("r", "at"));
            range(*test, at(), at().add(1))
        })),
        Condition::Token { params, any, .. } => {
            exists(table("token", params).cond_where(tokens(reader, "t", any)?).and_where(date).and_where(key))
        }
        Condition::Text { params, any } => {
            exists(table("string", params).cond_where(prefixes("t", any)).and_where(key))
        }
        Condition::Exact { params, any } => {
            let equal = Expr::col(("t", "folded")).is_in(any.iter().cloned());
            exists(table("string", params).and_where(equal).and_where(key))
        }
        Condition::Reference { params, any } => {
            exists(table("reference", params).cond_where(targets("t", any)).and_where(date).and_where(key))
        }
        Condition::Date { params, any } => exists(table("date", params).cond_where(dates("t", any)).and_where(key)),
        Condition::Not(condition) => probe(reader, condition)?.not(),
        _ => return Err(StoreError::NotSupported("this condition")),
    })
}

/// `SELECT 1 FROM name t WHERE param = ?`.
fn table(name: &'static str, params: &[u32]) -> SelectStatement {
    let mut select = Query::select();
    select.expr(Expr::val(1)).from_as(name, "t").and_where(one_of(Expr::col(("t", "param")), params.to_vec()));
    select
}

fn exists(select: &mut SelectStatement) -> Expr {
    Expr::exists(select.take())
}

fn any_of(tests: impl Iterator<Item = Expr>) -> Expr {
    tests.reduce(ExprTrait::or).unwrap_or_else(|| Expr::val(0).eq(1))
}

fn or(tests: impl Iterator<Item = Expr>) -> Cond {
    Cond::all().add(any_of(tests))
}

/// Codes are gathered by what is asked of their system, so that a long list is one `IN` and no deep tree.
pub(super) fn tokens(reader: &Reader<'_>, alias: &'static str, any: &[TokenTest]) -> Result<Cond, StoreError> {
    let mut by_system: BTreeMap<Option<i64>, Vec<&str>> = BTreeMap::new();
    let mut tests = Vec::new();
    for test in any {
        let system = match &test.system {
            SystemTest::Any => None,
            SystemTest::None => Some(NO_SYSTEM),
            SystemTest::Uri(uri) => match reader.words.system(reader.conn, uri)? {
                Some(id) => Some(id),
                None => continue, // no row uses this system
            },
        };
        match (&test.code, system) {
            (Some(code), system) => by_system.entry(system).or_default().push(code),
            (None, Some(system)) => tests.push(Expr::col((alias, "system")).eq(system)),
            (None, None) => tests.push(Expr::val(1).eq(1)),
        }
    }
    tests.extend(by_system.into_iter().map(|(system, codes)| {
        let codes = one_of(Expr::col((alias, "code")), codes);
        match system {
            Some(system) => codes.and(Expr::col((alias, "system")).eq(system)),
            None => codes,
        }
    }));
    Ok(or(tests.into_iter()))
}

/// `=` for one value, which keeps the order of an index; `IN` for several.
pub(super) fn one_of<V: Into<sea_query::Value> + Into<Expr>>(column: Expr, mut values: Vec<V>) -> Expr {
    match values.pop() {
        Some(only) if values.is_empty() => column.eq(only),
        Some(last) => {
            values.push(last);
            column.is_in(values)
        }
        None => Expr::val(0).eq(1),
    }
}

/// Every prefix as a range, which an ordered index answers; an empty prefix matches every text.
pub(super) fn prefixes(alias: &'static str, any: &[String]) -> Cond {
    or(any.iter().map(|prefix| {
        let column = || Expr::col((alias, "folded"));
        let from = column().gte(prefix.as_str());
        match after_prefix(prefix) {
            Some(end) => from.and(column().lt(end)),
            None => from,
        }
    }))
}

/// The first text that no longer begins with `prefix`.
fn after_prefix(prefix: &str) -> Option<String> {
    let mut chars: Vec<char> = prefix.chars().collect();
    while let Some(last) = chars.pop() {
        let next = u32::from(last) + 1;
        let next = if (0xD800..0xE000).contains(&next) { 0xE000 } else { next };
        if let Some(next) = char::from_u32(next) {
            chars.push(next);
            return Some(chars.into_iter().collect());
        }
    }
    None
}

/// Ids are gathered by type, and types by their ids: an id without a type means it in each of a hundred types.
pub(super) fn targets(alias: &'static str, any: &[(crate::TypeCode, String)]) -> Cond {
    let mut ids: BTreeMap<crate::TypeCode, BTreeSet<&str>> = BTreeMap::new();
    for (kind, id) in any {
        ids.entry(*kind).or_default().insert(id);
    }
    let mut kinds: BTreeMap<BTreeSet<&str>, Vec<crate::TypeCode>> = BTreeMap::new();
    for (kind, ids) in ids {
        kinds.entry(ids).or_default().push(kind);
    }
    or(kinds.into_iter().map(|(ids, kinds)| {
        let ids = ids.into_iter().map(pack_id).collect();
        one_of(Expr::col((alias, "type")), kinds).and(one_of(Expr::col((alias, "id")), ids))
    }))
}

pub(super) fn dates(alias: &'static str, any: &[DateTest]) -> Cond {
    or(any.iter().map(|test| range(*test, Expr::col((alias, "lo")), Expr::col((alias, "hi")))))
}

/// R4 §3.1.1.5.5, with the resource's range `[lo, hi)` and the value's `[test.lo, test.hi)`.
fn range(test: DateTest, lo: Expr, hi: Expr) -> Expr {
    match test.op {
        Op::Eq => lo.gte(test.lo).and(hi.lte(test.hi)),
        Op::Ne => lo.lt(test.lo).or(hi.gt(test.hi)),
        Op::Gt => hi.gt(test.hi),
        Op::Lt => lo.lt(test.lo),
        Op::Ge => lo.gte(test.lo).or(hi.gt(test.hi)),
        Op::Le => hi.lte(test.hi).or(lo.lt(test.lo)),
        Op::StartsAfter => lo.gte(test.hi),
        Op::EndsBefore => hi.lte(test.lo),
        Op::Overlaps => lo.lt(test.hi).and(hi.gt(test.lo)),
    }
}

#[cfg(test)]
mod tests {
    use super::after_prefix;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_prefix_range_holds_just_what_begins_with_it(prefix in ".{1,6}", other in ".{0,8}") {
            let end = after_prefix(&prefix).unwrap();
            let inside = other.as_str() >= prefix.as_str() && other < end;
            prop_assert_eq!(inside, other.starts_with(&prefix));
        }
    }
}
