//! Codes: are they of the value set that the element is bound to, and of their own code system?

use std::hash::{DefaultHasher, Hash, Hasher};

use serde_json::{Map, Value};

use super::code;
use super::items::Item;
use super::place::Place;
use super::run::Run;
use crate::structure::{Element, Strength};
use crate::terms::{Coded, Verdict};

/// What is known of a value against a value set.
enum Found {
    Yes,
    /// Not one of its codes is in the set: what was said of the first.
    No(String),
    /// Nobody here knows the set or the code system.
    Unknown(String),
    /// There is no code at all.
    Nothing,
}

impl Run<'_> {
    /// The binding of an element.
    pub(super) fn bound(&mut self, place: &Place<'_>, item: Item<'_>, element: &Element, code: &str) {
        let Some(binding) = &element.binding else { return };
        if let Some(widest) = &binding.widest {
            self.against(place, item, widest, Strength::Required, code);
        }
        for (strength, set) in &binding.more {
            self.against(place, item, set, *strength, code);
        }
        if let Some(set) = &binding.value_set
            && binding.strength > Strength::Example
        {
            self.against(place, item, set, binding.strength, code);
        }
    }

    pub(super) fn against(&mut self, place: &Place<'_>, item: Item<'_>, set: &str, strength: Strength, code: &str) {
        let mut hasher = DefaultHasher::new();
        (set, strength.code()).hash(&mut hasher);
        let rule = usize::try_from(hasher.finish() >> 1).unwrap_or_default();
        if item.value.is_null() || !self.is_new(rule, &item) {
            return;
        }
        let found = self.in_set(set, item.value, code);
        let name = set.split('|').next().unwrap_or(set);
        match (strength, found) {
            (_, Found::Yes) | (Strength::Example, _) | (Strength::Preferred, Found::Nothing | Found::Unknown(_)) => {}
            (Strength::Required, Found::No(says)) => {
                self.error("code-invalid", place, format!("{says}. A code of {name} is required here"));
            }
            (Strength::Extensible, Found::No(says)) => {
                let says = format!("{says}. Use a code of {name} if one of them fits");
                self.warning("code-invalid", place, says);
            }
            (Strength::Preferred, Found::No(says)) => {
                self.note("code-invalid", place, format!("{says}. A code of {name} is preferred here"));
            }
            (Strength::Required, Found::Nothing) => {
                self.error("code-invalid", place, format!("there is no code; a code of {name} is required here"));
            }
            (Strength::Extensible, Found::Nothing) => {
                self.warning("code-invalid", place, format!("there is no code; use one of {name} if one of them fits"));
            }
            (Strength::Required | Strength::Extensible, Found::Unknown(says)) => {
                self.warning("not-found", place, format!("the code is not checked: {says}"));
            }
        }
    }

    /// Is the value of the set, as far as one knows? Slices may be told by this.
    pub(super) fn is_of_set(&self, set: &str, value: &Value, code: &str) -> bool {
        matches!(self.in_set(set, value, code), Found::Yes)
    }

    fn in_set(&self, set: &str, value: &Value, kind: &str) -> Found {
        // `CapabilityStatement.format` and others also take FHIR's short names of its own formats.
        if set.contains("/ValueSet/mimetypes") && matches!(value.as_str(), Some("json" | "xml" | "ttl")) {
            return Found::Yes;
        }
        let ask = |coded: Coded<'_>| self.with.codes.in_value_set(set, coded);
        let verdicts: Vec<Verdict> = match (value, kind) {
            (Value::String(code), _) => vec![ask(Coded { code, ..Coded::default() })],
            (Value::Object(map), "CodeableConcept") => {
                let codings = map.get("coding").and_then(Value::as_array).into_iter().flatten();
                codings.filter_map(coded).map(ask).collect()
            }
            // A CodeableReference is of R5; a choice may be bound without being a code.
            (
                Value::Object(_),
                "Coding" | "Quantity" | "Age" | "Count" | "Distance" | "Duration" | "Money" | "SimpleQuantity",
            ) => coded(value).map(ask).into_iter().collect(),
            _ => return Found::Yes,
        };
        let is_quantity = !matches!(kind, "CodeableConcept" | "Coding") && value.is_object();
        let mut found = if is_quantity { Found::Yes } else { Found::Nothing };
        for verdict in verdicts {
            match verdict {
                Verdict::Yes { .. } => return Found::Yes,
                Verdict::Unknown { says } => found = Found::Unknown(says),
                Verdict::No { says } if !matches!(found, Found::Unknown(_) | Found::No(_)) => found = Found::No(says),
                Verdict::No { .. } => {}
            }
        }
        found
    }

    /// A coding by itself: its system, its code in it, its display.
    pub(super) fn coding(&mut self, place: &Place<'_>, value: &Value) {
        let Some(one) = coded(value) else { return };
        let Some(system) = one.system else {
            return self.warning(
                "code-invalid",
                place,
                "a code without a system means nothing to others; give the system",
            );
        };
        if !system.is_empty() && !system.contains(':') {
            let says = format!("`{system}` is no absolute address; `system` names a code system by one");
            return self.error("code-invalid", place, says);
        }
        if system.contains("/ValueSet/") && system.starts_with("http") && !system.contains("/CodeSystem/") {
            let says = format!("`{system}` is a value set; `system` names the code system that the code is of");
            return self.error("code-invalid", place, says);
        }
        let verdict = self.with.codes.in_code_system(one);
        if !matches!(verdict, Verdict::No { .. }) && self.with.codes.is_supplement(system) {
            let says = format!("{system} adds to another code system, and is none; name that one");
            return self.error("code-invalid", place, says);
        }
        match verdict {
            Verdict::Yes { wrong_display: Some(display), .. } => {
                let says = format!("the display of this code is `{display}`");
                self.tell(self.with.habits.wrong_displays, "code-invalid", place, says);
            }
            Verdict::Yes { .. } => {}
            Verdict::Unknown { .. } => {
                if let Some(says) = code::fault(system, one.code) {
                    self.error("code-invalid", place, says);
                }
            }
            Verdict::No { says } => self.error("code-invalid", place, says),
        }
    }
}

impl Run<'_> {
    /// An identifier's system is an absolute address.
    pub(super) fn system(&mut self, place: &Place<'_>, map: &Map<String, Value>) {
        if let Some(system) = map.get("system").and_then(Value::as_str)
            && !system.is_empty()
            && !system.contains(':')
        {
            let says = format!("`{system}` is no absolute address; `system` names who gave the identifier by one");
            self.error("value", place, says);
        }
    }
}

fn coded(value: &Value) -> Option<Coded<'_>> {
    let text = |key: &str| value.get(key).and_then(Value::as_str);
    Some(Coded { system: text("system"), version: text("version"), code: text("code")?, display: text("display") })
}
