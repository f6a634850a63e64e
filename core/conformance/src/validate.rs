//! Does a resource keep the rules of its type and of the profiles that it names or is asked to keep?
//!
//! Two passes over the same value. The first goes by R4's own structures: shape, cardinality, primitives, bindings,
//! invariants, references, extensions. The second, for each profile, goes by the profile's tree and descends only where
//! that says something. What both ask is asked once.

mod answer;
mod binding;
mod bundle;
mod code;
mod concepts;
mod contained;
mod definition;
mod discriminate;
mod enable;
mod entries;
mod extension;
mod invariant;
mod items;
mod measure;
mod members;
mod moment;
mod narrative;
mod outer;
mod pinned;
mod place;
mod primitive;
mod profile;
mod quantity;
mod questionnaire;
mod reached;
mod reference;
mod response;
mod run;
mod slice;
#[cfg(test)]
mod tests;
mod unchecked;
mod walk;

use meridian_fhirpath::Moment;
use meridian_model::outcome::{Issue, Severity};
use serde_json::Value;

use crate::structure::Structures;
use crate::terms::Codes;

pub(crate) use discriminate::{Step, steps};

use run::Run;

/// What lies outside of the value: other resources, as far as they are at hand.
pub trait Lookup: Send + Sync {
    /// The resource that a literal reference leads to (`Patient/1`, an address).
    fn resolve(&self, reference: &str) -> Option<&Value> {
        let _ = reference;
        None
    }

    /// The resource with this canonical address: a Questionnaire, a Measure.
    fn canonical(&self, address: &str) -> Option<&Value> {
        let _ = address;
        None
    }

    /// Whether nobody waits for the answer any longer; asked now and then.
    fn is_over(&self) -> bool {
        false
    }
}

/// Nothing is at hand.
#[derive(Debug, Clone, Copy, Default)]
pub struct Nowhere;

impl Lookup for Nowhere {}

/// How far a validation goes. What is beyond is said in an issue, never silently left out.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Elements and invariants looked at.
    pub steps: u64,
    pub issues: usize,
    /// Elements within elements, and profiles asked of one value within another.
    pub depth: usize,
    /// Items that one invariant may touch, and all of them together.
    pub invariant: u64,
    pub expressions: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self { steps: 2_000_000, issues: 200, depth: 128, invariant: 1_000_000, expressions: 20_000_000 }
    }
}

/// Everything that a validation rests on.
#[derive(Clone, Copy)]
pub struct Validator<'v> {
    pub structures: &'v Structures,
    pub codes: &'v dyn Codes,
    pub lookup: &'v dyn Lookup,
    pub now: Moment,
    pub limits: Limits,
    pub habits: Habits,
}

/// How severe is what R4 leaves to those who validate.
#[derive(Debug, Clone, Copy)]
pub struct Habits {
    /// An extension that nobody here has defined.
    pub unknown_extensions: Severity,
    /// A display that is none of the code's own.
    pub wrong_displays: Severity,
    /// A literal reference to what is not at hand; `None` where nobody asks whether it is.
    pub missing_targets: Option<Severity>,
    /// Addresses at `example.org`, which stand for nothing.
    pub example_addresses: Option<Severity>,
    /// Texts with tags of HTML, which may act where they are shown.
    pub tags_in_texts: Option<Severity>,
}

impl Default for Habits {
    fn default() -> Self {
        Self {
            unknown_extensions: Severity::Information,
            wrong_displays: Severity::Warning,
            missing_targets: None,
            example_addresses: None,
            tags_in_texts: None,
        }
    }
}

/// The issues of a resource: nothing of severity `Error` or `Fatal` in them means that it is valid. `profiles` are asked
/// for besides those that `meta.profile` names.
#[must_use]
pub fn validate(resource: &Value, profiles: &[&str], with: &Validator<'_>) -> Vec<Issue> {
    let mut run = Run::new(with, resource);
    run.start(profiles);
    run.finish()
}
