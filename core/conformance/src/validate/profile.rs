//! Profiles: those that a resource names, those that are asked for, and those of an element's type.

use std::sync::Arc;

use meridian_model::outcome::Issue;
use serde_json::Value;

use super::items::Item;
use super::place::{Frame, Place};
use super::run::Run;
use super::walk::Ask;
use crate::snapshot::follow;
use crate::structure::{HL7, Kind, Missing, Node, Structure, Type, canonical};

const LOINC: &str = "http://loinc.org";
const SNOMED: &str = "http://snomed.info/sct";
/// Other codes of LOINC and SNOMED CT for the same: where an Observation says that it is a vital sign (its category), R4
/// asks for the code of the vital sign beside them.
const ALSO: &[(&str, &str, &str)] = &[
    (LOINC, "76270-8", "resprate"),
    (LOINC, "76282-3", "heartrate"),
    (LOINC, "59408-5", "oxygensat"),
    (LOINC, "8331-1", "bodytemp"),
    (LOINC, "8306-3", "bodyheight"),
    (LOINC, "3141-9", "bodyweight"),
    (LOINC, "55284-4", "bp"),
    (LOINC, "76534-7", "bp"),
    (LOINC, "76535-4", "bp"),
    (SNOMED, "86290005", "resprate"),
    (SNOMED, "364075005", "heartrate"),
    (SNOMED, "431314004", "oxygensat"),
    (SNOMED, "386725007", "bodytemp"),
    (SNOMED, "276885007", "bodytemp"),
    (SNOMED, "50373000", "bodyheight"),
    (SNOMED, "27113001", "bodyweight"),
    (SNOMED, "60621009", "bmi"),
    (SNOMED, "75367002", "bp"),
];
/// The codes of R4's vital signs and their profiles.
const VITAL_SIGNS: &[(&str, &str)] = &[
    ("85353-1", "vitalspanel"),
    ("9279-1", "resprate"),
    ("8867-4", "heartrate"),
    ("2708-6", "oxygensat"),
    ("8310-5", "bodytemp"),
    ("8302-2", "bodyheight"),
    ("9843-4", "headcircum"),
    ("29463-7", "bodyweight"),
    ("39156-5", "bmi"),
    ("85354-9", "bp"),
];

impl Run<'_> {
    /// The profiles of a resource.
    pub(super) fn profiles(&mut self, frame: &Frame<'_>, place: &Place<'_>, item: Item<'_>, asked: &[&str]) {
        let named = frame.resource.get("meta").and_then(|meta| meta.get("profile")).and_then(Value::as_array);
        for address in named.into_iter().flatten().filter_map(Value::as_str) {
            self.profile(frame, place, item, address, false);
        }
        for address in asked {
            self.profile(frame, place, item, address, true);
        }
    }

    /// R4: an Observation with one of these codes keeps the profile of its vital sign, whether or not it names it.
    pub(super) fn vital_sign(&mut self, frame: &Frame<'_>, place: &Place<'_>) {
        let codings = frame.resource.get("code").and_then(|code| code.get("coding")).and_then(Value::as_array);
        let categories = frame.resource.get("category").and_then(Value::as_array).into_iter().flatten();
        let mut named = categories.filter_map(|one| one.get("coding")?.as_array()).flatten();
        let is_said = named.any(|coding| coding.get("code").is_some_and(|code| code == "vital-signs"));
        for coding in codings.into_iter().flatten() {
            let text = |key: &str| coding.get(key).and_then(Value::as_str);
            let sign = VITAL_SIGNS.iter().find(|(code, _)| text("code") == Some(code) && text("system") == Some(LOINC));
            let also = ALSO
                .iter()
                .filter(|_| is_said)
                .find(|(system, code, _)| text("code") == Some(code) && text("system") == Some(system));
            if let Some(name) = sign.map(|(_, name)| name).or_else(|| also.map(|(.., name)| name))
                && let Ok(structure) = self.structure(&format!("{HL7}{name}"))
            {
                self.keep(frame, place, Item::of(frame.resource), &structure);
            }
        }
    }

    fn profile(&mut self, frame: &Frame<'_>, place: &Place<'_>, item: Item<'_>, address: &str, is_asked: bool) {
        match self.structure(address) {
            Ok(structure) => {
                let is_abstract = matches!(structure.type_name.as_str(), "Resource" | "DomainResource");
                if structure.type_name != frame.kind && !is_abstract {
                    let says = format!("{address} is for {}, this is a {}", structure.type_name, frame.kind);
                    return self.error("structure", place, says);
                }
                self.keep(frame, place, item, &structure);
            }
            Err(Missing::Unknown) if is_asked => {
                let says = format!(
                    "the profile {address} is not known here; post its StructureDefinition or load its package"
                );
                self.error("not-found", place, says);
            }
            Err(Missing::Unknown) => {
                let says = format!("the profile {address} is not known here, so that it is not checked");
                self.warning("not-found", place, says);
            }
            Err(Missing::Broken(fault)) => {
                self.error("processing", place, format!("the profile {address} can't be used: {fault}"));
            }
        }
    }

    /// A structure, and the part of it that an address with `#` means.
    pub(super) fn part(&self, address: &str) -> Result<(Arc<Structure>, Arc<Node>), Missing> {
        let structure = self.structure(address)?;
        let part = address.split_once('#').and_then(|(_, path)| follow(&structure.root, path)).cloned();
        let node = part.unwrap_or_else(|| structure.root.clone());
        Ok((structure, node))
    }

    /// Judges a value by a structure. A circle of profiles on one value ends here.
    pub(super) fn keep(&mut self, frame: &Frame<'_>, place: &Place<'_>, item: Item<'_>, structure: &Arc<Structure>) {
        self.keep_part(frame, place, item, structure, &structure.root);
    }

    fn keep_part(
        &mut self,
        frame: &Frame<'_>,
        place: &Place<'_>,
        item: Item<'_>,
        structure: &Arc<Structure>,
        node: &Arc<Node>,
    ) {
        let pair = (item.address(), Arc::as_ptr(node).addr());
        if self.active.contains(&pair) || self.active.len() > self.with.limits.depth {
            return;
        }
        self.active.push(pair);
        let ask = Ask { node, root: &structure.root, structure, is_base: false };
        let is_whole = Arc::ptr_eq(node, &structure.root);
        let code = if is_whole {
            structure.type_name.as_str()
        } else {
            node.element.types.first().map_or("", |one| &one.code)
        };
        self.element(frame, place, item, &ask, code, None);
        self.active.pop();
    }

    /// What a value would be blamed for by a structure; remembered is only whether for nothing.
    fn trial(
        &mut self,
        frame: &Frame<'_>,
        place: &Place<'_>,
        item: Item<'_>,
        structure: &Arc<Structure>,
        node: &Arc<Node>,
    ) -> Vec<Issue> {
        let pair = (item.address(), Arc::as_ptr(node).addr());
        let found = self.apart(|run| run.keep_part(frame, place, item, structure, node));
        if self.active.is_empty() {
            self.tried.insert(pair, !Self::has_error(&found));
        }
        found
    }

    /// Does a value keep a profile? An unknown one is kept by nothing.
    pub(super) fn is_kept(&mut self, frame: &Frame<'_>, place: &Place<'_>, item: Item<'_>, address: &str) -> bool {
        let Ok((structure, node)) = self.part(address) else { return false };
        if let Some(kept) = self.tried.get(&(item.address(), Arc::as_ptr(&node).addr())) {
            return *kept;
        }
        let kind = item.value.get("resourceType").and_then(Value::as_str);
        let is_whole = matches!(structure.type_name.as_str(), "Resource" | "DomainResource");
        match kind {
            Some(kind) => {
                if structure.kind == Kind::Resource && structure.type_name != kind && !is_whole {
                    return false;
                }
                let within = if std::ptr::eq(frame.resource, item.value) {
                    frame.within
                } else {
                    self.within(frame, place, item.value)
                };
                let inner = Frame { resource: item.value, kind, around: Some(frame), within };
                let place = Place { kind, is_resource: true, item, ..*place };
                !Self::has_error(&self.trial(&inner, &place, item, &structure, &node))
            }
            None => {
                let place = Place { kind: &structure.type_name, item, ..*place };
                !Self::has_error(&self.trial(frame, &place, item, &structure, &node))
            }
        }
    }

    /// The profiles of an element's type: one of them must be kept.
    pub(super) fn type_profiles(
        &mut self,
        frame: &Frame<'_>,
        place: &Place<'_>,
        item: Item<'_>,
        kind: &Type,
        is_base: bool,
    ) {
        // Extensions are judged by their url, wherever they stand.
        if kind.profiles.is_empty() || (is_base && kind.code == "Extension") {
            return;
        }
        let mut known = Vec::new();
        let mut missing = Vec::new();
        for address in &kind.profiles {
            match self.part(address) {
                Ok(one) => known.push(one),
                Err(Missing::Unknown) if kind.code == "Extension" => return,
                Err(Missing::Unknown) => {
                    let says = format!("the profile {address} is asked for here, and not known; load its package too");
                    missing.push(("not-found", says));
                }
                Err(Missing::Broken(fault)) => {
                    missing.push(("processing", format!("the profile {address} can't be used: {fault}")));
                }
            }
        }
        if !missing.is_empty() {
            // Where another that is allowed is kept, nobody needs these.
            for (structure, node) in &known {
                let found = self.trial(frame, place, item, structure, node);
                if !Self::has_error(&found) {
                    return self.take(found);
                }
            }
            for (code, says) in missing {
                self.error(code, place, says);
            }
            return;
        }
        match known.as_slice() {
            [] => {}
            [(structure, node)] => self.keep_part(frame, place, item, structure, node),
            several => {
                for (structure, node) in several {
                    let found = self.trial(frame, place, item, structure, node);
                    if !Self::has_error(&found) {
                        return self.take(found);
                    }
                }
                let names: Vec<&str> = several.iter().map(|(one, _)| one.url.as_str()).collect();
                self.error(
                    "structure",
                    place,
                    format!("this keeps none of the profiles that are allowed here: {}", names.join(", ")),
                );
            }
        }
    }
}

/// The type of R4 that an address of HL7's own stands for: `Patient`.
pub(super) fn base_type(address: &str) -> Option<&str> {
    let name = canonical(address).0.strip_prefix(HL7)?;
    let model = meridian_model::definitions::Definitions::r4();
    (model.is_resource_type(name) || matches!(name, "Resource" | "DomainResource")).then_some(name)
}
