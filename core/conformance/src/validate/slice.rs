//! Slices: which values belong to which, how many there may be, and in which order.

use std::sync::Arc;

use super::members::One;
use super::place::{Frame, Place};
use super::run::Run;
use super::walk::Ask;
use crate::says::{List, Says};
use crate::structure::{Node, Rules};

/// R4 (profiling.html, "Default Slice"): the slice of this name takes what belongs to no other.
const DEFAULT: &str = "@default";

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
        let default = sliced.slices.iter().position(|slice| slice.element.slice.as_deref() == Some(DEFAULT));
        let mut furthest = 0;
        let mut was_other = false;
        for one in values {
            let mut found = Vec::new();
            for (at, slice) in sliced.slices.iter().enumerate().filter(|(at, _)| Some(*at) != default) {
                if self.is_in(frame, place, one, slice, slicing) {
                    found.push(at);
                }
            }
            let Some(at) = found.first().copied().or(default) else {
                was_other = true;
                if slicing.rules == Rules::Closed {
                    let (value, by) = (called(sliced, one), ask.structure.canonical());
                    let names = names(sliced, 0..sliced.slices.len());
                    self.error("structure", place, Says::InNoSlice { value, by, names });
                }
                continue;
            };
            if found.len() > 1 {
                let names = names(sliced, found.iter().copied());
                self.error("structure", place, Says::InSeveralSlices { value: called(sliced, one), names });
            }
            if was_other && slicing.rules == Rules::OpenAtEnd {
                self.error("structure", place, Says::BehindOthers { value: called(sliced, one) });
            }
            if slicing.ordered && at < furthest {
                let slice = names(sliced, [at]).0.concat();
                let names = names(sliced, 0..sliced.slices.len());
                self.error("structure", place, Says::OutOfOrder { value: called(sliced, one), slice, names });
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

    /// Slices of an element that is not there at all; whether one of them had to be.
    pub(super) fn absent_slices(&mut self, place: &Place<'_>, sliced: &Arc<Node>, ask: &Ask<'_>) -> bool {
        if sliced.element.slicing.as_ref().is_none_or(|slicing| slicing.by.is_empty()) {
            return false;
        }
        for slice in &sliced.slices {
            self.count(place, 0, &slice.element, ask);
        }
        sliced.slices.iter().any(|slice| slice.element.least() > 0)
    }
}

fn called(sliced: &Node, one: &One<'_, '_>) -> String {
    match one.index {
        Some(index) => format!("`{}[{index}]`", sliced.element.name),
        None => format!("`{}`", sliced.element.name),
    }
}

fn names(sliced: &Node, places: impl IntoIterator<Item = usize>) -> List {
    places.into_iter().filter_map(|at| sliced.slices.get(at)?.element.slice.as_deref()).collect()
}
