//! A concept map in memory.

use meridian_model::both;

use std::collections::HashMap;

use serde_json::Value;

use super::canonical;
use super::fault::{Fault, shown};
use super::json::{list, owned, text};

/// Most elements of one map.
const MOST: usize = 1_000_000;

/// A concept map.
#[derive(Debug)]
pub(super) struct ConceptMap {
    pub(super) url: String,
    pub(super) version: Option<String>,
    /// The value sets that it maps from and to.
    pub(super) source: Option<String>,
    pub(super) target: Option<String>,
    pub(super) groups: Vec<Group>,
}

#[derive(Debug)]
pub(super) struct Group {
    pub(super) source: Option<String>,
    pub(super) target: Option<String>,
    pub(super) target_version: Option<String>,
    pub(super) elements: Vec<Element>,
    by_source: HashMap<Box<str>, Vec<u32>>,
    by_target: HashMap<Box<str>, Vec<u32>>,
    pub(super) unmapped: Option<Unmapped>,
}

#[derive(Debug)]
pub(super) struct Element {
    pub(super) code: String,
    pub(super) display: Option<String>,
    pub(super) targets: Vec<Target>,
}

#[derive(Debug)]
pub(super) struct Target {
    pub(super) code: Option<String>,
    pub(super) display: Option<String>,
    pub(super) equivalence: String,
    pub(super) comment: Option<String>,
    /// What else must hold: a property and its value.
    pub(super) depends_on: Vec<(String, String)>,
    /// As in the resource.
    pub(super) products: Vec<Value>,
}

/// What becomes of a code that no element names.
#[derive(Debug)]
pub(super) enum Unmapped {
    /// The code itself, in the target system.
    Same,
    Fixed(String, Option<String>),
    Other(String),
}

impl ConceptMap {
    /// Reads a ConceptMap.
    ///
    /// # Errors
    /// `Invalid` naming what is wrong with it.
    pub(super) fn parse(resource: &Value) -> Result<ConceptMap, Fault> {
        let url = owned(resource, "url").ok_or_else(|| {
            Fault::invalid(both!("a ConceptMap without url cannot be in force", "没有 url 的 ConceptMap 不能生效"))
        })?;
        let scope = |keys: [&str; 2]| keys.iter().find_map(|key| owned(resource, key));
        let mut left = MOST;
        let groups = list(resource, "group").iter().map(|group| Group::parse(group, &mut left));
        Ok(ConceptMap {
            version: owned(resource, "version"),
            source: scope(["sourceUri", "sourceCanonical"]),
            target: scope(["targetUri", "targetCanonical"]),
            groups: groups.collect::<Result<_, _>>()?,
            url,
        })
    }
}

impl Group {
    fn parse(group: &Value, left: &mut usize) -> Result<Group, Fault> {
        let mut elements: Vec<Element> = Vec::new();
        let (mut by_source, mut by_target) = (HashMap::new(), HashMap::new());
        for element in list(group, "element") {
            *left = left.checked_sub(1).ok_or_else(|| {
                Fault::too_costly(both!("more than {MOST} elements in a map", "映射的条目超过 {MOST} 个"))
            })?;
            let Some(code) = owned(element, "code") else { continue };
            let at = u32::try_from(elements.len()).unwrap_or(u32::MAX);
            let targets: Vec<Target> = list(element, "target").iter().map(Target::parse).collect::<Result<_, _>>()?;
            by_source.entry(code.as_str().into()).or_insert_with(Vec::new).push(at);
            for target in targets.iter().filter_map(|target| target.code.as_deref()) {
                let places: &mut Vec<u32> = by_target.entry(target.into()).or_insert_with(Vec::new);
                if places.last() != Some(&at) {
                    places.push(at);
                }
            }
            elements.push(Element { code, display: owned(element, "display"), targets });
        }
        let unmapped = group.get("unmapped").and_then(|unmapped| match text(unmapped, "mode")? {
            "provided" => Some(Unmapped::Same),
            "fixed" => Some(Unmapped::Fixed(owned(unmapped, "code")?, owned(unmapped, "display"))),
            "other-map" => Some(Unmapped::Other(owned(unmapped, "url")?)),
            _ => None,
        });
        let named = |key: &str| text(group, key).map(|url| canonical::split(url).0.to_owned());
        Ok(Group {
            source: named("source"),
            target: named("target"),
            target_version: owned(group, "targetVersion"),
            elements,
            by_source,
            by_target,
            unmapped,
        })
    }

    /// The elements of a source code.
    pub(super) fn from(&self, code: &str) -> impl Iterator<Item = &Element> {
        self.places(self.by_source.get(code))
    }

    /// The elements that map to a target code.
    pub(super) fn to(&self, code: &str) -> impl Iterator<Item = &Element> {
        self.places(self.by_target.get(code))
    }

    fn places<'g>(&'g self, places: Option<&'g Vec<u32>>) -> impl Iterator<Item = &'g Element> {
        places.into_iter().flatten().filter_map(|at| self.elements.get(*at as usize))
    }
}

impl Target {
    fn parse(target: &Value) -> Result<Target, Fault> {
        const KNOWN: [&str; 10] = [
            "relatedto",
            "equivalent",
            "equal",
            "wider",
            "subsumes",
            "narrower",
            "specializes",
            "inexact",
            "unmatched",
            "disjoint",
        ];
        let equivalence = text(target, "equivalence").unwrap_or("relatedto");
        if !KNOWN.contains(&equivalence) {
            return Err(Fault::invalid(both!(
                "a map has the unknown equivalence `{}`",
                "映射中有不认识的 equivalence `{}`",
                shown(equivalence)
            )));
        }
        let depends =
            list(target, "dependsOn").iter().filter_map(|one| Some((owned(one, "property")?, owned(one, "value")?)));
        Ok(Target {
            code: owned(target, "code"),
            display: owned(target, "display"),
            equivalence: equivalence.to_owned(),
            comment: owned(target, "comment"),
            depends_on: depends.collect(),
            products: list(target, "product").to_vec(),
        })
    }
}
