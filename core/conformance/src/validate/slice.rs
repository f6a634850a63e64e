//! Slices: which values belong to which, how many there may be, and in which order.

use std::sync::Arc;

use super::members::One;
use super::place::{Frame, Place};
use super::run::Run;
use super::walk::Ask;
use crate::structure::{Node, Rules};

impl Run<'_> {
    /// The values of a sliced element, each judged by its slice too.
    pub(super) fn slices(
        &mut self,
        frame: &Frame<'_>,
        place: &Place<'_>,
        values: &[One<'_, '_>],
        sliced: &Arc<Node>,
        ask: &Ask<'_>,
    ) {
        let Some(slicing) = &sliced.element.slicing else { return };
        if slicing.by.is_empty() {
            // Slices without discriminators describe, and tell nothing apart.
            return;
        }
        let mut groups: Vec<Vec<One<'_, '_>>> = vec![Vec::new(); sliced.slices.len()];
        let mut furthest = 0;
        let mut was_other = false;
        for one in values {
            let mut found = Vec::new();
            for (at, slice) in sliced.slices.iter().enumerate() {
                if self.is_in(frame, place, one, slice, slicing) {
                    found.push(at);
                }
            }
            let Some(&at) = found.first() else {
                was_other = true;
                if slicing.rules == Rules::Closed {
                    let says = format!(
                        "{} belongs to none of the slices that {} allows here: {}",
                        called(sliced, one),
                        ask.structure.canonical(),
                        names(sliced, 0..sliced.slices.len())
                    );
                    self.error("structure", place, says);
                }
                continue;
            };
            if found.len() > 1 {
                let says = format!(
                    "{} belongs to several slices: {}",
                    called(sliced, one),
                    names(sliced, found.iter().copied())
                );
                self.error("structure", place, says);
            }
            if was_other && slicing.rules == Rules::OpenAtEnd {
                let says = format!("{} stands behind one of no slice; those come last", called(sliced, one));
                self.error("structure", place, says);
            }
            if slicing.ordered && at < furthest {
                let says = format!(
                    "{} (slice `{}`) is out of order: the slices come as {}",
                    called(sliced, one),
                    names(sliced, [at]),
                    names(sliced, 0..sliced.slices.len())
                );
                self.error("structure", place, says);
            }
            furthest = furthest.max(at);
            if let Some(group) = groups.get_mut(at) {
                group.push(*one);
            }
        }
        for (slice, group) in sliced.slices.iter().zip(&groups) {
            self.count(place, group.len(), &slice.element, ask);
            for one in group {
                self.one(frame, place, one, slice, ask);
            }
            if !slice.slices.is_empty() {
                self.slices(frame, place, group, slice, ask);
            }
        }
    }

    /// Slices of an element that is not there at all.
    pub(super) fn absent_slices(&mut self, place: &Place<'_>, sliced: &Arc<Node>, ask: &Ask<'_>) {
        if sliced.element.slicing.as_ref().is_none_or(|slicing| slicing.by.is_empty()) {
            return;
        }
        for slice in &sliced.slices {
            self.count(place, 0, &slice.element, ask);
        }
    }
}

fn called(sliced: &Node, one: &One<'_, '_>) -> String {
    match one.index {
        Some(index) => format!("`{}[{index}]`", sliced.element.name),
        None => format!("`{}`", sliced.element.name),
    }
}

fn names(sliced: &Node, places: impl IntoIterator<Item = usize>) -> String {
    let names = places.into_iter().filter_map(|at| sliced.slices.get(at)?.element.slice.as_deref());
    names.collect::<Vec<_>>().join(", ")
}
