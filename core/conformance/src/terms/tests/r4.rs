//! R4's own.

use super::*;
use crate::terms::{Coded, Codes, Verdict};

fn is_in(set: &str, system: Option<&str>, code: &str) -> Verdict {
    Terms::embedded().in_value_set(set, Coded { system, code, ..Coded::default() })
}

#[test]
fn the_bindings_that_everybody_uses() {
    let yes = |verdict| matches!(verdict, Verdict::Yes { inactive: false, .. });
    for (set, code) in [
        ("administrative-gender|4.0.1", "male"),
        ("observation-status", "final"),
        ("all-types", "Patient"),
        ("all-types", "Quantity"),
        ("mimetypes", "application/pdf"),
        ("languages", "zh-CN"),
        ("all-languages", "zh-Hans-CN"),
        ("currencies", "CNY"),
        ("ucum-units", "mmol/L"),
        ("units-of-time", "wk"),
        ("timezones", "Asia/Shanghai"),
        ("iso3166-1-3", "CHN"),
        ("iso3166-1-N", "156"),
    ] {
        assert!(yes(is_in(&format!("http://hl7.org/fhir/ValueSet/{set}"), None, code)), "{set} {code}");
        let wrong = is_in(&format!("http://hl7.org/fhir/ValueSet/{set}"), None, "no such code");
        assert!(matches!(wrong, Verdict::No { .. }), "{set}: {wrong:?}");
    }
    let act = "http://terminology.hl7.org/CodeSystem/v3-ActCode";
    assert!(yes(is_in("http://terminology.hl7.org/ValueSet/v3-ActEncounterCode", Some(act), "IMP")));
    assert!(matches!(
        is_in("http://terminology.hl7.org/ValueSet/v3-ActEncounterCode", Some(act), "CASH"),
        Verdict::No { .. }
    ));
    // By the OID that CDA has for it.
    assert!(yes(is_in(
        "http://terminology.hl7.org/ValueSet/v3-ActEncounterCode",
        Some("urn:oid:2.16.840.1.113883.5.4"),
        "IMP"
    )));
    let snomed = Some("http://snomed.info/sct");
    assert!(matches!(
        is_in("http://hl7.org/fhir/ValueSet/condition-code", snomed, "73211009"),
        Verdict::Unknown { .. }
    ));
    assert!(matches!(
        is_in("http://terminology.hl7.org/ValueSet/v2-0360", None, "MD"),
        Verdict::Yes { .. } | Verdict::Unknown { .. }
    ));
}

#[test]
fn a_map_of_r4_translates() {
    let query = "url=http://hl7.org/fhir/ConceptMap/101&system=http://hl7.org/fhir/address-use&code=home";
    let found = Terms::embedded().translate(&asked(&params(query), &[])).unwrap();
    assert_eq!(answer(&found, "match")["part"][1]["valueCoding"]["code"], "H");
}

#[test]
fn the_systems_are_those_with_codes() {
    let systems = Terms::embedded().systems();
    assert!(systems.len() > 1000, "{}", systems.len());
    assert_eq!(systems["http://hl7.org/fhir/administrative-gender"], [Some("4.0.1".to_owned())]);
    assert!(systems.contains_key("http://unitsofmeasure.org") && systems.contains_key("urn:ietf:bcp:47"));
    // R4 names it, and has no codes of it.
    assert!(!systems.contains_key("http://snomed.info/sct"));
}

#[test]
fn the_list_names_everything() {
    let list = Terms::embedded().list();
    assert!(list.len() > 2400 && list.iter().any(|line| line.url == "urn:iso:std:iso:4217"), "{}", list.len());
}
