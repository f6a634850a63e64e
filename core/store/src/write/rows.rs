//! Search rows on their way into the tables: gathered, sorted by key, written in one sweep.

use rusqlite::Connection;

use crate::key::pack_id;
use crate::sql::{self, Sql};
use crate::{Index, Key, StoreError, TypeCode, WriteTx};

static ADD_BEDSIDE: Sql = Sql::new(|| {
    let columns = ["subject", "type", "code", "date", "key", "system", "date_end", "main", "status"];
    sql::upsert("bedside", &columns, &["subject", "type", "code", "date", "key", "system"])
});
static ADD_TOKEN: Sql = Sql::new(|| sql::insert_new("token", &["param", "code", "date", "key", "system"]));
static ADD_STRING: Sql = Sql::new(|| sql::insert_new("string", &["key", "param", "folded"]));
static ADD_DATE: Sql = Sql::new(|| sql::insert_new("date", &["key", "param", "lo", "hi"]));
static ADD_REFERENCE: Sql = Sql::new(|| sql::insert_new("reference", &["param", "type", "id", "date", "key"]));
static DROP_BEDSIDE: Sql = Sql::new(|| sql::delete("bedside", &["subject", "type", "code", "date", "key", "system"]));
static DROP_TOKEN: Sql = Sql::new(|| sql::delete("token", &["param", "code", "date", "key", "system"]));
static DROP_STRING: Sql = Sql::new(|| sql::delete("string", &["key", "param", "folded"]));
static DROP_DATE: Sql = Sql::new(|| sql::delete("date", &["key", "param", "lo", "hi"]));
static DROP_REFERENCE: Sql = Sql::new(|| sql::delete("reference", &["param", "type", "id", "date", "key"]));

type Bedside = (i64, TypeCode, String, i64, i64, i64, i64, bool, Option<String>);
type TokenRow = (u32, String, i64, i64, i64);
type StringRow = (i64, u32, String);
type DateRow = (i64, u32, i64, i64);
type ReferenceRow = (u32, TypeCode, Vec<u8>, i64, i64);

/// The rows of one or many resources, as they stand in the tables.
#[derive(Default)]
pub(super) struct Rows {
    bedside: Vec<Bedside>,
    tokens: Vec<TokenRow>,
    strings: Vec<StringRow>,
    dates: Vec<DateRow>,
    references: Vec<ReferenceRow>,
}

impl Rows {
    pub(super) fn write(mut self, conn: &Connection) -> Result<(), StoreError> {
        self.sort();
        let mut add = conn.prepare_cached(&ADD_BEDSIDE)?;
        for (subject, kind, code, date, key, system, end, main, status) in &self.bedside {
            add.execute((subject, kind, code, date, key, system, end, main, status))?;
        }
        let mut add = conn.prepare_cached(&ADD_TOKEN)?;
        for (param, code, date, key, system) in &self.tokens {
            add.execute((param, code, date, key, system))?;
        }
        let mut add = conn.prepare_cached(&ADD_STRING)?;
        for row in &self.strings {
            add.execute((row.0, row.1, &row.2))?;
        }
        let mut add = conn.prepare_cached(&ADD_DATE)?;
        for row in &self.dates {
            add.execute(*row)?;
        }
        let mut add = conn.prepare_cached(&ADD_REFERENCE)?;
        for (param, kind, id, date, key) in &self.references {
            add.execute((param, kind, id, date, key))?;
        }
        Ok(())
    }

    fn remove(&self, conn: &Connection) -> Result<(), StoreError> {
        let mut drop = conn.prepare_cached(&DROP_BEDSIDE)?;
        for (subject, kind, code, date, key, system, ..) in &self.bedside {
            drop.execute((subject, kind, code, date, key, system))?;
        }
        let mut drop = conn.prepare_cached(&DROP_TOKEN)?;
        for (param, code, date, key, system) in &self.tokens {
            drop.execute((param, code, date, key, system))?;
        }
        let mut drop = conn.prepare_cached(&DROP_STRING)?;
        for row in &self.strings {
            drop.execute((row.0, row.1, &row.2))?;
        }
        let mut drop = conn.prepare_cached(&DROP_DATE)?;
        for row in &self.dates {
            drop.execute(*row)?;
        }
        let mut drop = conn.prepare_cached(&DROP_REFERENCE)?;
        for (param, kind, id, date, key) in &self.references {
            drop.execute((param, kind, id, date, key))?;
        }
        Ok(())
    }

    fn sort(&mut self) {
        self.bedside.sort_unstable();
        self.tokens.sort_unstable();
        self.strings.sort_unstable();
        self.dates.sort_unstable();
        self.references.sort_unstable();
    }

    /// What `other` does not hold.
    fn without(&self, other: &Rows) -> Rows {
        fn rest<T: Clone + PartialEq>(own: &[T], other: &[T]) -> Vec<T> {
            own.iter().filter(|row| !other.contains(row)).cloned().collect()
        }
        Rows {
            bedside: rest(&self.bedside, &other.bedside),
            tokens: rest(&self.tokens, &other.tokens),
            strings: rest(&self.strings, &other.strings),
            dates: rest(&self.dates, &other.dates),
            references: rest(&self.references, &other.references),
        }
    }
}

impl WriteTx<'_> {
    pub(super) fn gather(&mut self, kind: TypeCode, key: Key, index: &Index) -> Result<(), StoreError> {
        let mut rows = std::mem::take(&mut self.rows);
        let done = self.expand(kind, key, index, &mut rows);
        self.rows = rows;
        done
    }

    /// Replaces the rows of the old version by those of the new; rows that are the same stay where they are.
    pub(super) fn exchange(
        &mut self,
        kind: TypeCode,
        old: Option<(Key, &Index)>,
        new: Option<(Key, &Index)>,
    ) -> Result<(), StoreError> {
        self.flush()?;
        let (mut before, mut after) = (Rows::default(), Rows::default());
        if let Some((key, index)) = old {
            self.expand(kind, key, index, &mut before)?;
        }
        if let Some((key, index)) = new {
            self.expand(kind, key, index, &mut after)?;
        }
        before.without(&after).remove(self.conn)?;
        after.without(&before).write(self.conn)
    }

    fn expand(&mut self, kind: TypeCode, key: Key, index: &Index, rows: &mut Rows) -> Result<(), StoreError> {
        let (date, end) = (index.day(), index.day_end());
        let subject = key.subject().0;
        let status = &index.status;
        if index.main.is_empty() {
            rows.bedside.push((subject, kind, String::new(), date, key.0, 0, end, true, status.clone()));
        }
        for (nth, token) in index.main.iter().enumerate() {
            let system = self.system(token.system.as_deref())?;
            if index.main.iter().take(nth).any(|before| before.same_as(token)) {
                continue; // the row is there already
            }
            rows.bedside.push((subject, kind, token.code.clone(), date, key.0, system, end, nth == 0, status.clone()));
        }
        for (param, token) in &index.tokens {
            let system = self.system(token.system.as_deref())?;
            rows.tokens.push((*param, token.code.clone(), date, key.0, system));
        }
        rows.strings.extend(index.strings.iter().map(|(param, folded)| (key.0, *param, folded.clone())));
        rows.dates.extend(index.dates.iter().map(|(param, lo, hi)| (key.0, *param, *lo, *hi)));
        rows.references.extend(index.references.iter().map(|(p, kind, id)| (*p, *kind, pack_id(id), date, key.0)));
        Ok(())
    }
}
