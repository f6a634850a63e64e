//! One validation: what it rests on, what it has found, and how much it may still do.

use std::collections::{HashMap, HashSet};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::mem;

use meridian_fhirpath::Purse;
use meridian_model::outcome::{Issue, Severity};
use serde_json::Value;

use super::Validator;
use super::entries::Bundles;
use super::items::Item;
use super::place::{Frame, Place, Within};
use crate::structure::{Missing, Structure};

/// Characters of one message.
const LONGEST: usize = 2_000;

pub(super) struct Run<'r> {
    pub(super) with: &'r Validator<'r>,
    pub(super) root: &'r Value,
    /// Validations within validations: `conformsTo()` asks for another.
    pub(super) level: usize,
    issues: Vec<Issue>,
    told: HashSet<u64>,
    /// What was asked of a value: rule and value by address.
    asked: HashSet<(usize, usize)>,
    /// Profiles that are being asked of a value: a circle holds.
    pub(super) active: Vec<(usize, usize)>,
    /// Whether a value keeps a profile, where it was tried.
    pub(super) tried: HashMap<(usize, usize), bool>,
    /// The ids of elements, by the resource that they stand in.
    pub(super) ids: HashSet<(usize, String)>,
    pub(super) bundles: Bundles,
    pub(super) budget: Budget,
    spent: bool,
}

/// What a validation may still do, with all that it asks for in turn.
#[derive(Clone)]
pub(super) struct Budget {
    steps: Purse,
    pub(super) expressions: Purse,
}

impl<'r> Run<'r> {
    pub(super) fn new(with: &'r Validator<'r>, root: &'r Value) -> Self {
        let limits = with.limits;
        let budget = Budget { steps: Purse::new(limits.steps), expressions: Purse::new(limits.expressions) };
        Self::asked_for(with, root, 0, budget)
    }

    /// One that another asks for, and pays for.
    pub(super) fn asked_for(with: &'r Validator<'r>, root: &'r Value, level: usize, budget: Budget) -> Self {
        Self {
            with,
            root,
            level,
            issues: Vec::new(),
            told: HashSet::new(),
            asked: HashSet::new(),
            active: Vec::new(),
            tried: HashMap::new(),
            ids: HashSet::new(),
            bundles: Bundles::default(),
            budget,
            spent: false,
        }
    }

    pub(super) fn start(&mut self, profiles: &[&str]) {
        let Some(kind) = self.root.get("resourceType").and_then(Value::as_str) else {
            let says = "this is not a resource: a resource is a JSON object with a `resourceType`";
            self.issues.push(Issue::error("structure", says));
            return;
        };
        let place = Place::root(kind, self.root);
        let frame = Frame { resource: self.root, kind, around: None, within: Within::Nothing };
        self.resource(&frame, &place, profiles);
    }

    pub(super) fn finish(mut self) -> Vec<Issue> {
        if self.spent {
            let says = "the validation stopped before its end: the resource or its profiles ask for too many steps";
            self.issues.push(Issue::error("too-costly", says));
        }
        self.issues
    }

    /// One step of the budget; false when it is spent.
    pub(super) fn step(&mut self) -> bool {
        self.pay(1)
    }

    pub(super) fn pay(&mut self, steps: u64) -> bool {
        self.budget.steps.pay(steps);
        self.spent = self.spent || self.budget.steps.left() == 0 || self.budget.expressions.left() == 0;
        !self.spent
    }

    /// True the first time that `rule` is asked of this item.
    pub(super) fn is_new(&mut self, rule: usize, item: &Item<'_>) -> bool {
        self.asked.insert((rule, item.address()))
    }

    pub(super) fn error(&mut self, code: &'static str, place: &Place<'_>, says: impl Into<String>) {
        self.tell(Severity::Error, code, place, says.into());
    }

    pub(super) fn warning(&mut self, code: &'static str, place: &Place<'_>, says: impl Into<String>) {
        self.tell(Severity::Warning, code, place, says.into());
    }

    pub(super) fn note(&mut self, code: &'static str, place: &Place<'_>, says: impl Into<String>) {
        self.tell(Severity::Information, code, place, says.into());
    }

    pub(super) fn tell(&mut self, severity: Severity, code: &'static str, place: &Place<'_>, mut says: String) {
        // A message may quote what it is about, and that may be a megabyte.
        if let Some((end, _)) = says.char_indices().nth(LONGEST) {
            says.truncate(end);
            says.push('…');
        }
        let limit = self.with.limits.issues;
        // Errors find room where notes would not.
        if self.issues.len() >= limit.saturating_mul(2) || (self.issues.len() >= limit && severity != Severity::Error) {
            return;
        }
        let issue = Issue::new(severity, code, says).at(place.text());
        let mut hasher = DefaultHasher::new();
        (&issue.diagnostics, &issue.expression, severity.code()).hash(&mut hasher);
        if self.told.insert(hasher.finish()) {
            self.issues.push(issue);
        }
    }

    /// What `work` finds, kept apart from what was found so far.
    pub(super) fn apart(&mut self, work: impl FnOnce(&mut Self)) -> Vec<Issue> {
        let (issues, told, asked) =
            (mem::take(&mut self.issues), mem::take(&mut self.told), mem::take(&mut self.asked));
        work(self);
        self.told = told;
        self.asked = asked;
        mem::replace(&mut self.issues, issues)
    }

    /// Issues that were found apart.
    pub(super) fn take(&mut self, issues: Vec<Issue>) {
        for issue in issues {
            let mut hasher = DefaultHasher::new();
            (&issue.diagnostics, &issue.expression, issue.severity.code()).hash(&mut hasher);
            if self.told.insert(hasher.finish()) {
                self.issues.push(issue);
            }
        }
    }

    pub(super) fn has_error(issues: &[Issue]) -> bool {
        issues.iter().any(|issue| matches!(issue.severity, Severity::Error | Severity::Fatal))
    }

    pub(super) fn structure(&self, address: &str) -> Result<std::sync::Arc<Structure>, Missing> {
        self.with.structures.get(address)
    }
}
