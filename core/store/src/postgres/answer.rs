//! What comes back: rows, and the end of the statement that they belong to. And what goes out in bulk: columns as arrays.

use std::ops::Range;
use std::sync::Arc;

use bytes::{BufMut, Bytes};
use fallible_iterator::FallibleIterator;
use postgres_protocol::message::backend::DataRowBody;

use super::client::Client;
use super::values;
use crate::StoreError;
use crate::db::Value;
use crate::sql::ManyTexts;

/// A row as it came.
pub(crate) struct PgRow {
    body: Bytes,
    cells: Vec<Option<Range<usize>>>,
    columns: Arc<[u32]>,
}

impl PgRow {
    fn of(row: &DataRowBody, columns: &Arc<[u32]>) -> std::io::Result<PgRow> {
        let cells = row.ranges().collect()?;
        Ok(PgRow { body: row.buffer_bytes().clone(), cells, columns: Arc::clone(columns) })
    }

    pub(crate) fn cell(&self, nth: usize) -> Result<Value<'_>, StoreError> {
        let missing = || StoreError::Database(format!("there is no column {nth}"));
        let cell = self.cells.get(nth).ok_or_else(missing)?;
        let kind = self.columns.get(nth).ok_or_else(missing)?;
        match cell {
            None => Ok(Value::Null),
            Some(range) => values::read(*kind, self.body.get(range.clone()).ok_or_else(missing)?),
        }
    }
}

/// What a statement gave.
#[derive(Default)]
pub(super) struct Answer {
    pub(super) rows: Vec<PgRow>,
    /// Rows that were written.
    pub(super) written: u64,
    /// Whether the portal holds more rows.
    pub(super) more: bool,
}

/// The statement of a batch whose answer somebody waits for: the last.
pub(super) struct Asked<'a> {
    pub(super) text: &'a str,
    /// Statements of its batch that end before it.
    pub(super) before: usize,
    pub(super) answer: Answer,
    pub(super) columns: Option<Arc<[u32]>>,
    pub(super) fault: Option<StoreError>,
}

impl Asked<'_> {
    pub(super) fn row(&mut self, row: &DataRowBody) {
        let columns = self.columns.clone().unwrap_or_else(|| Arc::new([]));
        match PgRow::of(row, &columns) {
            Ok(row) => self.answer.rows.push(row),
            Err(error) => self.fault = Some(StoreError::Database(error.to_string())),
        }
    }

    pub(super) fn ended(&mut self, more: bool) {
        if self.before == 0 {
            self.answer.more = more;
        }
        self.before = self.before.saturating_sub(1);
    }
}

/// A place between the rows of a load; by default before all of them.
#[derive(Default)]
pub(super) struct Mark {
    count: i32,
    ends: Vec<usize>,
}

impl Mark {
    pub(super) fn count(&self) -> i32 {
        self.count
    }

    fn end(&self, nth: usize) -> usize {
        self.ends.get(nth).copied().unwrap_or_default()
    }
}

/// Many rows on their way out, for each column its values.
pub(super) struct Load(Vec<Column>);

/// What stands before rows that are copied: a sign, no flags, nothing more.
const HEAD: &[u8] = b"PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0";
/// From so many rows on, copying costs a server less than a statement that it has planned already.
const COPIED_FROM: i32 = 32;

impl Load {
    pub(super) fn of(many: &ManyTexts) -> Load {
        Load::of_kinds(many.kinds())
    }

    pub(super) fn of_kinds(kinds: &[&str]) -> Load {
        Load(kinds.iter().map(|kind| Column::new(values::kind_of(kind))).collect())
    }

    pub(super) fn push(&mut self, row: &[Value<'_>]) {
        self.0.iter_mut().zip(row).for_each(|(column, value)| column.push(*value));
    }

    pub(super) fn weight(&self) -> usize {
        self.0.iter().map(|column| column.out.len()).sum()
    }

    pub(super) fn count(&self) -> i32 {
        self.0.first().map_or(0, |column| column.count)
    }

    /// Where the next row will stand.
    pub(super) fn mark(&self) -> Mark {
        Mark { count: self.count(), ends: self.0.iter().map(|column| column.out.len()).collect() }
    }

    /// Forgets the rows behind a mark.
    pub(super) fn cut(&mut self, mark: &Mark) {
        for (nth, column) in self.0.iter_mut().enumerate() {
            column.out.truncate(mark.end(nth));
            column.count = mark.count;
        }
    }

    /// Takes the rows before a mark.
    pub(super) fn split(&mut self, mark: &Mark) -> Load {
        let columns = self.0.iter_mut().enumerate().map(|(nth, column)| {
            let rest = column.out.split_off(mark.end(nth));
            let out = std::mem::replace(&mut column.out, rest);
            column.count -= mark.count;
            Column { kind: column.kind, count: mark.count, out }
        });
        Load(columns.collect())
    }

    pub(super) fn is_empty(&self) -> bool {
        self.count() == 0
    }

    /// Sends what was gathered and is empty again.
    pub(super) fn send(&mut self, client: &mut Client, many: &ManyTexts) -> Result<(), StoreError> {
        match many.copy() {
            _ if self.is_empty() => Ok(()),
            Some(copy) if self.count() >= COPIED_FROM => {
                let rows = self.rows();
                self.0.iter_mut().for_each(|column| *column = Column::new(column.kind));
                client.send_copied(copy, &rows)
            }
            _ => {
                let arrays = self.arrays();
                client.send_arrays(many.all(), &arrays)
            }
        }
    }

    /// An array for each column.
    pub(super) fn arrays(&mut self) -> Vec<Vec<u8>> {
        self.0.iter_mut().map(Column::take).collect()
    }

    /// Row by row, as a server reads what is copied: a value is written there as in an array.
    fn rows(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(self.weight() + HEAD.len() + 2 * self.0.len());
        out.put_slice(HEAD);
        let mut rest: Vec<&[u8]> = self.0.iter().map(|column| column.out.as_slice()).collect();
        for _ in 0..self.count() {
            out.put_i16(i16::try_from(rest.len()).unwrap_or_default());
            for column in &mut rest {
                let length = column.first_chunk().map_or(-1, |length| i32::from_be_bytes(*length));
                let (value, others) = column.split_at(Ord::min(4 + usize::try_from(length).unwrap_or(0), column.len()));
                out.put_slice(value);
                *column = others;
            }
        }
        out.put_i16(-1);
        out
    }
}

/// One column of many rows, as a binary array.
pub(super) struct Column {
    kind: u32,
    count: i32,
    out: Vec<u8>,
}

impl Column {
    fn new(kind: u32) -> Column {
        Column { kind, count: 0, out: Vec::new() }
    }

    fn push(&mut self, value: Value<'_>) {
        self.count += 1;
        values::write_element(self.kind, value, &mut self.out);
    }

    /// The array, and an empty one in its place.
    fn take(&mut self) -> Vec<u8> {
        let mut array = Vec::with_capacity(self.out.len() + 20);
        array.put_i32(1); // one dimension
        array.put_i32(1); // which may hold nulls
        array.put_u32(self.kind);
        array.put_i32(self.count);
        array.put_i32(1); // counted from one
        array.append(&mut self.out);
        self.count = 0;
        array
    }
}
