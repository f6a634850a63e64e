//! Search rows on their way into the tables: gathered, sorted by key, written in one sweep.

use crate::db::{Conn, Value};
use crate::key::pack_id;
use crate::sql::{self, Many};
use crate::{Index, Key, StoreError, TypeCode, WriteTx};

const BEDSIDE_KEY: &[&str] = &["subject", "type", "code", "date", "key", "system"];
static ADD_BEDSIDE: Many = Many::new(|| {
    let columns = ["subject", "type", "code", "date", "key", "system", "date_end", "main", "status"];
    sql::many_upsert("bedside", &columns, BEDSIDE_KEY)
});
static ADD_TOKEN: Many = Many::new(|| sql::many_new("token", &["param", "code", "date", "key", "system"]));
static ADD_STRING: Many = Many::new(|| sql::many_new("string", &["key", "param", "folded"]));
static ADD_DATE: Many = Many::new(|| sql::many_new("date", &["key", "param", "lo", "hi"]));
static ADD_REFERENCE: Many = Many::new(|| sql::many_new("reference", &["param", "type", "id", "date", "key"]));
static DROP_BEDSIDE: Many = Many::new(|| sql::many_delete("bedside", BEDSIDE_KEY));
static DROP_TOKEN: Many = Many::new(|| sql::many_delete("token", &["param", "code", "date", "key", "system"]));
static DROP_STRING: Many = Many::new(|| sql::many_delete("string", &["key", "param", "folded"]));
static DROP_DATE: Many = Many::new(|| sql::many_delete("date", &["key", "param", "lo", "hi"]));
static DROP_REFERENCE: Many = Many::new(|| sql::many_delete("reference", &["param", "type", "id", "date", "key"]));

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
    pub(super) fn write(mut self, conn: Conn<'_>) -> Result<(), StoreError> {
        self.sort();
        let bedside = self.bedside.iter().map(|(subject, kind, code, date, key, system, end, main, status)| {
            let (code, status) = (code.into(), status.as_ref().into());
            [
                (*subject).into(),
                (*kind).into(),
                code,
                (*date).into(),
                (*key).into(),
                (*system).into(),
                (*end).into(),
                (*main).into(),
                status,
            ]
        });
        conn.many(&ADD_BEDSIDE, bedside)?;
        conn.many(&ADD_TOKEN, self.tokens.iter().map(token))?;
        conn.many(&ADD_STRING, self.strings.iter().map(string))?;
        conn.many(&ADD_DATE, self.dates.iter().map(date))?;
        conn.many(&ADD_REFERENCE, self.references.iter().map(reference))
    }

    fn remove(&self, conn: Conn<'_>) -> Result<(), StoreError> {
        let bedside = self.bedside.iter().map(|(subject, kind, code, date, key, system, ..)| {
            [(*subject).into(), (*kind).into(), code.into(), (*date).into(), (*key).into(), (*system).into()]
        });
        conn.many(&DROP_BEDSIDE, bedside)?;
        conn.many(&DROP_TOKEN, self.tokens.iter().map(token))?;
        conn.many(&DROP_STRING, self.strings.iter().map(string))?;
        conn.many(&DROP_DATE, self.dates.iter().map(date))?;
        conn.many(&DROP_REFERENCE, self.references.iter().map(reference))
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

fn token((param, code, date, key, system): &TokenRow) -> [Value<'_>; 5] {
    [(*param).into(), code.into(), (*date).into(), (*key).into(), (*system).into()]
}

fn string((key, param, folded): &StringRow) -> [Value<'_>; 3] {
    [(*key).into(), (*param).into(), folded.into()]
}

fn date((key, param, lo, hi): &DateRow) -> [Value<'_>; 4] {
    [(*key).into(), (*param).into(), (*lo).into(), (*hi).into()]
}

fn reference((param, kind, id, date, key): &ReferenceRow) -> [Value<'_>; 5] {
    [(*param).into(), (*kind).into(), id.into(), (*date).into(), (*key).into()]
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
