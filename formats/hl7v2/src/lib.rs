//! HL7 v2 in its ER7 form (the bars and hats): reading, writing, acknowledging, framing, time stamps.
//!
//! A pure room: bytes in, values out; no clock, no I/O, no randomness. Everything that reads is bounded by
//! [`Limits`] and never panics on any input. Positions are numbered as the standard numbers them, from 1:
//! `message.first("PID").field(5).rep(1).comp(1).sub(1)`.

pub mod ack;
pub mod charset;
mod delimiters;
mod escape;
mod message;
pub mod mllp;
mod part;
mod path;
mod read;
pub mod time;
mod write;

pub use ack::{Ack, AckCode, AckError};
pub use charset::{Assumed, Charset, Decoded};
pub use delimiters::Delimiters;
pub use escape::{escape, unescape};
pub use message::{Message, Remark, Segment};
pub use part::Part;
pub use path::Path;
pub use read::{Limits, Read, ReadError, parse, parse_batch, read};
pub use time::{Dtm, Offset};
pub use write::{At, Header, SegmentWriter, Writer};
