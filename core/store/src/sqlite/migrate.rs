//! Brings a database file to the schema of this program, in one transaction a step.

use rusqlite::Connection;
use sea_query::SqliteQueryBuilder;

use crate::db::{Conn, Dialect, args};
use crate::schema::{AUDIT_INDEXES, AUDIT_TABLES, BLOCK, INDEXES, TABLES, VERSION, one_open_membership};
use crate::{StoreError, Subject, SubjectKind};

pub(crate) fn migrate(conn: &Connection) -> Result<(), StoreError> {
    let found: i64 = conn.pragma_query_value(None, "user_version", |row| row.get(0))?;
    if found > VERSION {
        return Err(StoreError::TooNew { found, known: VERSION });
    }
    if found < 1 {
        let step = conn.unchecked_transaction()?;
        first(&step)?;
        step.pragma_update(None, "user_version", VERSION)?;
        step.commit()?;
    } else if found < 2 {
        let step = conn.unchecked_transaction()?;
        for table in TABLES.iter().filter(|table| table.name == BLOCK) {
            step.execute(&table.create(Dialect::Sqlite).to_string(SqliteQueryBuilder), [])?;
        }
        for index in INDEXES {
            step.execute(&index.create().if_not_exists().to_string(SqliteQueryBuilder), [])?;
        }
        // Nobody is noted in the new table yet: the engine catches up, from the first subject on.
        let setting = crate::sql::insert("setting", &["name", "value"]);
        Conn::Lite(&step).execute(&setting, args![crate::CATCH_UP, b"0"])?;
        step.pragma_update(None, "user_version", 2)?;
        step.commit()?;
    }
    Ok(())
}

fn first(conn: &Connection) -> Result<(), StoreError> {
    for table in TABLES {
        conn.execute(&table.create(Dialect::Sqlite).to_string(SqliteQueryBuilder), [])?;
    }
    for index in INDEXES {
        conn.execute(&index.create().to_string(SqliteQueryBuilder), [])?;
    }
    conn.execute(&one_open_membership().to_string(SqliteQueryBuilder), [])?;
    let common = crate::sql::insert("subject", &["id", "kind", "next_slot"]);
    Conn::Lite(conn).execute(&common, args![Subject::COMMON.0, SubjectKind::Common as i64, 1])?;
    Ok(())
}

/// The tables of the file of looks.
pub(crate) fn migrate_audit(conn: &Connection) -> Result<(), StoreError> {
    for table in AUDIT_TABLES {
        conn.execute(&table.create(Dialect::Sqlite).if_not_exists().to_string(SqliteQueryBuilder), [])?;
    }
    for index in AUDIT_INDEXES {
        conn.execute(&index.create().if_not_exists().to_string(SqliteQueryBuilder), [])?;
    }
    Ok(())
}
