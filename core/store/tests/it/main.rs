//! What the store promises, tried from outside, in one program.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, clippy::unit_arg)]

mod audit_log;
mod audit_search;
mod backup;
mod changes;
mod common;
mod faults;
mod history;
mod jobs;
mod lanes;
mod ledger;
mod limits;
mod open;
mod primitives;
mod queues;
mod rebuild;
mod savepoints;
mod search;
mod shared;
mod tampering;
mod then;
mod timers;
mod tls;
mod together;
mod vitals;
