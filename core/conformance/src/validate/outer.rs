//! What expressions ask of the world outside of the resource: other resources, value sets, profiles.

use meridian_fhirpath::Outside;
use serde_json::Value;

use super::run::Run;
use super::{Limits, Validator, reference};
use crate::terms::{Coded, Subsumes, Verdict};

/// `conformsTo()` within `conformsTo()`: no further than this.
const DEEPEST: usize = 3;

pub(super) struct Outer<'r> {
    pub(super) with: &'r Validator<'r>,
    pub(super) root: &'r Value,
    pub(super) level: usize,
}

impl Outside for Outer<'_> {
    fn resolve<'a>(&'a self, reference: &str) -> Option<&'a Value> {
        reference::in_bundle(self.root, None, reference).or_else(|| self.with.lookup.resolve(reference))
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
        let limits = Limits { steps: self.with.limits.steps / 8, issues: 1, ..self.with.limits };
        let with = Validator { limits, ..*self.with };
        let mut run = Run::new(&with, item, self.level + 1);
        run.start(&[structure]);
        Some(!Run::has_error(&run.finish()))
    }

    fn subsumes(&self, system: &str, general: &str, special: &str) -> Option<bool> {
        let said = self.with.codes.subsumes(system, general, special)?;
        Some(matches!(said, Subsumes::Equivalent | Subsumes::Subsumes))
    }
}
