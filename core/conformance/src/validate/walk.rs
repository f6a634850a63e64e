//! The walk: a resource, and each element in it.

use std::sync::Arc;

use serde_json::Value;

use super::items::Item;
use super::place::{Frame, Place};
use super::run::Run;
use crate::snapshot::follow;
use crate::structure::{Kind, Missing, Node, Structure, Type, is_primitive};

/// By what an element is judged.
#[derive(Debug, Clone, Copy)]
pub(super) struct Ask<'n> {
    pub(super) node: &'n Arc<Node>,
    /// The root of the node's structure, where content references lead.
    pub(super) root: &'n Arc<Node>,
    pub(super) structure: &'n Structure,
    /// R4's own structure: then everything that is there must be known to it.
    pub(super) is_base: bool,
}

impl Run<'_> {
    /// A resource by its type, by the profiles that it names and by those asked for.
    pub(super) fn resource(&mut self, frame: &Frame<'_>, place: &Place<'_>, profiles: &[&str]) {
        let base = match self.with.structures.of_type(frame.kind) {
            Ok(base) if base.kind == Kind::Resource && !base.is_abstract => base,
            Ok(base) if base.kind == Kind::Logical => base,
            _ => {
                let says = format!("{} is not a resource type of FHIR R4", frame.kind);
                return self.error("structure", place, says);
            }
        };
        let item = Item::of(frame.resource);
        let ask = Ask { node: &base.root, root: &base.root, structure: &base, is_base: true };
        self.element(frame, place, item, &ask, frame.kind, None);
        self.profiles(frame, place, item, profiles);
        self.rules_of_type(frame, place);
    }

    /// Rules of single types that no structure can say.
    fn rules_of_type(&mut self, frame: &Frame<'_>, place: &Place<'_>) {
        match frame.kind {
            "Bundle" => self.bundle(frame, place),
            "CapabilityStatement" => self.capability_statement(frame, place),
            "CodeSystem" => self.code_system(frame, place),
            "ConceptMap" => self.concept_map(frame, place),
            "MeasureReport" => self.measure_report(frame, place),
            "Questionnaire" => self.questionnaire(frame, place),
            "QuestionnaireResponse" => self.questionnaire_response(frame, place),
            "Observation" => self.vital_sign(frame, place),
            "SearchParameter" => self.search_parameter(frame, place),
            "StructureDefinition" => self.structure_definition(frame, place),
            "ValueSet" => self.value_set(frame, place),
            _ => {}
        }
    }

    /// One value of an element of type `code`.
    pub(super) fn element(
        &mut self,
        frame: &Frame<'_>,
        place: &Place<'_>,
        item: Item<'_>,
        ask: &Ask<'_>,
        code: &str,
        kind: Option<&Type>,
    ) {
        if !self.step() {
            return;
        }
        if place.depth > self.with.limits.depth {
            return self.error("too-costly", place, "the resource is nested too deeply to be validated");
        }
        let element = &ask.node.element;
        self.pinned(place, item, element);
        self.bound(place, item, element, code);
        self.invariants(frame, place, item, &element.constraints);
        let is_inner = !place.is_resource;
        if is_inner && !is_primitive(code) && self.is_resource_type(code) {
            return self.inner(frame, place, item, ask, code, kind);
        }
        if ask.is_base {
            self.by_type(frame, place, item, ask, code);
        } else {
            self.by_profile(frame, place, item, ask);
        }
        if let Some(kind) = kind {
            self.type_profiles(frame, place, item, kind, ask.is_base);
            self.targets(frame, place, item, kind);
        }
    }

    /// The second half of the base pass: what the type says of the value.
    fn by_type(&mut self, frame: &Frame<'_>, place: &Place<'_>, item: Item<'_>, ask: &Ask<'_>, code: &str) {
        if is_primitive(code) {
            return self.primitive(frame, place, item, code);
        }
        let Value::Object(map) = item.value else {
            let says = format!("an object is expected here ({code}), this is {}", shape(item.value));
            return self.error("structure", place, says);
        };
        if map.is_empty() {
            return self.error("structure", place, "an element may not be empty; leave it out (ele-1)");
        }
        if map.len() == 1 && map.contains_key("id") && !place.is_resource {
            self.error("structure", place, "an element needs more than an id (ele-1)");
        }
        self.element_id(frame, place, map);
        if let Some(content) = &ask.node.element.content {
            if let Some(target) = follow(ask.root, content) {
                self.invariants(frame, place, item, &target.element.constraints);
                self.members(frame, place, map, &Ask { node: target, ..*ask });
            }
        } else if ask.node.children.is_empty() {
            match self.with.structures.of_type(code) {
                Ok(own) => {
                    self.invariants(frame, place, item, &own.root.element.constraints);
                    let inner = Ask { node: &own.root, root: &own.root, structure: &own, is_base: true };
                    self.members(frame, place, map, &inner);
                    self.type_rules(frame, place, item, map, code);
                }
                Err(Missing::Unknown) => self.error("structure", place, format!("{code} is not a type of FHIR R4")),
                Err(Missing::Broken(fault)) => {
                    self.warning("processing", place, format!("{code} can't be checked: {fault}"));
                }
            }
        } else {
            self.members(frame, place, map, ask);
        }
    }

    /// The id of an element is its own within its resource. Definitions name their elements in two lists.
    fn element_id(&mut self, frame: &Frame<'_>, place: &Place<'_>, map: &serde_json::Map<String, Value>) {
        let Some(id) = map.get("id").and_then(Value::as_str) else { return };
        if place.is_resource || place.kind == "ElementDefinition" {
            return;
        }
        let resource = std::ptr::from_ref(frame.resource).addr();
        if !self.ids.insert((resource, id.to_owned())) {
            self.error("invalid", place, format!("another element of this resource has the id `{id}`"));
        }
    }

    /// Rules of single data types that no structure can say.
    fn type_rules(
        &mut self,
        frame: &Frame<'_>,
        place: &Place<'_>,
        item: Item<'_>,
        map: &serde_json::Map<String, Value>,
        code: &str,
    ) {
        match code {
            "Extension" => self.extension(frame, place, item, map),
            "Reference" => self.reference(frame, place, map),
            "Quantity" | "Age" | "Count" | "Distance" | "Duration" | "Money" | "SimpleQuantity" => {
                self.quantity(place, map);
            }
            "Coding" => self.coding(place, item.value),
            "Identifier" => self.system(place, map),
            "Narrative" => self.narrative(place, map),
            "Attachment" => self.attachment(place, map),
            _ => {}
        }
    }

    /// A profile descends only where it says something of what lies below.
    fn by_profile(&mut self, frame: &Frame<'_>, place: &Place<'_>, item: Item<'_>, ask: &Ask<'_>) {
        let node = match &ask.node.element.content {
            Some(content) if ask.node.children.is_empty() => follow(ask.root, content).unwrap_or(ask.node),
            _ => ask.node,
        };
        if node.children.is_empty() {
            return;
        }
        let inner = Ask { node, ..*ask };
        // The elements of a primitive stand beside it.
        match (item.value, item.sibling) {
            (Value::Object(map), _) | (_, Some(Value::Object(map))) => self.members(frame, place, map, &inner),
            _ => self.members(frame, place, &serde_json::Map::new(), &inner),
        }
    }

    pub(super) fn is_resource_type(&self, code: &str) -> bool {
        // The types that a resource may have within another are few, and ask for no lookup.
        code == "Resource" || self.with.structures.of_type(code).is_ok_and(|one| one.kind == Kind::Resource)
    }

    /// A resource within another: contained, in an entry, in a parameter.
    fn inner(
        &mut self,
        frame: &Frame<'_>,
        place: &Place<'_>,
        item: Item<'_>,
        ask: &Ask<'_>,
        code: &str,
        kind: Option<&Type>,
    ) {
        let Some(own) = item.value.get("resourceType").and_then(Value::as_str) else {
            if ask.is_base {
                self.error("structure", place, "a resource is expected here: an object with a `resourceType`");
            }
            return;
        };
        let within = self.within(frame, place, item.value);
        let inner = Frame { resource: item.value, kind: own, around: Some(frame), within };
        let place = Place { kind: own, is_resource: true, ..*place };
        if ask.is_base {
            self.resource(&inner, &place, &[]);
        } else if code != "Resource" && code != "DomainResource" && code != own {
            let says = format!("a {code} is asked for here, this is a {own} (by {})", ask.structure.canonical());
            return self.error("structure", &place, says);
        } else {
            self.by_profile(&inner, &place, item, ask);
        }
        if let Some(kind) = kind {
            self.type_profiles(&inner, &place, item, kind, ask.is_base);
        }
    }
}

/// How a JSON value is called in a message.
pub(super) fn shape(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "an array",
        Value::Object(_) => "an object",
    }
}
