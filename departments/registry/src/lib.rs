//! The registry: which institutions' Patients are one person (EMPI, the master patient index).
//!
//! [`Registry`] takes part in every write of a Patient. It reads the numbers that the record carries, finds the person
//! that holds them, and answers with memberships, claims and the golden Patient, which commit with the record itself.
//! Because a claim has one holder at a time, two institutions that register a resident at the same moment meet in one
//! person.

mod evidence;
mod golden;
pub mod identifier;
mod link;
pub mod matching;
mod near;
mod operations;
mod pair;
mod regroup;
mod resident;
mod review;
mod scene;
mod settle;

pub use link::Registry;
pub use operations::operations;
pub use resident::ResidentNumber;
