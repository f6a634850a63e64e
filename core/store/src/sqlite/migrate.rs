//! Brings a database file to the schema of this program, in one transaction a step.

use rusqlite::Connection;
use sea_query::SqliteQueryBuilder;

use crate::db::{Conn, Dialect, args};
use crate::schema::{
    AUDIT_INDEXES, AUDIT_TABLES, BLOCK, DERIVED, FOURTH, INDEXES, IndexDef, LEASE, TABLES, VERSION, WORDS,
    one_open_membership, only_added_to, wide,
};
use crate::{NO_DATE, StoreError, Subject, SubjectKind};

/// The words of a resource, as they come: parted by blanks, with nothing else taken for a mark between two of them.
const FULL_TEXT: &str = "CREATE VIRTUAL TABLE words USING fts5(word, content='', contentless_delete=1, detail=none, \
    tokenize=\"ascii tokenchars '!\"\"#$%&''()*+,-./:;<=>?@[\\]^_`{|}~'\")";

pub(crate) fn migrate(conn: &Connection) -> Result<(), StoreError> {
    let found: i64 = conn.pragma_query_value(None, "user_version", |row| row.get(0))?;
    if found > VERSION {
        return Err(StoreError::TooNew { found, known: VERSION });
    }
    if found == VERSION {
        return Ok(());
    }
    let step = conn.unchecked_transaction()?;
    if found == 0 {
        first(&step)?;
    }
    if found == 1 {
        // Nobody is noted in the table of version 2 yet: the engine catches up, from the first subject on.
        create(&step, |name| name == BLOCK)?;
        setting(&step, crate::CATCH_UP)?;
    }
    if matches!(found, 1 | 2) {
        second(&step)?;
    }
    if matches!(found, 1..=4) {
        anew(&step)?;
    }
    if matches!(found, 1..=3) {
        third(&step)?;
    }
    step.pragma_update(None, "user_version", VERSION)?;
    step.commit()?;
    Ok(())
}

fn first(conn: &Connection) -> Result<(), StoreError> {
    create(conn, |_| true)?;
    conn.execute(FULL_TEXT, [])?;
    index(conn, |_| true)?;
    conn.execute(&one_open_membership().to_string(SqliteQueryBuilder), [])?;
    keep(conn)?;
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

/// From version 2: leases, and what histories and dates need.
fn second(conn: &Connection) -> Result<(), StoreError> {
    create(conn, |name| name == LEASE.name)?;
    crate::history::past_types(conn)?;
    conn.execute("UPDATE resource SET date = ? WHERE date = 1", [NO_DATE])?; // what "no date" was until then
    Ok(())
}

/// The rows of searches have another form, hold long texts in another, or do not know what is guarded. They are given up, and made again by the engine.
fn anew(conn: &Connection) -> Result<(), StoreError> {
    let derived = |name: &str| DERIVED.iter().any(|table| table.name == name);
    for table in DERIVED {
        conn.execute(&sea_query::Table::drop().table(table.name).if_exists().to_string(SqliteQueryBuilder), [])?;
    }
    create(conn, derived)?;
    conn.execute(FULL_TEXT, [])?;
    index(conn, |index| !index.is_of(&FOURTH))?;
    setting(conn, crate::REBUILD)
}

/// From version 3: ledgers and timers.
fn third(conn: &Connection) -> Result<(), StoreError> {
    create(conn, |name| FOURTH.iter().any(|table| table.name == name))?;
    index(conn, |index| index.is_of(&FOURTH))?;
    keep(conn)
}

fn keep(conn: &Connection) -> Result<(), StoreError> {
    only_added_to(Dialect::Sqlite).into_iter().try_for_each(|text| Ok(conn.execute(text, []).map(|_| ())?))
}

fn setting(conn: &Connection, name: &str) -> Result<(), StoreError> {
    Conn::Lite(conn).execute(&crate::sql::upsert("setting", &["name", "value"], &["name"]), args![name, b"0"])
}

fn create(conn: &Connection, wanted: impl Fn(&str) -> bool) -> Result<(), StoreError> {
    for table in TABLES.iter().filter(|table| wanted(table.name) && table.name != WORDS.name) {
        conn.execute(&table.create(Dialect::Sqlite).if_not_exists().to_string(SqliteQueryBuilder), [])?;
    }
    Ok(())
}

fn index(conn: &Connection, wanted: impl Fn(&IndexDef) -> bool) -> Result<(), StoreError> {
    for index in INDEXES.iter().filter(|index| wanted(index)) {
        conn.execute(&index.create().if_not_exists().to_string(SqliteQueryBuilder), [])?;
    }
    for mut index in wide() {
        conn.execute(&index.if_not_exists().to_string(SqliteQueryBuilder), [])?;
    }
    Ok(())
}
