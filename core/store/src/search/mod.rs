//! A search is data; this room turns it into one statement and runs it.
//!
//! The statement has a *driver*, the table in whose order candidates come, and probes the other conditions for each
//! candidate by primary key. A resident's own rows come from `bedside`; a code in the region from `token`.

mod ask;
mod compile;
mod conditions;
mod driver;
mod order;

pub use ask::{
    Condition, DateTest, Field, NumberTest, Op, QuantityTest, Rows, Second, SystemTest, TokenTest, Unit, Via,
};

use crate::db::{Row, Value};
use crate::reader::stored;
use crate::sql::{self, bind};
use crate::{Reader, StoreError, Stored, Subject, TypeCode};

/// What a caller may see. There is no value that means "no filter was set".
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Scope {
    Nothing,
    Only(Vec<Subject>),
    All,
}

/// A search over one resource type, over several, or (with none) over all.
#[derive(Clone, Debug)]
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

/// The sort values of a row and its number: where the next page begins.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Cursor {
    pub values: Vec<CursorValue>,
    pub key: i64,
}

#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(untagged)]
pub enum CursorValue {
    Number(i64),
    Text(String),
    Bytes(Vec<u8>),
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

impl Reader<'_> {
    /// One page of a search: one statement.
    pub fn search(&self, search: &Search) -> Result<Page, StoreError> {
        let (text, values) = sql::build(self.dialect(), &compile::page(self, search)?);
        let limit = search.limit as usize;
        let (mut rows, mut last, mut weight, mut more) = (Vec::new(), None, 0, false);
        self.conn.each(&text, &bind(&values), |row| {
            let next = stored(row)?;
            weight += next.body.weight();
            more = rows.len() == limit || (weight > HEAVIEST_PAGE && !rows.is_empty());
            if !more {
                last = Some(cursor(row)?);
                rows.push(next);
            }
            Ok(!more)
        })?;
        Ok(Page { rows, next: last.filter(|_| more), previous: None })
    }

    /// How many resources match, counted up to `cap` and one more.
    pub fn count(&self, search: &Search, cap: Option<u64>) -> Result<u64, StoreError> {
        let counted = self.conn.ask(&compile::count(self, search, cap)?, |row| row.get::<i64>(0))?;
        Ok(counted.first().map_or(0, |count| u64::try_from(*count).unwrap_or_default()))
    }

    /// The text of a search's statement and the database's plan for it.
    pub fn explain(&self, search: &Search) -> Result<(String, Vec<String>), StoreError> {
        let (text, values) = sql::build(self.dialect(), &compile::page(self, search)?);
        let plan = self.conn.plan(&text, &bind(&values))?;
        Ok((text, plan))
    }
}

fn cursor(row: &Row<'_>) -> Result<Cursor, StoreError> {
    let first = crate::reader::stored_columns().len();
    let mut values = Vec::new();
    for nth in first..row.width() {
        values.push(match row.value(nth)? {
            Value::Int(number) => CursorValue::Number(number),
            Value::Text(text) => CursorValue::Text(text.to_owned()),
            Value::Blob(bytes) => CursorValue::Bytes(bytes.to_vec()),
            Value::Null | Value::Real(_) => CursorValue::Number(0),
        });
    }
    Ok(Cursor { values, key: row.get(0)? })
}
