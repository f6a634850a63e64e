//! Point reads, on a reader's snapshot or inside the writer's transaction.

use rusqlite::{Connection, OptionalExtension, Row};
use sea_query::Order;

use crate::intern::Dictionaries;
use crate::key::{pack_id, unpack_id};
use crate::sql::{self, Dialect, Sql};
use crate::{Body, Key, StoreError, Stored, TypeCode, Version};

const COLUMNS: &[&str] = &["key", "type", "id", "version", "tx", "at", "deleted", "body"];

static LOCATE: Sql = Sql::new(|| sql::select("directory", &["key"], &["type", "id"]));
static CURRENT: Sql = Sql::new(|| sql::select("resource", COLUMNS, &["key"]));
static NUMBER: Sql = Sql::new(|| sql::select("resource", &["version"], &["key"]));
static PAST: Sql = Sql::new(|| sql::select("past", &["version", "tx", "at", "deleted", "body"], &["key", "version"]));
static HISTORY: Sql = Sql::new(|| {
    sql::select_ordered("past", &["version", "tx", "at", "deleted", "body"], &["key"], "version", Order::Desc)
});

/// The versions of one answer weigh at most this, besides the current one.
const HEAVIEST: usize = 32 << 20;

/// A consistent sight of the store.
pub struct Reader<'c> {
    pub(crate) conn: &'c Connection,
    pub(crate) words: &'c Dictionaries,
}

impl Reader<'_> {
    /// Which database this is.
    pub fn dialect(&self) -> Dialect {
        Dialect::Sqlite
    }

    /// The key of a resource that exists, was deleted, or is only pointed at (a Patient).
    pub fn locate(&self, kind: TypeCode, id: &str) -> Result<Option<Key>, StoreError> {
        let found = self.conn.prepare_cached(&LOCATE)?.query_row((kind, pack_id(id)), |row| row.get(0).map(Key));
        Ok(found.optional()?)
    }

    /// The current version, deleted or not.
    pub fn current(&self, key: Key) -> Result<Option<Stored>, StoreError> {
        Ok(self.conn.prepare_cached(&CURRENT)?.query_row([key.0], stored).optional()?)
    }

    /// The current version by type and id.
    pub fn find(&self, kind: TypeCode, id: &str) -> Result<Option<Stored>, StoreError> {
        match self.locate(kind, id)? {
            Some(key) => self.current(key),
            None => Ok(None),
        }
    }

    /// The number of the current version, without its body.
    pub fn version_of(&self, kind: TypeCode, id: &str) -> Result<Option<i64>, StoreError> {
        let Some(key) = self.locate(kind, id)? else { return Ok(None) };
        Ok(self.conn.prepare_cached(&NUMBER)?.query_row([key.0], |row| row.get(0)).optional()?)
    }

    /// One version, the current one included.
    pub fn version(&self, key: Key, version: i64) -> Result<Option<Version>, StoreError> {
        if let Some(now) = self.current(key)?
            && now.version == version
        {
            return Ok(Some(line(now)));
        }
        Ok(self.conn.prepare_cached(&PAST)?.query_row((key.0, version), past).optional()?)
    }

    /// The newest `limit` versions, newest first; fewer when they are heavy.
    pub fn history(&self, key: Key, limit: u32) -> Result<Vec<Version>, StoreError> {
        let Some(now) = self.current(key)? else { return Ok(Vec::new()) };
        let mut versions = vec![line(now)];
        let mut statement = self.conn.prepare_cached(&HISTORY)?;
        let rows = statement.query_map((key.0, limit.saturating_sub(1)), past)?;
        let mut weight = 0;
        for row in rows {
            let version = row?;
            weight += version.body.weight();
            if weight > HEAVIEST {
                break;
            }
            versions.push(version);
        }
        Ok(versions)
    }
}

fn line(now: Stored) -> Version {
    Version { version: now.version, tx: now.tx, at: now.at, deleted: now.deleted, body: now.body }
}

pub(crate) fn past(row: &Row<'_>) -> rusqlite::Result<Version> {
    Ok(Version {
        version: row.get(0)?,
        tx: row.get(1)?,
        at: row.get(2)?,
        deleted: row.get(3)?,
        body: Body::stored(row.get(4)?),
    })
}

/// Reads the columns of [`COLUMNS`] in their order.
pub(crate) fn stored(row: &Row<'_>) -> rusqlite::Result<Stored> {
    Ok(Stored {
        key: Key(row.get(0)?),
        kind: row.get(1)?,
        id: unpack_id(row.get_ref(2)?.as_blob()?),
        version: row.get(3)?,
        tx: row.get(4)?,
        at: row.get(5)?,
        deleted: row.get(6)?,
        body: Body::stored(row.get(7)?),
    })
}

/// The columns that [`stored`] reads, for statements built elsewhere.
pub(crate) fn stored_columns() -> &'static [&'static str] {
    COLUMNS
}
