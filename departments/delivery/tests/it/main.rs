//! The outbox on a real store, with receivers that a test can make do anything.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod bed;
mod faults;
mod order;
mod routing;
mod told;
