//! Which table leads: the one that is likely to give the fewest candidates, or gives them in the wanted order.

use sea_query::{Cond, Expr, ExprTrait, Query, SelectStatement};

use super::{Condition, Search, SystemTest, TokenTest, conditions};
use crate::key::pack_id;
use crate::{Reader, StoreError};

/// The table that leads.
pub(super) struct Driver {
    /// `SELECT d.key FROM … d`. A resource comes out once, however many of its rows fit.
    pub(super) select: SelectStatement,
    /// Which condition it has answered already.
    pub(super) answers: Option<usize>,
    pub(super) lead: Lead,
}

/// What `d` carries besides the number.
#[derive(Clone, Copy, Default)]
pub(super) struct Lead {
    /// `d.date` is the clinical date, and the table's order.
    pub(super) dated: bool,
    /// `d.id` is the logical id, and the table's order.
    pub(super) listed: bool,
}

impl Driver {
    fn of(select: SelectStatement, answers: Option<usize>, dated: bool) -> Driver {
        Driver { select, answers, lead: Lead { dated, listed: false } }
    }

    fn directory(select: SelectStatement, answers: Option<usize>) -> Driver {
        Driver { select, answers, lead: Lead { dated: false, listed: true } }
    }
}

/// Chooses the table.
pub(super) fn driver(reader: &Reader<'_>, search: &Search) -> Result<Driver, StoreError> {
    if search.who.is_some() {
        return bedside(reader, search);
    }
    let best = search.conditions.iter().enumerate().min_by_key(|(_, condition)| rank(condition));
    let Some((nth, condition)) = best.filter(|(_, condition)| rank(condition) < Rank::Never) else {
        return Ok(Driver::directory(directory(search), None));
    };
    let mut dated = false;
    let select = match condition {
        Condition::Ids(ids) => {
            let mut select = directory(search);
            select.and_where(Expr::col(("d", "id")).is_in(ids.iter().map(|id| pack_id(id))));
            return Ok(Driver::directory(select, Some(nth)));
        }
        Condition::Token { params, any, .. } => {
            let rows = |alias| Ok::<_, StoreError>(of(alias, params).add(conditions::tokens(reader, alias, any)?));
            match any.as_slice() {
                [one] if one.code.is_some() => {
                    dated = true;
                    let mut select = from("token");
                    select.cond_where(rows("d")?);
                    if one.system == SystemTest::Any {
                        select.and_where(first_of_its_systems());
                    }
                    select
                }
                _ => distinct("token", rows("t")?),
            }
        }
        Condition::Reference { params, any } => {
            let many = any.len() > 1;
            dated = !many;
            let alias = if many { "t" } else { "d" };
            let rows = of(alias, params).add(conditions::targets(alias, any));
            if many { distinct("reference", rows) } else { from("reference").cond_where(rows).take() }
        }
        Condition::Text { params, any } => distinct("string", of("t", params).add(conditions::prefixes("t", any))),
        Condition::Exact { params, any } => {
            let equal = Expr::col(("t", "folded")).is_in(any.iter().cloned());
            distinct("string", of("t", params).add(equal))
        }
        Condition::Date { params, any } => distinct("date", of("t", params).add(conditions::dates("t", any))),
        _ => return Ok(Driver::directory(directory(search), None)),
    };
    Ok(Driver::of(select, Some(nth), dated))
}

#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Rank {
    Ids,
    Identifier,
    Reference,
    Exact,
    Text,
    Token,
    Date,
    Never,
}

fn rank(condition: &Condition) -> Rank {
    match condition {
        Condition::Ids(_) => Rank::Ids,
        Condition::Token { selective: true, any, .. } if any.iter().all(|t| t.code.is_some()) => Rank::Identifier,
        Condition::Reference { .. } => Rank::Reference,
        Condition::Exact { .. } => Rank::Exact,
        Condition::Text { .. } => Rank::Text,
        Condition::Token { .. } => Rank::Token,
        Condition::Date { .. } => Rank::Date,
        _ => Rank::Never,
    }
}

/// The rows of the asked persons, by code when the search names the main code.
fn bedside(reader: &Reader<'_>, search: &Search) -> Result<Driver, StoreError> {
    let subjects = search.who.iter().flatten().map(|s| s.0);
    let by_code = search.conditions.iter().enumerate().find_map(|(nth, condition)| match condition {
        // A resource without a main code has a bedside row all the same: a test that names nothing would find it.
        Condition::Token { params, any, .. }
            if params.first().copied() == search.main && params.len() == 1 && any.iter().all(names_something) =>
        {
            Some((nth, any))
        }
        _ => None,
    });
    let alias = if by_code.is_some() { "t" } else { "d" };
    let own = Cond::all()
        .add(Expr::col((alias, "subject")).is_in(subjects))
        .add(Expr::col((alias, "type")).is_in(search.kinds.iter().copied()));
    match by_code {
        Some((nth, any)) => {
            let rows = own.add(conditions::tokens(reader, "t", any)?);
            Ok(Driver::of(distinct("bedside", rows), Some(nth), false))
        }
        None => {
            let rows = own.add(Expr::col(("d", "main")).eq(1));
            Ok(Driver::of(from("bedside").cond_where(rows).take(), None, true))
        }
    }
}

fn names_something(test: &TokenTest) -> bool {
    test.code.as_ref().is_some_and(|code| !code.is_empty())
        || matches!(&test.system, SystemTest::Uri(uri) if !uri.is_empty())
}

fn directory(search: &Search) -> SelectStatement {
    from("directory").and_where(Expr::col(("d", "type")).is_in(search.kinds.iter().copied())).take()
}

fn from(table: &'static str) -> SelectStatement {
    Query::select().column(("d", "key")).from_as(table, "d").take()
}

/// Each key once, from a table where several rows of a resource may fit.
fn distinct(table: &'static str, rows: Cond) -> SelectStatement {
    let keys = Query::select().distinct().column(("t", "key")).from_as(table, "t").cond_where(rows).take();
    Query::select().column(("d", "key")).from_subquery(keys, "d").take()
}

fn of(alias: &'static str, params: &[u32]) -> Cond {
    Cond::all().add(conditions::one_of(Expr::col((alias, "param")), params.to_vec()))
}

/// The same code under two systems gives two rows; only the first counts.
fn first_of_its_systems() -> Expr {
    let same = |column: &'static str| Expr::col(("s", column)).equals(("d", column));
    let mut earlier = Query::select();
    earlier.expr(Expr::val(1)).from_as("token", "s");
    for column in ["param", "code", "date", "key"] {
        earlier.and_where(same(column));
    }
    earlier.and_where(Expr::col(("s", "system")).lt(Expr::col(("d", "system"))));
    Expr::exists(earlier).not()
}
