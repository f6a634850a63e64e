//! How well the matcher does: precision, recall and F1 on a synthetic region and on public sets, against floors.
//!
//! `cargo nextest run -p meridian-registry -E 'binary(evaluation)' --no-capture` prints the tables of docs/matching.md.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss
)]

mod measure;
mod region;

mod sets;
mod through;
mod train;
