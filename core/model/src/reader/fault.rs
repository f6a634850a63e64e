//! What a document can have wrong, and where.

use crate::both;
use crate::language::Both;

use std::fmt;

/// Why a document was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FaultKind {
    /// More bytes than the limit.
    TooLong,
    /// Nested deeper than the limit.
    TooDeep,
    /// Not UTF-8.
    Utf8,
    /// Not JSON.
    Syntax,
    /// The same key twice in one object.
    DuplicateKey,
    /// A key that the JSON library keeps for itself.
    ReservedKey,
    /// Not XML (for the reader of FHIR XML, as those below).
    Xml,
    /// An encoding that isn't read.
    Encoding,
    /// A document type or an entity: never read.
    Doctype,
    /// An element or attribute that R4 doesn't know at its place.
    Unknown,
    /// A value that isn't one of its type.
    Value,
}

/// A place in the text; both count from 1, columns in characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Position {
    pub line: usize,
    pub column: usize,
}

impl Position {
    /// The place behind this beginning of a text.
    #[must_use]
    pub fn after(before: &str) -> Self {
        let line = before.bytes().filter(|b| *b == b'\n').count() + 1;
        let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
        Self { line, column }
    }
}

/// A refused document. It displays as its message with what is known of the place.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub struct Fault {
    pub kind: FaultKind,
    /// FHIRPath-like location, such as `Patient.name[0]`; empty when the fault concerns the whole document.
    pub path: String,
    /// One plain sentence without the place.
    pub message: Both,
    pub position: Option<Position>,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message.english)?;
        if !self.path.is_empty() {
            write!(f, " at {}", self.path)?;
        }
        match self.position {
            Some(Position { line, column }) => write!(f, " (line {line}, column {column})"),
            None => Ok(()),
        }
    }
}

impl Fault {
    /// The code of the OperationOutcome issue that tells of this fault.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self.kind {
            FaultKind::TooLong => "too-long",
            FaultKind::TooDeep => "too-costly",
            FaultKind::Encoding => "not-supported",
            FaultKind::Value => "value",
            FaultKind::Utf8
            | FaultKind::Syntax
            | FaultKind::DuplicateKey
            | FaultKind::ReservedKey
            | FaultKind::Xml
            | FaultKind::Doctype
            | FaultKind::Unknown => "structure",
        }
    }
}

/// A step of a location; collected from the inside out while a failing parse returns, so that success pays nothing.
pub(super) enum Segment {
    Key(String),
    Index(usize),
}

/// A fault on its way out of the parser.
pub(super) struct Broken {
    pub(super) kind: FaultKind,
    pub(super) message: Both,
    /// Byte offset.
    pub(super) at: usize,
    pub(super) path: Vec<Segment>,
    /// `resourceType` of the outermost object, when it was read before the fault.
    pub(super) root: Option<String>,
}

impl Broken {
    pub(super) fn fault(self, text: &str) -> Fault {
        let mut path = self.root.unwrap_or_default();
        for segment in self.path.iter().rev() {
            match segment {
                Segment::Key(key) => {
                    if !path.is_empty() {
                        path.push('.');
                    }
                    path.push_str(key);
                }
                Segment::Index(index) => path.push_str(&format!("[{index}]")),
            }
        }
        let before = text.get(..self.at).unwrap_or(text);
        Fault { kind: self.kind, path, message: self.message, position: Some(Position::after(before)) }
    }
}

pub(super) fn not_utf8(bytes: &[u8], valid: usize) -> Fault {
    let before = bytes.get(..valid).and_then(|b| std::str::from_utf8(b).ok()).unwrap_or_default();
    let message = both!("the document is not UTF-8", "内容不是 UTF-8 编码，请转换编码后再发");
    Fault { kind: FaultKind::Utf8, path: String::new(), message, position: Some(Position::after(before)) }
}
