//! What goes into the store and what comes out, as plain data.

use crate::{Body, Key, TypeCode};

/// The clinical date of a resource that has none, which is before every other.
pub const NO_DATE: i64 = -(1 << 61);

/// The setting that says up to which key the search rows of a folder of an older program are made again; while it is
/// there, searches are refused.
pub const REBUILD: &str = "rebuild";

/// The setting that says that words of what was erased may still be found by who reads the files: put there by the
/// erasure itself, gone when all is done. Its value is that of the last erasure.
pub const ERASING: &str = "erasing";

/// Dates are kept within so many milliseconds of 1970 (36 million years), which leaves room for their differences.
const FAR: i64 = 1 << 60;

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

/// A text as it is searched for, and as it was written where that is something else.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Debug, Default)]
pub struct Text {
    pub folded: String,
    pub raw: Option<String>,
}

/// A number with its unit, and the same in the canonical unit if that is known.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Amount {
    pub value: f64,
    pub system: Option<String>,
    pub code: Option<String>,
    pub unit: Option<String>,
    pub canonical: Option<(f64, String)>,
}

/// The other half of a pair.
#[derive(Clone, PartialEq, Debug)]
pub enum PairValue {
    Token(Token),
    Text(Text),
    /// `[from, to)` in milliseconds since 1970 UTC.
    Date(i64, i64),
    Number(f64),
    Quantity(Amount),
    /// Two numbers.
    Span(f64, f64),
}

/// Words as a search will name them, each once.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Words {
    pub narrative: Vec<String>,
    pub content: Vec<String>,
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
    pub strings: Vec<(u32, Text)>,
    /// `[from, to)` in milliseconds since 1970 UTC.
    pub dates: Vec<(u32, i64, i64)>,
    /// Target type and logical id.
    pub references: Vec<(u32, TypeCode, String)>,
    pub numbers: Vec<(u32, f64)>,
    pub quantities: Vec<(u32, Amount)>,
    /// Halves of one value that are searched for together.
    pub pairs: Vec<(u32, Token, PairValue)>,
    pub words: Words,
    /// Unit vectors of places on earth.
    pub places: Vec<[f64; 3]>,
    /// There for what is above the ordinary sensitivity.
    pub guard: Option<Guard>,
}

/// Why not everybody sees a resource.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Guard {
    /// Its sensitivity, 4 or 5.
    pub level: u8,
    /// The institution that wrote it; empty where nobody is known to.
    pub keeper: String,
}

impl Index {
    pub(crate) fn day(&self) -> i64 {
        self.date.map_or(NO_DATE, |(from, _)| near(from))
    }

    /// The length of the clinical date, -1 when there is none.
    pub(crate) fn span(&self) -> i64 {
        self.date.map_or(-1, |(from, to)| (near(to) - near(from)).max(0))
    }
}

/// The date itself, unless it is further off than dates are kept.
pub(crate) fn near(date: i64) -> i64 {
    date.clamp(-FAR, FAR)
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
