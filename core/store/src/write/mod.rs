//! One act's writes: what a closure given to [`crate::Store::write`] may do inside the writer's transaction.

mod audit;
mod put;
mod rows;

use std::collections::{BTreeMap, HashMap};
use std::ops::Deref;

use crate::db::{Conn, args};
use crate::intern::{self, Dictionaries, NO_SYSTEM};
use crate::key::pack_id;
use crate::memo::Memo;
use crate::sql::{self, Sql};
use crate::tame::{LONG, tame};
use crate::{Key, Reader, StoreError, Subject, SubjectKind, TypeCode};

pub(crate) use audit::{COLUMNS as WRITE_COLUMNS, hash_at, head as audit_head, write_row};
pub use put::{CONDITIONAL_CREATE, NewResource, Replacement};
use rows::Rows;
pub(crate) use rows::{NARRATIVE, moment};

static ADD_TX: Sql = Sql::new(|| sql::insert("tx", &["id", "at", "actor", "institution", "request"]));
static ADD_SUBJECT: Sql = Sql::new(|| sql::insert("subject", &["id", "kind", "next_slot"]));
static SUBJECT_SLOT: Sql = Sql::new(|| sql::select("subject", &["next_slot"], &["id"]));
static SET_SLOT: Sql = Sql::new(|| sql::update("subject", &["next_slot"], &["id"]));
static ADD_PLACE: Sql = Sql::new(|| sql::insert("directory", &["type", "id", "key"]));

/// Who writes, for the transaction row and the write audit.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Origin {
    pub actor: String,
    pub role: String,
    pub institution: String,
    pub request: String,
}

/// Numbers that the writer hands out; a failed act gets its copy back.
#[derive(Clone, Debug)]
pub(crate) struct Counters {
    pub(crate) tx: i64,
    pub(crate) subject: i64,
    pub(crate) audit_seq: i64,
    pub(crate) audit_hash: [u8; 32],
}

/// The writer's transaction, for one act.
pub struct WriteTx<'c> {
    reader: Reader<'c>,
    counters: &'c mut Counters,
    origin: Origin,
    at: i64,
    tx: Option<i64>,
    slots: HashMap<Subject, (i64, bool)>,
    fresh_systems: HashMap<String, i64>,
    rows: Rows,
    written: BTreeMap<Subject, String>,
}

impl<'c> Deref for WriteTx<'c> {
    type Target = Reader<'c>;

    fn deref(&self) -> &Reader<'c> {
        &self.reader
    }
}

impl<'c> WriteTx<'c> {
    pub(crate) fn new(
        conn: Conn<'c>,
        words: &'c Dictionaries,
        counters: &'c mut Counters,
        origin: Origin,
        at: i64,
    ) -> WriteTx<'c> {
        WriteTx {
            reader: Reader { conn, words, memo: Memo::default() },
            counters,
            origin,
            at,
            tx: None,
            slots: HashMap::new(),
            fresh_systems: HashMap::new(),
            rows: Rows::default(),
            written: BTreeMap::new(),
        }
    }

    /// When this act began, in milliseconds since 1970 UTC.
    pub fn at(&self) -> i64 {
        self.at
    }

    /// The number of this act's transaction, given out at its first write.
    pub fn tx(&mut self) -> Result<i64, StoreError> {
        if let Some(tx) = self.tx {
            return Ok(tx);
        }
        self.counters.tx += 1;
        let tx = self.counters.tx;
        let o = &self.origin;
        self.reader.conn.execute(&ADD_TX, args![tx, self.at, &o.actor, &o.institution, &o.request])?;
        self.tx = Some(tx);
        Ok(tx)
    }

    /// The subject of a Patient, which is made if nobody has spoken of that Patient yet.
    pub fn subject_of(&mut self, patient: TypeCode, id: &str, kind: SubjectKind) -> Result<Subject, StoreError> {
        if let Some(key) = self.locate(patient, id)? {
            return Ok(key.subject());
        }
        self.counters.subject += 1;
        let subject = Subject(self.counters.subject);
        self.conn.execute(&ADD_SUBJECT, args![subject.0, kind as i64, 2])?;
        let id = pack_id(id);
        self.conn.execute(&ADD_PLACE, args![patient, &id, subject.patient().0])?;
        self.memo.note_place(patient, id, Some(subject.patient()));
        Ok(subject)
    }

    fn next_key(&mut self, subject: Subject) -> Result<Key, StoreError> {
        let (slot, dirty) = match self.slots.entry(subject) {
            std::collections::hash_map::Entry::Occupied(entry) => entry.into_mut(),
            std::collections::hash_map::Entry::Vacant(entry) => {
                let next = self.reader.conn.row(&SUBJECT_SLOT, args![subject.0], |row| row.get(0))?;
                entry.insert((next.unwrap_or(1), false))
            }
        };
        if *slot > Key::MAX_SLOT {
            return Err(StoreError::SubjectFull(subject.0));
        }
        let key = Key::new(subject, *slot);
        *slot += 1;
        *dirty = true;
        Ok(key)
    }

    fn system(&mut self, uri: Option<&str>) -> Result<i64, StoreError> {
        let Some(uri) = uri.filter(|uri| !uri.is_empty()) else { return Ok(NO_SYSTEM) };
        let uri = &*tame(uri, LONG);
        if let Some(id) = self.reader.words.known_system(uri).or_else(|| self.fresh_systems.get(uri).copied()) {
            return Ok(id);
        }
        let id = intern::add_system(self.reader.conn, uri)?;
        self.fresh_systems.insert(uri.to_owned(), id);
        self.reader.memo.note_system(uri, Some(id));
        Ok(id)
    }

    /// Puts the search rows gathered so far into their tables, so that a search in this transaction sees them.
    pub fn flush(&mut self) -> Result<(), StoreError> {
        std::mem::take(&mut self.rows).write(self.reader.conn)
    }

    /// Ends the act and keeps it: counters, rows, audit. Returns what becomes known to all once it is committed.
    pub(crate) fn finish(mut self) -> Result<HashMap<String, i64>, StoreError> {
        self.flush()?;
        for (subject, (next, dirty)) in std::mem::take(&mut self.slots) {
            if dirty {
                self.conn.execute(&SET_SLOT, args![next, subject.0])?;
            }
        }
        self.write_audit()?;
        self.conn.keep_act()?;
        Ok(self.fresh_systems)
    }
}
