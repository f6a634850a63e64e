//! Invariants: what must be true of an element, in FHIRPath.

use std::sync::Arc;

use meridian_fhirpath::{Item as Focus, Node as FocusNode};
use meridian_model::outcome::Severity;

use super::contained;
use super::items::Item;
use super::place::{Frame, Place};
use super::run::Run;
use crate::structure::{Constraint, Native};

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
                Ok(false) => self.tell(one.severity, "invariant", place, format!("{}: {}", one.key, one.human)),
                Err(says) => {
                    let says = format!("{}: {} — can't be evaluated: {says}", one.key, one.human);
                    self.tell(Severity::Warning, "processing", place, says);
                }
            }
        }
    }

    fn holds_true(
        &self,
        frame: &Frame<'_>,
        place: &Place<'_>,
        item: Item<'_>,
        one: &Constraint,
    ) -> Result<bool, String> {
        if one.native == Some(Native::ExtensionEither) {
            let has = |name: &str| item.value.get(name).is_some();
            let has_value = item.value.as_object().is_some_and(|map| map.keys().any(|key| is_value_key(key)));
            return Ok(has("extension") != has_value);
        }
        if one.native == Some(Native::Contained) {
            return Ok(contained::orphans(item.value).is_empty());
        }
        let expression = one.compiled().map_err(str::to_owned)?;
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
