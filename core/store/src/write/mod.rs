//! One act's writes: what a closure given to [`crate::Store::write`] may do inside the writer's transaction.

mod audit;
mod learn;
mod put;
mod rows;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::ops::Deref;
use std::rc::Rc;

use crate::db::{About, Conn, args};
use crate::intern::{self, Dictionaries, NO_SYSTEM};
use crate::key::pack_id;
use crate::memo::{Known, Memo};
use crate::sql::{self, Many, ManyTexts, Sql, Turn};
use crate::tame::{LONG, tame};
use crate::{Key, Reader, StoreError, Subject, SubjectKind, TypeCode};

pub(crate) use audit::{COLUMNS as WRITE_COLUMNS, hash_at, head as audit_head, write_row};
pub use learn::Want;
pub(crate) use learn::{Learning, learn};
pub use put::{CONDITIONAL_CREATE, NewResource, Replacement};
use rows::Rows;
pub(crate) use rows::{NARRATIVE, moment};

static ADD_TX: Many = Many::new(|| sql::many_fresh("tx", &["id", "at", "actor", "institution", "request"]));
static FIND_TX: Sql = Sql::new(|| sql::select("tx", &["at", "actor", "institution", "request"], &["id"]));
static ADD_SUBJECT: Many = Many::new(|| sql::many_fresh("subject", &["id", "kind", "next_slot"]));
static SUBJECT_SLOT: Sql = Sql::new(|| sql::select("subject", &["next_slot"], &["id"]));
/// Several acts may have given out slots of one subject.
static SET_SLOT: Many = Many::new(|| {
    let all = "UPDATE subject AS t SET next_slot = u.next FROM (SELECT id, max(next) AS next FROM \
        UNNEST($1::bigint[], $2::bigint[]) AS u (next, id) GROUP BY id) AS u WHERE t.id = u.id";
    ManyTexts::own("UPDATE subject SET next_slot = ? WHERE id = ?", all, &["bigint", "bigint"]).with_turn(Turn::Last)
});
pub(crate) static ADD_PLACE: Many = Many::new(|| sql::many_fresh("directory", &["type", "id", "key"]));

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
    /// What tells that transaction from another of this number, if it was given out here.
    pub(crate) tx_mark: TxMark,
    pub(crate) subject: i64,
    pub(crate) audit_seq: i64,
    pub(crate) audit_hash: [u8; 32],
}

/// When, who, where, and in which request.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct TxMark(i64, String, String, String);

/// The transaction of a number, if there is one.
pub(crate) fn tx_at(conn: Conn<'_>, tx: i64) -> Result<Option<TxMark>, StoreError> {
    conn.row(&FIND_TX, args![tx], |row| Ok(TxMark(row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?)))
}

/// The writer's transaction, for one act.
pub struct WriteTx<'c> {
    reader: Reader<'c>,
    counters: &'c mut Counters,
    origin: Origin,
    at: i64,
    tx: Option<i64>,
    /// Whose slots were given out.
    used: BTreeSet<Subject>,
    together: bool,
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
        together: Option<Rc<Known>>,
    ) -> WriteTx<'c> {
        WriteTx {
            together: together.is_some(),
            reader: Reader { conn, words, memo: together.map_or_else(Memo::default, Memo::over) },
            counters,
            origin,
            at,
            tx: None,
            used: BTreeSet::new(),
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
        self.counters.tx_mark = TxMark(self.at, o.actor.clone(), o.institution.clone(), o.request.clone());
        self.reader.conn.later(&ADD_TX, args![tx, self.at, &o.actor, &o.institution, &o.request])?;
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
        let id = pack_id(id);
        self.conn.touch(About::Subject(subject.0))?;
        self.conn.touch(About::Place(patient, id.clone()))?;
        self.conn.later(&ADD_SUBJECT, args![subject.0, kind as i64, 2])?;
        self.conn.later(&ADD_PLACE, args![patient, &id, subject.patient().0])?;
        self.memo.note_place(patient, id, Some(subject.patient()));
        self.memo.note_head(subject.patient(), None);
        self.memo.note_person(subject, None);
        self.memo.note_slot(subject, 2);
        Ok(subject)
    }

    fn next_key(&mut self, subject: Subject) -> Result<Key, StoreError> {
        let slot = match self.memo.slot(subject) {
            Some(known) => known,
            None => {
                let about = [About::Subject(subject.0)];
                self.conn.row_about(Some(&about), &SUBJECT_SLOT, args![subject.0], |row| row.get(0))?.unwrap_or(1)
            }
        };
        if slot > Key::MAX_SLOT {
            return Err(StoreError::SubjectFull(subject.0));
        }
        self.memo.note_slot(subject, slot + 1);
        self.used.insert(subject);
        Ok(Key::new(subject, slot))
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
        for subject in std::mem::take(&mut self.used) {
            if let Some(next) = self.memo.slot(subject) {
                self.conn.touch_some(About::Subject(subject.0));
                self.conn.later(&SET_SLOT, args![next, subject.0])?;
            }
        }
        self.write_audit()?;
        self.conn.keep_act(self.together)?;
        Ok(self.fresh_systems)
    }
}
