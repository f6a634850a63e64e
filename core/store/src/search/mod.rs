//! A search is data; this room turns it into one statement and runs it.
//!
//! One table *leads*, in whose order candidates come, and the other conditions are probed for each candidate by its
//! number. A resident's own rows come from `bedside`; a code in the region from `token`; what a chain leads to from the
//! statement of its other end. Alternatives lead side by side and are merged.

mod ask;
mod compiler;
mod cost;
mod cursor;
mod exprs;
mod foresee;
mod lead;
mod order;
mod page;
mod probe;
mod row;
mod tables;

pub use ask::{
    Condition, DateTest, Field, NumberTest, Op, QuantityTest, Rows, Second, SystemTest, TokenTest, Unit, Via,
};
pub use cursor::{Cursor, CursorValue};
#[allow(unused_imports)]
pub(crate) use exprs::Subjects;
pub(crate) use foresee::Foreseen;
pub(crate) use page::keys;
pub(crate) use probe::cleared;

use crate::db::Row;
use crate::reader::{stored, stored_columns};
use crate::sql::{Built, bind, build};
use crate::{GOLDEN_PATIENT, REBUILD, Reader, StoreError, Stored, Subject, TypeCode};

/// What a caller may see. There is no value that means "no filter was set".
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Scope {
    Nothing,
    Only(Vec<Subject>),
    /// All but what is guarded above this.
    Cleared(Clearance),
    All,
}

/// What of the guarded resources a caller sees.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Clearance {
    /// The caller's institution.
    pub institution: String,
    /// The highest level of what that wrote.
    pub own: u8,
    /// The highest level of what others wrote.
    pub others: u8,
}

/// A search over one resource type, over several, or (with none) over all.
#[derive(Clone, Debug, PartialEq)]
pub struct Search {
    pub kinds: Vec<TypeCode>,
    pub scope: Scope,
    /// Whose record, if the search names a patient: all subjects of that person.
    pub who: Option<Vec<Subject>>,
    /// All must hold.
    pub conditions: Vec<Condition>,
    /// The parameter whose tokens are the `main` codings of the bedside rows.
    pub main: Option<u32>,
    /// The date parameter that is the clinical date, if one is.
    pub clinical: Option<u32>,
    pub sort: Vec<Sort>,
    pub start: Start,
    pub limit: u32,
}

/// A sort key. Rows that are equal in all keys come in the order of their numbers; without any key they come in the
/// order that is cheapest, which is the same on every page.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Sort {
    pub by: SortBy,
    pub descending: bool,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum SortBy {
    Id,
    Updated,
    Date(u32),
    Text(u32),
    Token(u32),
    Number(u32),
    Quantity(u32),
    Reference(u32),
    /// By the id of the Patient (of this type) in whose record it stands.
    Patient(TypeCode),
    /// From a place, as the unit vector of which it is given.
    Distance {
        x: f64,
        y: f64,
        z: f64,
    },
}

/// Where a page begins: at the beginning, behind a row, or so that it ends before a row. Its rows come in the same order
/// in each case.
#[derive(Clone, Debug, PartialEq, Default)]
pub enum Start {
    #[default]
    First,
    After(Cursor),
    Before(Cursor),
}

/// A page of matches.
#[derive(Clone, Debug)]
pub struct Page {
    pub rows: Vec<Stored>,
    /// There when more rows follow.
    pub next: Option<Cursor>,
    /// There when rows stand before.
    pub previous: Option<Cursor>,
}

/// A page ends early, with a cursor to the next, when its bodies weigh more than this.
const HEAVIEST_PAGE: usize = 32 << 20;

/// The types of which there is something, one step for each.
const KINDS: &str = "WITH RECURSIVE kinds (kind) AS (SELECT MIN(type) FROM directory UNION ALL SELECT (SELECT MIN(type) \
    FROM directory WHERE type > kinds.kind) FROM kinds WHERE kind IS NOT NULL) SELECT kind FROM kinds WHERE kind IS NOT NULL";

impl Reader<'_> {
    /// One page of a search: one statement.
    ///
    /// # Errors
    /// `BadCursor` when it is not one of this search; `Rebuilding` while search rows are missing; `TooLong`.
    pub fn search(&self, search: &Search) -> Result<Page, StoreError> {
        self.ready()?;
        let mut found = Page { rows: Vec::new(), next: None, previous: None };
        let Some(asked) = self.made_or_foreseen(search)? else { return Ok(found) };
        let (limit, sorts) = (search.limit as usize, stored_columns().len());
        let (mut first, mut last, mut weight, mut more) = (None, None, 0, false);
        let see = |row: &Row<'_>| {
            let next = stored(row)?;
            weight += next.body.weight();
            more = found.rows.len() == limit || (weight > HEAVIEST_PAGE && !found.rows.is_empty());
            if !more {
                last = Some(Cursor::of(row, sorts, &asked.keys)?);
                if first.is_none() {
                    first.clone_from(&last);
                }
                found.rows.push(next);
            }
            Ok(!more)
        };
        match &asked.rows {
            Some(rows) => rows.each(see)?,
            None => self.conn.each(&Built(&asked.text, asked.plan), &bind(&asked.values), see)?,
        }
        match &search.start {
            Start::First => found.next = last.filter(|_| more),
            Start::After(_) => (found.next, found.previous) = (last.filter(|_| more), first),
            Start::Before(cursor) => {
                found.rows.reverse();
                // Where nothing is left before it, one goes on behind it; the row itself was seen on the page it came from.
                let next = if found.rows.is_empty() { Some(cursor.clone()) } else { first };
                (found.next, found.previous) = (next, last.filter(|_| more));
            }
        }
        Ok(found)
    }

    /// How many resources match, counted up to `cap` and one more.
    ///
    /// # Errors
    /// As [`Reader::search`].
    pub fn count(&self, search: &Search, cap: Option<u64>) -> Result<u64, StoreError> {
        self.ready()?;
        let Some((statement, plan)) = page::count(self, search, cap)? else { return Ok(0) };
        let (text, values) = build(self.dialect(), &statement);
        let counted = self.conn.row(&Built(&text, plan), &bind(&values), |row| row.get::<i64>(0))?;
        Ok(counted.map_or(0, |count| u64::try_from(count).unwrap_or_default()))
    }

    /// The text of a search's statement and the database's plan for it.
    ///
    /// # Errors
    /// As [`Reader::search`].
    pub fn explain(&self, search: &Search) -> Result<(String, Vec<String>), StoreError> {
        let Some(asked) = page::page(self, search)? else { return Ok(Default::default()) };
        let (text, values) = build(self.dialect(), &asked.statement);
        let plan = self.conn.plan(&text, &bind(&values), asked.plan)?;
        Ok((text, plan))
    }

    /// The types of which there is something; golden Patients are found by their own type alone.
    ///
    /// # Errors
    /// Those of the database.
    pub fn kinds(&self) -> Result<Vec<TypeCode>, StoreError> {
        let kinds: Vec<TypeCode> = self.conn.rows(KINDS, &[], |row| row.get(0))?;
        Ok(kinds.into_iter().filter(|kind| *kind != GOLDEN_PATIENT).collect())
    }

    /// How many subjects there are, about.
    fn subjects(&self) -> Result<u64, StoreError> {
        let last: Option<i64> =
            self.conn.row("SELECT id FROM subject ORDER BY id DESC LIMIT 1", &[], |row| row.get(0))?;
        Ok(last.and_then(|last| u64::try_from(last).ok()).unwrap_or_default())
    }

    /// Rows that are not made again yet would be missing from an answer.
    fn ready(&self) -> Result<(), StoreError> {
        if self.words.are_rows_whole() {
            return Ok(());
        }
        match self.setting(REBUILD)? {
            Some(done) if done != b"done" => Err(StoreError::Rebuilding),
            _ => {
                self.words.note_whole(true);
                Ok(())
            }
        }
    }
}
