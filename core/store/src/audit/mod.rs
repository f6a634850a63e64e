//! The read audit: who looked at whose record, in a file of its own with its own writer.
//!
//! A look is on disk before its answer leaves. Looks that come together share one commit.

pub(crate) mod chain;
mod log;
mod search;
mod verify;

pub use log::{AuditLog, Look, LookRow};
pub use search::{AuditAct, AuditFilter, AuditPlace, AuditRow};
pub use verify::{Verified, WriteRow};
