//! SQLite behind [`super::Conn`].

use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{CachedStatement, Connection, ToSql, params_from_iter};

use super::{Row, Value};
use crate::StoreError;

impl ToSql for Value<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match *self {
            Value::Null => ValueRef::Null,
            Value::Int(number) => ValueRef::Integer(number),
            Value::Real(number) => ValueRef::Real(number),
            Value::Text(text) => ValueRef::Text(text.as_bytes()),
            Value::Blob(bytes) => ValueRef::Blob(bytes),
        }))
    }
}

fn prepare<'c>(conn: &'c Connection, text: &str) -> Result<CachedStatement<'c>, StoreError> {
    Ok(conn.prepare_cached(text)?)
}

pub(super) fn execute(conn: &Connection, text: &str, values: &[Value<'_>]) -> Result<u64, StoreError> {
    Ok(prepare(conn, text)?.execute(params_from_iter(values))? as u64)
}

pub(super) fn many<'v, R: AsRef<[Value<'v>]>>(
    conn: &Connection,
    text: &str,
    rows: impl Iterator<Item = R>,
) -> Result<(), StoreError> {
    let mut statement = None;
    for row in rows {
        let statement = match &mut statement {
            Some(statement) => statement,
            None => statement.insert(prepare(conn, text)?),
        };
        statement.execute(params_from_iter(row.as_ref()))?;
    }
    Ok(())
}

pub(super) fn row<T>(
    conn: &Connection,
    text: &str,
    values: &[Value<'_>],
    read: impl FnOnce(&Row<'_>) -> Result<T, StoreError>,
) -> Result<Option<T>, StoreError> {
    let mut statement = prepare(conn, text)?;
    let mut rows = statement.query(params_from_iter(values))?;
    match rows.next()? {
        Some(row) => read(&Row::Lite(row)).map(Some),
        None => Ok(None),
    }
}

pub(super) fn each(
    conn: &Connection,
    text: &str,
    values: &[Value<'_>],
    mut see: impl FnMut(&Row<'_>) -> Result<bool, StoreError>,
) -> Result<(), StoreError> {
    let mut statement = prepare(conn, text)?;
    let mut rows = statement.query(params_from_iter(values))?;
    while let Some(row) = rows.next()? {
        if !see(&Row::Lite(row))? {
            break;
        }
    }
    Ok(())
}

pub(super) fn cell<'r>(row: &'r rusqlite::Row<'_>, nth: usize) -> Result<Value<'r>, StoreError> {
    Ok(match row.get_ref(nth)? {
        ValueRef::Null => Value::Null,
        ValueRef::Integer(number) => Value::Int(number),
        ValueRef::Real(number) => Value::Real(number),
        ValueRef::Text(text) => {
            Value::Text(std::str::from_utf8(text).map_err(|_| StoreError::Database("a text that is no UTF-8".into()))?)
        }
        ValueRef::Blob(bytes) => Value::Blob(bytes),
    })
}
