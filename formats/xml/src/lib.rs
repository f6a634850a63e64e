//! FHIR XML ↔ the JSON value of a resource, by the definition tables and without loss.
//!
//! A pure room: bytes in, values out; no clock, no I/O, no randomness. Everything that reads is bounded by [`Limits`] and
//! panics on nothing. Document types and entities (but XML's five) are refused, whatever they say.

mod encoding;
mod fault;
mod narrative;
mod primitive;
mod read;
mod token;
pub mod tree;
mod write;

pub use read::{MOST_FAULTS, read, read_with_faults};
pub use write::write;

/// The namespace of FHIR.
pub const FHIR: &str = "http://hl7.org/fhir";
/// The namespace of narratives.
pub const XHTML: &str = "http://www.w3.org/1999/xhtml";

/// How much a document may ask of the reader.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Longest document, in bytes.
    pub bytes: usize,
    /// Elements that any document may have. A longer one may have one for each 12 of its bytes, as the reader of JSON
    /// counts values.
    pub elements: usize,
    /// Deepest nesting of the value: its objects and arrays; the outermost one counts as 1. A narrative may nest as deep
    /// again.
    pub depth: usize,
    /// Most attributes of one element.
    pub attributes: usize,
}

impl Default for Limits {
    /// 16 MiB, 100,000 elements, 64 levels and 64 attributes: what the reader of JSON takes.
    fn default() -> Self {
        Self { bytes: 16 << 20, elements: 100_000, depth: 64, attributes: 64 }
    }
}
