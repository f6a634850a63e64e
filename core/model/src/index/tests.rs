//! Extraction by kind of parameter and by type.
use serde_json::{Value, json};

use super::{Amount, IndexKind, Real, extract, leading};
use crate::date::{DateRange, Zone};
use crate::definitions::{Catalogue, Definitions, Kind};

/// The values of one parameter.
fn values(resource: &Value, code: &str) -> Vec<IndexKind> {
    extract(resource, Zone::CHINA, Catalogue::r4())
        .into_iter()
        .filter(|v| v.param.code == code)
        .map(|v| v.value)
        .collect()
}

fn token(system: Option<&str>, code: &str) -> IndexKind {
    IndexKind::Token { system: system.map(str::to_owned), code: code.to_owned() }
}

/// The folded texts of a parameter.
fn strings(resource: &Value, code: &str) -> Vec<String> {
    let text = |value| if let IndexKind::Str { folded, .. } = value { Some(folded) } else { None };
    values(resource, code).into_iter().filter_map(text).collect()
}

/// The tokens of a parameter.
fn tokens(resource: &Value, code: &str) -> Vec<IndexKind> {
    values(resource, code).into_iter().filter(|value| matches!(value, IndexKind::Token { .. })).collect()
}

/// A token, and what stands beside it.
fn pair(system: Option<&str>, code: &str, second: IndexKind) -> IndexKind {
    IndexKind::Pair { system: system.map(str::to_owned), code: code.to_owned(), second: Box::new(second) }
}

fn amount(value: f64, unit: &str, canonical: Option<(f64, &str)>) -> IndexKind {
    let unit = Some(unit.to_owned());
    let system = Some(crate::ucum::SYSTEM.to_owned());
    let canonical = canonical.map(|(value, unit)| (Real::new(value), unit.to_owned()));
    IndexKind::Quantity(Amount { value: Real::new(value), system, code: unit.clone(), unit, canonical })
}

fn reference(kind: &str, id: &str) -> IndexKind {
    IndexKind::Reference { target_type: Definitions::r4().type_code(kind).unwrap(), id: id.to_owned() }
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
    let profiles = ["http://p", "http://p|1"].map(|uri| IndexKind::Uri(uri.to_owned()));
    assert_eq!(values(&patient, "_profile"), profiles);
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
    assert_eq!(tokens(&observation, "category"), [token(Some("http://c"), "laboratory")]);
    assert_eq!(strings(&observation, "category"), ["not a token"]);
    assert_eq!(values(&observation, "subject"), [reference("Patient", "a")]);
    assert_eq!(values(&observation, "patient"), [reference("Patient", "a")]);
    assert_eq!(values(&observation, "encounter"), [reference("Encounter", "e")]);
    let elsewhere = IndexKind::ReferenceUrl("https://other.example/fhir/Practitioner/x".to_owned());
    assert_eq!(values(&observation, "performer"), [token(Some("s"), "v"), elsewhere]);
    let start = DateRange::parse("2024-05-01T00:00:00Z", Zone::UTC).unwrap();
    assert_eq!(values(&observation, "date"), [IndexKind::Date { lo: start.lo, hi: i64::MAX }]);
    let quantity = amount(1.1, "g/L", Some((1100.0, "m-3.g")));
    assert_eq!(values(&observation, "value-quantity"), std::slice::from_ref(&quantity));
    assert_eq!(values(&observation, "component-code"), [token(None, "part")]);
    assert_eq!(values(&observation, "combo-value-concept"), [token(None, "pos")]);
    let pairs = [pair(Some("http://loinc.org"), "718-7", quantity.clone()), pair(Some("urn:local"), "HGB", quantity)];
    assert_eq!(values(&observation, "code-value-quantity"), pairs);
    assert_eq!(values(&observation, "combo-code-value-quantity"), pairs);
    let positive = pair(None, "part", token(None, "pos"));
    assert_eq!(values(&observation, "component-code-value-concept"), std::slice::from_ref(&positive));
    assert_eq!(values(&observation, "combo-code-value-concept"), [positive]);
    assert_eq!(values(&observation, "code-value-date"), []);
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
fn a_logical_reference_needs_no_type_where_only_one_is_allowed() {
    let claim = json!({"resourceType": "Claim", "patient": {"identifier": {"system": "s", "value": "v"}}});
    assert_eq!(values(&claim, "patient"), [token(Some("s"), "v")]);
    let observation = json!({"resourceType": "Observation", "subject": {"identifier": {"system": "s", "value": "v"}}});
    assert_eq!((values(&observation, "patient").len(), values(&observation, "subject").len()), (0, 1));
}

#[test]
fn strings_under_token_parameters_are_found_in_any_case() {
    let system =
        json!({"resourceType": "CodeSystem", "version": "Draft-A", "url": "http://x|y", "supplements": "http://z|2"});
    assert_eq!(values(&system, "version"), [token(None, "Draft-A"), token(None, "draft-a")]);
    assert_eq!(values(&system, "url"), [IndexKind::Uri("http://x|y".to_owned())]);
    assert_eq!(values(&system, "supplements").len(), 2);
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
        matches!(&money[..], [IndexKind::Quantity(Amount { system: Some(system), code: Some(code), .. })] if system.ends_with("4217") && code == "CNY")
    );
}

#[test]
fn nothing_is_repeated_and_misshapen_values_are_left_out() {
    let twice = json!({"resourceType": "Condition", "code": {"coding": [{"code": "a"}, {"code": "a"}]}});
    assert_eq!(values(&twice, "code"), [token(None, "a")]);
    let odd = json!({"resourceType": "Condition", "code": 7, "subject": [], "onsetDateTime": "soon", "id": 1});
    assert_eq!(extract(&odd, Zone::UTC, Catalogue::r4()), []);
    assert_eq!(extract(&json!({"resourceType": "Dog", "id": "x"}), Zone::UTC, Catalogue::r4()), []);
}

#[test]
fn an_identifier_is_found_by_its_type_and_a_token_by_its_text() {
    let patient = json!({"resourceType": "Patient", "identifier": [{
        "type": {"coding": [{"system": "http://t", "code": "MR", "display": "ignored"}], "text": "Record  Number"}, "value": "B7"}]});
    assert_eq!(tokens(&patient, "identifier"), [token(None, "B7")]);
    assert_eq!(strings(&patient, "identifier"), ["record number"]);
    let value = IndexKind::Str { folded: "b7".to_owned(), raw: Some("B7".to_owned()) };
    assert!(values(&patient, "identifier").contains(&pair(Some("http://t"), "MR", value)));
    let condition = json!({"resourceType": "Condition", "code": {"coding": [{"display": "Essential Hypertension"}], "text": "高血压"}});
    assert_eq!(strings(&condition, "code"), ["essential hypertension", "高血压"]);
}

#[test]
fn a_string_keeps_how_it_is_written() {
    let patient = json!({"resourceType": "Patient", "name": [{"family": "Müller", "given": ["anna", "王"]}]});
    let text =
        |folded: &str, raw: Option<&str>| IndexKind::Str { folded: folded.to_owned(), raw: raw.map(str::to_owned) };
    assert_eq!(values(&patient, "family"), [text("muller", Some("Müller"))]);
    assert_eq!(values(&patient, "given"), [text("anna", None), text("王", None)]);
}

#[test]
fn numbers_quantities_and_series_have_their_values() {
    let huge: Value = serde_json::from_str("1e999").unwrap();
    let risk = json!({"resourceType": "RiskAssessment", "prediction": [{"probabilityDecimal": 0.250}, {"probabilityDecimal": huge}]});
    let numbers = [0.25, f64::MAX].map(|number| IndexKind::Number(Real::new(number)));
    assert_eq!(values(&risk, "probability"), numbers);
    let onset = json!({"resourceType": "Condition", "onsetAge": {"value": 1, "system": "http://unitsofmeasure.org", "code": "a"}});
    assert!(
        matches!(&values(&onset, "onset-age")[..], [IndexKind::Quantity(Amount { canonical: Some((years, unit)), .. })]
        if years.get() == 31_557_600.0 && unit == "s")
    );
    assert_eq!(Real::new(-0.0), Real::new(0.0));
}

#[test]
fn canonicals_are_found_with_their_version_and_without() {
    let response =
        json!({"resourceType": "QuestionnaireResponse", "questionnaire": "http://q.example/Questionnaire/a|1.2"});
    let Some([IndexKind::ReferenceUrl(one), IndexKind::ReferenceUrl(other)]) =
        values(&response, "questionnaire").first_chunk().cloned()
    else {
        panic!("{:?}", values(&response, "questionnaire"))
    };
    assert_eq!(
        (one.as_str(), other.as_str()),
        ("http://q.example/Questionnaire/a", "http://q.example/Questionnaire/a|1.2")
    );
    let own = json!({"resourceType": "QuestionnaireResponse", "questionnaire": "Questionnaire/a"});
    assert_eq!(values(&own, "questionnaire"), [reference("Questionnaire", "a")]);
}

#[test]
fn dates_with_open_and_with_crossed_ends_are_there() {
    let encounter = |period: Value| json!({"resourceType": "Encounter", "period": period});
    let date = |lo, hi| [IndexKind::Date { lo, hi }];
    let (may, june) =
        (DateRange::parse("2024-05", Zone::CHINA).unwrap(), DateRange::parse("2024-06", Zone::CHINA).unwrap());
    assert_eq!(values(&encounter(json!({"end": "2024-05"})), "date"), date(i64::MIN, may.hi));
    assert_eq!(values(&encounter(json!({"start": "2024-06", "end": "2024-05"})), "date"), date(may.lo, june.hi));
    let request = json!({"resourceType": "ServiceRequest", "occurrenceTiming": {"repeat": {"boundsPeriod": {"start": "2024-05"}}}});
    assert_eq!(values(&request, "occurrence"), date(may.lo, i64::MAX));
}

#[test]
fn the_part_that_leads_a_composite_is_a_token_or_a_reference() {
    use Kind::{Composite, Date, Number, Quantity, Reference, String, Token};
    for (parts, lead) in [
        (&[Token, Quantity][..], Some(0)),
        (&[Date, Token], Some(1)),
        (&[Reference, Token], Some(0)),
        (&[Token, Number, Number], Some(0)),
        (&[Token, String, Number], None),
        (&[Date, Number], None),
        (&[Token, Composite], None),
        (&[Token], None),
    ] {
        assert_eq!(leading(parts), lead, "{parts:?}");
    }
}
