//! What comes with the program, resource by resource, for who serves and searches it: R4's own code systems, value sets,
//! maps and structures, and those for China.
//!
//! A resource is made of its text each time that it is asked for: the list itself costs little.

use serde_json::{Map, Value};

use crate::{structure, terms};

/// A resource that comes with the program.
#[derive(Debug, Clone)]
pub struct Embedded {
    pub kind: &'static str,
    /// Unique in its type.
    pub id: String,
    pub url: String,
    pub version: Option<String>,
    pub(crate) of: &'static str,
    pub(crate) made: fn(&'static str) -> Option<Value>,
}

impl Embedded {
    /// The resource, type and id first. `None` would mean that the program is broken; a test makes each.
    #[must_use]
    pub fn resource(&self) -> Option<Value> {
        let Value::Object(read) = (self.made)(self.of)? else { return None };
        let mut out = Map::with_capacity(read.len() + 1);
        out.insert("resourceType".to_owned(), self.kind.into());
        out.insert("id".to_owned(), self.id.as_str().into());
        out.extend(read.into_iter().filter(|(key, _)| key != "resourceType" && key != "id"));
        Some(Value::Object(out))
    }
}

/// All of them.
#[must_use]
pub fn all() -> Vec<Embedded> {
    let mut all = terms::all_embedded();
    all.extend(structure::all_embedded());
    all
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn each_is_made_and_has_an_id_of_its_own() {
        let all = all();
        let count = |kind: &str| all.iter().filter(|one| one.kind == kind).count();
        assert!(count("CodeSystem") > 1090 && count("ValueSet") > 1340 && count("ConceptMap") > 24);
        assert!(count("StructureDefinition") > 670);
        let mut ids = HashSet::new();
        let mut urls = HashSet::new();
        for one in &all {
            let made = one.resource().unwrap_or_else(|| panic!("{}", one.url));
            let text = |key: &str| made.get(key).and_then(Value::as_str);
            assert_eq!(text("resourceType"), Some(one.kind), "{}", one.url);
            assert_eq!(text("url"), Some(one.url.as_str()), "{}", one.id);
            assert_eq!(text("version"), one.version.as_deref(), "{}", one.url);
            assert!(text("name").is_some() && text("status").is_some(), "{}", one.url);
            assert!(meridian_model::reference::is_id(&one.id), "{}", one.id);
            assert!(ids.insert((one.kind, one.id.as_str())), "{} {}", one.kind, one.id);
            assert!(urls.insert((one.kind, one.url.as_str(), one.version.as_deref())), "{}", one.url);
        }
    }

    #[test]
    fn a_structure_says_what_is_known_of_it() {
        let all = all();
        let find = |id: &str| {
            let found = all.iter().find(|one| one.kind == "StructureDefinition" && one.id == id).unwrap();
            found.resource().unwrap()
        };
        let patient = find("Patient");
        assert_eq!(patient["derivation"], "specialization");
        let elements = patient["snapshot"]["element"].as_array().unwrap();
        let gender = elements.iter().find(|one| one["id"] == "Patient.gender").unwrap();
        assert_eq!(gender["type"][0]["code"], "code");
        assert_eq!(gender["binding"]["valueSet"], "http://hl7.org/fhir/ValueSet/administrative-gender");
        assert_eq!((&gender["min"], &gender["max"]), (&0.into(), &"1".into()));
        let contact = elements.iter().find(|one| one["path"] == "Patient.contact").unwrap();
        assert_eq!(contact["constraint"][0]["key"], "pat-1");
        let pressure = find("bp");
        assert_eq!((&pressure["type"], &pressure["derivation"]), (&"Observation".into(), &"constraint".into()));
        let sliced = pressure["snapshot"]["element"].as_array().unwrap().iter();
        let id = "Observation.component:SystolicBP.code.coding:SBPCode.system";
        assert!(sliced.into_iter().any(|one| one["id"] == id && one["fixedUri"] == "http://loinc.org"), "{id}");
        assert_eq!(find("cn-patient")["type"], "Patient");
    }
}
