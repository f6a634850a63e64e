//! Values that go into a statement and cells that come out of it.

use crate::StoreError;
use crate::postgres::PgRow;

/// A value on its way in, or a cell on its way out.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Value<'a> {
    Null,
    Int(i64),
    Real(f64),
    Text(&'a str),
    Blob(&'a [u8]),
}

impl Value<'_> {
    /// What sort of value it is.
    fn sort(self) -> &'static str {
        match self {
            Value::Null => "nothing",
            Value::Int(_) => "a whole number",
            Value::Real(_) => "a number",
            Value::Text(_) => "text",
            Value::Blob(_) => "bytes",
        }
    }
}

impl From<i64> for Value<'_> {
    fn from(value: i64) -> Self {
        Value::Int(value)
    }
}

impl From<i32> for Value<'_> {
    fn from(value: i32) -> Self {
        Value::Int(i64::from(value))
    }
}

impl From<u32> for Value<'_> {
    fn from(value: u32) -> Self {
        Value::Int(i64::from(value))
    }
}

impl From<u16> for Value<'_> {
    fn from(value: u16) -> Self {
        Value::Int(i64::from(value))
    }
}

impl From<bool> for Value<'_> {
    fn from(value: bool) -> Self {
        Value::Int(i64::from(value))
    }
}

impl From<f64> for Value<'_> {
    fn from(value: f64) -> Self {
        Value::Real(value)
    }
}

impl<'a> From<&'a str> for Value<'a> {
    fn from(value: &'a str) -> Self {
        Value::Text(value)
    }
}

impl<'a> From<&'a String> for Value<'a> {
    fn from(value: &'a String) -> Self {
        Value::Text(value)
    }
}

impl<'a> From<&'a [u8]> for Value<'a> {
    fn from(value: &'a [u8]) -> Self {
        Value::Blob(value)
    }
}

impl<'a> From<&'a Vec<u8>> for Value<'a> {
    fn from(value: &'a Vec<u8>) -> Self {
        Value::Blob(value)
    }
}

impl<'a, const N: usize> From<&'a [u8; N]> for Value<'a> {
    fn from(value: &'a [u8; N]) -> Self {
        Value::Blob(value)
    }
}

impl<'a, T: Into<Value<'a>>> From<Option<T>> for Value<'a> {
    fn from(value: Option<T>) -> Self {
        value.map_or(Value::Null, Into::into)
    }
}

/// A row of an answer.
pub(crate) enum Row<'r> {
    Lite(&'r rusqlite::Row<'r>),
    Pg(&'r PgRow),
}

impl Row<'_> {
    /// The nth cell.
    pub(crate) fn value(&self, nth: usize) -> Result<Value<'_>, StoreError> {
        match self {
            Row::Lite(row) => super::lite::cell(row, nth),
            Row::Pg(row) => row.cell(nth),
        }
    }

    pub(crate) fn get<T: Cell>(&self, nth: usize) -> Result<T, StoreError> {
        let value = self.value(nth)?;
        // What it holds is somebody's data, and errors are written to the log.
        T::read(value).ok_or_else(|| StoreError::Database(format!("column {nth} holds {}", value.sort())))
    }

    /// The bytes of the nth cell, where they lie.
    pub(crate) fn bytes(&self, nth: usize) -> Result<&[u8], StoreError> {
        match self.value(nth)? {
            Value::Blob(bytes) => Ok(bytes),
            other => Err(StoreError::Database(format!("column {nth} holds no bytes: {other:?}"))),
        }
    }
}

/// What a cell can be read as.
pub(crate) trait Cell: Sized {
    fn read(value: Value<'_>) -> Option<Self>;
}

impl Cell for i64 {
    fn read(value: Value<'_>) -> Option<i64> {
        match value {
            Value::Int(number) => Some(number),
            // A constant that no column gave a type.
            Value::Text(text) => text.parse().ok(),
            _ => None,
        }
    }
}

impl Cell for u16 {
    fn read(value: Value<'_>) -> Option<u16> {
        i64::read(value).and_then(|number| number.try_into().ok())
    }
}

impl Cell for u32 {
    fn read(value: Value<'_>) -> Option<u32> {
        i64::read(value).and_then(|number| number.try_into().ok())
    }
}

impl Cell for bool {
    fn read(value: Value<'_>) -> Option<bool> {
        i64::read(value).map(|number| number != 0)
    }
}

impl Cell for f64 {
    fn read(value: Value<'_>) -> Option<f64> {
        match value {
            Value::Real(number) => Some(number),
            #[allow(clippy::cast_precision_loss)] // asked for as such
            Value::Int(number) => Some(number as f64),
            _ => None,
        }
    }
}

impl Cell for String {
    fn read(value: Value<'_>) -> Option<String> {
        match value {
            Value::Text(text) => Some(text.to_owned()),
            _ => None,
        }
    }
}

impl Cell for Vec<u8> {
    fn read(value: Value<'_>) -> Option<Vec<u8>> {
        match value {
            Value::Blob(bytes) => Some(bytes.to_vec()),
            _ => None,
        }
    }
}

impl Cell for [u8; 32] {
    fn read(value: Value<'_>) -> Option<[u8; 32]> {
        match value {
            Value::Blob(bytes) => bytes.try_into().ok(),
            _ => None,
        }
    }
}

impl<T: Cell> Cell for Option<T> {
    fn read(value: Value<'_>) -> Option<Option<T>> {
        match value {
            Value::Null => Some(None),
            value => T::read(value).map(Some),
        }
    }
}
