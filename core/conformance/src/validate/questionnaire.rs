//! Questionnaires and other resources that define something: rules that no structure can say.

use std::collections::HashMap;

use serde_json::Value;

use super::place::{Frame, Place};
use super::response::{item_place, link_ids};
use super::run::Run;
use crate::json::{list, text};
use crate::snapshot;
use crate::structure::{HL7, canonical};

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
            let conditions = list(item, "enableWhen");
            let mut own = HashMap::new();
            if !conditions.is_empty() {
                link_ids(list(item, "item"), &mut own, 0);
            }
            for condition in conditions {
                if !self.step() {
                    return;
                }
                let Some(question) = text(condition, "question") else { continue };
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
        self.type_of_structure(frame, place);
        let own = text(frame.resource, "url");
        if own.is_some() && text(frame.resource, "baseDefinition").map(|base| canonical(base).0) == own {
            return self.error("invalid", place, "a structure can't be made from itself: the base is its own address");
        }
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

    /// The type of a structure: one of R4, relative to HL7's own addresses, or of a logical model's an absolute address.
    fn type_of_structure(&mut self, frame: &Frame<'_>, place: &Place<'_>) {
        let Some(name) = text(frame.resource, "type").filter(|name| !name.contains(':')) else { return };
        let is_own = text(frame.resource, "url").and_then(|url| url.strip_prefix(HL7)) == Some(name);
        if !is_own && self.with.structures.of_type(name).is_err() {
            let says = format!("{name} is not a type of FHIR R4; the type of a logical model is an absolute address");
            self.error("invalid", place, says);
        }
    }
}
