//! What expressions ask of the world outside of the resource: other resources, value sets, profiles.

use meridian_fhirpath::{Context, Outside};
use serde_json::Value;

use super::entries::Bundles;
use super::run::{Budget, Run};
use super::{Limits, Validator, reference};
use crate::terms::{Coded, Subsumes, Verdict};

/// `conformsTo()` within `conformsTo()`: no further than this.
const DEEPEST: usize = 3;

pub(super) struct Outer<'r> {
    with: &'r Validator<'r>,
    root: &'r Value,
    level: usize,
    bundles: &'r Bundles,
    budget: Budget,
}

impl Run<'_> {
    pub(super) fn outer(&self) -> Outer<'_> {
        let Run { with, root, level, ref bundles, ref budget, .. } = *self;
        Outer { with, root, level, bundles, budget: budget.clone() }
    }
}

impl<'r> Outer<'r> {
    /// What an expression about a resource, which may stand in another, is evaluated with: R4's own ones let `as` take
    /// many, and all of them draw from one purse.
    pub(super) fn context(&'r self, resource: &'r Value, holder: &'r Value) -> Context<'r> {
        Context::new(resource)
            .root(holder)
            .outside(self)
            .now(self.with.now)
            .steps(self.with.limits.invariant)
            .purse(&self.budget.expressions)
            .as_filters()
    }
}

impl Outside for Outer<'_> {
    fn resolve<'a>(&'a self, reference: &str) -> Option<&'a Value> {
        reference::in_bundle(self.bundles, self.root, None, reference).or_else(|| self.with.lookup.resolve(reference))
    }

    fn member_of(&self, item: &Value, type_name: &str, value_set: &str) -> Option<bool> {
        let ask = |coded: Coded<'_>| match self.with.codes.in_value_set(value_set, coded) {
            Verdict::Yes { .. } => Some(true),
            Verdict::No { .. } => Some(false),
            Verdict::Unknown { .. } => None,
        };
        let coding = |value: &Value| {
            let text = |key: &str| value.get(key).and_then(Value::as_str);
            ask(Coded { system: text("system"), version: text("version"), code: text("code")?, display: None })
        };
        match (item, type_name) {
            (Value::String(code), _) => ask(Coded { code, ..Coded::default() }),
            (_, "CodeableConcept") => {
                let codings = item.get("coding").and_then(Value::as_array)?;
                let said: Vec<_> = codings.iter().map(coding).collect();
                if said.contains(&Some(true)) {
                    Some(true)
                } else {
                    said.into_iter().collect::<Option<Vec<_>>>().map(|_| false)
                }
            }
            _ => coding(item),
        }
    }

    fn conforms_to(&self, item: &Value, _: &str, structure: &str) -> Option<bool> {
        if self.level >= DEEPEST || self.with.structures.get(structure).is_err() {
            return None;
        }
        let with = Validator { limits: Limits { issues: 1, ..self.with.limits }, ..*self.with };
        let mut run = Run::asked_for(&with, item, self.level + 1, self.budget.clone());
        run.start(&[structure]);
        Some(!Run::has_error(&run.finish()))
    }

    fn subsumes(&self, system: &str, general: &str, special: &str) -> Option<bool> {
        let said = self.with.codes.subsumes(system, general, special)?;
        Some(matches!(said, Subsumes::Equivalent | Subsumes::Subsumes))
    }
}
