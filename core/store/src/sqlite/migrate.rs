//! Brings a database file to the schema of this program, in one transaction a step.

use rusqlite::Connection;
use sea_query::SqliteQueryBuilder;

use crate::schema::{BLOCK, INDEXES, TABLES, VERSION, one_open_membership};
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
            step.execute(&table.create().to_string(SqliteQueryBuilder), [])?;
        }
        for index in INDEXES {
            step.execute(&index.create().if_not_exists().to_string(SqliteQueryBuilder), [])?;
        }
        // Nobody is noted in the new table yet: the engine catches up, from the first subject on.
        step.execute(&crate::sql::insert("setting", &["name", "value"]), (crate::CATCH_UP, &b"0"[..]))?;
        step.pragma_update(None, "user_version", 2)?;
        step.commit()?;
    }
    Ok(())
}

fn first(conn: &Connection) -> Result<(), StoreError> {
    for table in TABLES {
        conn.execute(&table.create().to_string(SqliteQueryBuilder), [])?;
    }
    for index in INDEXES {
        conn.execute(&index.create().to_string(SqliteQueryBuilder), [])?;
    }
    conn.execute(&one_open_membership().to_string(SqliteQueryBuilder), [])?;
    let common = crate::sql::insert("subject", &["id", "kind", "next_slot"]);
    conn.execute(&common, (Subject::COMMON.0, SubjectKind::Common as i64, 1))?;
    Ok(())
}
