//! Codes: are they of the value set that the element is bound to, and of their own code system?

use std::hash::{DefaultHasher, Hash, Hasher};

use meridian_model::outcome::Severity;
use meridian_model::ucum;
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

/// Where codes are at home.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Standing {
    /// One of them is known, in a code system that is here.
    Elsewhere,
    /// Their own code systems have not got them, and that is told of each code for itself.
    Nowhere,
    Unknown,
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
            // A profile can't loosen what R4 asks for: what it only prefers takes nothing away.
            if is_judged && !is_base && binding.strength > Strength::Preferred {
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
        // One fault is told once: by the strictest of the sets, or by the code system that has not got the code.
        if let (Strength::Preferred | Strength::Extensible, Found::No(_)) = (strength, &found)
            && (self.blamed.contains(&item.address()) || self.standing(item.value, code) == Standing::Nowhere)
        {
            return is_judged;
        }
        match (strength, found) {
            (_, Found::Yes) | (Strength::Example, _) | (Strength::Preferred, Found::Nothing | Found::Unknown(_)) => {}
            (Strength::Required, Found::No(says)) => {
                self.blamed.insert(item.address());
                self.error("code-invalid", place, Says::Required { says: Box::new(says), set: name() });
            }
            (Strength::Extensible, Found::No(says)) if is_base => {
                // Whether a code of the set would have fitted, nobody can say who knows the code that was taken.
                let is_known = self.standing(item.value, code) == Standing::Elsewhere;
                let severity = if is_known { Severity::Information } else { Severity::Warning };
                let says = Says::Extensible { says: Box::new(says), set: name() };
                self.tell_unless_bound(severity, &item, place, &says);
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
                self.tell_unless_bound(Severity::Warning, &item, place, &Says::CodeWanted { set: name() });
            }
            (Strength::Extensible, Found::Nothing) => {
                self.warning("code-invalid", place, Says::CodeWanted { set: name() });
            }
            (Strength::Required | Strength::Extensible, Found::Unknown(says)) => {
                self.unchecked(Severity::Warning, place, &item, says);
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
        let Some(all) = codes_of(value, kind) else { return Found::Yes };
        // That it is empty is said of the value itself.
        if all.iter().any(|one| one.code.is_empty()) {
            return Found::Yes;
        }
        let verdicts = all.into_iter().map(|coded| self.with.codes.in_value_set(set, coded));
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

    /// Where the codes of a value are at home, of which none is of the set that it was held against.
    fn standing(&self, value: &Value, kind: &str) -> Standing {
        let all = codes_of(value, kind).unwrap_or_default();
        // Of the units of a quantity only UCUM's are looked at for themselves.
        let is_told = matches!(kind, "CodeableConcept" | "Coding") || value["system"] == ucum::SYSTEM;
        let verdicts: Vec<Verdict> = all
            .into_iter()
            .filter(|one| one.system.is_some_and(|system| system.contains(':')))
            .map(|one| self.with.codes.in_code_system(one))
            .collect();
        if verdicts.iter().any(|verdict| matches!(verdict, Verdict::Yes { .. })) {
            Standing::Elsewhere
        } else if is_told
            && !verdicts.is_empty()
            && verdicts.iter().all(|verdict| matches!(verdict, Verdict::No { .. }))
        {
            Standing::Nowhere
        } else {
            Standing::Unknown
        }
    }

    /// A coding by itself: its system, its code in it, its display.
    pub(super) fn coding(&mut self, place: &Place<'_>, value: &Value) {
        let Some(one) = coded(value).filter(|one| !one.code.is_empty()) else { return };
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
            Verdict::Unknown { says } => match code::fault(system, one.code) {
                Some(says) => self.error("code-invalid", place, says),
                None => self.unchecked(Severity::Information, place, &Item::of(value), says),
            },
            Verdict::No { says } => {
                let around = place.above.map(|above| above.item.address());
                let own = Item::of(value).address();
                if !self.blamed.contains(&own) && !around.is_some_and(|around| self.blamed.contains(&around)) {
                    self.error("code-invalid", place, says);
                }
            }
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

/// The codes of a value of a type that may be bound; `None` of another. A CodeableReference is of R5, and a choice may be
/// bound without being a code.
fn codes_of<'a>(value: &'a Value, kind: &str) -> Option<Vec<Coded<'a>>> {
    match (value, kind) {
        (Value::String(code), _) => Some(vec![Coded { code, ..Coded::default() }]),
        (Value::Object(map), "CodeableConcept") => {
            let codings = map.get("coding").and_then(Value::as_array).into_iter().flatten();
            Some(codings.filter_map(coded).collect())
        }
        (
            Value::Object(_),
            "Coding" | "Quantity" | "Age" | "Count" | "Distance" | "Duration" | "Money" | "SimpleQuantity",
        ) => Some(coded(value).into_iter().collect()),
        _ => None,
    }
}

fn coded(value: &Value) -> Option<Coded<'_>> {
    let text = |key: &str| value.get(key).and_then(Value::as_str);
    Some(Coded { system: text("system"), version: text("version"), code: text("code")?, display: text("display") })
}
