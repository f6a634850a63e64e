//! One validation: what it rests on, what it has found, and how much it may still do.

use std::collections::{HashMap, HashSet};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::mem;

use meridian_fhirpath::Purse;
use meridian_model::language::{Both, Language};
use meridian_model::outcome::{Issue, Severity};
use serde_json::Value;

use super::Validator;
use super::entries::Bundles;
use super::items::Item;
use super::place::{Frame, Place, Within};
use super::unchecked::Unchecked;
use crate::says::Says;
use crate::structure::{Missing, Structure};

/// Characters of one message.
const LONGEST: usize = 2_000;
/// Steps between two looks at the clock.
const NOW_AND_THEN: u64 = 32;

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
    /// What R4 itself would say of codes that need not be of its value sets, by value: a profile may bind the element to
    /// another set, which then is the one that counts.
    open: Vec<(usize, Issue)>,
    /// Values that a profile binds to a set of its own.
    pub(super) bound: HashSet<usize>,
    /// Codes that nobody here can check.
    pub(super) unchecked: Unchecked,
    /// Values that were blamed already for what a later rule would blame them for again.
    pub(super) blamed: HashSet<usize>,
    pub(super) budget: Budget,
    spent: bool,
    /// Nobody waits for the answer any longer.
    late: bool,
    /// Steps since this was asked.
    since: u64,
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
            open: Vec::new(),
            bound: HashSet::new(),
            unchecked: Unchecked::default(),
            blamed: HashSet::new(),
            budget,
            spent: false,
            late: false,
            since: 0,
        }
    }

    pub(super) fn start(&mut self, profiles: &[&str]) {
        let Some(kind) = self.root.get("resourceType").and_then(Value::as_str) else {
            self.issues.push(issue(Severity::Error, "structure", &Says::NotAResource));
            return;
        };
        let place = Place::root(kind, self.root);
        let frame = Frame { resource: self.root, kind, around: None, within: Within::Nothing };
        self.resource(&frame, &place, profiles);
    }

    pub(super) fn finish(mut self) -> Vec<Issue> {
        self.settle();
        if self.late {
            self.issues.push(issue(Severity::Error, "too-costly", &Says::TooLong));
        } else if self.spent {
            self.issues.push(issue(Severity::Error, "too-costly", &Says::Stopped));
        }
        self.issues
    }

    /// Tells what was held back until all is known.
    fn settle(&mut self) {
        let open = mem::take(&mut self.open).into_iter().filter(|(value, _)| !self.bound.contains(value));
        let open = open.map(|(_, issue)| issue).collect();
        self.take(open);
        let unchecked = mem::take(&mut self.unchecked).issues().collect();
        self.take(unchecked);
    }

    /// One step of the budget; false when it is spent.
    pub(super) fn step(&mut self) -> bool {
        self.pay(1)
    }

    pub(super) fn pay(&mut self, steps: u64) -> bool {
        self.budget.steps.pay(steps);
        self.spent = self.spent || self.budget.steps.left() == 0 || self.budget.expressions.left() == 0;
        self.since = self.since.saturating_add(steps);
        if self.since >= NOW_AND_THEN {
            self.since = 0;
            self.late = self.late || self.with.lookup.is_over();
        }
        !self.spent && !self.late
    }

    /// True the first time that `rule` is asked of this item.
    pub(super) fn is_new(&mut self, rule: usize, item: &Item<'_>) -> bool {
        self.asked.insert((rule, item.address()))
    }

    #[allow(clippy::needless_pass_by_value)] // a message is made where it is told
    pub(super) fn error(&mut self, code: &'static str, place: &Place<'_>, says: Says) {
        self.tell(Severity::Error, code, place, &says);
    }

    #[allow(clippy::needless_pass_by_value)] // a message is made where it is told
    pub(super) fn warning(&mut self, code: &'static str, place: &Place<'_>, says: Says) {
        self.tell(Severity::Warning, code, place, &says);
    }

    #[allow(clippy::needless_pass_by_value)] // a message is made where it is told
    pub(super) fn note(&mut self, code: &'static str, place: &Place<'_>, says: Says) {
        self.tell(Severity::Information, code, place, &says);
    }

    /// What a profile may make needless to say.
    pub(super) fn tell_unless_bound(&mut self, severity: Severity, item: &Item<'_>, place: &Place<'_>, says: &Says) {
        if self.open.len() < self.with.limits.issues {
            let issue = issue(severity, "code-invalid", says).at(place.text());
            self.open.push((item.address(), issue));
        }
    }

    pub(super) fn tell(&mut self, severity: Severity, code: &'static str, place: &Place<'_>, says: &Says) {
        let limit = self.with.limits.issues;
        // Errors find room where notes would not.
        if self.issues.len() >= limit.saturating_mul(2) || (self.issues.len() >= limit && severity != Severity::Error) {
            return;
        }
        let issue = issue(severity, code, says).at(place.text());
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
        let (open, unchecked) = (mem::take(&mut self.open), mem::take(&mut self.unchecked));
        let (bound, blamed) = (self.bound.clone(), self.blamed.clone());
        work(self);
        self.settle();
        self.told = told;
        self.asked = asked;
        self.open = open;
        self.unchecked = unchecked;
        self.bound = bound;
        self.blamed = blamed;
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

pub(super) fn issue(severity: Severity, code: &'static str, says: &Says) -> Issue {
    let told = |language| {
        let mut sentence = says.in_language(language);
        // A message may quote what it is about, and that may be a megabyte.
        if let Some((end, _)) = sentence.char_indices().nth(LONGEST) {
            sentence.truncate(end);
            sentence.push('…');
        }
        sentence
    };
    Issue::new(severity, code, Both::new(told(Language::English), told(Language::Chinese)))
}
