//! Brings a database to the tables of this program, one process at a time.

use std::sync::Arc;

use sea_query::PostgresQueryBuilder;

use super::{Config, PgConn, Role};
use crate::db::{Dialect, Value};
use crate::schema::{
    AUDIT_INDEXES, AUDIT_TABLES, DERIVED, FOURTH, GUARDED, INDEXES, IndexDef, TABLES, TableDef, VERSION,
    one_open_membership, only_added_to, wide,
};
use crate::{StoreError, Subject, SubjectKind};

/// Two processes that start at once take turns here.
const TURN: &str = "SELECT pg_advisory_xact_lock(1296388688, 0)";

/// The words of a resource, as two lists.
const WORDS: [&str; 3] = [
    "CREATE TABLE words (key BIGINT PRIMARY KEY, narrative TEXT[] NOT NULL, content TEXT[] NOT NULL)",
    "CREATE INDEX words_narrative ON words USING gin (narrative)",
    "CREATE INDEX words_content ON words USING gin (content)",
];

/// The least and the greatest of several ids, which PostgreSQL has from version 18 on.
const LEAST: [&str; 4] = [
    "CREATE FUNCTION bytes_less(bytea, bytea) RETURNS bytea LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS \
     'SELECT CASE WHEN $1 < $2 THEN $1 ELSE $2 END'",
    "CREATE FUNCTION bytes_greater(bytea, bytea) RETURNS bytea LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS \
     'SELECT CASE WHEN $1 > $2 THEN $1 ELSE $2 END'",
    "CREATE AGGREGATE min(bytea) (SFUNC = bytes_less, STYPE = bytea, SORTOP = <)",
    "CREATE AGGREGATE max(bytea) (SFUNC = bytes_greater, STYPE = bytea, SORTOP = >)",
];

/// Makes what is missing.
///
/// # Errors
/// `TooNew` for the tables of a later program.
pub(crate) fn migrate(config: &Arc<Config>) -> Result<(), StoreError> {
    let conn = PgConn::open(config, Role::Writing)?;
    conn.send("BEGIN", &[])?;
    conn.send(TURN, &[])?;
    if let Some(schema) = &config.schema {
        conn.send(&format!("CREATE SCHEMA IF NOT EXISTS \"{schema}\""), &[])?;
    }
    conn.send("CREATE TABLE IF NOT EXISTS schema_version (version BIGINT NOT NULL)", &[])?;
    let found: Option<i64> = conn.row(None, "SELECT version FROM schema_version", &[], |row| row.get(0))?;
    match found {
        None => first(&conn)?,
        Some(VERSION) => {}
        Some(found) if found > VERSION => return Err(StoreError::TooNew { found, known: VERSION }),
        Some(3) => third(&conn).and_then(|()| fourth(&conn))?,
        Some(4) => fourth(&conn)?,
        // The first program that knew PostgreSQL made version 3.
        Some(found) => {
            return Err(StoreError::Place(format!("{config} holds tables of version {found}, which is unknown")));
        }
    }
    conn.commit()
}

/// From version 3: ledgers and timers.
fn third(conn: &PgConn) -> Result<(), StoreError> {
    create(conn, FOURTH)?;
    index(conn, INDEXES.iter().filter(|index| index.is_of(&FOURTH)))?;
    keep(conn)
}

/// From version 4: what is guarded; and before that, long texts had another form in the rows of searches. These are given
/// up and made again by the engine.
fn fourth(conn: &PgConn) -> Result<(), StoreError> {
    create(conn, [&GUARDED])?;
    for table in DERIVED {
        conn.send(&format!("TRUNCATE \"{}\"", table.name), &[])?;
    }
    let again = "INSERT INTO setting (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = $2";
    conn.send(again, &[Value::Text(crate::REBUILD), Value::Blob(b"0")])?;
    conn.send("UPDATE schema_version SET version = $1", &[Value::Int(VERSION)])
}

fn create<'t>(conn: &PgConn, tables: impl IntoIterator<Item = &'t TableDef>) -> Result<(), StoreError> {
    let mut texts = tables.into_iter().flat_map(TableDef::create_on_server);
    texts.try_for_each(|text| conn.send(&text, &[]))
}

fn index<'t>(conn: &PgConn, indexes: impl IntoIterator<Item = &'t IndexDef>) -> Result<(), StoreError> {
    let mut texts = indexes.into_iter().map(|index| index.create().to_string(PostgresQueryBuilder));
    texts.try_for_each(|text| conn.send(&text, &[]))
}

fn keep(conn: &PgConn) -> Result<(), StoreError> {
    only_added_to(Dialect::Postgres).into_iter().try_for_each(|text| conn.send(text, &[]))
}

fn first(conn: &PgConn) -> Result<(), StoreError> {
    create(conn, TABLES.iter().chain(AUDIT_TABLES))?;
    for text in WORDS.iter().chain(&LEAST) {
        conn.send(text, &[])?;
    }
    index(conn, INDEXES.iter().chain(AUDIT_INDEXES))?;
    for index in wide() {
        conn.send(&index.to_string(PostgresQueryBuilder), &[])?;
    }
    conn.send(&one_open_membership().to_string(PostgresQueryBuilder), &[])?;
    keep(conn)?;
    let common = [Subject::COMMON.0, SubjectKind::Common as i64, 1].map(Value::Int);
    conn.send("INSERT INTO subject (id, kind, next_slot) VALUES ($1, $2, $3)", &common)?;
    conn.send("INSERT INTO schema_version (version) VALUES ($1)", &[Value::Int(VERSION)])
}
