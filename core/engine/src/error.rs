//! The one application error: what doors turn into an OperationOutcome, an HL7 v2 acknowledgement or a status.

use meridian_access::Denied;
use meridian_model::outcome::Issue;
use meridian_store::StoreError;

/// Why a use-case did not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum EngineError {
    /// What never was, and what the caller may not know of.
    #[error("{0} is not here")]
    NotFound(String),
    /// The same, told in a sentence of its own.
    #[error("{0}")]
    Absent(String),
    #[error("{0} was deleted")]
    Gone(String),
    #[error("{0}")]
    Denied(#[from] Denied),
    /// The request cannot be understood.
    #[error("the request is not valid")]
    Invalid(Vec<Issue>),
    /// The request is understood and breaks a rule.
    #[error("the content breaks a rule")]
    Unprocessable(Vec<Issue>),
    /// A precondition of the caller (`If-Match`, a condition that should meet one resource) does not hold.
    #[error("{0}")]
    Precondition(String),
    #[error("{0}")]
    Conflict(String),
    #[error("{0}")]
    NotSupported(String),
    /// What the policy of this server leaves out.
    #[error("{0}")]
    NotAllowed(String),
    /// One of the others, at a place of what was sent.
    #[error("{error}")]
    At { path: String, error: Box<EngineError> },
    /// A posted search parameter whose rows are still being made.
    #[error("the search parameter `{code}` is still being indexed: {percent} % is done")]
    Building { code: String, percent: u8 },
    #[error("too many people write the same thing at once; try again")]
    Busy,
    /// As many do it as may at one time.
    #[error("{0}")]
    Full(String),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("internal fault: {0}")]
    Internal(String),
}

/// The kind of an error, for the status of whichever protocol carries it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Class {
    NotFound,
    Gone,
    Denied,
    Invalid,
    Unprocessable,
    Precondition,
    Conflict,
    NotSupported,
    NotAllowed,
    /// It took longer than it may; asked for less, it may do.
    TooCostly,
    Unavailable,
    Internal,
}

impl EngineError {
    /// What was to happen once has happened.
    pub(crate) fn already_applied() -> EngineError {
        EngineError::Conflict("already applied".to_owned())
    }

    pub fn class(&self) -> Class {
        match self {
            EngineError::NotFound(_) | EngineError::Absent(_) => Class::NotFound,
            EngineError::Gone(_) => Class::Gone,
            EngineError::Denied(_) => Class::Denied,
            EngineError::Invalid(_) => Class::Invalid,
            EngineError::Unprocessable(_) => Class::Unprocessable,
            EngineError::Precondition(_) => Class::Precondition,
            EngineError::Conflict(_) => Class::Conflict,
            EngineError::NotSupported(_) => Class::NotSupported,
            EngineError::NotAllowed(_) => Class::NotAllowed,
            EngineError::At { error, .. } => error.class(),
            EngineError::Busy
            | EngineError::Full(_)
            | EngineError::Building { .. }
            | EngineError::Store(StoreError::Stopping | StoreError::Unavailable(_) | StoreError::Rebuilding) => {
                Class::Unavailable
            }
            EngineError::Store(StoreError::TooLong) => Class::TooCostly,
            EngineError::Store(_) | EngineError::Internal(_) => Class::Internal,
        }
    }

    /// Whether the same may be done a little later: a fault of ours that goes away by itself, as far as can be told.
    pub fn passes(&self) -> bool {
        match self {
            EngineError::Busy | EngineError::Full(_) | EngineError::Building { .. } => true,
            EngineError::Store(StoreError::SubjectFull(_) | StoreError::Body(_)) => false,
            EngineError::Store(_) => true,
            EngineError::At { error, .. } => error.passes(),
            _ => false,
        }
    }

    /// The issues of the OperationOutcome. Faults of our own are told in a general sentence; the log has the rest.
    pub fn issues(&self) -> Vec<Issue> {
        let code = match self.class() {
            Class::NotFound => "not-found",
            Class::Gone => "deleted",
            Class::Denied => "forbidden",
            Class::Invalid => "invalid",
            Class::Unprocessable => "business-rule",
            Class::Precondition | Class::Conflict => "conflict",
            Class::NotSupported | Class::NotAllowed => "not-supported",
            Class::TooCostly => "too-costly",
            Class::Unavailable => "transient",
            Class::Internal => "exception",
        };
        match self {
            EngineError::At { path, error } => error
                .issues()
                .into_iter()
                .map(|issue| if issue.expression.is_empty() { issue.at(path) } else { issue })
                .collect(),
            EngineError::Invalid(issues) | EngineError::Unprocessable(issues) if !issues.is_empty() => issues.clone(),
            EngineError::Store(_) | EngineError::Internal(_) if self.class() == Class::Internal => {
                vec![Issue::error(code, "The server could not do this; its log says why.")]
            }
            other => vec![Issue::error(code, other.to_string())],
        }
    }

    /// One invalid thing at one place.
    pub fn invalid(at: impl Into<String>, says: impl Into<String>) -> EngineError {
        EngineError::Invalid(vec![Issue::error("invalid", says).at(at)])
    }

    /// Moves the places of the issues under `path`: `Patient.name` becomes `Bundle.entry[3].resource.name`.
    pub fn within(self, path: &str) -> EngineError {
        if path.is_empty() {
            return self;
        }
        let moved = |issues: Vec<Issue>| {
            let moved = issues.into_iter().map(|mut issue| {
                if issue.expression.is_empty() {
                    issue.expression.push(path.to_owned());
                }
                for at in &mut issue.expression {
                    let tail = at.split_once('.').map(|(_, tail)| tail.to_owned());
                    if at.starts_with("patch") {
                        *at = format!("{path}.{at}"); // of a document that is no resource
                    } else if !at.starts_with(path) && !at.starts_with("http.") {
                        *at = tail.map_or_else(|| format!("{path}.resource"), |tail| format!("{path}.resource.{tail}"));
                    }
                }
                issue
            });
            moved.collect()
        };
        match self {
            EngineError::Invalid(issues) => EngineError::Invalid(moved(issues)),
            EngineError::Unprocessable(issues) => EngineError::Unprocessable(moved(issues)),
            // A fault of ours is at no place of what was sent, and what has a place keeps it.
            other if matches!(other, EngineError::At { .. }) || other.passes() || other.class() == Class::Internal => {
                other
            }
            other => EngineError::At { path: path.to_owned(), error: Box::new(other) },
        }
    }
}
