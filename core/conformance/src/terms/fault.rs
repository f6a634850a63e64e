//! Why a question about codes has no answer.

use meridian_model::both;
use meridian_model::language::Both;

use super::system::Content;

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
#[error("{}", .says.english)]
pub struct Fault {
    pub kind: Kind,
    /// A whole sentence.
    pub says: Both,
    /// The parameter that it is about.
    pub at: Option<String>,
}

impl Fault {
    pub fn new(kind: Kind, says: impl Into<Both>) -> Fault {
        Fault { kind, says: says.into(), at: None }
    }

    pub fn not_found(says: impl Into<Both>) -> Fault {
        Fault::new(Kind::NotFound, says)
    }

    pub fn invalid(says: impl Into<Both>) -> Fault {
        Fault::new(Kind::Invalid, says)
    }

    pub fn too_costly(says: impl Into<Both>) -> Fault {
        Fault::new(Kind::TooCostly, says)
    }

    /// The same of a parameter; one that is named already stays.
    #[must_use]
    pub fn of(mut self, parameter: &str) -> Fault {
        self.at.get_or_insert_with(|| parameter.to_owned());
        self
    }

    /// A code that its system has not, or that is not in the part of it that is here.
    pub(super) fn no_code(code: &str, system: &str, content: Content) -> Fault {
        let (code, system) = (shown(code), shown(system));
        Fault::not_found(match content {
            Content::Complete => both!("the code `{code}` is not in {system}", "{system} 中没有代码 `{code}`"),
            _ => both!(
                "the code `{code}` is not in {system}, but only a part of it is here: `meridian terms import` brings the \
                 whole in",
                "{system} 中没有代码 `{code}`，不过本机只有它的一部分：可用 `meridian terms import` 装入全部"
            ),
        })
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
