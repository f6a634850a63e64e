//! Intake (采集): what institutions send becomes transactions on the record.
//!
//! [`map`] is pure: an HL7 v2 message in, a FHIR transaction Bundle out, by the tables in `maps/`. [`Inbox`] keeps
//! every message on disk before it is answered, applies it once, and parks what cannot be applied with its reason.

mod ack;
mod behind;
pub mod feeds;
mod inbox;
pub mod map;
mod meeting;
mod operations;
mod replay;
mod watch;

pub use inbox::Inbox;
pub use map::FeedConfig;
pub use operations::operations;
