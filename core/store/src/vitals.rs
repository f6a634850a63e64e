//! How the store is doing: sizes of its files, rows of its tables, who reads, how fast it commits. Numbers only.

use std::path::Path;

use crate::db::args;
use crate::pace::Second;
use crate::schema::{AUDIT_TABLES, TABLES};
use crate::{Home, Reader, Store, StoreError};

/// What can be told at once, without walking anything.
#[derive(Clone, Debug, Default)]
pub struct Vitals {
    /// The files of the data folder with their sizes in bytes; a write-ahead log is a file of its own. On a server, its
    /// tables.
    pub files: Vec<(String, u64)>,
    /// Groups of connections: name, how many there are, how many are lent out now.
    pub desks: Vec<(&'static str, usize, usize)>,
    /// Acts that wait for the writer, in the interactive and in the bulk lane.
    pub waiting: (usize, usize),
    /// Rows of the two audit chains.
    pub looks: i64,
    pub writes: i64,
    /// Commits of the last hour, by second, since the store was opened.
    pub pace: Vec<Second>,
}

impl Store {
    /// What can be told at once.
    ///
    /// # Errors
    /// When the folder or a file of it cannot be read.
    pub fn vitals(&self) -> Result<Vitals, StoreError> {
        let mut files = match self.home() {
            Home::Folder(dir) => files(dir)?,
            Home::Postgres(_) => self.read(sizes)?,
        };
        files.sort();
        Ok(Vitals {
            files,
            desks: self.desks(),
            waiting: self.waiting(),
            looks: self.audit().length()?,
            writes: self.read(writes)?,
            pace: self.pace(),
        })
    }

    /// The names of all tables of the record, and of the audit file after them.
    pub fn tables() -> (Vec<&'static str>, Vec<&'static str>) {
        (TABLES.iter().map(|table| table.name).collect(), AUDIT_TABLES.iter().map(|table| table.name).collect())
    }

    /// The rows of one table, counted now: a walk through its smallest index.
    ///
    /// # Errors
    /// `TooLong` when that takes longer than a search may.
    pub async fn rows_of(&self, table: &'static str) -> Result<i64, StoreError> {
        if AUDIT_TABLES.iter().any(|audit| audit.name == table) {
            let (log, limit) = (self.audit().clone(), self.search_limit());
            let counted = tokio::task::spawn_blocking(move || log.rows_of(table, limit));
            return counted.await.map_err(|_| StoreError::Stopping)?;
        }
        self.search(move |reader| reader.rows_of(table)).await
    }
}

fn files(dir: &Path) -> Result<Vec<(String, u64)>, StoreError> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(dir).map_err(|e| StoreError::file(dir, e))? {
        let entry = entry.map_err(|e| StoreError::file(dir, e))?;
        let name = entry.file_name().to_string_lossy().into_owned();
        let ours = name.starts_with("meridian.db") || name.starts_with("audit.db");
        if let (true, Ok(meta)) = (ours, entry.metadata()) {
            files.push((name, meta.len()));
        }
    }
    Ok(files)
}

/// What stands for the files on a server: the tables with their indexes.
fn sizes(reader: &Reader<'_>) -> Result<Vec<(String, u64)>, StoreError> {
    let text = "SELECT relname::text, pg_total_relation_size(oid) FROM pg_class WHERE relkind = 'r' AND relnamespace = \
                (SELECT oid FROM pg_namespace WHERE nspname = current_schema())";
    reader
        .conn
        .rows(&text.to_owned(), args![], |row| Ok((row.get(0)?, u64::try_from(row.get::<i64>(1)?).unwrap_or_default())))
}

fn writes(reader: &Reader<'_>) -> Result<i64, StoreError> {
    reader.writes_last()
}

impl Reader<'_> {
    fn rows_of(&self, table: &'static str) -> Result<i64, StoreError> {
        Ok(self.conn.row(&crate::sql::count(table), args![], |row| row.get(0))?.unwrap_or_default())
    }
}
