//! The fixed statements, built once in both dialects, and the values that go into any statement.

use std::sync::LazyLock;

use sea_query::{DeleteStatement, Expr, ExprTrait, InsertStatement, OnConflict, Order, Query, SelectStatement};
use sea_query::{PostgresQueryBuilder, QueryStatementWriter, SqliteQueryBuilder, UpdateStatement, Values};

use crate::db::{Dialect, Plan, Value};
use crate::pinned::Pinned;

/// A statement in both dialects, whose parameters are bound later, in order.
#[derive(Debug)]
pub(crate) struct Texts {
    lite: String,
    postgres: String,
}

/// A fixed statement.
pub(crate) type Sql = LazyLock<Texts>;

/// What has a text in the dialect that is spoken.
pub(crate) trait AsSql {
    fn on(&self, dialect: Dialect) -> &str;

    /// How a server is to plan it.
    fn plan(&self) -> Plan {
        Plan::Either
    }
}

impl AsSql for Texts {
    fn on(&self, dialect: Dialect) -> &str {
        match dialect {
            Dialect::Sqlite => &self.lite,
            Dialect::Postgres => &self.postgres,
        }
    }
}

impl AsSql for Sql {
    fn on(&self, dialect: Dialect) -> &str {
        LazyLock::force(self).on(dialect)
    }
}

/// A text that was built for its dialect.
impl AsSql for String {
    fn on(&self, _dialect: Dialect) -> &str {
        self
    }

    fn plan(&self) -> Plan {
        Plan::Fresh
    }
}

/// The same, with how it is to be planned.
pub(crate) struct Built<'t>(pub(crate) &'t str, pub(crate) Plan);

impl<'t> From<&'t str> for Built<'t> {
    fn from(text: &'t str) -> Built<'t> {
        Built(text, Plan::Either)
    }
}

impl AsSql for Built<'_> {
    fn on(&self, _dialect: Dialect) -> &str {
        self.0
    }

    fn plan(&self) -> Plan {
        self.1
    }
}

/// A text that is the same in both dialects.
impl AsSql for str {
    fn on(&self, _dialect: Dialect) -> &str {
        self
    }
}

/// Both texts of a statement.
pub(crate) fn both(statement: &impl QueryStatementWriter) -> Texts {
    Texts { lite: statement.build(SqliteQueryBuilder).0, postgres: statement.build(PostgresQueryBuilder).0 }
}

/// A statement of one question, in the dialect that is spoken, with its values.
pub(crate) fn build(dialect: Dialect, statement: &impl QueryStatementWriter) -> (String, Values) {
    match dialect {
        Dialect::Sqlite => statement.build(SqliteQueryBuilder),
        Dialect::Postgres => Pinned::build(statement),
    }
}

fn mark() -> Expr {
    Expr::val(0)
}

/// `INSERT INTO table (columns) VALUES (?, …)`.
pub(crate) fn insert(table: &'static str, columns: &[&'static str]) -> Texts {
    both(&insert_statement(table, columns))
}

/// The same, leaving a row alone that is there already.
pub(crate) fn insert_new(table: &'static str, columns: &[&'static str]) -> Texts {
    both(insert_statement(table, columns).on_conflict(do_nothing()))
}

/// The same, replacing the other columns of a row with this `key`.
pub(crate) fn upsert(table: &'static str, columns: &[&'static str], key: &[&'static str]) -> Texts {
    both(insert_statement(table, columns).on_conflict(replace(columns, key)))
}

fn do_nothing() -> OnConflict {
    OnConflict::new().do_nothing().to_owned()
}

fn replace(columns: &[&'static str], key: &[&'static str]) -> OnConflict {
    let others: Vec<&'static str> = columns.iter().copied().filter(|c| !key.contains(c)).collect();
    OnConflict::columns(key.iter().copied()).update_columns(others).to_owned()
}

fn insert_statement(table: &'static str, columns: &[&'static str]) -> InsertStatement {
    let mut insert = Query::insert();
    insert.into_table(table).columns(columns.iter().copied());
    insert.values_panic(columns.iter().map(|_| mark()));
    insert
}

/// `SELECT columns FROM table WHERE key = ? AND …`.
pub(crate) fn select(table: &'static str, columns: &[&'static str], key: &[&'static str]) -> Texts {
    both(&select_statement(table, columns, key))
}

/// The same with an order and `LIMIT ?` at its end.
pub(crate) fn select_ordered(
    table: &'static str,
    columns: &[&'static str],
    key: &[&'static str],
    by: &'static str,
    order: Order,
) -> Texts {
    both(select_statement(table, columns, key).order_by(by, order).limit(1))
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
pub(crate) fn count(table: &'static str) -> Texts {
    both(Query::select().expr(Expr::cust("COUNT(*)")).from(table))
}

/// `UPDATE table SET columns = ?, … WHERE key = ? AND …`.
pub(crate) fn update(table: &'static str, columns: &[&'static str], key: &[&'static str]) -> Texts {
    let mut update: UpdateStatement = Query::update();
    update.table(table);
    for column in columns {
        update.value(*column, mark());
    }
    for column in key {
        update.and_where(Expr::col(*column).eq(mark()));
    }
    both(&update)
}

/// `DELETE FROM table WHERE key = ? AND …`.
pub(crate) fn delete(table: &'static str, key: &[&'static str]) -> Texts {
    let mut delete: DeleteStatement = Query::delete();
    delete.from_table(table);
    for column in key {
        delete.and_where(Expr::col(*column).eq(mark()));
    }
    both(&delete)
}

/// A statement for many rows of one table at a time: a row a time where that is cheap, all in one where each would have to
/// travel.
pub(crate) struct ManyTexts {
    one: String,
    all: String,
    kinds: Vec<&'static str>,
    copy: Option<String>,
    turn: Turn,
}

/// Which of several statements whose rows waited goes before which: rows of one resource may be among those of each.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) enum Turn {
    /// It needs what others change, or takes away what others put something else in the place of.
    First,
    Second,
    /// It changes what others put there.
    Last,
}

/// A fixed statement for many rows.
pub(crate) type Many = LazyLock<ManyTexts>;

impl ManyTexts {
    fn of(one: Texts, all: String, table: &'static str, columns: &[&'static str]) -> ManyTexts {
        let kinds = columns.iter().map(|column| crate::schema::pg_type(table, column)).collect();
        ManyTexts { one: one.lite, all, kinds, copy: None, turn: Turn::Second }
    }

    /// Texts that are neither an insert nor a delete of the table's own columns.
    pub(crate) fn own(one: &str, all: &str, kinds: &[&'static str]) -> ManyTexts {
        ManyTexts { one: one.to_owned(), all: all.to_owned(), kinds: kinds.to_vec(), copy: None, turn: Turn::Second }
    }

    pub(crate) fn with_turn(self, turn: Turn) -> ManyTexts {
        ManyTexts { turn, ..self }
    }

    pub(crate) fn turn(&self) -> Turn {
        self.turn
    }

    /// What PostgreSQL calls the types of the columns.
    pub(crate) fn kinds(&self) -> &[&'static str] {
        &self.kinds
    }

    pub(crate) fn one(&self) -> &str {
        &self.one
    }

    /// What very many rows may follow, instead of standing in it.
    pub(crate) fn copy(&self) -> Option<&str> {
        self.copy.as_deref()
    }

    /// With one array for each column.
    pub(crate) fn all(&self) -> &str {
        &self.all
    }
}

/// [`insert_new`] for many rows.
pub(crate) fn many_new(table: &'static str, columns: &[&'static str]) -> ManyTexts {
    let arrays = arrays(table, columns);
    let all =
        format!("INSERT INTO {} ({}) SELECT * FROM {arrays} ON CONFLICT DO NOTHING", quoted(table), list(columns));
    ManyTexts::of(insert_new(table, columns), all, table, columns)
}

/// [`upsert`] for many rows, none of them twice.
pub(crate) fn many_upsert(table: &'static str, columns: &[&'static str], key: &[&'static str]) -> ManyTexts {
    let others = columns.iter().filter(|column| !key.contains(column));
    let set = others.map(|c| format!("{0} = EXCLUDED.{0}", quoted(c))).collect::<Vec<_>>().join(", ");
    let all = format!(
        "INSERT INTO {} ({}) SELECT * FROM {} ON CONFLICT ({}) DO UPDATE SET {set}",
        quoted(table),
        list(columns),
        arrays(table, columns),
        list(key)
    );
    ManyTexts::of(upsert(table, columns, key), all, table, columns)
}

/// [`insert`] for many rows that are not there yet, none of them twice. To a server they go as they will lie there, when
/// they are many.
pub(crate) fn many_fresh(table: &'static str, columns: &[&'static str]) -> ManyTexts {
    let all = format!("INSERT INTO {} ({}) SELECT * FROM {}", quoted(table), list(columns), arrays(table, columns));
    let copy = format!("COPY {} ({}) FROM STDIN (FORMAT binary)", quoted(table), list(columns));
    ManyTexts { copy: Some(copy), ..ManyTexts::of(insert(table, columns), all, table, columns) }
}

/// [`update`] for many rows, none of them twice.
pub(crate) fn many_update(table: &'static str, columns: &[&'static str], key: &[&'static str]) -> ManyTexts {
    let both: Vec<&'static str> = columns.iter().chain(key).copied().collect();
    let set = columns.iter().map(|c| format!("{0} = u.{0}", quoted(c))).collect::<Vec<_>>().join(", ");
    let all = format!(
        "UPDATE {} AS t SET {set} FROM {} AS u ({}) WHERE {}",
        quoted(table),
        arrays(table, &both),
        list(&both),
        same(key)
    );
    ManyTexts::of(update(table, columns, key), all, table, &both)
}

/// [`delete`] for many rows.
pub(crate) fn many_delete(table: &'static str, key: &[&'static str]) -> ManyTexts {
    let (arrays, name) = (arrays(table, key), quoted(table));
    let all = format!("DELETE FROM {name} AS t USING {arrays} AS u ({}) WHERE {}", list(key), same(key));
    ManyTexts::of(delete(table, key), all, table, key).with_turn(Turn::First)
}

fn same(key: &[&'static str]) -> String {
    key.iter().map(|c| format!("t.{0} = u.{0}", quoted(c))).collect::<Vec<_>>().join(" AND ")
}

/// `UNNEST($1::bigint[], …)`.
fn arrays(table: &'static str, columns: &[&'static str]) -> String {
    let array = |(nth, column): (usize, &&str)| format!("${}::{}[]", nth + 1, crate::schema::pg_type(table, column));
    format!("UNNEST({})", columns.iter().enumerate().map(array).collect::<Vec<_>>().join(", "))
}

fn list(columns: &[&'static str]) -> String {
    columns.iter().map(|column| quoted(column)).collect::<Vec<_>>().join(", ")
}

fn quoted(name: &str) -> String {
    format!("\"{name}\"")
}

/// The values of a built statement.
pub(crate) fn bind(values: &Values) -> Vec<Value<'_>> {
    values.0.iter().map(bind_one).collect()
}

fn bind_one(value: &sea_query::Value) -> Value<'_> {
    use sea_query::Value as Built;
    match value {
        Built::Bool(Some(v)) => Value::Int(i64::from(*v)),
        Built::TinyInt(Some(v)) => Value::Int(i64::from(*v)),
        Built::SmallInt(Some(v)) => Value::Int(i64::from(*v)),
        Built::Int(Some(v)) => Value::Int(i64::from(*v)),
        Built::BigInt(Some(v)) => Value::Int(*v),
        Built::TinyUnsigned(Some(v)) => Value::Int(i64::from(*v)),
        Built::SmallUnsigned(Some(v)) => Value::Int(i64::from(*v)),
        Built::Unsigned(Some(v)) => Value::Int(i64::from(*v)),
        Built::BigUnsigned(Some(v)) => Value::Int(i64::try_from(*v).unwrap_or(i64::MAX)),
        Built::Double(Some(v)) => Value::Real(*v),
        Built::Float(Some(v)) => Value::Real(f64::from(*v)),
        Built::String(Some(v)) => Value::Text(v),
        Built::Bytes(Some(v)) => Value::Blob(v),
        _ => Value::Null,
    }
}
