//! StructureDefinition snapshots → element groups: one group for each type and for each backbone inside one.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Result, bail};
use meridian_model::definitions::expression::{Shape, Shapes, TypeOf};
use serde_json::Value;

use super::{entries, list, text, texts};

/// R4 as published. The package adds a few later types (`SubscriptionStatus`), which are left out by this.
const RELEASE: &str = "4.0.1";

/// One element of a group.
pub(super) struct Element {
    /// Name as in the definition; choices end in `[x]`.
    pub(super) name: String,
    pub(super) min: u32,
    pub(super) many: bool,
    /// `isSummary` and `isModifier`.
    pub(super) summary: bool,
    pub(super) modifier: bool,
    pub(super) types: Vec<ElementType>,
}

/// A type that an element may have.
pub(super) struct ElementType {
    /// A FHIR type, `@` for a backbone in place (its group is `<group>.<name>`), or `#<group>` for a content reference.
    pub(super) code: String,
    /// Types that a Reference or canonical may point to; empty means any.
    pub(super) targets: Vec<String>,
}

/// All groups of R4.
#[derive(Default)]
pub(super) struct Tree {
    /// By path: `Patient`, `Patient.contact`, `HumanName`.
    pub(super) groups: BTreeMap<String, Vec<Element>>,
    /// Concrete and abstract resource types.
    pub(super) kinds: BTreeMap<String, &'static str>,
}

impl Tree {
    /// Reads bundles of StructureDefinitions. Primitive types have no group.
    pub(super) fn read(bundles: &[&Value]) -> Result<Self> {
        let mut tree = Self::default();
        for definition in bundles.iter().flat_map(|bundle| entries(bundle)) {
            if text(definition, "resourceType") != "StructureDefinition" || text(definition, "fhirVersion") != RELEASE {
                continue;
            }
            let is_constraint = text(definition, "derivation") == "constraint";
            let kind = match (text(definition, "kind"), definition.get("abstract").and_then(Value::as_bool)) {
                ("resource", Some(true)) => "abstract",
                ("resource", _) => "resource",
                ("complex-type", _) if !is_constraint => "type",
                _ => continue,
            };
            let name = text(definition, "name").to_owned();
            tree.add(definition, kind)?;
            tree.kinds.insert(name, kind);
        }
        if tree.resources().count() != 146 {
            bail!("R4 has 146 concrete resource types, the input has {}", tree.resources().count());
        }
        Ok(tree)
    }

    fn add(&mut self, definition: &Value, kind: &str) -> Result<()> {
        let snapshot = definition.get("snapshot").map_or(&[][..], |snapshot| list(snapshot, "element"));
        let parents: BTreeSet<&str> =
            snapshot.iter().filter_map(|e| Some(text(e, "path").rsplit_once('.')?.0)).collect();
        for element in snapshot {
            let path = text(element, "path");
            let Some((group, name)) = path.rsplit_once('.') else { continue };
            let reference = text(element, "contentReference");
            let types = if !reference.is_empty() {
                vec![ElementType { code: reference.to_owned(), targets: vec![] }]
            } else if parents.contains(path) {
                vec![ElementType { code: "@".to_owned(), targets: vec![] }]
            } else {
                list(element, "type").iter().map(|t| element_type(t, kind, group, name)).collect()
            };
            if types.is_empty() {
                bail!("{path} has no type");
            }
            let element = Element {
                name: name.to_owned(),
                min: element.get("min").and_then(Value::as_u64).unwrap_or(0).try_into()?,
                many: text(element, "max") == "*",
                summary: is(element, "isSummary"),
                modifier: is(element, "isModifier"),
                types,
            };
            self.groups.entry(group.to_owned()).or_default().push(element);
        }
        Ok(())
    }

    /// Names of the concrete resource types, in order.
    pub(super) fn resources(&self) -> impl Iterator<Item = &str> {
        self.kinds.iter().filter(|(_, kind)| **kind == "resource").map(|(name, _)| name.as_str())
    }
}

impl Shapes for Tree {
    fn type_of(&self, name: &str) -> Option<TypeOf> {
        self.kinds.get(name).map(|kind| if *kind == "abstract" { TypeOf::Abstract } else { TypeOf::Concrete })
    }

    fn shape(&self, group: &str, name: &str) -> Option<Shape> {
        let elements = self.groups.get(group)?;
        let element = elements.iter().find(|e| e.name == name || e.name.strip_suffix("[x]") == Some(name))?;
        let types = element.types.iter().map(|kind| match kind.code.as_str() {
            "@" => format!("{group}.{name}"),
            code => code.strip_prefix('#').unwrap_or(code).to_owned(),
        });
        Some(Shape { is_choice: element.name.ends_with("[x]"), many: element.many, types: types.collect() })
    }
}

fn is(element: &Value, flag: &str) -> bool {
    element.get(flag).and_then(Value::as_bool) == Some(true)
}

fn element_type(value: &Value, kind: &str, group: &str, name: &str) -> ElementType {
    let code = match text(value, "code") {
        // The FHIRPath system types stand where R4 has the primitive's own value or an id attribute.
        code if code.starts_with("http://hl7.org/fhirpath/") => match (kind, group.contains('.'), name) {
            ("resource" | "abstract", false, "id") => "id",
            (_, _, "url") => "uri",
            _ => "string",
        },
        code => code,
    };
    let last = |url: &str| url.rsplit('/').next().unwrap_or_default().to_owned();
    let targets: Vec<String> =
        texts(value, "targetProfile").into_iter().map(last).filter(|t| t != "Resource").collect();
    ElementType { code: code.to_owned(), targets }
}
