//! Point reads, on a reader's snapshot or inside the writer's transaction.

use sea_query::{Expr, ExprTrait, JoinType, Order, Query};

use crate::db::{About, Conn, Dialect, Row, args};
use crate::intern::Dictionaries;
use crate::key::{pack_id, unpack_id};
use crate::memo::Memo;
use crate::sql::{self, Sql};
use crate::tame::{LONG, tame};
use crate::{Body, Key, StoreError, Stored, Subject, TypeCode, Version};

const COLUMNS: &[&str] = &["key", "type", "id", "version", "tx", "at", "deleted", "body"];

static LOCATE: Sql = Sql::new(|| sql::select("directory", &["key"], &["type", "id"]));
static CURRENT: Sql = Sql::new(|| sql::select("resource", COLUMNS, &["key"]));
/// The place, and what is there.
static FIND: Sql = Sql::new(|| {
    let mut select = Query::select();
    select.columns(COLUMNS.iter().map(|column| ("r", *column))).column(("d", "key")).from_as("directory", "d");
    select.join_as(JoinType::LeftJoin, "resource", "r", Expr::col(("r", "key")).equals(("d", "key")));
    sql::both(select.and_where(Expr::col(("d", "type")).eq(0)).and_where(Expr::col(("d", "id")).eq(0)))
});
static HEAD: Sql = Sql::new(|| sql::select("resource", &["version", "deleted"], &["key"]));
static PAST: Sql = Sql::new(|| sql::select("past", &["version", "tx", "at", "deleted", "body"], &["key", "version"]));
static HISTORY: Sql = Sql::new(|| {
    sql::select_ordered("past", &["version", "tx", "at", "deleted", "body"], &["key"], "version", Order::Desc)
});

/// The versions of one answer weigh at most this, besides the current one.
const HEAVIEST: usize = 32 << 20;

/// A consistent sight of the store.
pub struct Reader<'c> {
    pub(crate) conn: Conn<'c>,
    pub(crate) words: &'c Dictionaries,
    pub(crate) memo: Memo,
}

impl Reader<'_> {
    /// Which SQL the store behind it speaks.
    pub fn dialect(&self) -> Dialect {
        self.conn.dialect()
    }

    /// What was put beside the store, if it is of this type.
    pub fn beside<T: std::any::Any>(&self) -> Option<&T> {
        self.words.beside.get()?.downcast_ref()
    }

    /// The key of a resource that exists, was deleted, or is only pointed at (a Patient).
    pub fn locate(&self, kind: TypeCode, id: &str) -> Result<Option<Key>, StoreError> {
        let id = pack_id(id);
        if let Some(known) = self.memo.place(kind, &id) {
            return Ok(known);
        }
        let about = [About::Place(kind, id.clone())];
        let key = self.conn.row_about(Some(&about), &LOCATE, args![kind, &id], |row| row.get(0).map(Key))?;
        self.memo.note_place(kind, id, key);
        Ok(key)
    }

    /// Whose the resources are that have one of these ids in one of these types, with both; a question for all of them.
    pub fn located(&self, kinds: &[TypeCode], ids: &[&str]) -> Result<Vec<(TypeCode, String, Subject)>, StoreError> {
        const AT_ONCE: usize = 500;
        let mut all = Vec::new();
        for some in ids.chunks(AT_ONCE) {
            let mut select = Query::select();
            select.columns(["type", "id", "key"]).from("directory");
            select.and_where(Expr::col("type").is_in(kinds.iter().copied()));
            select.and_where(Expr::col("id").is_in(some.iter().map(|id| pack_id(id))));
            all.extend(
                self.conn
                    .ask(&select, |row| Ok((row.get(0)?, unpack_id(row.bytes(1)?), Key(row.get(2)?).subject())))?,
            );
        }
        Ok(all)
    }

    /// The number of a system, if any row uses it.
    pub(crate) fn system_number(&self, uri: &str) -> Result<Option<i64>, StoreError> {
        let uri = &*tame(uri, LONG);
        if let Some(known) = self.memo.system(uri) {
            return Ok(known);
        }
        let id = self.words.system(self.conn, uri)?;
        self.memo.note_system(uri, id);
        Ok(id)
    }

    /// The current version, deleted or not.
    pub fn current(&self, key: Key) -> Result<Option<Stored>, StoreError> {
        self.conn.row_about(Some(&[About::Key(key.0)]), &CURRENT, args![key.0], stored)
    }

    /// The current version by type and id.
    pub fn find(&self, kind: TypeCode, id: &str) -> Result<Option<Stored>, StoreError> {
        let packed = pack_id(id);
        // Where rows wait to be written, one looks for those of the place first and then for those of its resource.
        if self.memo.place(kind, &packed).is_some() || self.conn.holds_rows() {
            return self.locate(kind, id)?.map_or(Ok(None), |key| self.current(key));
        }
        let found = self.conn.row(&FIND, args![kind, &packed], |row| {
            let there = row.get::<Option<i64>>(0)?.is_some();
            Ok((Key(row.get(COLUMNS.len())?), if there { Some(stored(row)?) } else { None }))
        })?;
        let (key, there) = found.map_or((None, None), |(key, there)| (Some(key), there));
        self.memo.note_place(kind, packed, key);
        if let Some(key) = key {
            self.memo.note_head(key, there.as_ref().map(|there| (there.version, there.deleted)));
        }
        Ok(there)
    }

    /// The number of the current version, without its body.
    pub fn version_of(&self, kind: TypeCode, id: &str) -> Result<Option<i64>, StoreError> {
        let Some(key) = self.locate(kind, id)? else { return Ok(None) };
        Ok(self.head(key)?.map(|(version, _)| version))
    }

    /// The number of the current version, and whether it is a deletion.
    pub(crate) fn head(&self, key: Key) -> Result<Option<(i64, bool)>, StoreError> {
        if let Some(known) = self.memo.head(key) {
            return Ok(known);
        }
        let about = [About::Key(key.0)];
        let head = self.conn.row_about(Some(&about), &HEAD, args![key.0], |row| Ok((row.get(0)?, row.get(1)?)))?;
        self.memo.note_head(key, head);
        Ok(head)
    }

    /// One version, the current one included.
    pub fn version(&self, key: Key, version: i64) -> Result<Option<Version>, StoreError> {
        if let Some(now) = self.current(key)?
            && now.version == version
        {
            return Ok(Some(line(now)));
        }
        self.conn.row_about(Some(&[About::Key(key.0)]), &PAST, args![key.0, version], past)
    }

    /// The newest `limit` versions, newest first; fewer when they are heavy.
    pub fn history(&self, key: Key, limit: u32) -> Result<Vec<Version>, StoreError> {
        let Some(now) = self.current(key)? else { return Ok(Vec::new()) };
        let mut versions = vec![line(now)];
        let mut weight = 0;
        self.conn.each(&HISTORY, args![key.0, limit.saturating_sub(1)], |row| {
            let version = past(row)?;
            weight += version.body.weight();
            let light = weight <= HEAVIEST;
            if light {
                versions.push(version);
            }
            Ok(light)
        })?;
        Ok(versions)
    }
}

fn line(now: Stored) -> Version {
    Version { version: now.version, tx: now.tx, at: now.at, deleted: now.deleted, body: now.body }
}

pub(crate) fn past(row: &Row<'_>) -> Result<Version, StoreError> {
    Ok(Version {
        version: row.get(0)?,
        tx: row.get(1)?,
        at: row.get(2)?,
        deleted: row.get(3)?,
        body: Body::stored(row.get(4)?),
    })
}

/// Reads the columns of [`COLUMNS`] in their order.
pub(crate) fn stored(row: &Row<'_>) -> Result<Stored, StoreError> {
    Ok(Stored {
        key: Key(row.get(0)?),
        kind: row.get(1)?,
        id: unpack_id(row.bytes(2)?),
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
