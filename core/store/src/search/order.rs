//! Sort keys and where the next page begins. The row's number is always the last key, so that no two rows are equal.

use sea_query::{Cond, Expr, ExprTrait, Func, JoinType, Query, SelectStatement};

use super::compile::direction;
use super::driver::Lead;
use super::{Cursor, CursorValue, Search, Sort, SortBy};

/// Where rows without a value go: behind all others.
const LAST: i64 = i64::MAX;
const FIRST: i64 = i64::MIN;
const LAST_TEXT: &str = "\u{10FFFF}";

pub(super) struct SortKey {
    pub(super) value: Expr,
    /// `key, v` of all resources that have a value, when it cannot be looked up by the resource's number.
    values: Option<SelectStatement>,
    descending: bool,
}

/// The name of the nth sort value.
pub(super) fn alias(nth: usize) -> String {
    format!("s{nth}")
}

/// The wanted keys as expressions over `d` and `r`. Who wants none gets the order in which the directory lies.
pub(super) fn keys(search: &Search, lead: &Lead) -> Vec<SortKey> {
    let by_id = [Sort { by: SortBy::Id, descending: false }];
    let wanted = if search.sort.is_empty() && lead.listed { &by_id } else { search.sort.as_slice() };
    let key = |(nth, sort): (usize, &Sort)| SortKey {
        value: value(search, nth, *sort, lead),
        values: if let SortBy::Token(param) = sort.by { Some(codes(search, *sort, param)) } else { None },
        descending: sort.descending,
    };
    wanted.iter().enumerate().map(key).collect()
}

fn value(search: &Search, nth: usize, sort: Sort, lead: &Lead) -> Expr {
    let missing_text = if sort.descending { "" } else { LAST_TEXT };
    let table = |lead| if lead { "d" } else { "r" };
    match sort.by {
        SortBy::Id => Expr::col((table(lead.listed), "id")),
        SortBy::Updated => Expr::col(("r", "at")),
        SortBy::Date(param) if Some(param) == search.clinical => Expr::col((table(lead.dated), "date")),
        SortBy::Date(param) => {
            let missing = if sort.descending { FIRST } else { LAST };
            least(sort, "date", param, "lo").if_null(missing)
        }
        SortBy::Text(param) => least(sort, "string", param, "folded").if_null(missing_text),
        SortBy::Token(_) => Expr::col((joined(nth), "v")).if_null(missing_text),
        _ => Expr::val(0),
    }
}

/// The code of every resource that has one, gathered once for the search: `token` leads with the code, so the codes
/// of one resource cannot be found there by its number. The main codes of asked persons stand at their bedside.
fn codes(search: &Search, sort: Sort, param: u32) -> SelectStatement {
    let code = Expr::col("code");
    let mut select = Query::select();
    select.column("key").expr_as(if sort.descending { Func::max(code) } else { Func::min(code) }, "v");
    match &search.who {
        Some(who) if Some(param) == search.main => select
            .from("bedside")
            .and_where(Expr::col("subject").is_in(who.iter().map(|s| s.0)))
            .and_where(Expr::col("type").is_in(search.kinds.iter().copied()))
            .and_where(Expr::col("code").ne("")),
        _ => select.from("token").and_where(Expr::col("param").eq(param)),
    };
    select.group_by_col("key").take()
}

/// The name of the joined values of the nth key.
fn joined(nth: usize) -> String {
    format!("k{nth}")
}

/// Joins the values that were gathered once.
pub(super) fn join(select: &mut SelectStatement, keys: &mut [SortKey]) {
    for (nth, key) in keys.iter_mut().enumerate() {
        if let Some(values) = key.values.take() {
            let same = Expr::col((joined(nth), "key")).equals(("d", "key"));
            select.join_subquery(JoinType::LeftJoin, values, joined(nth), same);
        }
    }
}

/// The least value of a resource going up, the greatest going down.
fn least(sort: Sort, table: &'static str, param: u32, column: &'static str) -> Expr {
    let column = Expr::col(("o", column));
    let mut select = Query::select();
    select.expr(if sort.descending { Func::max(column) } else { Func::min(column) });
    select.from_as(table, "o").and_where(Expr::col(("o", "param")).eq(param));
    select.and_where(Expr::col(("o", "key")).equals(("d", "key")));
    Expr::from(select)
}

/// `ORDER BY` the names of the keys; the number last, in the direction of the first key.
pub(super) fn sort(select: &mut SelectStatement, keys: &[SortKey], outside: Option<&'static str>) {
    for (nth, key) in keys.iter().enumerate() {
        match outside {
            Some(table) => select.order_by((table, alias(nth)), direction(key.descending)),
            None => select.order_by(alias(nth), direction(key.descending)),
        };
    }
    select.order_by((outside.unwrap_or("d"), "key"), direction(number_descends(keys)));
}

fn number_descends(keys: &[SortKey]) -> bool {
    keys.first().is_some_and(|key| key.descending)
}

/// Rows behind `cursor`: greater in the first key, or equal there and greater in the second, and so on. That none is
/// less in the first key follows; it is said all the same, because an ordered table can begin there.
pub(super) fn after(keys: &[SortKey], cursor: &Cursor) -> Cond {
    let mut any = Cond::any();
    for (nth, key) in keys.iter().enumerate() {
        let mut all = equal(keys, cursor, nth);
        if let Some(value) = cursor.values.get(nth) {
            all = all.add(beyond(key.value.clone(), bound(value), key.descending));
        }
        any = any.add(all);
    }
    let number = beyond(Expr::col(("d", "key")), Expr::val(cursor.key), number_descends(keys));
    let any = any.add(equal(keys, cursor, keys.len()).add(number));
    match keys.first().zip(cursor.values.first()) {
        Some((key, value)) if key.descending => Cond::all().add(key.value.clone().lte(bound(value))).add(any),
        Some((key, value)) => Cond::all().add(key.value.clone().gte(bound(value))).add(any),
        None => any,
    }
}

fn equal(keys: &[SortKey], cursor: &Cursor, first: usize) -> Cond {
    let pairs = keys.iter().zip(&cursor.values).take(first);
    pairs.fold(Cond::all(), |all, (key, value)| all.add(key.value.clone().eq(bound(value))))
}

fn beyond(value: Expr, bound: Expr, descending: bool) -> Expr {
    if descending { value.lt(bound) } else { value.gt(bound) }
}

fn bound(value: &CursorValue) -> Expr {
    match value {
        CursorValue::Number(number) => Expr::val(*number),
        CursorValue::Text(text) => Expr::val(text.as_str()),
        CursorValue::Bytes(bytes) => Expr::val(bytes.clone()),
    }
}
