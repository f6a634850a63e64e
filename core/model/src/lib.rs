//! The record's model: a FHIR R4 resource is a JSON value with definition tables beside it.
//!
//! Pure: no I/O, clock, randomness or runtime. Time and zones are parameters. Panics never, whatever it is fed.

pub mod base64;
pub mod check;
pub mod date;
pub mod definitions;
pub mod facts;
pub mod fold;
pub mod index;
pub mod language;
pub mod outcome;
pub mod patch;
pub mod pinyin;
pub mod place;
pub mod reader;
pub mod reference;
pub mod rewrite;
pub mod shape;
pub mod ucum;
pub mod view;
pub mod words;

pub use serde_json::{Map, Number, Value};
