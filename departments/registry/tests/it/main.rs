//! The registry in a real store, through the engine's use-cases.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod bed;
mod concurrent;
mod correction;
mod decision;
mod erased;
mod matching;
mod merging;
mod order;
mod random;
mod same;
mod weight;
