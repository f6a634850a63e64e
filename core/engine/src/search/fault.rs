//! Why a parameter was not understood. Whoever reads the parameter puts its name in front.

use std::fmt::Display;

use meridian_model::outcome::Issue;

use crate::EngineError;

#[derive(Debug)]
pub(super) enum Fault {
    /// A value or a name that says nothing.
    Wrong(String),
    /// Known to R4 and not done here.
    Unsupported(String),
    /// What leads nowhere from this type; from another it might.
    Nowhere(String),
    /// A parameter that there is not: who is lenient goes on without it.
    Unknown(String),
    /// Nothing that another way of asking would change.
    Refused(EngineError),
}

impl Fault {
    pub(super) fn wrong(says: impl Display) -> Fault {
        Fault::Wrong(says.to_string())
    }

    pub(super) fn unsupported(says: impl Display) -> Fault {
        Fault::Unsupported(says.to_string())
    }

    pub(super) fn unknown(says: impl Display) -> Fault {
        Fault::Unknown(says.to_string())
    }

    /// The issue of the parameter `name`.
    pub(super) fn of(self, name: &str) -> Result<Issue, EngineError> {
        let name = shown(name);
        let issue = |code, says: String| Issue::error(code, format!("{name}: {says}")).at(format!("http.{name}"));
        match self {
            Fault::Wrong(says) | Fault::Nowhere(says) => Ok(issue("invalid", says)),
            Fault::Unsupported(says) | Fault::Unknown(says) => Ok(issue("not-supported", says)),
            Fault::Refused(error) => Err(error),
        }
    }
}

impl From<EngineError> for Fault {
    fn from(error: EngineError) -> Fault {
        Fault::Refused(error)
    }
}

/// A text of somebody's as an answer repeats it: not all of one that is long.
pub(super) fn shown(text: &str) -> String {
    match text.char_indices().nth(80) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text.to_owned(),
    }
}
