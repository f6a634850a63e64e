//! What is wrong with a ViewDefinition, or with a resource under it.

use std::fmt;

use meridian_model::language::Both;

/// A fault in a ViewDefinition: where, and what to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// `select[0].column[1].path`; empty for the whole.
    pub path: String,
    pub says: Both,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.path.is_empty() {
            f.write_str(&self.says.english)
        } else {
            write!(f, "{}: {}", self.path, self.says.english)
        }
    }
}

impl std::error::Error for Fault {}

impl Fault {
    pub(crate) fn new(path: impl Into<String>, says: Both) -> Self {
        Self { path: path.into(), says }
    }
}
