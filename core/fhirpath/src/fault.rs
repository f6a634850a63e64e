//! What is wrong with an expression, and where in its text.

use std::fmt;

use meridian_model::language::{Both, Language, Tell, Told};

/// Why an expression could not be read, or has no answer here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    pub kind: FaultKind,
    /// The byte of the expression's text at which it shows.
    pub place: usize,
    pub says: Both,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FaultKind {
    /// The text is no expression.
    Syntax,
    /// A name means nothing: a function, a variable, a type, an element that the type has not.
    Semantic,
    /// The specification lets the evaluation end here: several items where one is asked for, types that do not meet.
    Execution,
    /// More work, memory or depth than the caller allows.
    Budget,
}

impl Fault {
    pub(crate) fn new(kind: FaultKind, place: usize, says: impl Into<Both>) -> Self {
        Self { kind, place, says: says.into() }
    }

    pub(crate) fn syntax(place: usize, says: impl Into<Both>) -> Self {
        Self::new(FaultKind::Syntax, place, says)
    }

    pub(crate) fn semantic(place: usize, says: impl Into<Both>) -> Self {
        Self::new(FaultKind::Semantic, place, says)
    }

    pub(crate) fn execution(place: usize, says: impl Into<Both>) -> Self {
        Self::new(FaultKind::Execution, place, says)
    }

    pub(crate) fn budget(place: usize, says: impl Into<Both>) -> Self {
        Self::new(FaultKind::Budget, place, says)
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.tell(Language::English, f)
    }
}

impl Tell for Fault {
    fn tell(&self, language: Language, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // People count from one.
        let (place, says) = (self.place + 1, Told(&self.says, language));
        match language {
            Language::English => write!(f, "at character {place}: {says}"),
            Language::Chinese => write!(f, "第 {place} 个字符处：{says}"),
        }
    }
}

impl std::error::Error for Fault {}
