//! Why a question about codes has no answer.

/// What kind of fault it is; a door makes its status of it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    /// The code, system, value set or map is not here.
    NotFound,
    /// The question or the resource is wrong.
    Invalid,
    /// The answer would be too large, or finding it would take too long.
    TooCostly,
    NotSupported,
}

#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("{says}")]
pub struct Fault {
    pub kind: Kind,
    /// A whole sentence.
    pub says: String,
}

impl Fault {
    pub fn new(kind: Kind, says: impl Into<String>) -> Fault {
        Fault { kind, says: says.into() }
    }

    pub fn not_found(says: impl Into<String>) -> Fault {
        Fault::new(Kind::NotFound, says)
    }

    pub fn invalid(says: impl Into<String>) -> Fault {
        Fault::new(Kind::Invalid, says)
    }

    pub fn too_costly(says: impl Into<String>) -> Fault {
        Fault::new(Kind::TooCostly, says)
    }

    /// The code of R4's value set `issue-type`.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self.kind {
            Kind::NotFound => "not-found",
            Kind::Invalid => "invalid",
            Kind::TooCostly => "too-costly",
            Kind::NotSupported => "not-supported",
        }
    }
}

/// A text of somebody else's, as far as a message shows it.
pub(super) fn shown(text: &str) -> String {
    const LONGEST: usize = 120;
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text.to_owned(),
    }
}
