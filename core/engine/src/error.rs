//! The one application error: what doors turn into an OperationOutcome, an HL7 v2 acknowledgement or a status.

use meridian_access::Denied;
use meridian_model::both;
use meridian_model::language::{Both, Language, Tell};
use meridian_model::outcome::Issue;
use meridian_store::StoreError;

/// Why a use-case did not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum EngineError {
    /// What never was, and what the caller may not know of.
    #[error("{} is not here", .0.english)]
    NotFound(Both),
    /// The same, told in a sentence of its own.
    #[error("{}", .0.english)]
    Absent(Both),
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
    #[error("{}", .0.english)]
    Precondition(Both),
    #[error("{}", .0.english)]
    Conflict(Both),
    #[error("{}", .0.english)]
    NotSupported(Both),
    /// What the policy of this server leaves out.
    #[error("{}", .0.english)]
    NotAllowed(Both),
    /// One of the others, at a place of what was sent.
    #[error("{error}")]
    At { path: String, error: Box<EngineError> },
    /// A posted search parameter whose rows are still being made.
    #[error("the search parameter `{code}` is still being indexed: {percent} % is done")]
    Building { code: String, percent: u8 },
    #[error("too many people write the same thing at once; try again")]
    Busy,
    /// As many do it as may at one time.
    #[error("{}", .0.english)]
    Full(Both),
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

/// Why the store answers later, or not to so much at once.
fn not_now(error: &StoreError) -> Both {
    let chinese = match error {
        StoreError::Stopping => "服务器正在停止，请稍后再试",
        StoreError::Rebuilding => "新版程序正在重建检索索引，请稍后再试",
        StoreError::TooLong => "检索用时超过限制，请缩小范围（例如指定患者或时间）",
        _ => "暂时连不上数据库，请稍后再试",
    };
    Both::new(error.to_string(), chinese)
}

/// Faults of our own are told in a general sentence; the log has the rest.
impl Tell for EngineError {
    fn tell(&self, language: Language, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            EngineError::NotFound(what) => {
                // A name in letters stands apart, a word does not.
                let gap = if what.chinese.starts_with(|c: char| c.is_ascii()) { " " } else { "" };
                Both::new(format!("{} is not here", what.english), format!("没有{gap}{}", what.chinese))
                    .tell(language, f)
            }
            EngineError::Gone(what) => both!("{what} was deleted", "{what} 已删除").tell(language, f),
            EngineError::Absent(says)
            | EngineError::Precondition(says)
            | EngineError::Conflict(says)
            | EngineError::NotSupported(says)
            | EngineError::NotAllowed(says)
            | EngineError::Full(says) => says.tell(language, f),
            EngineError::Denied(denied) => denied.tell(language, f),
            EngineError::Invalid(_) => both!("the request is not valid", "请求有误").tell(language, f),
            EngineError::Unprocessable(_) => both!("the content breaks a rule", "内容不符合规则").tell(language, f),
            EngineError::At { error, .. } => error.tell(language, f),
            EngineError::Building { code, percent } => both!(
                "the search parameter `{code}` is still being indexed: {percent} % is done",
                "检索参数 `{code}` 正在建立索引，已完成 {percent}%，请稍后再试"
            )
            .tell(language, f),
            EngineError::Busy => {
                both!("too many people write the same thing at once; try again", "同时写入同一内容的请求太多，请重试")
                    .tell(language, f)
            }
            EngineError::Store(error) if self.class() != Class::Internal => not_now(error).tell(language, f),
            EngineError::Store(_) | EngineError::Internal(_) => {
                both!("The server could not do this; its log says why.", "服务器内部出错，未能完成；原因见服务器日志")
                    .tell(language, f)
            }
        }
    }
}

impl EngineError {
    /// What was to happen once has happened.
    pub(crate) fn already_applied() -> EngineError {
        EngineError::Conflict(both!("already applied", "已经做过了"))
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

    /// Whether it is nothing that was wrong with the request.
    pub(crate) fn is_ours(&self) -> bool {
        matches!(self.class(), Class::TooCostly | Class::Unavailable | Class::Internal)
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
            EngineError::Building { code: param, .. } => {
                vec![Issue::error(code, Both::of(self)).at(format!("http.{param}"))]
            }
            other => vec![Issue::error(code, Both::of(other))],
        }
    }

    /// One invalid thing at one place.
    pub fn invalid(at: impl Into<String>, says: impl Into<Both>) -> EngineError {
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
