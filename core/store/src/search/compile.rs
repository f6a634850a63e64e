//! The whole statement: candidates with their sort values inside, bodies for one page outside.

use sea_query::{Cond, Expr, ExprTrait, Func, Order, Query, SelectStatement};

use super::driver::Lead;
use super::{Scope, Search, conditions, driver, order};
use crate::reader::stored_columns;
use crate::{Reader, StoreError};

/// One page and one row more, which tells whether another page follows.
pub(super) fn page(reader: &Reader<'_>, search: &Search) -> Result<SelectStatement, StoreError> {
    let (mut inner, lead) = candidates(reader, search)?;
    let mut keys = order::keys(search, &lead);
    order::join(&mut inner, &mut keys);
    for (nth, key) in keys.iter().enumerate() {
        inner.expr_as(key.value.clone(), order::alias(nth));
    }
    if let super::Start::After(after) = &search.start {
        inner.cond_where(order::after(&keys, after));
    }
    order::sort(&mut inner, &keys, None);
    inner.limit(u64::from(search.limit) + 1);

    let mut outer = Query::select();
    for column in stored_columns() {
        outer.column(("b", *column));
    }
    for nth in 0..keys.len() {
        outer.column(("p", order::alias(nth)));
    }
    outer.from_subquery(inner, "p");
    outer.join_as(sea_query::JoinType::InnerJoin, "resource", "b", Expr::col(("b", "key")).equals(("p", "key")));
    order::sort(&mut outer, &keys, Some("p"));
    Ok(outer)
}

/// The number of candidates, counting at most `cap` and one more.
pub(super) fn count(reader: &Reader<'_>, search: &Search, cap: Option<u64>) -> Result<SelectStatement, StoreError> {
    let (mut inner, _) = candidates(reader, search)?;
    if let Some(cap) = cap {
        inner.limit(cap + 1);
    }
    let mut outer = Query::select();
    outer.expr(Func::count(Expr::col(("p", "key")))).from_subquery(inner, "p");
    Ok(outer)
}

/// `SELECT d.key FROM driver d JOIN resource r … WHERE all conditions`, and what `d` is.
fn candidates(reader: &Reader<'_>, search: &Search) -> Result<(SelectStatement, Lead), StoreError> {
    if search.kinds.is_empty() || matches!(search.start, super::Start::Before(_)) {
        return Err(StoreError::NotSupported("this form of search"));
    }
    let driver = driver::driver(reader, search)?;
    let mut select = driver.select;
    select.join_as(sea_query::JoinType::InnerJoin, "resource", "r", Expr::col(("r", "key")).equals(("d", "key")));
    let mut all = Cond::all()
        .add(Expr::col(("r", "deleted")).eq(0))
        .add(Expr::col(("r", "type")).is_in(search.kinds.iter().copied()));
    for (nth, condition) in search.conditions.iter().enumerate() {
        if driver.answers != Some(nth) {
            all = all.add(conditions::probe(reader, condition)?);
        }
    }
    all = match &search.scope {
        Scope::All => all,
        Scope::Nothing => all.add(Expr::val(0).eq(1)),
        Scope::Only(subjects) => {
            let subject = Expr::col(("d", "key")).right_shift(crate::Key::SLOT_BITS);
            all.add(subject.is_in(subjects.iter().map(|s| s.0)))
        }
    };
    if let Some(who) = &search.who
        && who.is_empty()
    {
        all = all.add(Expr::val(0).eq(1));
    }
    select.cond_where(all);
    Ok((select, driver.lead))
}

/// `ASC` or `DESC`.
pub(super) fn direction(descending: bool) -> Order {
    if descending { Order::Desc } else { Order::Asc }
}
