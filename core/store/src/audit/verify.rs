//! Walks both audit chains from their first row and names the first row that does not fit.

use std::collections::BTreeSet;
use std::path::Path;

use rusqlite::Connection;
use sea_query::{Expr, ExprTrait, Order, Query, SqliteQueryBuilder};

use super::{chain, log};
use crate::write::{WRITE_COLUMNS, write_row};
use crate::{Origin, StoreError, Subject, sql};

/// What a walk found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Verified {
    pub looks: i64,
    pub writes: i64,
    /// Which chain and which row do not fit, if any.
    pub broken: Option<String>,
}

/// A write-audit row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WriteRow {
    pub seq: i64,
    pub tx: i64,
    pub at: i64,
    pub origin: Origin,
    pub subject: i64,
    /// `C|U|D Type/id/version`, one to a line.
    pub what: String,
}

impl Verified {
    /// Verifies the audit of a data folder, read only; the store may be open meanwhile.
    ///
    /// The chain finds what was changed, removed from the middle or put in another order. It cannot find that its end
    /// was cut off: for that, a head noted elsewhere must be compared with `looks` and `writes`.
    ///
    /// # Errors
    /// When a file cannot be opened or read.
    pub fn of(dir: &Path) -> Result<Verified, StoreError> {
        let mut found = Verified::default();
        looks(&read_only(&dir.join(log::FILE))?, &mut found)?;
        if found.broken.is_none() {
            writes(&read_only(&dir.join(crate::sqlite::FILE))?, &mut found)?;
        }
        Ok(found)
    }
}

fn looks(conn: &Connection, found: &mut Verified) -> Result<(), StoreError> {
    let mut statement = conn.prepare(&log::all_looks())?;
    let mut of_subject = conn.prepare(&sql::select("look_subject", &["seq"], &["subject", "seq"]))?;
    let mut rows = statement.query([])?;
    let (mut hash, mut listed) = (chain::START, 0_i64);
    while let Some(row) = rows.next()? {
        let expected = found.looks + 1;
        let fits = log::row_of(row).ok().filter(|(line, subjects, stored)| {
            hash = chain::link(&hash, &chain::look_fields(line.seq, line.at, &line.look, subjects));
            line.seq == expected && hash == *stored
        });
        let Some((line, ..)) = fits else {
            found.broken = Some(format!("look {expected}"));
            return Ok(());
        };
        let subjects: BTreeSet<Subject> = line.look.subjects.into_iter().collect();
        for subject in subjects {
            if !of_subject.exists((subject.0, expected))? {
                found.broken = Some(format!("look {expected} is not listed under subject {}", subject.0));
                return Ok(());
            }
            listed += 1;
        }
        found.looks = expected;
    }
    let mut all = Query::select();
    let all = all.expr(Expr::col("seq").count()).from("look_subject").build(SqliteQueryBuilder).0;
    if conn.query_row(&all, [], |row| row.get::<_, i64>(0))? != listed {
        found.broken = Some("a subject is listed with a look that was not at it".into());
    }
    Ok(())
}

fn writes(conn: &Connection, found: &mut Verified) -> Result<(), StoreError> {
    let mut select = Query::select();
    select.columns(WRITE_COLUMNS.iter().copied()).from("audit_write").order_by("seq", Order::Asc);
    let mut statement = conn.prepare(&select.build(SqliteQueryBuilder).0)?;
    let mut rows = statement.query([])?;
    let mut hash = chain::START;
    while let Some(row) = rows.next()? {
        let expected = found.writes + 1;
        let fits = write_row(row).ok().filter(|(line, stored)| {
            let fields = chain::write_fields(line.seq, line.tx, line.at, &line.origin, line.subject, &line.what);
            hash = chain::link(&hash, &fields);
            line.seq == expected && hash == *stored
        });
        if fits.is_none() {
            found.broken = Some(format!("write {expected}"));
            return Ok(());
        }
        found.writes = expected;
    }
    Ok(())
}

/// One snapshot of a file.
fn read_only(path: &Path) -> Result<Connection, StoreError> {
    let conn = Connection::open_with_flags(path, rusqlite::OpenFlags::SQLITE_OPEN_READ_ONLY)?;
    conn.busy_timeout(crate::sqlite::BUSY)?;
    conn.execute_batch("BEGIN")?;
    Ok(conn)
}
