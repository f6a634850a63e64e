//! Codes: are they of the value set that the element is bound to, and of their own code system?

use std::hash::{DefaultHasher, Hash, Hasher};

use serde_json::{Map, Value};

use super::code;
use super::items::Item;
use super::place::Place;
use super::run::Run;
use crate::says::Says;
use crate::structure::{Element, Strength};
use crate::terms::{Coded, Verdict};

/// What is known of a value against a value set.
enum Found {
    Yes,
    /// Not one of its codes is in the set: what was said of the first.
    No(Says),
    /// Nobody here knows the set or the code system.
    Unknown(Says),
    /// There is no code at all.
    Nothing,
}

impl Run<'_> {
    /// The binding of an element, in R4's own structure or in a profile.
    pub(super) fn binding(&mut self, place: &Place<'_>, item: Item<'_>, element: &Element, code: &str, is_base: bool) {
        let Some(binding) = &element.binding else { return };
        if let Some(widest) = &binding.widest {
            self.against(place, item, widest, Strength::Required, code, is_base);
        }
        for (strength, set) in &binding.more {
            self.against(place, item, set, *strength, code, is_base);
        }
        if let Some(set) = &binding.value_set
            && binding.strength > Strength::Example
        {
            let is_judged = self.against(place, item, set, binding.strength, code, is_base);
            if is_judged && !is_base {
                self.bound.insert(item.address());
            }
        }
    }

    /// A value against one set; whether there was a verdict, the first time that this is asked. What R4 itself would have
    /// of a set only if one fits, a profile may say otherwise.
    pub(super) fn against(
        &mut self,
        place: &Place<'_>,
        item: Item<'_>,
        set: &str,
        strength: Strength,
        code: &str,
        is_base: bool,
    ) -> bool {
        let mut hasher = DefaultHasher::new();
        (set, strength.code()).hash(&mut hasher);
        let rule = usize::try_from(hasher.finish() >> 1).unwrap_or_default();
        if item.value.is_null() || !self.is_new(rule, &item) {
            return false;
        }
        let found = self.in_set(set, item.value, code);
        let is_judged = !matches!(found, Found::Unknown(_));
        let name = || set.split('|').next().unwrap_or(set).to_owned();
        match (strength, found) {
            (_, Found::Yes) | (Strength::Example, _) | (Strength::Preferred, Found::Nothing | Found::Unknown(_)) => {}
            (Strength::Required, Found::No(says)) => {
                self.error("code-invalid", place, Says::Required { says: Box::new(says), set: name() });
            }
            (Strength::Extensible, Found::No(says)) if is_base => {
                self.warn_unless_bound(&item, place, &Says::Extensible { says: Box::new(says), set: name() });
            }
            (Strength::Extensible, Found::No(says)) => {
                self.warning("code-invalid", place, Says::Extensible { says: Box::new(says), set: name() });
            }
            (Strength::Preferred, Found::No(says)) => {
                self.note("code-invalid", place, Says::Preferred { says: Box::new(says), set: name() });
            }
            (Strength::Required, Found::Nothing) => {
                self.error("code-invalid", place, Says::CodeRequired { set: name() });
            }
            (Strength::Extensible, Found::Nothing) if is_base => {
                self.warn_unless_bound(&item, place, &Says::CodeWanted { set: name() });
            }
            (Strength::Extensible, Found::Nothing) => {
                self.warning("code-invalid", place, Says::CodeWanted { set: name() });
            }
            (Strength::Required | Strength::Extensible, Found::Unknown(says)) => {
                self.warning("not-found", place, Says::CodeUnchecked { says: Box::new(says) });
            }
        }
        is_judged
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
            return self.warning("code-invalid", place, Says::NoSystem);
        };
        if !system.is_empty() && !system.contains(':') {
            return self.error("code-invalid", place, Says::SystemRelative { system: system.to_owned() });
        }
        if system.contains("/ValueSet/") && system.starts_with("http") && !system.contains("/CodeSystem/") {
            return self.error("code-invalid", place, Says::SystemIsSet { system: system.to_owned() });
        }
        let verdict = self.with.codes.in_code_system(one);
        if !matches!(verdict, Verdict::No { .. }) && self.with.codes.is_supplement(system) {
            return self.error("code-invalid", place, Says::SystemIsSupplement { system: system.to_owned() });
        }
        match verdict {
            Verdict::Yes { wrong_display: Some(display), .. } => {
                self.tell(self.with.habits.wrong_displays, "code-invalid", place, &Says::OtherDisplay { display });
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
            self.error("value", place, Says::IdentifierSystem { system: system.to_owned() });
        }
    }
}

fn coded(value: &Value) -> Option<Coded<'_>> {
    let text = |key: &str| value.get(key).and_then(Value::as_str);
    Some(Coded { system: text("system"), version: text("version"), code: text("code")?, display: text("display") })
}
