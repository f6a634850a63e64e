//! Questionnaires and other resources that define something: rules that no structure can say.

use std::collections::HashMap;

use serde_json::Value;

use super::place::{Frame, Place};
use super::response::{item_place, link_ids};
use super::run::Run;
use crate::json::{list, text};
use crate::says::Says;
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
                    self.error("structure", &below, Says::EnabledByItself);
                } else if own.contains_key(question) {
                    self.error("structure", &below, Says::EnabledFromWithin { question: question.to_owned() });
                } else if !all.contains_key(question) {
                    self.error("structure", &below, Says::EnabledByNothing { question: question.to_owned() });
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
            return self.error("invalid", place, Says::BaseIsItself);
        }
        let judgement = self.with.structures.judge(frame.resource, &|set| self.with.codes.has_value_set(set));
        if let Some(fault) = judgement.not_yet {
            let says = Says::NotYetInForce { says: Box::new(fault.told()) };
            return self.warning("not-found", place, says);
        }
        let is_refused = !judgement.never.is_empty();
        for fault in judgement.never {
            self.error("invalid", place, Says::CannotBeInForce { says: Box::new(fault.told()) });
        }
        for fault in judgement.besides {
            let code = if fault.says.is_absence() { "not-found" } else { "business-rule" };
            self.warning(code, place, fault.told());
        }
        if is_refused {
            return;
        }
        // A snapshot that is given goes before what the differential says; they have to agree.
        let is_made = frame.resource.get("snapshot").is_some() && frame.resource.get("differential").is_some();
        let Some(base) = text(frame.resource, "baseDefinition").filter(|_| is_made) else { return };
        if self.structure(base).is_err() {
            return; // told above
        }
        let with = self.with.structures.with([frame.resource]);
        if let Err(fault) = snapshot::made(frame.resource, &with) {
            self.error("invalid", place, Says::NoSnapshot { fault: Box::new(fault.told()) });
        }
    }

    /// The type of a structure: one of R4, relative to HL7's own addresses, or of a logical model's an absolute address.
    fn type_of_structure(&mut self, frame: &Frame<'_>, place: &Place<'_>) {
        let Some(name) = text(frame.resource, "type").filter(|name| !name.contains(':')) else { return };
        let is_own = text(frame.resource, "url").and_then(|url| url.strip_prefix(HL7)) == Some(name);
        if !is_own && self.with.structures.of_type(name).is_err() {
            self.error("invalid", place, Says::NoR4Type { name: name.to_owned() });
        }
    }
}
