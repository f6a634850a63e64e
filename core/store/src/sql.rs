//! The fixed statements, built once, and the values that go into any statement.

use std::sync::LazyLock;

use rusqlite::types::Value as Lite;
use sea_query::{DeleteStatement, Expr, ExprTrait, InsertStatement, OnConflict, Order, Query, SelectStatement};
use sea_query::{PostgresQueryBuilder, SqliteQueryBuilder, UpdateStatement, Value, Values};

/// The text of a statement whose parameters are bound later, in order.
pub(crate) type Sql = LazyLock<String>;

/// Which database answers.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Dialect {
    Sqlite,
    Postgres,
}

/// The text of a statement, and the values of its parameters in their order.
pub(crate) fn build(dialect: Dialect, statement: &SelectStatement) -> (String, Values) {
    match dialect {
        Dialect::Sqlite => statement.build(SqliteQueryBuilder),
        Dialect::Postgres => statement.build(PostgresQueryBuilder),
    }
}

fn mark() -> Expr {
    Expr::val(0)
}

/// `INSERT INTO table (columns) VALUES (?, …)`.
pub(crate) fn insert(table: &'static str, columns: &[&'static str]) -> String {
    insert_statement(table, columns).build(SqliteQueryBuilder).0
}

/// The same, leaving a row alone that is there already.
pub(crate) fn insert_new(table: &'static str, columns: &[&'static str]) -> String {
    insert_statement(table, columns).on_conflict(OnConflict::new().do_nothing().to_owned()).build(SqliteQueryBuilder).0
}

/// The same, replacing the other columns of a row with this `key`.
pub(crate) fn upsert(table: &'static str, columns: &[&'static str], key: &[&'static str]) -> String {
    let others: Vec<&'static str> = columns.iter().copied().filter(|c| !key.contains(c)).collect();
    insert_statement(table, columns)
        .on_conflict(OnConflict::columns(key.iter().copied()).update_columns(others).to_owned())
        .build(SqliteQueryBuilder)
        .0
}

fn insert_statement(table: &'static str, columns: &[&'static str]) -> InsertStatement {
    let mut insert = Query::insert();
    insert.into_table(table).columns(columns.iter().copied());
    insert.values_panic(columns.iter().map(|_| mark()));
    insert
}

/// `SELECT columns FROM table WHERE key = ? AND …`.
pub(crate) fn select(table: &'static str, columns: &[&'static str], key: &[&'static str]) -> String {
    select_statement(table, columns, key).build(SqliteQueryBuilder).0
}

/// The same with an order and `LIMIT ?` at its end.
pub(crate) fn select_ordered(
    table: &'static str,
    columns: &[&'static str],
    key: &[&'static str],
    by: &'static str,
    order: Order,
) -> String {
    select_statement(table, columns, key).order_by(by, order).limit(1).build(SqliteQueryBuilder).0
}

fn select_statement(table: &'static str, columns: &[&'static str], key: &[&'static str]) -> SelectStatement {
    let mut select = Query::select();
    select.columns(columns.iter().copied()).from(table);
    for column in key {
        select.and_where(Expr::col(*column).eq(mark()));
    }
    select
}

/// `SELECT COUNT(*) FROM table`.
pub(crate) fn count(table: &'static str) -> String {
    let mut select = Query::select();
    select.expr(Expr::cust("COUNT(*)")).from(table);
    select.build(SqliteQueryBuilder).0
}

/// `UPDATE table SET columns = ?, … WHERE key = ? AND …`.
pub(crate) fn update(table: &'static str, columns: &[&'static str], key: &[&'static str]) -> String {
    let mut update: UpdateStatement = Query::update();
    update.table(table);
    for column in columns {
        update.value(*column, mark());
    }
    for column in key {
        update.and_where(Expr::col(*column).eq(mark()));
    }
    update.build(SqliteQueryBuilder).0
}

/// `DELETE FROM table WHERE key = ? AND …`.
pub(crate) fn delete(table: &'static str, key: &[&'static str]) -> String {
    let mut delete: DeleteStatement = Query::delete();
    delete.from_table(table);
    for column in key {
        delete.and_where(Expr::col(*column).eq(mark()));
    }
    delete.build(SqliteQueryBuilder).0
}

/// The values of a built statement in the form of the driver.
pub(crate) fn bind(values: Values) -> Vec<Lite> {
    values.0.into_iter().map(bind_one).collect()
}

fn bind_one(value: Value) -> Lite {
    match value {
        Value::Bool(Some(v)) => Lite::Integer(i64::from(v)),
        Value::TinyInt(Some(v)) => Lite::Integer(i64::from(v)),
        Value::SmallInt(Some(v)) => Lite::Integer(i64::from(v)),
        Value::Int(Some(v)) => Lite::Integer(i64::from(v)),
        Value::BigInt(Some(v)) => Lite::Integer(v),
        Value::TinyUnsigned(Some(v)) => Lite::Integer(i64::from(v)),
        Value::SmallUnsigned(Some(v)) => Lite::Integer(i64::from(v)),
        Value::Unsigned(Some(v)) => Lite::Integer(i64::from(v)),
        Value::BigUnsigned(Some(v)) => Lite::Integer(i64::try_from(v).unwrap_or(i64::MAX)),
        Value::Double(Some(v)) => Lite::Real(v),
        Value::Float(Some(v)) => Lite::Real(f64::from(v)),
        Value::String(Some(v)) => Lite::Text(v),
        Value::Char(Some(v)) => Lite::Text(v.to_string()),
        Value::Bytes(Some(v)) => Lite::Blob(v),
        _ => Lite::Null,
    }
}
