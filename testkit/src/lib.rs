//! The test kit: the real binary on a folder of its own, clients for its doors, and the means to kill it.
//!
//! Used by `scenarios/`, `bench/` and tests; never part of the program.

mod answer;
mod binary;
mod eventually;
mod fhir;
pub mod identity;
pub mod materials;
mod memory;
mod mllp;
pub mod postgres;
mod ready;
mod receiver;
mod same;
mod server;

pub use answer::Answer;
pub use binary::{command, meridian};
pub use eventually::{eventually, within};
pub use fhir::Fhir;
pub use memory::resident_bytes;
pub use mllp::{Acknowledgement, Mllp};
pub use ready::{Ready, User};
pub use receiver::{Message, Receiver, Reply};
pub use same::differences;
pub use server::{Options, Server};

/// Prints a line to the log of the test.
pub fn say(line: impl std::fmt::Display) {
    use std::io::Write as _;
    let _ = writeln!(std::io::stdout(), "{line}");
}
