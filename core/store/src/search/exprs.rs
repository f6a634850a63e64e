//! Small pieces of statements that every dialect takes. Constants stand in the text, what was asked for is bound.

use sea_query::{Alias, Expr, ExprTrait, Func, Query, SelectStatement};

use crate::db::Dialect;
use crate::{Key, Subject};

/// So many subjects stand in the text as a list; more are bound as one value.
const LISTED: usize = 40;
/// The same of codes.
const LISTED_TEXTS: usize = 500;

pub(super) fn never() -> Expr {
    Expr::cust("1 = 0")
}

pub(super) fn always() -> Expr {
    Expr::cust("1 = 1")
}

pub(super) fn number(value: i64) -> Expr {
    Expr::cust(value.to_string())
}

pub(super) fn col(alias: &str, column: &'static str) -> Expr {
    Expr::col((Alias::new(alias), column))
}

/// One of them, as a tree that is as low as can be: a database bounds how deep an expression may be.
pub(super) fn any(mut tests: Vec<Expr>) -> Expr {
    match tests.len() {
        0 => never(),
        1 => tests.pop().unwrap_or_else(never),
        count => {
            let right = tests.split_off(count / 2);
            any(tests).or(any(right))
        }
    }
}

/// All of them.
pub(super) fn all(mut tests: Vec<Expr>) -> Expr {
    match tests.len() {
        0 => always(),
        1 => tests.pop().unwrap_or_else(always),
        count => {
            let right = tests.split_off(count / 2);
            all(tests).and(all(right))
        }
    }
}

/// `=` for one value, which keeps the order of an index; `IN` for several.
pub(super) fn one_of<V: Into<Expr>>(column: Expr, mut values: Vec<V>) -> Expr {
    match values.pop() {
        Some(only) if values.is_empty() => column.eq(only),
        Some(last) => {
            values.push(last);
            column.is_in(values)
        }
        None => never(),
    }
}

/// The same of texts: more than some are bound as one value, for a statement has so many values and no more.
pub(super) fn one_of_texts(dialect: Dialect, column: Expr, values: Vec<String>) -> Expr {
    if values.len() <= LISTED_TEXTS {
        return one_of(column, values);
    }
    let text = serde_json::Value::from(values).to_string();
    let mut select = Query::select();
    match dialect {
        Dialect::Sqlite => {
            select.expr(Expr::cust("value")).from_function(Func::cust("json_each").arg(text), "list");
        }
        Dialect::Postgres => {
            select.expr(Expr::cust_with_values("jsonb_array_elements_text($1::jsonb)", [text]));
        }
    }
    column.in_subquery(select)
}

/// The subject in a key.
pub(super) fn subject(key: Expr) -> Expr {
    key.right_shift(number(Key::SLOT_BITS.into()))
}

/// The key of the Patient that a subject is.
pub(super) fn patient(subject: Expr) -> Expr {
    subject.left_shift(number(Key::SLOT_BITS.into())).add(number(1))
}

/// Subjects, as they were named or as a statement gives them.
#[derive(Clone, Debug)]
pub(crate) enum Subjects {
    List(Vec<Subject>),
    /// Its one column is `subject`.
    Of(Box<SelectStatement>),
}

impl Subjects {
    /// Whether they stand in the text.
    pub(super) fn are_listed(&self) -> bool {
        matches!(self, Subjects::List(list) if list.len() <= LISTED)
    }

    pub(crate) fn hold(&self, dialect: Dialect, column: Expr) -> Expr {
        match self {
            Subjects::List(list) if list.len() <= LISTED => one_of(column, list.iter().map(|s| s.0).collect()),
            Subjects::List(list) => column.in_subquery(numbers(dialect, list.iter().map(|s| s.0))),
            Subjects::Of(select) => column.in_subquery((**select).clone()),
        }
    }
}

/// Many numbers, bound as one text.
fn numbers(dialect: Dialect, list: impl Iterator<Item = i64>) -> SelectStatement {
    let text = list.map(|number| number.to_string()).collect::<Vec<_>>().join(",");
    let mut select = Query::select();
    match dialect {
        Dialect::Sqlite => {
            let list = Func::cust("json_each").arg(format!("[{text}]"));
            select.expr(Expr::cust("value")).from_function(list, "list");
        }
        Dialect::Postgres => {
            select.expr(Expr::cust_with_values("unnest(string_to_array($1, ',')::bigint[])", [text]));
        }
    }
    select
}

/// The place of `needle` in `text`, from 1; 0 when it is not there.
pub(super) fn place(dialect: Dialect, text: Expr, needle: Expr) -> Expr {
    let name = match dialect {
        Dialect::Sqlite => "instr",
        Dialect::Postgres => "strpos",
    };
    Expr::from(Func::cust(name).arg(text).arg(needle))
}

pub(super) fn holds(dialect: Dialect, text: Expr, needle: &str) -> Expr {
    place(dialect, text, Expr::val(needle)).gt(number(0))
}

/// `substr(text, from, length)`; to the end without a length.
pub(super) fn part(text: Expr, from: Expr, length: Option<Expr>) -> Expr {
    let part = Func::cust("substr").arg(text).arg(from);
    Expr::from(match length {
        Some(length) => part.arg(length),
        None => part,
    })
}

pub(super) fn length(text: &str) -> i64 {
    i64::try_from(text.chars().count()).unwrap_or(i64::MAX)
}

/// `SELECT 1`, to which a table and conditions are added for `EXISTS`.
pub(super) fn one() -> SelectStatement {
    Query::select().expr(Expr::cust("1")).take()
}
