//! The only room that knows SQL: versions, search rows, claims, jobs and audit rows, durable and together.
//!
//! A caller opens a [`Store`], reads through [`Store::read`] (a consistent snapshot) and writes through
//! [`Store::write`] (a closure that runs inside the one writer's transaction and is answered after the commit).
//! Every statement is built with `sea-query`, so that PostgreSQL is a second dialect of the same text.

mod audit;
mod backup;
mod block;
mod body;
mod claim;
mod db;
mod error;
mod everything;
mod folder;
mod held;
mod history;
mod identity;
mod intern;
mod job;
mod key;
mod lastn;
mod lease;
mod ledger;
mod marks;
mod member;
mod memo;
mod pace;
mod pinned;
mod postgres;
mod purge;
mod queues;
mod reader;
mod rebuild;
mod rows;
mod schema;
pub mod search;
mod shared;
mod sql;
mod sqlite;
mod store;
mod tame;
mod then;
mod timer;
mod vitals;
mod write;
mod writer;

pub use audit::{AuditAct, AuditFilter, AuditLog, AuditPlace, AuditRow, Look, LookRow, Verified, WriteRow};
pub use backup::{Restored, is_store, restore_check};
pub use block::CATCH_UP;
pub use body::Body;
pub use db::Dialect;
pub use error::StoreError;
pub use everything::Part;
pub use history::{Place, Span};
pub use identity::{Session, SessionKind, User};
pub use job::{Counts, Job, JobState, NewJob};
pub use key::{GOLDEN_PATIENT, Key, Subject, SubjectKind, TypeCode};
pub use ledger::{Moved, Movement, Refused};
pub use pace::Second;
pub use queues::Walk;
pub use reader::Reader;
pub use rebuild::Head;
pub use rows::{Amount, ERASING, Guard, Index, NO_DATE, PairValue, REBUILD, Stored, Text, Token, Version, Words};
pub use shared::Heard;
pub use store::{Home, Store, StoreOptions};
pub use timer::{NewTimer, Timer};
pub use vitals::Vitals;
pub use write::{CONDITIONAL_CREATE, NewResource, Origin, Replacement, Want, WriteTx};
pub use writer::Lane;
