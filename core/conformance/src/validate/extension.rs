//! Extensions: is the definition known, may it stand here, and does the value keep it?

use std::sync::Arc;

use meridian_fhirpath::Expression;
use meridian_model::outcome::Severity;
use serde_json::{Map, Value};

use super::invariant::focus;
use super::items::Item;
use super::place::{Frame, Place};
use super::run::Run;
use crate::says::Says;
use crate::structure::{ContextKind, HL7, Missing, Structure, UseContext, is_primitive};

impl Run<'_> {
    /// One extension, by its url.
    pub(super) fn extension(&mut self, frame: &Frame<'_>, place: &Place<'_>, item: Item<'_>, map: &Map<String, Value>) {
        let Some(url) = map.get("url").and_then(Value::as_str).filter(|url| !url.is_empty()) else { return };
        let own = || url.to_owned();
        let is_inner = place.above.is_some_and(|above| above.kind == "Extension");
        let is_absolute = url.contains(':');
        if is_inner && !is_absolute {
            // A part of a complex extension: the definition of the whole says what it may be.
            return;
        }
        if !is_absolute {
            return self.error("structure", place, Says::ExtensionRelative { url: own() });
        }
        match self.structure(url) {
            Ok(structure) if structure.type_name == "Extension" => {
                self.modifier(place, &structure);
                self.use_context(frame, place, &structure);
                self.parts(place, map, &structure);
                self.keep(frame, place, item, &structure);
            }
            Ok(_) => self.error("structure", place, Says::NoExtension { url: own() }),
            Err(Missing::Unknown) if place.name == "modifierExtension" => {
                // R4 (extensibility, modifier extensions): who does not understand one refuses to process what it stands
                // in. HL7's own are published somewhere, and those at addresses for examples stand for nothing.
                let is_known = is_of_hl7(url) || self.is_of_example(url);
                let severity = if is_known { Severity::Warning } else { Severity::Error };
                self.tell(severity, "extension", place, &Says::UnknownModifier { url: own() });
            }
            Err(Missing::Unknown) => {
                // HL7 publishes extensions in packages of their own, and those of other releases without definitions.
                let severity = if is_of_hl7(url) || self.is_of_example(url) {
                    Severity::Information
                } else {
                    self.with.habits.unknown_extensions
                };
                self.tell(severity, "extension", place, &Says::UnknownExtension { url: own() });
            }
            Err(Missing::Broken(fault)) => {
                let says = Says::ExtensionBroken { url: own(), fault: Box::new(fault.told()) };
                self.warning("processing", place, says);
            }
        }
    }

    /// What stands for nothing may be called anything, unless such addresses are not wanted.
    fn is_of_example(&self, url: &str) -> bool {
        self.with.habits.example_addresses.is_none() && is_example(url)
    }

    fn modifier(&mut self, place: &Place<'_>, structure: &Structure) {
        let is_modifier = structure.root.element.is_modifier == Some(true);
        match (is_modifier, place.name) {
            (true, "extension") => {
                self.error("extension", place, Says::IsModifier { url: structure.url.clone() });
            }
            (false, "modifierExtension") => {
                self.error("extension", place, Says::IsNoModifier { url: structure.url.clone() });
            }
            _ => {}
        }
    }

    /// The parts of a complex extension are those that its definition names.
    fn parts(&mut self, place: &Place<'_>, map: &Map<String, Value>, structure: &Structure) {
        let Some(parts) = map.get("extension").and_then(Value::as_array) else { return };
        let known = structure.root.child("extension");
        let known: Vec<&str> = known
            .into_iter()
            .flat_map(|child| &child.slices)
            .filter_map(|slice| slice.child("url")?.element.fixed.as_ref()?.value.as_str())
            .collect();
        for (index, part) in parts.iter().enumerate() {
            let url = part.get("url").and_then(Value::as_str).unwrap_or_default();
            if !url.is_empty() && !url.contains(':') && !known.contains(&url) {
                let says = Says::NoPart { url: structure.url.clone(), part: url.to_owned() };
                let below = Place {
                    above: Some(place),
                    name: "extension",
                    chosen: None,
                    index: Some(index),
                    kind: "Extension",
                    is_resource: false,
                    depth: place.depth + 1,
                    item: Item::of(part),
                };
                self.error("extension", &below, says);
            }
        }
    }

    /// May the extension stand where it stands?
    fn use_context(&mut self, frame: &Frame<'_>, place: &Place<'_>, structure: &Arc<Structure>) {
        let Some(above) = place.above else { return };
        let is_right = structure.contexts.is_empty()
            || structure.contexts.iter().any(|context| self.is_context(frame, above, context));
        if !is_right {
            let allowed = structure.contexts.iter().map(|one| one.expression.as_str()).collect();
            return self.error("extension", place, Says::MayNotStand { url: structure.url.clone(), allowed });
        }
        for one in &structure.context_invariants {
            let outer = self.outer();
            let context = outer
                .context(frame.resource, frame.holder().resource)
                .variable("extension", vec![focus(place, place.item)]);
            let said = one.compiled().map(|expression| expression.truth(focus(above, above.item), &context));
            if let Ok(Ok(Some(false))) = said {
                let (url, expression) = (structure.url.clone(), one.expression.clone());
                self.error("extension", place, Says::OnlyWhere { url, expression });
            }
        }
    }

    fn is_context(&self, frame: &Frame<'_>, above: &Place<'_>, context: &UseContext) -> bool {
        let expression = context.expression.as_str();
        match context.kind {
            ContextKind::Element => {
                // `http://profile#Patient.name`: the place; whether the profile is kept is asked elsewhere.
                let path = expression.rsplit_once('#').map_or(expression, |(_, path)| path);
                let path = path.strip_prefix(HL7).unwrap_or(path);
                self.is_named(frame, above, path)
            }
            ContextKind::Extension => {
                let (url, part) = expression.split_once('#').unwrap_or((expression, ""));
                let own = |place: &Place<'_>| place.item.value.get("url").and_then(Value::as_str).map(str::to_owned);
                if above.kind != "Extension" {
                    return false;
                }
                if part.is_empty() || part == "Extension" {
                    own(above).as_deref() == Some(url)
                } else {
                    let outer = above.above.and_then(own);
                    own(above).as_deref() == Some(part) && outer.as_deref() == Some(url)
                }
            }
            ContextKind::FhirPath => {
                let Ok(expression) = Expression::parse(expression) else { return true };
                let outer = self.outer();
                let context = outer.context(frame.resource, frame.holder().resource);
                let found = expression.evaluate(meridian_fhirpath::Item::resource(frame.resource), &context);
                let Ok(found) = found else { return true };
                found.iter().any(|item| match item.as_node() {
                    Some(node) => std::ptr::eq(node.value(), above.item.value),
                    // An expression that says yes or no instead of where.
                    None => item.to_json() == Value::Bool(true),
                })
            }
        }
    }

    fn is_named(&self, frame: &Frame<'_>, above: &Place<'_>, path: &str) -> bool {
        match path {
            // R4 says `Element` for every element, resources among them.
            "*" | "Element" => return true,
            "Resource" => return above.is_resource,
            "DomainResource" => return above.is_resource && !matches!(frame.kind, "Bundle" | "Parameters" | "Binary"),
            "BackboneElement" => return above.kind.contains('.'),
            "CanonicalResource" => return above.is_resource && frame.resource.get("url").is_some(),
            _ => {}
        }
        let plain = path.trim_end_matches("[x]");
        let names = above.names();
        if names.iter().any(|name| name == path || name == plain) {
            return true;
        }
        // A type stands for those made from it: `Quantity` for `Age`, `string` for `markdown`.
        if !path.contains('.') && !above.is_resource {
            return above.kind != path && is_made_from(above.kind, path);
        }
        // `DomainResource.text`, `Element.id`
        let general =
            path.split_once('.').filter(|(root, _)| matches!(*root, "Resource" | "DomainResource" | "Element"));
        general
            .is_some_and(|(_, rest)| names.iter().any(|name| name.split_once('.').is_some_and(|(_, own)| own == rest)))
    }
}

/// An address of those that RFC 2606 keeps for examples, or of HL7's own invented company.
pub(super) fn is_example(url: &str) -> bool {
    let host = url.split("://").nth(1).and_then(|rest| rest.split('/').next()).unwrap_or_default();
    ["example.org", "example.com", "acme.com"]
        .iter()
        .any(|name| host == *name || host.strip_suffix(name).is_some_and(|rest| rest.ends_with('.')))
}

/// HL7's extensions for all, and the elements of other releases as extensions (`http://hl7.org/fhir/5.0/…`).
fn is_of_hl7(url: &str) -> bool {
    let Some(rest) = url.strip_prefix("http://hl7.org/fhir/") else { return false };
    let is_release = |part: &str| part.contains('.') && part.bytes().all(|b| b.is_ascii_digit() || b == b'.');
    match rest.split_once('/') {
        Some(("StructureDefinition", _)) => true,
        Some(("tools", rest)) => rest.starts_with("StructureDefinition/"),
        Some((release, rest)) => is_release(release) && rest.starts_with("StructureDefinition/extension-"),
        None => false,
    }
}

fn is_made_from(kind: &str, base: &str) -> bool {
    let parent = match kind {
        "Age" | "Count" | "Distance" | "Duration" | "Money" | "SimpleQuantity" => "Quantity",
        "code" | "id" | "markdown" if is_primitive(kind) => "string",
        "canonical" | "oid" | "url" | "uuid" => "uri",
        "positiveInt" | "unsignedInt" => "integer",
        _ => return false,
    };
    parent == base
}
