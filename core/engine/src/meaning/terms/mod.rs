//! Terminology: what is in force of it, its operations, and what searches ask of it.
//!
//! A CodeSystem, ValueSet or ConceptMap with a url is in force from its commit on, whatever its status: what refers to a
//! draft or to what is retired wants to be understood too. An active one that cannot be understood is refused; another is
//! stored and stays out of force.

mod address;
mod answer;
mod closure;
mod known;
mod list;

pub(crate) use address::addressed;
pub(crate) use answer::refused;
pub(crate) use known::{Known, check, follow, in_force, install, is_one, is_read, posted};

use crate::operations::Operation;

/// The operations of the terminology service.
pub(crate) fn operations() -> Vec<Operation> {
    let mut all = answer::operations();
    all.push(closure::operation());
    all.push(list::operation());
    all
}
