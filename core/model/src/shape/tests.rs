//! What stays and what goes, for each kind of wish.

use serde_json::{Value, json};

use super::{Shape, Summary, is_partial};

fn shape(query: &[(&str, &str)], kind: &str) -> Shape {
    read(query, Some(kind)).unwrap()
}

fn read(query: &[(&str, &str)], kind: Option<&str>) -> Result<Shape, Vec<crate::outcome::Issue>> {
    let params: Vec<_> = query.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    Shape::read(&params, kind)
}

fn keys(value: &Value) -> Vec<&str> {
    value.as_object().unwrap().keys().map(String::as_str).collect()
}

fn observation() -> Value {
    json!({
        "resourceType": "Observation", "id": "a", "meta": {"versionId": "1"}, "implicitRules": "urn:x",
        "text": {"status": "generated", "div": "<div/>"},
        "contained": [{"resourceType": "Patient", "id": "p"}],
        "extension": [{"url": "urn:e", "valueString": "x"}],
        "modifierExtension": [{"url": "urn:m", "valueString": "x"}],
        "status": "final", "code": {"text": "c", "coding": [{"code": "1", "extension": [{"url": "urn:e"}]}]},
        "subject": {"reference": "Patient/1"}, "_valueString": {"extension": [{"url": "urn:e"}]}, "valueString": "v",
        "note": [{"text": "n"}], "referenceRange": [{"text": "r"}],
        "component": [{"code": {"text": "d"}, "referenceRange": [{"text": "r"}], "valueInteger": 1}],
        "unknown": 1
    })
}

#[test]
fn a_summary_keeps_what_the_definitions_mark_at_every_depth() {
    let mut resource = observation();
    shape(&[("_summary", "true")], "Observation").apply(&mut resource);
    assert_eq!(
        keys(&resource),
        [
            "resourceType",
            "id",
            "meta",
            "implicitRules",
            "modifierExtension",
            "status",
            "code",
            "subject",
            "_valueString",
            "valueString",
            "component"
        ]
    );
    assert_eq!(resource["component"], json!([{"code": {"text": "d"}, "valueInteger": 1}]));
    assert_eq!(resource["modifierExtension"][0]["valueString"], "x");
    assert_eq!(resource["code"], json!({"text": "c", "coding": [{"code": "1"}]}));
    assert!(is_partial(&resource) && !is_partial(&observation()));
}

#[test]
fn text_and_data_part_the_narrative_from_the_rest() {
    let (mut text, mut data) = (observation(), observation());
    shape(&[("_summary", "text")], "Observation").apply(&mut text);
    assert_eq!(keys(&text), ["resourceType", "id", "meta", "text", "status", "code"]);
    shape(&[("_summary", "data")], "Observation").apply(&mut data);
    assert!(data.get("text").is_none() && data.get("unknown").is_some() && is_partial(&data));
}

#[test]
fn asked_elements_stay_with_those_that_must_be_there_or_change_the_meaning() {
    let mut resource = observation();
    shape(&[("_elements", "value,subject"), ("_elements", "note")], "Observation").apply(&mut resource);
    assert_eq!(
        keys(&resource),
        [
            "resourceType",
            "id",
            "meta",
            "implicitRules",
            "modifierExtension",
            "status",
            "code",
            "subject",
            "_valueString",
            "valueString",
            "note"
        ]
    );
    assert!(is_partial(&resource));
    let mut patient = json!({"resourceType": "Patient", "active": false, "name": [{"text": "x"}], "gender": "other"});
    shape(&[("_elements", "gender")], "Patient").apply(&mut patient);
    assert_eq!(keys(&patient), ["resourceType", "meta", "active", "gender"]);
}

#[test]
fn a_choice_goes_by_its_key_too() {
    let mut resource = json!({"resourceType": "Patient", "multipleBirthBoolean": true, "birthDate": "2000"});
    shape(&[("_elements", "multipleBirthBoolean")], "Patient").apply(&mut resource);
    assert_eq!(keys(&resource), ["resourceType", "meta", "multipleBirthBoolean"]);
}

#[test]
fn included_resources_stay_whole_under_elements_but_not_under_a_summary() {
    let bundle = || {
        json!({"resourceType": "Bundle", "total": 1, "entry": [
            {"resource": observation(), "search": {"mode": "match"}},
            {"resource": observation(), "search": {"mode": "include"}},
            {"resource": {"resourceType": "OperationOutcome", "issue": []}, "search": {"mode": "outcome"}}
        ]})
    };
    let partial = |bundle: &Value| -> Vec<bool> {
        bundle["entry"].as_array().unwrap().iter().map(|entry| is_partial(&entry["resource"])).collect()
    };
    let mut elements = bundle();
    shape(&[("_elements", "subject")], "Observation").apply_to_entries(&mut elements);
    assert_eq!(partial(&elements), [true, false, false]);
    let mut summary = bundle();
    shape(&[("_summary", "true")], "Observation").apply_to_entries(&mut summary);
    assert_eq!(partial(&summary), [true, true, false]);
    let mut count = bundle();
    shape(&[("_summary", "count")], "Observation").apply_to_entries(&mut count);
    assert_eq!(count, json!({"resourceType": "Bundle", "total": 1}));
}

#[test]
fn values_that_mean_nothing_are_refused_by_name() {
    for (name, value) in [
        ("_summary", "yes"),
        ("_summary", ""),
        ("_elements", ""),
        ("_elements", "name,"),
        ("_elements", "nosuch"),
        ("_elements", "name.family"),
    ] {
        let issues = read(&[(name, value)], Some("Patient")).unwrap_err();
        assert_eq!(issues[0].expression, [format!("http.{name}")], "{name}={value}");
    }
    assert!(read(&[("_summary", "true"), ("_summary", "data")], None).is_err());
    assert!(
        read(&[("_elements", "name,code")], None).is_ok() && read(&[("_elements", "code")], Some("Patient")).is_err()
    );
    let whole = read(&[("_summary", "false"), ("name", "x")], Some("Patient")).unwrap();
    assert!(whole.is_whole() && whole.summary == Summary::False);
}

#[test]
fn no_official_resource_loses_what_it_must_have() {
    // Whatever is kept of a required element keeps something in it.
    let mut resource = json!({"resourceType": "Composition", "status": "final", "type": {"text": "t"},
        "author": [{"extension": [{"url": "urn:e"}]}], "date": "2020", "title": "t"});
    shape(&[("_summary", "true")], "Composition").apply(&mut resource);
    assert_eq!(resource["author"], json!([{"extension": [{"url": "urn:e"}]}]));
}
