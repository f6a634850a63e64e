//! What validation says: each kind of message is a value, and has its sentence in English and in Chinese side by side.
//!
//! The table is in `says/messages`; the words of HL7's invariants in `says/rules`.

mod messages;
mod rules;
mod words;

pub use messages::Says;
pub use words::{Article, Human, List, Or, Shape, Shown, Slice, Times};

pub(crate) use rules::chinese as chinese_rule;
