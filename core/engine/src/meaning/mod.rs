//! What the content of the record means: terminology, structures, and whether what is written keeps the rules.

pub(crate) mod judge;
pub(crate) mod places;
pub(crate) mod structures;
pub(crate) mod terms;
pub(crate) mod validate;

pub(crate) use judge::values;
