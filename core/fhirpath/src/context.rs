//! What an expression may ask of the world around its focus. Nothing here does I/O: who evaluates brings it along.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};

use serde_json::Value;

use crate::item::{Collection, Item};

/// Items that an evaluation may touch, unless it is told otherwise: some hundredths of a second and at most some 100 MB.
pub const STEPS: u64 = 2_000_000;

/// A moment for `now()`, `today()` and `timeOfDay()`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moment {
    /// Since 1970, in UTC.
    pub millis: i64,
    /// Of the place, in minutes east of Greenwich.
    pub offset_minutes: i16,
}

/// What lies outside of the value. Everything is unknown by default.
pub trait Outside: Send + Sync {
    /// The resource that a reference leads to. Contained resources and entries of a Bundle are found without it.
    fn resolve<'a>(&'a self, reference: &str) -> Option<&'a Value> {
        let _ = reference;
        None
    }

    /// Is this code, Coding or CodeableConcept in the value set? `None` where that is not known.
    fn member_of(&self, item: &Value, type_name: &str, value_set: &str) -> Option<bool> {
        let _ = (item, type_name, value_set);
        None
    }

    /// Does the value conform to the structure? `None` where the structure is not known, which ends the evaluation.
    fn conforms_to(&self, item: &Value, type_name: &str, structure: &str) -> Option<bool> {
        let _ = (item, type_name, structure);
        None
    }

    /// Is the second code the first, or one beneath it? `None` where that is not known.
    fn subsumes(&self, system: &str, general: &str, special: &str) -> Option<bool> {
        let _ = (system, general, special);
        None
    }

    /// `%terminologies.expand(…)` and the like: the resource that the operation gives. `arguments` are those of the call,
    /// null where empty.
    fn terminology(&self, act: &str, arguments: &[Value]) -> Option<Value> {
        let _ = (act, arguments);
        None
    }

    /// `trace()` was called.
    fn trace(&self, name: &str, items: &[Item<'_>]) {
        let _ = (name, items);
    }
}

/// Nothing is known of the outside.
#[derive(Debug, Clone, Copy, Default)]
pub struct Nothing;

impl Outside for Nothing {}

static NOTHING: Nothing = Nothing;

/// Holds resources that an evaluation makes, for as long as its results are looked at.
#[derive(Debug, Default)]
pub struct Kept {
    first: OnceLock<Box<Cell>>,
}

#[derive(Debug)]
struct Cell {
    value: Value,
    next: OnceLock<Box<Cell>>,
}

impl Kept {
    pub(crate) fn keep(&self, value: Value) -> &Value {
        let mut new = Box::new(Cell { value, next: OnceLock::new() });
        let mut slot = &self.first;
        loop {
            match slot.set(new) {
                Ok(()) => break,
                // Taken, by this or another thread: the next one.
                Err(back) => new = back,
            }
            match slot.get() {
                Some(cell) => slot = &cell.next,
                None => return &Value::Null,
            }
        }
        slot.get().map_or(&Value::Null, |cell| &cell.value)
    }
}

impl Drop for Kept {
    fn drop(&mut self) {
        // One by one, so that a long list does not end in deep recursion.
        let mut next = self.first.take();
        while let Some(mut cell) = next {
            next = cell.next.take();
        }
    }
}

/// What several evaluations may spend together. Clones draw from the same.
#[derive(Debug, Clone)]
pub struct Purse(Arc<AtomicU64>);

impl Purse {
    #[must_use]
    pub fn new(steps: u64) -> Self {
        Self(Arc::new(AtomicU64::new(steps)))
    }

    /// What is left.
    #[must_use]
    pub fn left(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }

    /// Takes out so many steps, or all that are left.
    pub fn pay(&self, steps: u64) {
        let _ = self.0.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| Some(left.saturating_sub(steps)));
    }
}

/// What one evaluation needs beside its focus. Cheap to make and to clone.
#[derive(Clone)]
pub struct Context<'a> {
    pub(crate) resource: &'a Value,
    pub(crate) root: &'a Value,
    pub(crate) variables: Vec<(&'a str, Collection<'a>)>,
    pub(crate) outside: &'a dyn Outside,
    pub(crate) kept: Option<&'a Kept>,
    pub(crate) now: Option<Moment>,
    pub(crate) steps: u64,
    /// What is left for all evaluations together.
    pub(crate) purse: Option<Purse>,
    pub(crate) as_filters: bool,
}

impl<'a> Context<'a> {
    /// `%resource`, and `%rootResource` until [`Self::root`] says otherwise.
    #[must_use]
    pub fn new(resource: &'a Value) -> Self {
        Self {
            resource,
            root: resource,
            variables: Vec::new(),
            outside: &NOTHING,
            kept: None,
            now: None,
            steps: STEPS,
            purse: None,
            as_filters: false,
        }
    }

    /// `%rootResource`: what contains the resource, or the Bundle that it stands in.
    #[must_use]
    pub fn root(self, root: &'a Value) -> Self {
        Self { root, ..self }
    }

    #[must_use]
    pub fn outside(self, outside: &'a dyn Outside) -> Self {
        Self { outside, ..self }
    }

    /// Where results that are made, such as those of terminology functions, are held.
    #[must_use]
    pub fn kept(self, kept: &'a Kept) -> Self {
        Self { kept: Some(kept), ..self }
    }

    /// `%name`. The last of one name counts.
    #[must_use]
    pub fn variable(mut self, name: &'a str, value: Collection<'a>) -> Self {
        self.variables.push((name, value));
        self
    }

    #[must_use]
    pub fn now(self, now: Moment) -> Self {
        Self { now: Some(now), ..self }
    }

    /// Lets `as` and `as()` take many items and give those that are of the type, as R4's own invariant dom-3 and some
    /// search parameters need it; FHIRPath makes many items a fault.
    #[must_use]
    pub fn as_filters(self) -> Self {
        Self { as_filters: true, ..self }
    }

    /// How many items each evaluation may touch.
    #[must_use]
    pub fn steps(self, steps: u64) -> Self {
        Self { steps, ..self }
    }

    /// What this and all evaluations that draw from the same purse may spend together.
    #[must_use]
    pub fn purse(self, purse: &Purse) -> Self {
        Self { purse: Some(purse.clone()), ..self }
    }

    /// What the next evaluation may spend.
    pub(crate) fn allowance(&self) -> u64 {
        self.purse.as_ref().map_or(self.steps, |purse| self.steps.min(purse.left()))
    }

    /// Pays for an evaluation.
    pub(crate) fn pay(&self, steps: u64) {
        if let Some(purse) = &self.purse {
            purse.pay(steps);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_stays_in_order_and_falls_without_depth() {
        let kept = Kept::default();
        let all: Vec<&Value> = (0..1_000).map(|n| kept.keep(Value::from(n))).collect();
        assert!(all.iter().enumerate().all(|(n, value)| value.as_u64() == u64::try_from(n).ok()));
    }
}
