//! Analytics (决策支持): what the record says of many, as tables.
//!
//! [`view`] is SQL on FHIR v2, pure; [`operations`] runs views over the record.

mod run;
pub mod view;

pub use run::operations;
