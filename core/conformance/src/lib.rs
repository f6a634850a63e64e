//! What a resource means and whether it keeps the rules: structures, snapshots, validation, packages, terminology.
//! Pure: no I/O, clock, randomness or runtime. Nothing here panics, whatever it is fed.

pub mod embedded;
mod json;
pub mod package;
pub mod snapshot;
pub mod structure;
pub mod terms;
pub mod validate;
