//! What goes into the store and what comes out, as plain data.

use crate::{Body, Key, TypeCode};

/// The clinical date of a resource that has none. (One millisecond after 1970 began; a real date there moves by one.)
pub const NO_DATE: i64 = 1;

/// A code with its system.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct Token {
    pub system: Option<String>,
    pub code: String,
}

impl Token {
    /// An empty system is none.
    pub(crate) fn same_as(&self, other: &Token) -> bool {
        self.code == other.code && self.system.as_deref().unwrap_or("") == other.system.as_deref().unwrap_or("")
    }
}

/// The search rows of one resource. A `param` is a number of the caller's that stands for a parameter of one type.
#[derive(Clone, Default, PartialEq, Debug)]
pub struct Index {
    /// Clinical date as `[from, to)` in milliseconds since 1970 UTC.
    pub date: Option<(i64, i64)>,
    pub status: Option<String>,
    /// The codings of the main code; the bedside order lists the resource under each.
    pub main: Vec<Token>,
    pub tokens: Vec<(u32, Token)>,
    /// Folded text.
    pub strings: Vec<(u32, String)>,
    /// `[from, to)` in milliseconds since 1970 UTC.
    pub dates: Vec<(u32, i64, i64)>,
    /// Target type and logical id.
    pub references: Vec<(u32, TypeCode, String)>,
}

impl Index {
    pub(crate) fn day(&self) -> i64 {
        self.date.map_or(NO_DATE, |(from, _)| if from == NO_DATE { from + 1 } else { from })
    }

    pub(crate) fn day_end(&self) -> i64 {
        self.date.map_or(NO_DATE, |(_, to)| to)
    }
}

/// One version of a resource, with the bytes that are served.
#[derive(Clone, Debug)]
pub struct Stored {
    pub key: Key,
    pub kind: TypeCode,
    pub id: String,
    pub version: i64,
    /// The transaction that wrote it.
    pub tx: i64,
    /// When, in milliseconds since 1970 UTC.
    pub at: i64,
    /// The body of a deleted version is empty.
    pub deleted: bool,
    pub body: Body,
}

/// One line of a resource's history.
#[derive(Clone, Debug)]
pub struct Version {
    pub version: i64,
    pub tx: i64,
    pub at: i64,
    pub deleted: bool,
    pub body: Body,
}
