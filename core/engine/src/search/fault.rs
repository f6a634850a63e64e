//! Why a parameter was not understood. Whoever reads the parameter puts its name in front.

use meridian_model::both;
use meridian_model::language::Both;
use meridian_model::outcome::Issue;

use crate::EngineError;

#[derive(Debug)]
pub(super) enum Fault {
    /// A value or a name that says nothing.
    Wrong(Both),
    /// Known to R4 and not done here.
    Unsupported(Both),
    /// What leads nowhere from this type; from another it might.
    Nowhere(Both),
    /// A parameter that there is not: who is lenient goes on without it.
    Unknown(Both),
    /// Nothing that another way of asking would change.
    Refused(EngineError),
}

impl Fault {
    pub(super) fn wrong(says: impl Into<Both>) -> Fault {
        Fault::Wrong(says.into())
    }

    pub(super) fn unsupported(says: impl Into<Both>) -> Fault {
        Fault::Unsupported(says.into())
    }

    pub(super) fn unknown(says: impl Into<Both>) -> Fault {
        Fault::Unknown(says.into())
    }

    /// The issue of the parameter `name`.
    pub(super) fn of(self, name: &str) -> Result<Issue, EngineError> {
        let name = shown(name);
        let issue =
            |code, says: Both| Issue::error(code, both!("{name}: {}", "{name}：{}", says)).at(format!("http.{name}"));
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
