//! Who lives in the region: names, numbers, streets, households.

pub mod address;
pub(crate) mod birth;
pub(crate) mod casting;
pub(crate) mod household;
pub mod identity;
pub mod make;
pub mod names;
pub mod person;
