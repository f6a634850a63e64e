//! The validator on small resources, each rule with what keeps it and what breaks it; and on any JSON.

mod bounds;
mod rules;

use meridian_fhirpath::Moment;
use meridian_model::outcome::Severity;
use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::terms::{Coded, Subsumes, Verdict};

/// A world with one value set: `a` and `b` are in it, `u` nobody knows.
struct Few;

impl Codes for Few {
    fn in_value_set(&self, set: &str, coded: Coded<'_>) -> Verdict {
        match (set.starts_with("http://v/"), coded.code) {
            (true, "a" | "b") => Verdict::Yes { wrong_display: None, inactive: false },
            (true, "u") | (false, _) => Verdict::Unknown { says: "the code system is not here".to_owned() },
            (true, code) => Verdict::No { says: format!("the code `{code}` is not in {set}") },
        }
    }

    fn in_code_system(&self, _: Coded<'_>) -> Verdict {
        Verdict::Unknown { says: String::new() }
    }

    fn subsumes(&self, _: &str, _: &str, _: &str) -> Option<Subsumes> {
        None
    }
}

fn with<'s>(structures: &'s Structures) -> Validator<'s> {
    Validator {
        structures,
        codes: &Few,
        lookup: &Nowhere,
        now: Moment { millis: 0, offset_minutes: 0 },
        limits: Limits::default(),
        habits: Habits::default(),
    }
}

fn errors(value: &Value, profiles: &[&str], structures: &Structures) -> Vec<String> {
    let issues = validate(value, profiles, &with(structures));
    let errors = issues.into_iter().filter(|issue| issue.severity == Severity::Error);
    errors.map(|issue| format!("{} @ {}", issue.diagnostics, issue.expression.join(" "))).collect()
}

fn base(value: &Value) -> Vec<String> {
    errors(value, &[], Structures::r4())
}

/// One error that has all these words.
#[track_caller]
fn one(found: &[String], words: &[&str]) {
    let is_it = |error: &String| words.iter().all(|word| error.contains(word));
    assert!(found.iter().any(is_it), "{words:?} is not in {found:#?}");
}

/// A profile on `kind` with these elements of a differential.
#[allow(clippy::needless_pass_by_value)] // json!() is written where it is used
fn profile(name: &str, kind: &str, elements: Value) -> Value {
    let kind_of = if kind == "Extension" { "complex-type" } else { "resource" };
    json!({
        "resourceType": "StructureDefinition", "url": format!("http://p/{name}"), "name": name, "status": "draft",
        "kind": kind_of, "abstract": false, "type": kind, "derivation": "constraint",
        "baseDefinition": format!("http://hl7.org/fhir/StructureDefinition/{kind}"),
        "context": [{"type": "element", "expression": "Patient"}],
        "differential": {"element": elements}
    })
}

#[test]
fn a_right_patient_has_no_errors() {
    let patient = json!({"resourceType": "Patient", "id": "a", "active": true, "birthDate": "1970-01",
        "_birthDate": {"extension": [{"url": "http://hl7.org/fhir/StructureDefinition/patient-birthTime", "valueDateTime": "1970-01-01T00:00:00Z"}]},
        "name": [{"given": [null, "B"], "_given": [{"extension": [{"url": "http://x.y/z", "valueString": "?"}]}, null]}]});
    assert_eq!(base(&patient), [] as [&str; 0]);
}

#[test]
fn shapes_and_unknown_elements_are_named_with_their_place() {
    one(&base(&json!({"resourceType": "Patient", "names": []})), &["`names`", "is `name` meant", "@ Patient"]);
    one(&base(&json!({"resourceType": "Patient", "name": {"family": "A"}})), &["`name` is an array always"]);
    one(&base(&json!({"resourceType": "Patient", "name": []})), &["empty array"]);
    one(&base(&json!({"resourceType": "Patient", "name": [{}]})), &["may not be empty", "@ Patient.name[0]"]);
    one(&base(&json!({"resourceType": "Patient", "active": null})), &["`active` is null"]);
    one(&base(&json!({"resourceType": "Patient", "active": "yes"})), &["boolean", "@ Patient.active"]);
    one(&base(&json!({"resourceType": "Patient", "birthDate": "1970-13"})), &["date", "@ Patient.birthDate"]);
    one(
        &base(&json!({"resourceType": "Patient", "deceasedBoolean": true, "deceasedDateTime": "2000"})),
        &["only one of"],
    );
    one(&base(&json!({"resourceType": "Patient", "gender": ["male"]})), &["`gender` can be there only once"]);
    one(&base(&json!({"resourceType": "Patient", "_name": [{}]})), &["`_name` is not allowed"]);
    one(&base(&json!({"resourceType": "Patient", "id": "a_b"})), &["id", "@ Patient.id"]);
    one(&base(&json!({"resourceType": "Dog"})), &["Dog is not a resource type"]);
    for odd in [json!(null), json!([]), json!("Patient"), json!({})] {
        one(&base(&odd), &["resourceType"]);
    }
    one(&base(&json!({"resourceType": "Observation", "code": {"text": "x"}})), &["`status` is missing"]);
}

#[test]
fn invariants_are_asked_and_only_a_plain_no_counts() {
    let contact = json!({"resourceType": "Patient", "contact": [{"gender": "male"}]});
    one(&base(&contact), &["pat-1", "@ Patient.contact[0]"]);
    let period = json!({"resourceType": "Patient", "name": [{"period": {"start": "2001", "end": "2000"}}]});
    one(&base(&period), &["per-1", "@ Patient.name[0].period"]);
    // `ref-1` says nothing of a reference without a text.
    assert!(base(&json!({"resourceType": "Patient", "generalPractitioner": [{"display": "A"}]})).is_empty());
    let contained = json!({"resourceType": "Patient", "generalPractitioner": [{"reference": "#a"}]});
    one(&base(&contained), &["#a", "contained", "@ Patient.generalPractitioner[0]"]);
}

#[test]
fn references_lead_to_what_is_allowed() {
    let observation = |subject: Value| json!({"resourceType": "Observation", "status": "final", "code": {"text": "x"}, "subject": subject});
    assert!(base(&observation(json!({"reference": "Patient/1"}))).is_empty());
    assert!(base(&observation(json!({"reference": "http://a/fhir/Patient/1/_history/2"}))).is_empty());
    one(&base(&observation(json!({"reference": "Practitioner/1"}))), &["not to a Practitioner"]);
    one(&base(&observation(json!({"reference": "Patient/1", "type": "Group"}))), &["`type` says Group"]);
    one(&base(&observation(json!({"reference": "Chicken/1"}))), &["is not a reference"]);
    one(&base(&observation(json!({"type": "Practitioner"}))), &["not to a Practitioner"]);
}

#[test]
fn extensions_are_judged_by_their_definitions() {
    let patient = |extension: Value| json!({"resourceType": "Patient", "extension": [extension]});
    let place = "http://hl7.org/fhir/StructureDefinition/patient-birthPlace";
    assert!(base(&patient(json!({"url": place, "valueAddress": {"city": "A"}}))).is_empty());
    one(&base(&patient(json!({"url": place, "valueString": "A"}))), &["valueString", "Address"]);
    one(&base(&patient(json!({"url": place}))), &["ext-1"]);
    one(&base(&patient(json!({"url": "birthPlace", "valueString": "A"}))), &["absolute"]);
    let elsewhere = json!({"resourceType": "Organization", "name": "A", "extension": [{"url": place, "valueAddress": {"city": "A"}}]});
    one(&base(&elsewhere), &["may not stand here", "Patient"]);
    let unknown = json!({"resourceType": "Patient", "extension": [{"url": "http://a.b/c", "valueString": "A"}]});
    assert!(base(&unknown).is_empty());
    let parts = json!({"url": "http://hl7.org/fhir/StructureDefinition/patient-nationality", "extension": [{"url": "land", "valueString": "A"}]});
    one(&base(&patient(parts)), &["has no part `land`", "extension[0].extension[0]"]);
}

#[test]
fn profiles_fix_bind_slice_and_forbid() {
    let definition = profile(
        "p",
        "Patient",
        json!([
            {"path": "Patient", "constraint": [{"key": "p-1", "severity": "error", "human": "names need a family", "expression": "name.all(family.exists())"}]},
            {"path": "Patient.identifier", "slicing": {"discriminator": [{"type": "value", "path": "system"}], "rules": "closed"}, "min": 1},
            {"path": "Patient.identifier", "sliceName": "national", "min": 1, "max": "1"},
            {"path": "Patient.identifier.system", "min": 1, "fixedUri": "http://n"},
            {"path": "Patient.identifier.value", "min": 1, "maxLength": 3},
            {"path": "Patient.identifier", "sliceName": "other"},
            {"path": "Patient.identifier.system", "min": 1, "fixedUri": "http://o"},
            {"path": "Patient.gender", "min": 1, "binding": {"strength": "required", "valueSet": "http://v/1"}},
            {"path": "Patient.photo", "max": "0"},
            {"path": "Patient.maritalStatus", "patternCodeableConcept": {"coding": [{"system": "urn:s", "code": "M"}]}},
            {"path": "Patient.deceasedBoolean", "fixedBoolean": false},
        ]),
    );
    let structures = Structures::r4().with([&definition]);
    let of = |value: Value| errors(&value, &["http://p/p"], &structures);
    let right = json!({"resourceType": "Patient", "gender": "a", "identifier": [{"system": "http://n", "value": "1"}, {"system": "http://o"}],
        "maritalStatus": {"coding": [{"system": "urn:x", "code": "y"}, {"system": "urn:s", "code": "M"}]}, "deceasedBoolean": false});
    assert_eq!(of(right.clone()), [] as [&str; 0]);
    let mut wrong = right.clone();
    wrong["identifier"] = json!([{"system": "http://o"}, {"system": "http://q"}]);
    one(&of(wrong.clone()), &["national", "is missing"]);
    one(&of(wrong), &["`identifier[1]` belongs to none of the slices", "national, other"]);
    let mut wrong = right.clone();
    wrong["identifier"][0]["value"] = json!("1234");
    wrong["gender"] = json!("c");
    wrong["photo"] = json!([{"url": "http://x"}]);
    wrong["maritalStatus"] = json!({"text": "married"});
    wrong["deceasedBoolean"] = json!(true);
    wrong["name"] = json!([{"given": ["A"]}]);
    let found = of(wrong);
    for words in [
        &["3 characters", "identifier[0].value"][..],
        &["`c` is not in", "Patient.gender"],
        &["`photo` may not be here"],
        &["at least", "maritalStatus"],
        &["must be false", "deceased"],
        &["p-1: names need a family"],
    ] {
        one(&found, words);
    }
    let mut unknown = right;
    unknown["gender"] = json!("u");
    assert!(of(unknown).is_empty(), "a code that nobody knows is no error");
    one(
        &errors(&json!({"resourceType": "Group", "type": "person", "actual": true}), &["http://p/p"], &structures),
        &["is for Patient"],
    );
    one(&errors(&json!({"resourceType": "Patient"}), &["http://p/none"], &structures), &["not known here"]);
}

#[test]
fn profiles_that_rest_on_themselves_end() {
    let mut circle = profile("circle", "Patient", json!([{"path": "Patient.active", "min": 1}]));
    circle["baseDefinition"] = json!("http://p/circle");
    let own = profile(
        "own",
        "Patient",
        json!([
            {"path": "Patient.link", "min": 0},
            {"path": "Patient.link.other", "type": [{"code": "Reference", "targetProfile": ["http://p/own"]}]},
            {"path": "Patient.contained", "type": [{"code": "Patient", "profile": ["http://p/own"]}]},
            {"path": "Patient.extension", "type": [{"code": "Extension", "profile": ["http://p/ext"]}]},
        ]),
    );
    let ext = profile(
        "ext",
        "Extension",
        json!([
            {"path": "Extension.extension", "type": [{"code": "Extension", "profile": ["http://p/ext"]}]},
            {"path": "Extension.url", "fixedUri": "http://p/ext"},
        ]),
    );
    let structures = Structures::r4().with([&circle, &own, &ext]);
    one(&errors(&json!({"resourceType": "Patient"}), &["http://p/circle"], &structures), &["rests on itself"]);
    let patient = json!({"resourceType": "Patient", "id": "a", "contained": [{"resourceType": "Patient", "id": "b", "link": [{"other": {"reference": "#"}, "type": "seealso"}]}],
        "link": [{"other": {"reference": "#b"}, "type": "seealso"}], "extension": [{"url": "http://p/ext", "extension": [{"url": "http://p/ext", "valueString": "x"}]}]});
    let _ = errors(&patient, &["http://p/own"], &structures);
}

#[test]
fn choices_are_narrowed_and_sliced_by_type() {
    let narrow = profile(
        "o",
        "Observation",
        json!([
            {"path": "Observation.value[x]", "min": 1, "type": [{"code": "Quantity"}]},
            {"path": "Observation.value[x].code", "min": 1},
        ]),
    );
    let short = profile("s", "Observation", json!([{"path": "Observation.valueQuantity.unit", "min": 1}]));
    let structures = Structures::r4().with([&narrow, &short]);
    let with = |value: Value| {
        let mut observation = json!({"resourceType": "Observation", "status": "final", "code": {"text": "x"}});
        observation.as_object_mut().unwrap().extend(value.as_object().unwrap().clone());
        observation
    };
    let quantity = with(json!({"valueQuantity": {"value": 1, "code": "kg", "system": "http://unitsofmeasure.org"}}));
    assert_eq!(errors(&quantity, &["http://p/o"], &structures), [] as [&str; 0]);
    one(
        &errors(&with(json!({"valueString": "x"})), &["http://p/o"], &structures),
        &["`valueString` has not a type", "Quantity"],
    );
    one(&errors(&with(json!({})), &["http://p/o"], &structures), &["`value[x]` is missing"]);
    one(&errors(&quantity, &["http://p/s"], &structures), &["`unit` is missing", "value.ofType(Quantity)"]);
    // `valueQuantity` alone leaves no other type, as in R4's own profiles.
    one(&errors(&with(json!({"valueString": "x"})), &["http://p/s"], &structures), &["`valueString` has not a type"]);
}

#[test]
fn bundles_keep_their_addresses_and_documents_hold_what_they_name() {
    let entry = |url: &str, resource: Value| json!({"fullUrl": url, "resource": resource});
    let bundle = |entries: Value| json!({"resourceType": "Bundle", "type": "collection", "entry": entries});
    let patient = json!({"resourceType": "Patient", "id": "1"});
    assert!(base(&bundle(json!([entry("http://a/fhir/Patient/1", patient.clone())]))).is_empty());
    one(&base(&bundle(json!([entry("Patient/1", patient.clone())]))), &["absolute address", "Bundle.entry[0]"]);
    one(&base(&bundle(json!([entry("http://a/fhir/Patient/2", patient.clone())]))), &["have to agree"]);
    let composition = json!({"resourceType": "Composition", "status": "final", "type": {"text": "x"}, "date": "2020", "title": "x",
        "author": [{"reference": "urn:uuid:00000000-0000-0000-0000-000000000001"}]});
    let document = |entries: Value| {
        json!({"resourceType": "Bundle", "type": "document", "identifier": {"system": "urn:x", "value": "1"},
        "timestamp": "2020-01-01T00:00:00Z", "entry": entries})
    };
    let one_entry = entry("urn:uuid:00000000-0000-0000-0000-000000000000", composition);
    one(&base(&document(json!([one_entry]))), &["`author` points to", "is not in the Bundle"]);
    one(&base(&document(json!([entry("http://a/Patient/1", patient)]))), &["begins with a Composition"]);
}

#[test]
fn questionnaire_responses_are_judged_by_their_questions() {
    let response = json!({"resourceType": "QuestionnaireResponse", "status": "completed", "questionnaire": "#q", "contained": [{
        "resourceType": "Questionnaire", "id": "q", "status": "active", "item": [
            {"linkId": "1", "type": "boolean", "required": true},
            {"linkId": "2", "type": "string", "maxLength": 3, "enableWhen": [{"question": "1", "operator": "=", "answerBoolean": true}]},
            {"linkId": "3", "type": "choice", "answerOption": [{"valueCoding": {"system": "urn:s", "code": "a"}}]}]}],
        "item": [{"linkId": "1", "answer": [{"valueBoolean": true}]}, {"linkId": "2", "answer": [{"valueString": "abc"}]},
            {"linkId": "3", "answer": [{"valueCoding": {"system": "urn:s", "code": "a"}}]}]});
    assert_eq!(base(&response), [] as [&str; 0]);
    let mut wrong = response.clone();
    wrong["item"] = json!([{"linkId": "2", "answer": [{"valueString": "abcd"}]}, {"linkId": "4"}]);
    let found = base(&wrong);
    one(&found, &["required question `1`"]);
    one(&found, &["has no `4`"]);
    one(&found, &["`2` is answered, although"]);
    let mut wrong = response;
    wrong["item"][1]["answer"] = json!([{"valueInteger": 1}, {"valueString": "abcd"}]);
    wrong["item"][2]["answer"][0]["valueCoding"]["code"] = json!("b");
    let found = base(&wrong);
    for words in ["allows one answer", "this is a Integer", "at most 3 characters", "none of the options"] {
        one(&found, &[words]);
    }
}

#[test]
fn what_costs_too_much_is_refused_by_name() {
    let names: Vec<Value> = (0..5_000).map(|_| json!({"family": "A"})).collect();
    let patient = json!({"resourceType": "Patient", "name": names});
    let limits = Limits { steps: 1_000, ..Limits::default() };
    let issues = validate(&patient, &[], &Validator { limits, ..with(Structures::r4()) });
    assert!(issues.iter().any(|issue| issue.code == "too-costly"), "{issues:?}");
    let mut deep = json!({"linkId": "1", "type": "group"});
    for _ in 0..400 {
        deep = json!({"linkId": "1", "type": "group", "item": [deep]});
    }
    let questionnaire = json!({"resourceType": "Questionnaire", "status": "draft", "item": [deep]});
    let issues = validate(&questionnaire, &[], &with(Structures::r4()));
    assert!(issues.iter().any(|issue| issue.code == "too-costly"));
}

fn any_json() -> impl Strategy<Value = Value> {
    let names = [
        "resourceType",
        "Patient",
        "Observation",
        "Bundle",
        "name",
        "extension",
        "url",
        "value",
        "valueString",
        "entry",
        "resource",
        "contained",
        "_birthDate",
        "birthDate",
        "reference",
        "meta",
        "profile",
        "item",
        "linkId",
        "#a",
        "http://p/own",
        "subject",
        "text",
        "div",
    ];
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        prop::sample::select(names.to_vec()).prop_map(Value::from),
        ".{0,12}".prop_map(Value::from),
    ];
    leaf.prop_recursive(6, 64, 6, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
            prop::collection::vec((prop::sample::select(names.to_vec()), inner), 0..6).prop_map(|pairs| Value::Object(
                pairs.into_iter().map(|(key, value)| (key.to_owned(), value)).collect()
            )),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn nothing_panics_on_any_json(value in any_json(), kind in prop::sample::select(vec!["Patient", "Bundle", "Observation", "QuestionnaireResponse", "StructureDefinition", "ValueSet"])) {
        let mut resource = value.clone();
        if let Some(map) = resource.as_object_mut() {
            map.insert("resourceType".to_owned(), kind.into());
        }
        let _ = base(&value);
        let _ = base(&resource);
        // The same as a definition.
        let definition = json!({"resourceType": "StructureDefinition", "url": "http://p/any", "kind": "resource", "type": "Patient",
            "baseDefinition": "http://hl7.org/fhir/StructureDefinition/Patient", "derivation": "constraint",
            "differential": {"element": [{"path": "Patient"}, {"path": "Patient.name", "patternHumanName": value, "slicing": value, "type": value, "binding": value, "constraint": value}]}});
        let structures = Structures::r4().with([&definition]);
        let _ = errors(&json!({"resourceType": "Patient", "name": [{"family": "A"}]}), &["http://p/any"], &structures);
    }
}
