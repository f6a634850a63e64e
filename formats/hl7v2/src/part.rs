//! Any part of a segment: a field, a repetition, a component or a sub-component.

use std::borrow::Cow;

use crate::{Delimiters, escape::unescape};

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd)]
enum Level {
    Field,
    Repetition,
    Component,
    SubComponent,
    /// MSH-1 and MSH-2, which hold the separators themselves.
    Opaque,
}

/// A view of one part; cheap to copy. What is not there is an empty part, so that paths can be walked freely.
///
/// A higher part stands for its first lower one: `field.comp(2)` is component 2 of the first repetition, and
/// `text()` of a field is its first sub-component.
#[derive(Clone, Copy)]
pub struct Part<'a> {
    raw: &'a str,
    delims: &'a Delimiters,
    level: Level,
}

impl<'a> Part<'a> {
    pub(crate) fn field(raw: &'a str, delims: &'a Delimiters) -> Self {
        Self { raw, delims, level: Level::Field }
    }

    pub(crate) fn opaque(raw: &'a str, delims: &'a Delimiters) -> Self {
        Self { raw, delims, level: Level::Opaque }
    }

    /// As it stands in the message, escapes and separators included.
    #[must_use]
    pub fn raw(&self) -> &'a str {
        self.raw
    }

    /// Nothing was sent here, or nothing but separators.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        let d = self.delims;
        self.level != Level::Opaque
            && self.raw.chars().all(|c| c == d.repetition || c == d.component || c == d.sub_component)
            || self.raw.is_empty()
    }

    /// `""`: the sender asks to delete the value.
    #[must_use]
    pub fn is_null(&self) -> bool {
        self.raw == "\"\""
    }

    /// All repetitions of a field, the empty ones too (their number matters in some fields).
    pub fn reps(self) -> impl Iterator<Item = Part<'a>> {
        self.split(Level::Field, self.delims.repetition)
    }

    /// All components of (the first repetition of) this part.
    pub fn comps(self) -> impl Iterator<Item = Part<'a>> {
        self.rep(1).split(Level::Repetition, self.delims.component)
    }

    /// All sub-components of (the first component of) this part.
    pub fn subs(self) -> impl Iterator<Item = Part<'a>> {
        self.comp(1).split(Level::Component, self.delims.sub_component)
    }

    /// Repetition `n`, from 1.
    #[must_use]
    pub fn rep(self, n: usize) -> Part<'a> {
        if self.level > Level::Field { self.only_first(n) } else { self.nth(Level::Field, n) }
    }

    /// Component `n`, from 1.
    #[must_use]
    pub fn comp(self, n: usize) -> Part<'a> {
        if self.level > Level::Repetition { self.only_first(n) } else { self.rep(1).nth(Level::Repetition, n) }
    }

    /// Sub-component `n`, from 1.
    #[must_use]
    pub fn sub(&self, n: usize) -> Part<'a> {
        if self.level > Level::Component { (*self).only_first(n) } else { self.comp(1).nth(Level::Component, n) }
    }

    /// The value of the first leaf with escapes resolved; `None` when it is empty or `""`.
    #[must_use]
    pub fn text(&self) -> Option<Cow<'a, str>> {
        let leaf = if self.level == Level::Opaque { *self } else { self.sub(1) };
        if leaf.raw.is_empty() || leaf.is_null() {
            return None;
        }
        Some(if self.level == Level::Opaque { Cow::Borrowed(leaf.raw) } else { unescape(leaf.raw, self.delims) })
    }

    /// The whole part as text: escapes resolved, separators left in. For free text whose sender forgot to
    /// escape; `None` when empty or `""`.
    #[must_use]
    pub fn flat(&self) -> Option<Cow<'a, str>> {
        (!self.raw.is_empty() && !self.is_null()).then(|| unescape(self.raw, self.delims))
    }

    fn split(self, at: Level, separator: char) -> impl Iterator<Item = Part<'a>> {
        let splits = self.level == at;
        let below = match at {
            Level::Field => Level::Repetition,
            Level::Repetition => Level::Component,
            _ => Level::SubComponent,
        };
        let (whole, pieces) = if splits { (None, Some(self.raw.split(separator))) } else { (Some(self), None) };
        let delims = self.delims;
        whole.into_iter().chain(pieces.into_iter().flatten().map(move |raw| Part { raw, delims, level: below }))
    }

    fn nth(self, at: Level, n: usize) -> Part<'a> {
        let (separator, below) = match at {
            Level::Field => (self.delims.repetition, Level::Repetition),
            Level::Repetition => (self.delims.component, Level::Component),
            _ => (self.delims.sub_component, Level::SubComponent),
        };
        let raw = n.checked_sub(1).and_then(|n| self.raw.split(separator).nth(n)).unwrap_or_default();
        Part { raw, delims: self.delims, level: below }
    }

    fn only_first(self, n: usize) -> Part<'a> {
        if n == 1 { self } else { Part { raw: "", ..self } }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_numbered_from_one() {
        let d = Delimiters::default();
        let field = Part::field(r"a&b^c~d^e\T\f", &d);
        assert_eq!(field.text().as_deref(), Some("a"));
        assert_eq!(field.sub(2).text().as_deref(), Some("b"));
        assert_eq!(field.comp(2).text().as_deref(), Some("c"));
        assert_eq!(field.rep(2).comp(2).text().as_deref(), Some("e&f"));
        assert_eq!(field.reps().count(), 2);
        assert_eq!(field.rep(2).comps().map(|c| c.raw()).collect::<Vec<_>>(), ["d", r"e\T\f"]);
        assert!(field.rep(3).is_empty() && field.comp(0).is_empty() && field.comp(9).sub(2).is_empty());
    }

    #[test]
    fn empty_null_and_flat() {
        let d = Delimiters::default();
        assert!(Part::field("^^&~", &d).is_empty());
        assert!(Part::field("\"\"", &d).is_null());
        assert_eq!(Part::field("\"\"", &d).text(), None);
        assert_eq!(Part::field(r"10^9 \T\ up", &d).flat().as_deref(), Some("10^9 & up"));
    }
}
