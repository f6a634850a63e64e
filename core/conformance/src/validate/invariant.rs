//! Invariants: what must be true of an element, in FHIRPath.

use std::sync::Arc;

use meridian_fhirpath::{Item as Focus, Node as FocusNode};
use meridian_model::language::Both;
use meridian_model::outcome::Severity;

use super::contained;
use super::items::Item;
use super::place::{Frame, Place};
use super::run::Run;
use crate::says::Says;
use crate::structure::{Constraint, Native};

/// Rules that R4 marks as best practice (`elementdefinition-bestpractice`): a resource without a narrative is in order, and
/// a warning on every one would hide the others.
const BEST_PRACTICE: &str = "dom-6";

impl Run<'_> {
    pub(super) fn invariants(
        &mut self,
        frame: &Frame<'_>,
        place: &Place<'_>,
        item: Item<'_>,
        constraints: &[Arc<Constraint>],
    ) {
        for one in constraints {
            // What is true of every element, and of every narrative, is checked in code.
            if matches!(one.native, Some(Native::NotEmpty | Native::Narrative)) {
                continue;
            }
            if !self.is_new(Arc::as_ptr(one).addr(), &item) || !self.pay(4) {
                continue;
            }
            match self.holds_true(frame, place, item, one) {
                Ok(true) => {}
                Ok(false) => {
                    let says = Says::Broken { key: one.key.clone(), human: one.told() };
                    let is_practice = one.key == BEST_PRACTICE && one.severity == Severity::Warning;
                    let severity = if is_practice { Severity::Information } else { one.severity };
                    self.tell(severity, "invariant", place, &says);
                }
                Err(says) => {
                    let says = Says::NotEvaluated { key: one.key.clone(), human: one.told(), says: Box::new(says) };
                    self.warning("processing", place, says);
                }
            }
        }
    }

    fn holds_true(&self, frame: &Frame<'_>, place: &Place<'_>, item: Item<'_>, one: &Constraint) -> Result<bool, Both> {
        if one.native == Some(Native::ExtensionEither) {
            let has = |name: &str| item.value.get(name).is_some();
            let has_value = item.value.as_object().is_some_and(|map| map.keys().any(|key| is_value_key(key)));
            return Ok(has("extension") != has_value);
        }
        if one.native == Some(Native::Contained) {
            return Ok(contained::orphans(item.value).is_empty());
        }
        let expression = one.compiled().map_err(Both::clone)?;
        let outer = self.outer();
        let context = outer.context(frame.resource, frame.holder().resource);
        // Only a plain no breaks a rule: where an element that the rule speaks of is not there, it says nothing.
        let said = expression.truth(focus(place, item), &context).map_err(|fault| fault.says)?;
        Ok(said != Some(false))
    }
}

/// The focus of an invariant: the element with its type.
pub(super) fn focus<'a>(place: &Place<'a>, item: Item<'a>) -> Focus<'a> {
    if place.is_resource {
        Focus::resource(item.value)
    } else {
        Focus::node(FocusNode::of(item.value, place.kind).with_sibling(item.sibling))
    }
}

/// `valueString`, `_valueString`.
fn is_value_key(key: &str) -> bool {
    let key = key.strip_prefix('_').unwrap_or(key);
    key.strip_prefix("value").is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_uppercase()))
}
