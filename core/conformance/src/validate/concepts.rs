//! Code systems, value sets and maps: what they say of codes agrees with the systems that the codes are of.

use serde_json::Value;

use super::code;
use super::place::{Frame, Place};
use super::response::item_place;
use super::run::Run;
use crate::json::{list, text};
use crate::terms::{Coded, Verdict};

/// Concepts of one list that are looked at.
const MOST: usize = 10_000;
/// Concepts within concepts.
const DEEPEST: usize = 32;

impl Run<'_> {
    /// A supplement says so, and adds to codes that are there.
    pub(super) fn code_system(&mut self, frame: &Frame<'_>, place: &Place<'_>) {
        self.concepts(frame, place);
        let Some(base) = text(frame.resource, "supplements") else { return };
        if text(frame.resource, "content") != Some("supplement") {
            self.error("invalid", place, "a code system that supplements another has the content `supplement`");
        }
        let base = base.split('|').next().unwrap_or(base);
        for (index, concept) in list(frame.resource, "concept").iter().enumerate().take(MOST) {
            let Some(code) = text(concept, "code").filter(|_| self.step()) else { continue };
            let coded = Coded { system: Some(base), code, ..Coded::default() };
            if let Verdict::No { says } = self.with.codes.in_code_system(coded) {
                let at = item_place(place, "concept", Some(index), concept);
                self.error("code-invalid", &at, says);
            }
        }
    }

    /// How many concepts a whole code system says to have, and of which types their properties are.
    fn concepts(&mut self, frame: &Frame<'_>, place: &Place<'_>) {
        let own = frame.resource;
        let count = own.get("count").and_then(Value::as_u64);
        let actual = count_of(list(own, "concept"), 0);
        if let (Some("complete"), Some(count)) = (text(own, "content"), count)
            && count != actual
        {
            self.error(
                "invalid",
                place,
                format!("the code system is complete, says to have {count} concepts, and has {actual}"),
            );
        }
        self.properties(place, own, list(own, "concept"), 0);
    }

    fn properties(&mut self, place: &Place<'_>, system: &Value, concepts: &[Value], depth: usize) {
        if depth > DEEPEST {
            return;
        }
        for (index, concept) in concepts.iter().enumerate().take(MOST) {
            let at = item_place(place, "concept", Some(index), concept);
            for (index, property) in list(concept, "property").iter().enumerate() {
                if !self.step() {
                    return;
                }
                let (name, kind) = (text(property, "code"), property.as_object().and_then(value_type));
                let said = list(system, "property").iter().find(|one| text(one, "code") == name);
                let said = said.and_then(|one| text(one, "type"));
                if let (Some(said), Some(kind)) = (said, kind)
                    && !said.eq_ignore_ascii_case(kind)
                {
                    let at = item_place(&at, "property", Some(index), property);
                    let name = name.unwrap_or_default();
                    self.error(
                        "invalid",
                        &at,
                        format!("the property `{name}` is a {said} by its definition, this is a {kind}"),
                    );
                }
            }
            self.properties(&at, system, list(concept, "concept"), depth + 1);
        }
    }

    /// What is mapped is of the system that it is mapped from, and what it is mapped to of the other.
    pub(super) fn concept_map(&mut self, frame: &Frame<'_>, place: &Place<'_>) {
        for (index, group) in list(frame.resource, "group").iter().enumerate() {
            let at = item_place(place, "group", Some(index), group);
            let (source, target) = (text(group, "source"), text(group, "target"));
            for (index, element) in list(group, "element").iter().enumerate().take(MOST) {
                if !self.step() {
                    return;
                }
                let at = item_place(&at, "element", Some(index), element);
                self.mapped(&at, source, element);
                for (index, one) in list(element, "target").iter().enumerate() {
                    let at = item_place(&at, "target", Some(index), one);
                    self.mapped(&at, target, one);
                }
            }
        }
    }

    fn mapped(&mut self, place: &Place<'_>, system: Option<&str>, element: &Value) {
        let (Some(system), Some(code)) = (system, text(element, "code")) else { return };
        // HL7's own maps name several codes at once, and codes that are to come.
        if let Some(says) = self.unknown_code(system, code) {
            self.warning("code-invalid", place, says);
        }
    }

    /// The filter of a value set: its value is one that the property can have.
    fn filter(&mut self, place: &Place<'_>, system: &str, filter: &Value) {
        let (Some(property), Some(op), Some(value)) =
            (text(filter, "property"), text(filter, "op"), text(filter, "value"))
        else {
            return;
        };
        let hierarchy = matches!(op, "is-a" | "descendent-of" | "is-not-a" | "generalizes");
        let says = match property {
            "concept" | "code" if hierarchy => self.unknown_code(system, value),
            "parent" | "child" if op == "=" => self.unknown_code(system, value),
            "notSelectable" | "inactive" if !matches!(value, "true" | "false") => {
                Some(format!("`{property}` is true or false, not `{value}`"))
            }
            "constraint" | "expression" if system == "http://snomed.info/sct" && op == "=" => {
                code::constraint_fault(value).map(|says| format!("this is no expression of ECL: {says}"))
            }
            _ => self.filter_of(system, property, op, value),
        };
        if let Some(says) = says {
            self.error("code-invalid", place, says);
        }
    }

    /// By the definition of a code system that is at hand: the type of the property.
    fn filter_of(&self, system: &str, property: &str, op: &str, value: &str) -> Option<String> {
        let found = self.with.lookup.canonical(system)?;
        let kind = list(found, "property").iter().find(|one| text(one, "code") == Some(property))?;
        let is_one = matches!(op, "=");
        match text(kind, "type")? {
            "boolean" if is_one && !matches!(value, "true" | "false") => {
                Some(format!("`{property}` is true or false, not `{value}`"))
            }
            "code" if is_one => self.unknown_code(system, value),
            "Coding" if is_one => {
                let (system, code) = value.split_once('#').or_else(|| value.split_once('|'))?;
                self.unknown_code(system, code)
            }
            _ => None,
        }
    }

    /// What is said of a code that its system has not.
    fn unknown_code(&self, system: &str, code: &str) -> Option<String> {
        match self.with.codes.in_code_system(Coded { system: Some(system), code, ..Coded::default() }) {
            Verdict::No { says } => Some(says),
            Verdict::Unknown { .. } => code::fault(system, code),
            Verdict::Yes { .. } => None,
        }
    }

    /// The codes that a value set names are those of their code systems.
    pub(super) fn value_set(&mut self, frame: &Frame<'_>, place: &Place<'_>) {
        let Some(compose) = frame.resource.get("compose") else { return };
        let at = item_place(place, "compose", None, compose);
        for part in ["include", "exclude"] {
            for (index, include) in list(compose, part).iter().enumerate() {
                let at = item_place(&at, part, Some(index), include);
                let Some(system) = text(include, "system") else { continue };
                for (index, concept) in list(include, "concept").iter().enumerate().take(MOST) {
                    let Some(code) = text(concept, "code").filter(|_| self.step()) else { continue };
                    if let Some(says) = self.unknown_code(system, code) {
                        let at = item_place(&at, "concept", Some(index), concept);
                        self.error("code-invalid", &at, says);
                    }
                }
                for (index, filter) in list(include, "filter").iter().enumerate() {
                    let at = item_place(&at, "filter", Some(index), filter);
                    self.filter(&at, system, filter);
                }
            }
        }
    }
}

fn count_of(concepts: &[Value], depth: usize) -> u64 {
    if depth > DEEPEST {
        return 0;
    }
    concepts.iter().map(|one| 1 + count_of(list(one, "concept"), depth + 1)).sum()
}

/// `code` of `valueCode`.
fn value_type(property: &serde_json::Map<String, Value>) -> Option<&str> {
    property.keys().find_map(|key| key.strip_prefix("value"))
}
