//! Rows that wait to be written, of one act after the other, until somebody asks for what they are about.

use std::collections::HashSet;

use super::answer::{Load, Mark};
use crate::db::{About, Value};
use crate::sql::ManyTexts;

/// Rows of one kind.
pub(super) struct Late {
    pub(super) many: &'static ManyTexts,
    pub(super) load: Load,
    /// Where those of the act that runs begin.
    mark: Mark,
}

#[derive(Default)]
pub(super) struct Lates {
    rows: Vec<Late>,
    /// What the rows of the acts before are about.
    before: HashSet<About>,
    /// What those of the act that runs are about, sent or not: it may go on with what it has begun.
    own: HashSet<About>,
}

impl Lates {
    /// Gives the weight of its kind.
    pub(super) fn push(&mut self, many: &'static ManyTexts, row: &[Value<'_>]) -> usize {
        let nth = self.rows.iter().position(|late| std::ptr::eq(late.many, many)).unwrap_or_else(|| {
            self.rows.push(Late { many, load: Load::of(many), mark: Mark::default() });
            self.rows.len() - 1
        });
        self.rows.get_mut(nth).map_or(0, |late| {
            late.load.push(row);
            late.load.weight()
        })
    }

    pub(super) fn note(&mut self, about: About) {
        self.own.insert(about);
    }

    pub(super) fn is_about(&self, any: &[About]) -> bool {
        any.iter().any(|about| self.own.contains(about) || self.before.contains(about))
    }

    /// An act begins (or ends, and is kept): what waits is of those before it.
    pub(super) fn begin(&mut self) {
        if self.is_empty() {
            self.before.clear();
            self.own.clear();
        }
        self.before.extend(self.own.drain());
        for late in &mut self.rows {
            late.mark = late.load.mark();
        }
    }

    /// Forgets what the act that runs added.
    pub(super) fn undo(&mut self) {
        self.own.clear();
        for late in &mut self.rows {
            late.load.cut(&late.mark);
        }
    }

    pub(super) fn weight(&self) -> usize {
        self.rows.iter().map(|late| late.load.weight()).sum()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.rows.iter().all(|late| late.load.is_empty())
    }

    /// Whether the act that runs added anything.
    pub(super) fn has_own(&self) -> bool {
        self.rows.iter().any(|late| late.load.count() > late.mark.count())
    }

    /// Takes what is of the acts before the one that runs, in the order in which it is to be sent.
    pub(super) fn take_before(&mut self) -> Vec<Late> {
        self.before.clear();
        let mut before = Vec::with_capacity(self.rows.len());
        for late in &mut self.rows {
            let mark = std::mem::take(&mut late.mark);
            before.push(Late { many: late.many, load: late.load.split(&mark), mark: Mark::default() });
        }
        in_turn(before)
    }

    /// Takes all, in the order in which it is to be sent.
    pub(super) fn take(&mut self) -> Vec<Late> {
        self.before.clear();
        in_turn(std::mem::take(&mut self.rows))
    }

    /// Forgets all.
    pub(super) fn forget(&mut self) {
        *self = Lates::default();
    }
}

fn in_turn(mut rows: Vec<Late>) -> Vec<Late> {
    rows.sort_by_key(|late| late.many.turn());
    rows
}
