//! Extraction by kind of parameter and by type.
use serde_json::{Value, json};

use super::{IndexKind, extract};
use crate::date::{DateRange, Zone};
use crate::definitions::Definitions;

/// The values of one parameter.
fn values(resource: &Value, code: &str) -> Vec<IndexKind> {
    extract(resource, Zone::CHINA).into_iter().filter(|v| v.param.code == code).map(|v| v.value).collect()
}

fn token(system: Option<&str>, code: &str) -> IndexKind {
    IndexKind::Token { system: system.map(str::to_owned), code: code.to_owned() }
}

fn strings(resource: &Value, code: &str) -> Vec<String> {
    let text = |value| if let IndexKind::Str { folded } = value { folded } else { panic!("{value:?}") };
    values(resource, code).into_iter().map(text).collect()
}

fn reference(kind: &str, id: &str) -> IndexKind {
    IndexKind::Reference { target_type: Definitions::r4().type_code(kind), id: id.to_owned() }
}

#[test]
fn a_patient_is_found_by_name_sound_number_and_phone() {
    let patient = json!({
        "resourceType": "Patient", "id": "p1",
        "meta": {"tag": [{"system": "https://t", "code": "CJ01"}], "lastUpdated": "2024-05-01T00:00:00.000Z", "profile": ["http://p|1"], "source": "urn:s"},
        "identifier": [{"system": "urn:oid:2.16.156.10011.1.3", "value": "990101197003050011"}, {"value": "bare"}, {"system": "empty"}],
        "name": [{"family": "王", "given": ["秀英"]}, {"text": "WANG  Xiùyīng"}],
        "gender": "female", "birthDate": "1970-03", "active": true,
        "telecom": [{"system": "phone", "value": "199-0000 0001"}, {"system": "email", "value": "a@example.org"}],
        "address": [{"city": "澄江", "line": ["东湖路1号"], "postalCode": "000000"}],
        "managingOrganization": {"reference": "Organization/CJ01"},
        "link": [{"other": {"reference": "Patient/p2"}, "type": "seealso"}]
    });
    assert_eq!(values(&patient, "_id"), [token(None, "p1")]);
    assert_eq!(values(&patient, "_tag"), [token(Some("https://t"), "CJ01")]);
    assert_eq!(values(&patient, "_profile"), [IndexKind::Uri("http://p|1".to_owned())]);
    assert_eq!(values(&patient, "_source"), [IndexKind::Uri("urn:s".to_owned())]);
    let identifiers = [token(None, "bare"), token(Some("urn:oid:2.16.156.10011.1.3"), "990101197003050011")];
    assert_eq!(values(&patient, "identifier"), identifiers);
    assert_eq!(strings(&patient, "name"), ["wang xiuying", "王", "王秀英", "秀英"]);
    assert_eq!(strings(&patient, "family"), ["王"]);
    assert_eq!(strings(&patient, "pinyin"), ["wangxiuying", "wxy"]);
    assert_eq!(strings(&patient, "address"), ["000000", "东湖路1号", "澄江"]);
    assert_eq!(values(&patient, "gender"), [token(None, "female")]);
    assert_eq!(values(&patient, "active"), [token(None, "true")]);
    assert_eq!(values(&patient, "deceased"), [token(None, "false")]);
    assert_eq!(values(&patient, "phone"), [token(None, "199-0000 0001"), token(None, "19900000001")]);
    assert_eq!(values(&patient, "email"), [token(None, "a@example.org")]);
    let march = DateRange::parse("1970-03", Zone::CHINA).unwrap();
    assert_eq!(values(&patient, "birthdate"), [IndexKind::Date { lo: march.lo, hi: march.hi }]);
    assert_eq!(values(&patient, "organization"), [reference("Organization", "CJ01")]);
    assert_eq!(values(&patient, "link"), [reference("Patient", "p2")]);
}

#[test]
fn death_is_a_token_by_either_form() {
    let with = |key: &str, value: Value| {
        let mut patient = json!({"resourceType": "Patient"});
        patient[key] = value;
        values(&patient, "deceased")
    };
    assert_eq!(with("deceasedBoolean", json!(true)), [token(None, "true")]);
    assert_eq!(with("deceasedBoolean", json!(false)), [token(None, "false")]);
    assert_eq!(with("deceasedDateTime", json!("2020")), [token(None, "true")]);
}

#[test]
fn an_observation_is_found_by_code_value_date_and_subject() {
    let observation = json!({
        "resourceType": "Observation", "status": "final",
        "category": [{"coding": [{"system": "http://c", "code": "laboratory"}], "text": "not a token"}],
        "code": {"coding": [{"system": "http://loinc.org", "code": "718-7"}, {"system": "urn:local", "code": "HGB"}]},
        "subject": {"reference": "Patient/a/_history/2"}, "encounter": {"reference": "Encounter/e"},
        "performer": [{"reference": "https://other.example/fhir/Practitioner/x"}, {"identifier": {"system": "s", "value": "v"}}, {"reference": "#c"}],
        "effectivePeriod": {"start": "2024-05-01T08:00:00+08:00"},
        "valueQuantity": {"value": 1.10, "unit": "g/L", "system": "http://unitsofmeasure.org", "code": "g/L"},
        "component": [{"code": {"coding": [{"code": "part"}]}, "valueCodeableConcept": {"coding": [{"code": "pos"}]}}]
    });
    assert_eq!(
        values(&observation, "code"),
        [token(Some("http://loinc.org"), "718-7"), token(Some("urn:local"), "HGB")]
    );
    assert_eq!(values(&observation, "category"), [token(Some("http://c"), "laboratory")]);
    assert_eq!(values(&observation, "subject"), [reference("Patient", "a")]);
    assert_eq!(values(&observation, "patient"), [reference("Patient", "a")]);
    assert_eq!(values(&observation, "encounter"), [reference("Encounter", "e")]);
    let elsewhere = IndexKind::ReferenceUrl("https://other.example/fhir/Practitioner/x".to_owned());
    let logical = IndexKind::ReferenceIdentifier { system: Some("s".to_owned()), value: "v".to_owned() };
    assert_eq!(values(&observation, "performer"), [elsewhere, logical]);
    let start = DateRange::parse("2024-05-01T00:00:00Z", Zone::UTC).unwrap();
    assert_eq!(values(&observation, "date"), [IndexKind::Date { lo: start.lo, hi: i64::MAX }]);
    let unit = Some("g/L".to_owned());
    let system = Some("http://unitsofmeasure.org".to_owned());
    let quantity = IndexKind::Quantity { value: "1.1".to_owned(), system, code: unit.clone(), unit };
    assert_eq!(values(&observation, "value-quantity"), [quantity]);
    assert_eq!(values(&observation, "component-code"), [token(None, "part")]);
    assert_eq!(values(&observation, "combo-value-concept"), [token(None, "pos")]);
    assert_eq!(values(&observation, "code-value-quantity"), []);
}

#[test]
fn references_to_other_kinds_are_not_patients() {
    let observation = json!({"resourceType": "Observation", "subject": {"reference": "Device/d"}});
    assert_eq!(values(&observation, "subject"), [reference("Device", "d")]);
    assert_eq!(values(&observation, "patient"), []);
    let logical = json!({"resourceType": "Observation", "subject": {"type": "Patient", "identifier": {"value": "v"}}});
    assert_eq!(values(&logical, "patient").len(), 1);
}

#[test]
fn the_first_resource_of_a_document_is_a_reference() {
    let entry = |id: &str| json!({"resource": {"resourceType": "Composition", "id": id}});
    let bundle = json!({"resourceType": "Bundle", "type": "document", "entry": [entry("a"), entry("b")]});
    assert_eq!(values(&bundle, "composition"), [reference("Composition", "a")]);
}

#[test]
fn ranges_and_money_are_quantities() {
    let condition = json!({"resourceType": "Condition", "onsetRange": {"low": {"value": 1}, "high": {"value": 2}}});
    assert_eq!(values(&condition, "onset-age").len(), 2);
    let invoice = json!({"resourceType": "Invoice", "totalNet": {"value": 5, "currency": "CNY"}});
    let money = values(&invoice, "totalnet");
    assert!(
        matches!(&money[..], [IndexKind::Quantity { system: Some(system), code: Some(code), .. }] if system.ends_with("4217") && code == "CNY")
    );
}

#[test]
fn nothing_is_repeated_and_misshapen_values_are_left_out() {
    let twice = json!({"resourceType": "Condition", "code": {"coding": [{"code": "a"}, {"code": "a"}]}});
    assert_eq!(values(&twice, "code"), [token(None, "a")]);
    let odd = json!({"resourceType": "Condition", "code": 7, "subject": [], "onsetDateTime": "soon", "id": 1});
    assert_eq!(extract(&odd, Zone::UTC), []);
    assert_eq!(extract(&json!({"resourceType": "Dog", "id": "x"}), Zone::UTC), []);
}
