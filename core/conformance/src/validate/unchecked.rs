//! Codes that nobody here can check: told once for each system and kind of place, however many there are. Silence would be
//! taken for a yes, and fifty lines that say the same for noise.

use std::collections::HashSet;

use meridian_model::outcome::{Issue, Severity};

use super::items::Item;
use super::place::Place;
use super::run::{Run, issue};
use crate::says::Says;

/// What was not checked so far.
#[derive(Default)]
pub(super) struct Unchecked {
    rows: Vec<Row>,
    /// Values of which it was said, with why: a coding and the concept that it stands in are one.
    said: HashSet<(usize, Says)>,
}

/// Codes of one kind of place that can't be checked for one reason.
struct Row {
    severity: Severity,
    why: Says,
    /// The place without numbers, from the resource that it is in.
    kind: String,
    /// Where the first of them stands.
    first: String,
    count: usize,
}

impl Unchecked {
    /// The issues that tell it.
    pub(super) fn issues(self) -> impl Iterator<Item = Issue> {
        self.rows.into_iter().map(|row| {
            let why = Box::new(row.why);
            let says = match row.count {
                1 => Says::CodeUnchecked { says: why },
                count => Says::CodesUnchecked { count, says: why },
            };
            issue(row.severity, "not-found", &says).at(row.first)
        })
    }
}

impl Run<'_> {
    /// The code of a value is not checked: a warning where a value set asks for it, a note where only its system is not here.
    pub(super) fn unchecked(&mut self, severity: Severity, place: &Place<'_>, item: &Item<'_>, why: Says) {
        let around = place.above.map(|above| (above.item.address(), why.clone()));
        if around.is_some_and(|around| self.unchecked.said.contains(&around)) {
            return;
        }
        if !self.unchecked.said.insert((item.address(), why.clone())) {
            return;
        }
        let kind = place.plain();
        let rows = &mut self.unchecked.rows;
        let same = |row: &&mut Row| row.kind == kind && row.severity == severity && row.why == why;
        if let Some(row) = rows.iter_mut().find(same) {
            row.count = row.count.saturating_add(1);
        } else if rows.len() < self.with.limits.issues {
            rows.push(Row { severity, why, kind, first: place.text(), count: 1 });
        }
    }
}
