//! The R4 definition tables: resource types, elements, search parameters, the patient compartment.
//!
//! They are read once from `definitions/r4.json`, which `cargo xtask definitions` makes from HL7's own definitions.

mod catalogue;
pub mod compile;
pub mod expression;
mod group;
mod load;
pub mod posted;
mod program;
mod search;

use std::collections::{BTreeMap, HashMap};
use std::sync::{LazyLock, OnceLock};

pub use catalogue::{CUSTOM, Catalogue, Custom, Progress};
pub use group::{Child, ChildKind, Element, ElementType, Group};
pub(crate) use program::{End, Filter, Program, Step};
pub use search::{Kind, Part, SearchParam};

use expression::{Shape, Shapes, TypeOf};

use crate::facts::FactPlan;

/// All tables of FHIR R4 (4.0.1) with Meridian's own search parameters.
#[derive(Debug)]
pub struct Definitions {
    /// In alphabetical order; the type code is the place in it, from 1.
    types: Vec<TypeTable>,
    codes: HashMap<&'static str, u16>,
    groups: HashMap<&'static str, Group>,
    compartments: BTreeMap<&'static str, HashMap<&'static str, Vec<&'static str>>>,
}

/// What is known of one resource type. Derived plans are made when first asked for.
#[derive(Debug)]
pub(crate) struct TypeTable {
    pub(crate) name: &'static str,
    params: Vec<&'static SearchParam>,
    by_code: HashMap<&'static str, &'static SearchParam>,
    pub(crate) facts: OnceLock<FactPlan>,
}

static R4: LazyLock<Definitions> = LazyLock::new(load::r4);

impl Shapes for Definitions {
    fn type_of(&self, name: &str) -> Option<TypeOf> {
        match name {
            "Resource" | "DomainResource" => Some(TypeOf::Abstract),
            name => (!name.contains('.') && self.groups.contains_key(name)).then_some(TypeOf::Concrete),
        }
    }

    fn shape(&self, group: &str, name: &str) -> Option<Shape> {
        let element = self.element(group, name)?;
        let types = element.types.iter().map(|kind| kind.code.to_owned()).collect();
        Some(Shape { is_choice: element.is_choice, many: element.many, types })
    }
}

impl Definitions {
    /// The tables. The first call reads them (some milliseconds); call it at start.
    #[must_use]
    pub fn r4() -> &'static Self {
        &R4
    }

    #[must_use]
    pub fn is_resource_type(&self, name: &str) -> bool {
        self.codes.contains_key(name)
    }

    /// The 146 concrete resource types in alphabetical order.
    pub fn resource_types(&self) -> impl Iterator<Item = &'static str> {
        self.types.iter().map(|table| table.name)
    }

    /// The number of a resource type: its place in the alphabetical list of R4's types, from 1.
    /// R4 is frozen, so the numbers are stable and may be stored.
    #[must_use]
    pub fn type_code(&self, name: &str) -> Option<u16> {
        self.codes.get(name).copied()
    }

    /// The resource type of a number made by [`Self::type_code`].
    #[must_use]
    pub fn type_name(&self, code: u16) -> Option<&'static str> {
        Some(self.types.get(usize::from(code).checked_sub(1)?)?.name)
    }

    /// Whether a resource type is `base` or, where that is Resource or DomainResource, one of its kind.
    #[must_use]
    pub fn is_a(&self, kind: &str, base: &str) -> bool {
        match base {
            "Resource" => self.is_resource_type(kind),
            "DomainResource" => self.is_resource_type(kind) && self.element(kind, "contained").is_some(),
            _ => kind == base && self.is_resource_type(kind),
        }
    }

    /// The elements of a type or of a backbone inside one: `Patient`, `Patient.contact`, `HumanName`.
    #[must_use]
    pub fn group(&self, path: &str) -> Option<&Group> {
        self.groups.get(path)
    }

    pub(crate) fn groups(&self) -> impl Iterator<Item = &Group> {
        self.groups.values()
    }

    /// One element by its name in the definition, without `[x]`: `element("Observation", "value")`.
    #[must_use]
    pub fn element(&self, path: &str, name: &str) -> Option<&Element> {
        self.group(path)?.elements().iter().find(|element| element.name == name)
    }

    /// The search parameters of a type, with those of Resource and DomainResource, by code. Empty for an unknown type.
    #[must_use]
    pub fn search_params(&self, kind: &str) -> &[&'static SearchParam] {
        self.table(kind).map_or(&[], |table| table.params.as_slice())
    }

    /// One search parameter of a type: `search_param("Patient", "name")`, `search_param("Patient", "_tag")`.
    #[must_use]
    pub fn search_param(&self, kind: &str, code: &str) -> Option<&'static SearchParam> {
        self.table(kind)?.by_code.get(code).copied()
    }

    /// The compartments of R4, by the type that leads them: Device, Encounter, Patient, Practitioner, RelatedPerson.
    pub fn compartments(&self) -> impl Iterator<Item = &'static str> {
        self.compartments.keys().copied()
    }

    /// The parameters that put a resource of `kind` into a compartment (`{def}` is the leading resource itself); empty
    /// for a type that is not in it and for an unknown compartment.
    #[must_use]
    pub fn compartment_params(&self, compartment: &str, kind: &str) -> &[&'static str] {
        self.compartments.get(compartment).and_then(|members| members.get(kind)).map_or(&[], Vec::as_slice)
    }

    pub(crate) fn table(&self, kind: &str) -> Option<&TypeTable> {
        self.types.get(usize::from(self.type_code(kind)?).checked_sub(1)?)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use super::*;

    #[test]
    fn type_codes_are_the_alphabetical_place_and_stay() {
        let r4 = Definitions::r4();
        assert_eq!(r4.resource_types().count(), 146);
        for (kind, code) in [("Account", 1), ("Observation", 96), ("Patient", 103), ("VisionPrescription", 146)] {
            assert_eq!(r4.type_code(kind), Some(code), "{kind}");
            assert_eq!(r4.type_name(code), Some(kind));
        }
        assert_eq!((r4.type_code("Resource"), r4.type_name(0), r4.type_name(147)), (None, None, None));
    }

    #[test]
    fn elements_tell_types_cardinality_and_targets() {
        let r4 = Definitions::r4();
        let name = r4.element("Patient", "name").unwrap();
        assert!(name.many && name.min == 0 && name.types[0].code == "HumanName");
        assert!(name.summary && !name.modifier && !r4.element("Patient", "photo").unwrap().summary);
        assert!(r4.element("Patient", "active").unwrap().modifier);
        let value = r4.element("Observation", "value").unwrap();
        assert!(value.is_choice && value.types.len() == 11);
        let subject = r4.element("Condition", "subject").unwrap();
        assert_eq!((subject.min, subject.types[0].targets.as_slice()), (1, &["Patient", "Group"][..]));
        assert_eq!(r4.element("Patient.contact", "gender").unwrap().types[0].code, "code");
        let child = r4.group("Observation").unwrap().child("valueQuantity").unwrap();
        assert_eq!(child.kind, ChildKind::Group("Quantity"));
        let range = r4.group("Observation.component").unwrap().child("referenceRange").unwrap();
        assert_eq!(range.kind, ChildKind::Group("Observation.referenceRange"));
    }

    #[test]
    fn parameters_of_all_resources_belong_to_each_type() {
        let r4 = Definitions::r4();
        for code in ["_id", "_lastUpdated", "_tag", "_profile", "_security", "_source"] {
            assert!(r4.search_param("Patient", code).is_some_and(|p| p.unsupported.is_none()), "{code}");
        }
        assert_eq!(r4.search_param("Patient", "name").unwrap().kind, Kind::String);
        assert_eq!(r4.search_param("Patient", "pinyin").unwrap().number, 10_000);
        assert_eq!(r4.search_param("Observation", "patient").unwrap().targets, ["Patient"]);
        assert!(r4.search_param("Patient", "code").is_none() && r4.search_param("Dog", "_id").is_none());
        assert_eq!(r4.compartment_params("Patient", "Condition"), ["patient", "asserter"]);
        assert_eq!(r4.compartment_params("Encounter", "Observation"), ["encounter"]);
        assert!(r4.compartments().eq(["Device", "Encounter", "Patient", "Practitioner", "RelatedPerson"]));
        let codes: Vec<_> = r4.search_params("Patient").iter().map(|p| p.code).collect();
        assert!(codes.is_sorted(), "{codes:?}");
    }

    #[test]
    fn every_parameter_but_those_of_words_is_supported() {
        let r4 = Definitions::r4();
        let all = r4.resource_types().flat_map(|kind| r4.search_params(kind).iter());
        // `DeviceDefinition.classification` is of a later release: R4 has no such element, and the number stays given away.
        let unsupported: std::collections::BTreeSet<_> =
            all.filter(|p| p.unsupported.is_some() && p.number != 441).map(|p| p.code).collect();
        assert_eq!(unsupported.into_iter().collect::<Vec<_>>(), ["_content", "_query", "_text"]);
        let near = r4.search_param("Location", "near").unwrap();
        assert_eq!((near.kind, near.paths.as_slice()), (Kind::Special, &["position:Location.position"][..]));
        let variant = r4.search_param("MolecularSequence", "chromosome-variant-coordinate").unwrap();
        assert_eq!(variant.parts[0].paths, ["%referenceSeq.chromosome:CodeableConcept"]);
        let relation = r4.search_param("DocumentReference", "relationship").unwrap();
        assert_eq!(relation.parts[0].paths, ["target:Reference"]);
        assert!(relation.expression == "DocumentReference.relatesTo" && relation.parts[1].kind == Kind::Token);
    }

    #[test]
    fn every_program_is_read_and_every_group_exists() {
        let r4 = Definitions::r4();
        for kind in r4.resource_types() {
            for param in r4.search_params(kind).iter().filter(|p| p.kind != Kind::Composite) {
                for path in &param.paths {
                    assert!(Program::read(path).is_some(), "{kind}.{}: {path}", param.code);
                }
            }
        }
        for group in r4.groups.values() {
            for element in group.elements() {
                for kind in &element.types {
                    let known = group::primitive(kind.code) || kind.code == "Resource" || r4.group(kind.code).is_some();
                    assert!(known, "{}.{}: {}", group.path, element.name, kind.code);
                }
            }
        }
    }

    #[test]
    fn loading_is_quick() {
        let start = Instant::now();
        let fresh = load::r4();
        // Some 20 ms without optimisation; the bound is only there to catch a change of order.
        assert!(start.elapsed().as_millis() < 2_000, "{:?}", start.elapsed());
        println!("definitions read in {:?}", start.elapsed());
        assert_eq!(fresh.types.len(), 146);
    }
}
