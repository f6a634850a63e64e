//! Behaviour told as scenarios and run against the real binary: a YAML file a rule, steps over HTTP and HL7 v2.
//!
//! `told/` holds the scenarios, [`Teller`] runs them; `tests/` adds what a file can't tell: concurrency, kills, materials.

mod expect;
mod path;
mod persona;
mod receivers;
mod scenario;
mod step;
mod words;

pub use receivers::Receivers;
pub use scenario::{Scenario, Step, read_all};
pub use step::Teller;
