//! A consistent copy of a data folder while it is in use, and the proof that a copy can be opened and read.

use std::path::Path;

use rusqlite::Connection;
use sea_query::{Expr, ExprTrait, Func, Query};

use crate::db::Conn;
use crate::{Store, StoreError, Verified, sql, sqlite};

/// Pages between two reports of progress: 4 MiB.
const PAGES: i32 = 1024;

/// What a verified copy holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Restored {
    pub resources: i64,
    /// Bodies that were read and unpacked.
    pub bodies_read: i64,
    pub audit: Verified,
}

impl Store {
    /// Copies both files into `target`, which must not hold a store. `progress` is told pages done and pages in all.
    ///
    /// The audit is copied last, so that the copy knows of every look at what it holds.
    ///
    /// # Errors
    /// When a file cannot be written, or `target` holds a store.
    pub fn backup(dir: &Path, target: &Path, mut progress: impl FnMut(i32, i32)) -> Result<(), StoreError> {
        crate::folder::make(target)?;
        for name in [sqlite::FILE, sqlite::AUDIT_FILE] {
            let path = target.join(name);
            if path.exists() {
                let there = std::io::Error::from(std::io::ErrorKind::AlreadyExists);
                return Err(StoreError::file(&path, there));
            }
            let from = Connection::open_with_flags(dir.join(name), rusqlite::OpenFlags::SQLITE_OPEN_READ_ONLY)?;
            // One snapshot for the whole copy: otherwise every commit of the writer would begin it anew.
            from.execute_batch("BEGIN")?;
            from.query_row("SELECT count(*) FROM sqlite_schema", [], |_| Ok(()))?;
            let mut to = Connection::open(&path)?;
            let copy = rusqlite::backup::Backup::new(&from, &mut to)?;
            let mut all_done = false;
            while !all_done {
                all_done = copy.step(PAGES)? == rusqlite::backup::StepResult::Done;
                let now = copy.progress();
                progress(now.pagecount - now.remaining, now.pagecount);
            }
            drop(copy);
            drop(to);
            std::fs::File::open(&path).and_then(|f| f.sync_all()).map_err(|e| StoreError::file(&path, e))?;
        }
        std::fs::File::open(target).and_then(|f| f.sync_all()).map_err(|e| StoreError::file(target, e))
    }
}

/// Whether `dir` holds a store.
pub fn is_store(dir: &Path) -> bool {
    dir.join(sqlite::FILE).is_file()
}

/// Opens a copy, checks the database's own structure, reads every `nth` body, and walks the audit chains.
///
/// # Errors
/// When the copy cannot be opened or a body cannot be read.
pub fn restore_check(dir: &Path, nth: i64) -> Result<Restored, StoreError> {
    sound(&dir.join(sqlite::AUDIT_FILE))?;
    let file = sound(&dir.join(sqlite::FILE))?;
    let mut count = Query::select();
    let count = count.expr(Func::count(Expr::col("key"))).from("resource");
    let conn = Conn::Lite(&file);
    let resources = conn.ask(count, |row| row.get(0))?.first().copied().unwrap_or_default();
    let mut all = Query::select();
    all.column("body").from("resource").and_where(Expr::col("key").modulo(Ord::max(nth, 1)).eq(0));
    let (text, values) = sql::build(conn.dialect(), &all);
    let mut bodies_read = 0;
    conn.each(&text, &sql::bind(&values), |row| {
        crate::Body::stored(row.get(0)?).json()?;
        bodies_read += 1;
        Ok(true)
    })?;
    Ok(Restored { resources, bodies_read, audit: Verified::of(dir)? })
}

/// Opens a file whose structure the database finds whole.
fn sound(path: &Path) -> Result<Connection, StoreError> {
    let conn = Connection::open_with_flags(path, rusqlite::OpenFlags::SQLITE_OPEN_READ_ONLY)?;
    let answer: String = conn.query_row("PRAGMA quick_check(1)", [], |row| row.get(0))?;
    if answer == "ok" { Ok(conn) } else { Err(StoreError::Body(answer)) }
}
