//! A resource comes in, is replaced, or goes; its search rows and its directory entry with it.

use crate::db::{About, args};
use crate::key::pack_id;
use crate::sql::{self, Many, ManyTexts, Sql, Turn};
use crate::write::ADD_PLACE;
use crate::{Body, GOLDEN_PATIENT, Index, Key, StoreError, Subject, TypeCode, WriteTx};

static MOVE_PLACE: Sql = Sql::new(|| sql::update("directory", &["key"], &["type", "id"]));
static ADD: Many =
    Many::new(|| sql::many_fresh("resource", &["key", "type", "id", "version", "tx", "at", "deleted", "date", "body"]));
static SET: Many =
    Many::new(|| sql::many_update("resource", &["version", "tx", "at", "deleted", "date", "body"], &["key"]));
static MOVE: Sql = Sql::new(|| sql::update("resource", &["key"], &["key"]));
static MOVE_PAST: Sql = Sql::new(|| sql::update("past", &["key"], &["key"]));
static MOVE_CLAIM: Sql = Sql::new(|| sql::update("claim", &["holder"], &["kind", "holder"]));
static KEEP: Many = Many::new(|| {
    let columns = "\"key\", \"type\", version, tx, at, deleted, body";
    let text =
        |which: &str| format!("INSERT INTO past ({columns}) SELECT {columns} FROM resource WHERE \"key\" = {which}");
    ManyTexts::own(&text("?"), &text("ANY($1::bigint[])"), &["bigint"]).with_turn(Turn::First)
});

/// The kind of claim that a conditional create takes; it moves with the resource.
pub const CONDITIONAL_CREATE: &str = "conditional-create";

/// A resource that was not there.
pub struct NewResource<'a> {
    pub kind: TypeCode,
    /// The name of the type, for the audit.
    pub name: &'a str,
    pub id: &'a str,
    /// Where it belongs; a Patient belongs to itself.
    pub subject: Subject,
    /// `meta.lastUpdated` in milliseconds.
    pub at: i64,
    pub body: &'a Body,
    pub index: &'a Index,
}

/// The next version of a resource that is there. `new` is absent for a deletion.
pub struct Replacement<'a> {
    pub key: Key,
    pub kind: TypeCode,
    pub name: &'a str,
    pub id: &'a str,
    /// The number of the new version.
    pub version: i64,
    pub at: i64,
    /// What was indexed; it does not matter when the version before is a deletion.
    pub old: &'a Index,
    pub new: Option<(Subject, &'a Body, &'a Index)>,
}

impl WriteTx<'_> {
    /// Writes version 1.
    ///
    /// # Errors
    /// A constraint of the database when type and id exist already.
    pub fn insert(&mut self, new: &NewResource<'_>, is_patient: bool) -> Result<Key, StoreError> {
        let tx = self.tx()?;
        let id = pack_id(new.id);
        let key = if is_patient || new.kind == GOLDEN_PATIENT {
            new.subject.patient()
        } else {
            let key = self.next_key(new.subject)?;
            self.conn.touch(About::Place(new.kind, id.clone()))?;
            self.conn.later(&ADD_PLACE, args![new.kind, &id, key.0])?;
            self.memo.note_place(new.kind, id.clone(), Some(key));
            key
        };
        let (day, body) = (new.index.day(), new.body.bytes());
        self.conn.touch(About::Key(key.0))?;
        self.conn.later(&ADD, args![key.0, new.kind, &id, 1, tx, new.at, false, day, body])?;
        self.memo.note_head(key, Some((1, false)));
        self.gather(new.kind, key, new.index, true)?;
        self.note(key.subject(), 'C', new.name, new.id, 1);
        Ok(key)
    }

    /// Keeps the current version as past and writes the next; the resource moves when its subject changed.
    pub fn replace(&mut self, change: &Replacement<'_>) -> Result<Key, StoreError> {
        let tx = self.tx()?;
        let (_, gone) =
            self.head(change.key)?.ok_or_else(|| StoreError::Database(format!("{:?} is not there", change.key)))?;
        let old = if gone { None } else { Some((change.key, change.old)) };
        self.flush()?; // what it was before is written first
        self.conn.touch(About::Key(change.key.0))?;
        self.conn.later(&KEEP, args![change.key.0])?;
        let empty = Body::default();
        let (subject, body, index) = match change.new {
            Some((subject, body, index)) => (subject, body, Some(index)),
            None => (change.key.subject(), &empty, None),
        };
        let key = if subject == change.key.subject() { change.key } else { self.relocate(change, subject)? };
        let day = index.map_or(crate::NO_DATE, Index::day);
        let row = args![change.version, tx, change.at, index.is_none(), day, body.bytes(), key.0];
        if key != change.key {
            self.conn.touch(About::Key(key.0))?;
        }
        self.conn.later(&SET, row)?;
        self.memo.note_head(key, Some((change.version, index.is_none())));
        self.exchange(change.kind, old, index.map(|index| (key, index)))?;
        let act = if index.is_some() { 'U' } else { 'D' };
        self.note(key.subject(), act, change.name, change.id, change.version);
        if key.subject() != change.key.subject() {
            self.note(change.key.subject(), act, change.name, change.id, change.version); // it left this record
        }
        Ok(key)
    }

    fn relocate(&mut self, change: &Replacement<'_>, subject: Subject) -> Result<Key, StoreError> {
        let (old, new) = (change.key, self.next_key(subject)?);
        self.conn.execute(&MOVE, args![new.0, old.0])?;
        self.conn.execute(&MOVE_PAST, args![new.0, old.0])?;
        let id = pack_id(change.id);
        self.conn.execute(&MOVE_PLACE, args![new.0, change.kind, &id])?;
        self.memo.note_place(change.kind, id, Some(new));
        self.memo.note_head(old, None);
        self.conn.execute(&MOVE_CLAIM, args![new.0, CONDITIONAL_CREATE, old.0])?;
        Ok(new)
    }

    /// Whether type and id stand in the directory with a resource behind them.
    pub fn exists(&self, kind: TypeCode, id: &str) -> Result<bool, StoreError> {
        match self.locate(kind, id)? {
            Some(key) => Ok(self.current(key)?.is_some()),
            None => Ok(false),
        }
    }
}
