//! Brings a database to the tables of this program, one process at a time.

use std::sync::Arc;

use sea_query::PostgresQueryBuilder;

use super::{Config, PgConn, Role};
use crate::db::Value;
use crate::schema::{AUDIT_INDEXES, AUDIT_TABLES, INDEXES, TABLES, VERSION, one_open_membership, wide};
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
    let found: Option<i64> = conn.row("SELECT version FROM schema_version", &[], |row| row.get(0))?;
    match found {
        None => first(&conn)?,
        Some(VERSION) => {}
        Some(found) if found > VERSION => return Err(StoreError::TooNew { found, known: VERSION }),
        // The first program that knew PostgreSQL made version 3.
        Some(found) => {
            return Err(StoreError::Place(format!("{config} holds tables of version {found}, which is unknown")));
        }
    }
    conn.commit()
}

fn first(conn: &PgConn) -> Result<(), StoreError> {
    for table in TABLES.iter().chain(AUDIT_TABLES) {
        for text in table.create_on_server() {
            conn.send(&text, &[])?;
        }
    }
    for text in WORDS.iter().chain(&LEAST) {
        conn.send(text, &[])?;
    }
    for index in INDEXES.iter().chain(AUDIT_INDEXES) {
        conn.send(&index.create().to_string(PostgresQueryBuilder), &[])?;
    }
    for index in wide() {
        conn.send(&index.to_string(PostgresQueryBuilder), &[])?;
    }
    conn.send(&one_open_membership().to_string(PostgresQueryBuilder), &[])?;
    let common = [Subject::COMMON.0, SubjectKind::Common as i64, 1].map(Value::Int);
    conn.send("INSERT INTO subject (id, kind, next_slot) VALUES ($1, $2, $3)", &common)?;
    conn.send("INSERT INTO schema_version (version) VALUES ($1)", &[Value::Int(VERSION)])
}
