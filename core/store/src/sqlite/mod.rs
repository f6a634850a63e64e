//! The embedded store: a folder of one process, with a file for the record and one for the looks.

mod checkpoint;
mod migrate;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use rusqlite::Connection;

use crate::StoreError;
use crate::db::{Link, Source};

pub(crate) use checkpoint::{Checkpointer, LogCut};
pub(crate) use migrate::migrate_audit;

/// The name of the database inside a data folder.
pub(crate) const FILE: &str = "meridian.db";

/// The name of the audit file inside a data folder.
pub(crate) const AUDIT_FILE: &str = "audit.db";

/// How long a connection waits for a lock of another.
pub(crate) const BUSY: std::time::Duration = std::time::Duration::from_secs(10);

/// What is left of the write-ahead log's file once all of it is in the database, in bytes.
const LOG_KEPT: i64 = 64 << 20;

/// An open data folder.
pub(crate) struct Files {
    pub(crate) path: PathBuf,
    pub(crate) writing: Link,
    pub(crate) record: Source,
    pub(crate) audit: Source,
}

/// Opens (and makes, if need be) the files of `dir`, which no other process may hold while the lock is there.
pub(crate) fn open(dir: &Path, cache_mib: u32) -> Result<(Files, Arc<std::fs::File>), StoreError> {
    crate::folder::make(dir)?;
    let lock = Arc::new(lock(dir)?);
    let path = dir.join(FILE);
    let writing = connect(&path, cache_mib)?;
    migrate::migrate(&writing)?;
    writing.pragma_update(None, "wal_autocheckpoint", 0)?;
    let record = Source::File(path.clone());
    let audit = Source::File(dir.join(AUDIT_FILE));
    Ok((Files { path, writing: Link::Lite(writing), record, audit }, lock))
}

/// A connection with the settings that durability rests on.
pub(crate) fn connect(path: &Path, cache_mib: u32) -> Result<Connection, StoreError> {
    let conn = Connection::open(path)?;
    conn.pragma_update(None, "journal_mode", "WAL")?;
    conn.pragma_update(None, "synchronous", "FULL")?;
    conn.pragma_update(None, "foreign_keys", "ON")?;
    conn.pragma_update(None, "temp_store", "MEMORY")?;
    conn.pragma_update(None, "journal_size_limit", LOG_KEPT)?;
    conn.pragma_update(None, "cache_size", -i64::from(cache_mib) * 1024)?;
    conn.busy_timeout(BUSY)?;
    // Else every other value makes a kept statement be planned anew, which costs more than most searches.
    conn.set_db_config(rusqlite::config::DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    conn.set_prepared_statement_cache_capacity(256);
    Ok(conn)
}

fn lock(dir: &Path) -> Result<std::fs::File, StoreError> {
    let path = dir.join("lock");
    let file = std::fs::OpenOptions::new().create(true).truncate(false).write(true).open(&path);
    let file = file.map_err(|e| StoreError::file(&path, e))?;
    file.try_lock().map_err(|_| StoreError::InUse(dir.display().to_string()))?;
    Ok(file)
}
