//! Questionnaires and other resources that define something: rules that no structure can say.

use std::collections::HashMap;

use serde_json::Value;

use super::place::{Frame, Place};
use super::response::{item_place, link_ids};
use super::run::Run;
use crate::json::{list, text};
use crate::snapshot;
use crate::terms::{Coded, Verdict};

impl Run<'_> {
    pub(super) fn questionnaire(&mut self, frame: &Frame<'_>, place: &Place<'_>) {
        let items = list(frame.resource, "item");
        let mut all = HashMap::new();
        link_ids(items, &mut all, 0);
        self.questions(place, items, &all, 0);
    }

    fn questions(&mut self, place: &Place<'_>, items: &[Value], all: &HashMap<&str, &Value>, depth: usize) {
        if depth > 32 {
            return;
        }
        for (index, item) in items.iter().enumerate() {
            let below = item_place(place, "item", Some(index), item);
            for condition in list(item, "enableWhen") {
                let Some(question) = text(condition, "question") else { continue };
                let mut own = HashMap::new();
                link_ids(list(item, "item"), &mut own, 0);
                if text(item, "linkId") == Some(question) {
                    self.error("structure", &below, "a question can't be enabled by its own answer");
                } else if own.contains_key(question) {
                    self.error("structure", &below, format!("`{question}` lies within this item, and can't enable it"));
                } else if !all.contains_key(question) {
                    self.error(
                        "structure",
                        &below,
                        format!("there is no question `{question}` that could enable this"),
                    );
                }
            }
            self.questions(&below, list(item, "item"), all, depth + 1);
        }
    }

    /// A StructureDefinition of which a snapshot can be made.
    pub(super) fn structure_definition(&mut self, frame: &Frame<'_>, place: &Place<'_>) {
        if frame.resource.get("differential").is_none() {
            return;
        }
        let Some(base) = text(frame.resource, "baseDefinition") else { return };
        if self.structure(base).is_err() {
            let says = format!("the base {base} is not here, so that the differential is not checked");
            return self.warning("not-found", place, says);
        }
        // A file may define what is in force already: it is judged as it stands here.
        let with = self.with.structures.with([frame.resource]);
        if let Err(fault) = snapshot::made(frame.resource, &with) {
            self.error("invalid", place, format!("no snapshot can be made: {fault}"));
        }
    }

    /// A supplement says so, and adds to codes that are there.
    pub(super) fn code_system(&mut self, frame: &Frame<'_>, place: &Place<'_>) {
        let Some(base) = text(frame.resource, "supplements") else { return };
        if text(frame.resource, "content") != Some("supplement") {
            self.error("invalid", place, "a code system that supplements another has the content `supplement`");
        }
        let base = base.split('|').next().unwrap_or(base);
        for (index, concept) in list(frame.resource, "concept").iter().enumerate().take(10_000) {
            let Some(code) = text(concept, "code").filter(|_| self.step()) else { continue };
            let coded = Coded { system: Some(base), code, ..Coded::default() };
            if let Verdict::No { says } = self.with.codes.in_code_system(coded) {
                let at = item_place(place, "concept", Some(index), concept);
                self.error("code-invalid", &at, says);
            }
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
                for (index, concept) in list(include, "concept").iter().enumerate().take(10_000) {
                    let Some(code) = text(concept, "code").filter(|_| self.step()) else { continue };
                    let coded = Coded { system: Some(system), code, ..Coded::default() };
                    if let Verdict::No { says } = self.with.codes.in_code_system(coded) {
                        let at = item_place(&at, "concept", Some(index), concept);
                        self.error("code-invalid", &at, says);
                    }
                }
            }
        }
    }
}
