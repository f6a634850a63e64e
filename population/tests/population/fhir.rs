//! The transactions are sound FHIR: structure, references, conditions, the synthetic tag.

use super::region;
use meridian_model::check::check;
use meridian_population::{Feed, Region, Registration, systems};
use serde_json::Value;
use std::collections::HashSet;

fn bundles(region: &Region) -> impl Iterator<Item = (&'static str, Value)> {
    let lives = region.residents().flat_map(|resident| resident.feeds(region)).filter_map(|feed| match feed {
        Feed::Fhir { institution, bundle } => Some((institution, bundle)),
        Feed::Hl7v2 { .. } => None,
    });
    region.set_up().into_iter().chain(lives)
}

fn references<'a>(value: &'a Value, found: &mut Vec<&'a str>) {
    match value {
        Value::Object(map) => {
            found.extend(map.get("reference").and_then(Value::as_str));
            map.values().for_each(|v| references(v, found));
        }
        Value::Array(list) => list.iter().for_each(|v| references(v, found)),
        _ => {}
    }
}

fn identifiers(bundle: &Value) -> impl Iterator<Item = String> {
    bundle["entry"].as_array().unwrap().iter().map(|entry| {
        let kind = entry["resource"]["resourceType"].as_str().unwrap();
        format!("{kind}?{}", entry["request"]["ifNoneExist"].as_str().unwrap())
    })
}

#[test]
fn every_resource_is_sound_and_says_that_it_is_synthetic() {
    let region = region(23, 24);
    let mut seen = HashSet::new();
    for (institution, bundle) in bundles(&region) {
        for entry in bundle["entry"].as_array().unwrap() {
            let resource = &entry["resource"];
            let issues = check(resource);
            assert!(issues.is_empty(), "{institution}: {issues:?}\n{resource:#}");
            assert_eq!(resource["meta"]["tag"][0]["system"], systems::SYNTHETIC_TAG.0);
            assert_eq!(resource["meta"]["tag"][0]["code"], systems::SYNTHETIC_TAG.1);
            assert_eq!(entry["request"]["url"], resource["resourceType"]);
            seen.insert(resource["resourceType"].as_str().unwrap().to_owned());
        }
    }
    for kind in [
        "Patient",
        "Encounter",
        "Condition",
        "AllergyIntolerance",
        "MedicationRequest",
        "Observation",
        "DiagnosticReport",
        "Immunization",
        "DocumentReference",
        "Organization",
        "Location",
        "Practitioner",
        "PractitionerRole",
        "Device",
        "Schedule",
        "HealthcareService",
        "ChargeItemDefinition",
    ] {
        assert!(seen.contains(kind), "no {kind}");
    }
}

#[test]
fn each_entry_has_its_own_condition_and_its_own_name() {
    let region = region(29, 24);
    let (mut conditions, mut urls) = (HashSet::new(), HashSet::new());
    for (_, bundle) in bundles(&region) {
        for entry in bundle["entry"].as_array().unwrap() {
            let own = &entry["resource"]["identifier"][0];
            let wanted = format!("identifier={}|{}", own["system"].as_str().unwrap(), own["value"].as_str().unwrap());
            assert_eq!(entry["request"]["ifNoneExist"].as_str().unwrap(), wanted);
            assert!(urls.insert(entry["fullUrl"].as_str().unwrap().to_owned()), "{}", entry["fullUrl"]);
        }
        for condition in identifiers(&bundle) {
            assert!(conditions.insert(condition.clone()), "{condition} twice");
        }
    }
}

#[test]
fn references_lead_into_the_bundle_or_to_master_data() {
    let region = region(31, 24);
    let mut known = HashSet::new();
    for (_, bundle) in region.set_up() {
        known.extend(identifiers(&bundle));
    }
    for (institution, bundle) in bundles(&region) {
        let inside: HashSet<&str> =
            bundle["entry"].as_array().unwrap().iter().map(|entry| entry["fullUrl"].as_str().unwrap()).collect();
        let mut found = Vec::new();
        references(&bundle, &mut found);
        for reference in found {
            assert!(inside.contains(reference) || known.contains(reference), "{institution}: {reference}");
        }
    }
}

#[test]
fn the_patient_carries_what_was_written_down() {
    let region = region(37, 50);
    for resident in region.residents() {
        for feed in resident.feeds(&region) {
            let Feed::Fhir { institution, bundle } = feed else { continue };
            let patient = &bundle["entry"][0]["resource"];
            let number = |system: &str| {
                let all = patient["identifier"].as_array().unwrap();
                all.iter().find(|i| i["system"] == system).map(|i| i["value"].as_str().unwrap().to_owned())
            };
            let own = number(&format!("{}{institution}", systems::RECORD_NUMBER));
            let known = |r: &&Registration| r.institution == institution && Some(&r.record_number) == own.as_ref();
            let written = resident.registrations.iter().find(known).unwrap();
            assert_eq!(patient["name"][0]["text"], written.name.text());
            assert_eq!(patient["birthDate"], written.birth.to_string());
            assert_eq!(number(systems::IDENTITY_NUMBER), written.identity_number);
            assert_eq!(number(systems::INSURANCE_NUMBER), written.insurance_number);
        }
    }
}
