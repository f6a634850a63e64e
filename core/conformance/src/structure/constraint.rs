//! Invariants: compiled when first evaluated, and once for all elements that have the same.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, OnceLock};

use meridian_fhirpath::Expression;
use meridian_fhirpath::pattern::{Meaning, Pattern};
use meridian_model::language::Both;
use meridian_model::outcome::Severity;

use crate::says::Human;

/// An invariant of an element.
#[derive(Debug)]
pub struct Constraint {
    /// Its name in its structure, such as `pat-1`.
    pub key: String,
    pub severity: Severity,
    /// What it asks for, in words.
    pub human: String,
    pub expression: String,
    /// The same in Chinese, for the rules of R4.
    pub chinese: Option<&'static str>,
    compiled: OnceLock<Result<Expression, Both>>,
    /// A rule that the validator knows without its expression.
    pub native: Option<Native>,
}

/// Rules that hold for so many elements that they are checked in code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Native {
    /// `ele-1`: an element has a value or something else than an id.
    NotEmpty,
    /// `ext-1`: an extension has either a value or extensions.
    ExtensionEither,
    /// `txt-1` and `txt-2`: the XHTML of a narrative.
    Narrative,
    /// `dom-3`: what is contained is referred to.
    Contained,
}

impl Constraint {
    pub(crate) fn new(key: &str, severity: Severity, human: &str, expression: &str) -> Self {
        let native = match (key, expression) {
            ("ele-1", _) => Some(Native::NotEmpty),
            ("ext-1", "extension.exists() != value.exists()") => Some(Native::ExtensionEither),
            ("txt-1" | "txt-2", "htmlChecks()") => Some(Native::Narrative),
            ("dom-3", text) if text.starts_with("contained.where((('#'+id in (%resource.") => Some(Native::Contained),
            _ => None,
        };
        let (key, human, expression) = (key.to_owned(), human.to_owned(), expression.to_owned());
        Self { key, severity, human, expression, chinese: None, compiled: OnceLock::new(), native }
    }

    /// The same, with what it asks for in Chinese.
    pub(crate) fn in_chinese(mut self, chinese: Option<&'static str>) -> Self {
        self.chinese = chinese;
        self
    }

    /// What it asks for, as a message tells it.
    pub(crate) fn told(&self) -> Human {
        Human { own: self.human.clone(), chinese: self.chinese }
    }

    /// The expression, ready to evaluate.
    ///
    /// # Errors
    /// What is wrong with it, in words.
    pub fn compiled(&self) -> Result<&Expression, &Both> {
        let made = self.compiled.get_or_init(|| Expression::parse(&self.expression).map_err(|fault| fault.says));
        made.as_ref()
    }
}

/// A regular expression that a text matches as a whole; compiled when first asked for.
#[derive(Debug)]
pub struct Shape {
    pub text: String,
    compiled: OnceLock<Option<Pattern>>,
}

/// Steps that trying it on one text may take: some tenths of a second at worst.
const DEAREST: u64 = 1_000_000;
/// Of these so many are one of a validation.
const TRIED: u64 = 8;

impl Shape {
    pub(crate) fn new(text: &str) -> Self {
        Self { text: text.to_owned(), compiled: OnceLock::new() }
    }

    fn pattern(&self) -> Option<&Pattern> {
        let whole = Meaning { whole: true, ..Meaning::default() };
        self.compiled.get_or_init(|| Pattern::read(&self.text, whole).ok()).as_ref()
    }

    /// Steps that trying it on a text costs.
    #[must_use]
    pub fn cost(&self, text: &str) -> u64 {
        self.pattern().map_or(0, |pattern| pattern.cost(text.len()).min(DEAREST) / TRIED)
    }

    /// `None`: the expression can't be used, or would be too large for this text.
    #[must_use]
    pub fn fits(&self, text: &str) -> Option<bool> {
        let made = self.pattern()?;
        (made.cost(text.len()) <= DEAREST).then(|| made.is_match(text))
    }
}

/// One [`Constraint`] for each key and expression, shared by all elements that have it.
#[derive(Debug, Default)]
pub(crate) struct Interner {
    known: Mutex<HashMap<(String, String), Arc<Constraint>>>,
    /// Those that are looked for first, and stay as they are.
    below: Option<Arc<Interner>>,
}

impl Interner {
    /// One that shares what `below` knows, and takes what is new with it when it goes.
    pub(crate) fn above(below: &Arc<Interner>) -> Interner {
        Interner { known: Mutex::default(), below: Some(below.clone()) }
    }

    fn find(&self, key: &(String, String)) -> Option<Arc<Constraint>> {
        self.known.lock().ok()?.get(key).cloned()
    }

    pub(crate) fn get(&self, key: &str, severity: Severity, human: &str, expression: &str) -> Arc<Constraint> {
        let fresh = || Arc::new(Constraint::new(key, severity, human, expression));
        let name = (key.to_owned(), expression.to_owned());
        if let Some(one) = self.below.as_ref().and_then(|below| below.find(&name)) {
            return if one.severity == severity { one } else { fresh() };
        }
        let Ok(mut known) = self.known.lock() else { return fresh() };
        let one = known.entry(name).or_insert_with(fresh);
        // The same expression may be an error in one structure and a warning in another.
        if one.severity == severity { one.clone() } else { fresh() }
    }

    pub(crate) fn put(&self, constraint: &Arc<Constraint>) {
        if let Ok(mut known) = self.known.lock() {
            known.insert((constraint.key.clone(), constraint.expression.clone()), constraint.clone());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_new_goes_with_the_definition_that_brought_it() {
        let r4 = Arc::new(Interner::default());
        let known = r4.get("a", Severity::Error, "a", "true");
        let own = Interner::above(&r4);
        assert!(Arc::ptr_eq(&own.get("a", Severity::Error, "a", "true"), &known));
        assert!(!Arc::ptr_eq(&own.get("a", Severity::Warning, "a", "true"), &known));
        let new = own.get("b", Severity::Error, "b", "true");
        assert!(Arc::ptr_eq(&own.get("b", Severity::Error, "b", "true"), &new), "once in a definition");
        drop(own);
        assert_eq!(Arc::strong_count(&new), 1, "nobody keeps it");
    }
}
