//! Who may do what: a caller, an act and a type of resource give a decision. Pure.
//!
//! The table is small on purpose: roles decide today; relationship, consent and labels join them in the same function.

mod caller;
mod decide;
mod policy;
mod scope;
mod sensitivity;

pub use caller::{Caller, Role, UnknownRole};
pub use decide::{Act, Denied, change, decide, operation, withheld};
pub use policy::Label;
pub use scope::Scope;
pub use sensitivity::{Clearance, LEVELS, Sensitivity, clearance};
