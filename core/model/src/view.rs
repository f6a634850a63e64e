//! Thin views: the few resources that rules touch, read through names instead of keys. They borrow, and forgive what is
//! missing or misshapen.

mod patient;

pub use patient::{ContactView, IdentifierView, NameView, PatientView};
