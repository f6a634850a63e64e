//! Rules of single resource types and of the specification's text, each with what keeps it and what breaks it.

use super::*;

/// A world where these resources are at hand.
struct Hand(Vec<Value>);

impl Lookup for Hand {
    fn resolve(&self, reference: &str) -> Option<&Value> {
        let (kind, id) = reference.split_once('/')?;
        self.0.iter().find(|one| one["resourceType"] == kind && one["id"] == id)
    }

    fn canonical(&self, address: &str) -> Option<&Value> {
        self.0.iter().find(|one| one["url"] == address)
    }
}

fn among(value: &Value, hand: Vec<Value>, habits: Habits) -> Vec<String> {
    let lookup = Hand(hand);
    let with = Validator { lookup: &lookup, habits, ..with(Structures::r4()) };
    let issues = validate(value, &[], &with).into_iter().filter(|issue| issue.severity == Severity::Error);
    issues.map(|issue| format!("{} @ {}", issue.diagnostics, issue.expression.join(" "))).collect()
}

fn with_hand(value: &Value, hand: Vec<Value>) -> Vec<String> {
    among(value, hand, Habits::default())
}

/// Warnings against the base.
fn warned(value: &Value) -> Vec<String> {
    let issues = validate(value, &[], &with(Structures::r4())).into_iter();
    let warnings = issues.filter(|issue| issue.severity == Severity::Warning);
    warnings.map(|issue| format!("{} @ {}", issue.diagnostics, issue.expression.join(" "))).collect()
}

#[test]
fn code_systems_count_and_type_as_they_say() {
    let system = |count: u64, value: Value| {
        let mut property = json!({"code": "p"});
        property.as_object_mut().unwrap().extend(value.as_object().unwrap().clone());
        json!({"resourceType": "CodeSystem", "url": "http://a/c", "status": "draft", "content": "complete", "count": count,
        "property": [{"code": "p", "type": "integer"}], "concept": [{"code": "a", "property": [property], "concept": [{"code": "b"}]}]})
    };
    assert_eq!(base(&system(2, json!({"valueInteger": 1}))), [] as [&str; 0]);
    let found = base(&system(3, json!({"valueString": "1"})));
    one(&found, &["says to have 3 concepts, and has 2"]);
    one(&found, &["`p` is a integer by its definition, this is a String", "concept[0].property[0]"]);
    let map = json!({"resourceType": "ConceptMap", "status": "draft", "group": [{"source": "http://snomed.info/sct", "element": [{"code": "x"}]}]});
    one(&warned(&map), &["no code of SNOMED CT", "element[0]"]);
}

#[test]
fn systems_are_absolute_addresses() {
    one(
        &base(&json!({"resourceType": "Patient", "identifier": [{"system": "ssn", "value": "1"}]})),
        &["`ssn` is no absolute address"],
    );
    let coded = |system: &str, code: &str| json!({"resourceType": "Observation", "status": "final", "code": {"coding": [{"system": system, "code": code}]}});
    one(&base(&coded("loinc", "1-8")), &["`loinc` is no absolute address"]);
    one(&base(&coded("http://snomed.info/sct", "1")), &["no code of SNOMED CT"]);
    assert!(base(&coded("http://snomed.info/sct", "22298006")).is_empty());
    let supplement = json!({"resourceType": "CodeSystem", "url": "http://a/s", "content": "supplement", "supplements": "http://a/c", "status": "draft"});
    let terms = crate::terms::Terms::embedded().with([&supplement]).unwrap();
    let codes = Validator { codes: &terms, ..with(Structures::r4()) };
    let issues = validate(&coded("http://a/s", "1"), &[], &codes);
    assert!(issues.iter().any(|one| one.diagnostics.contains("adds to another code system")), "{issues:?}");
}

#[test]
fn bounds_of_dates_may_move_with_the_clock() {
    // Now is 1970.
    let soon = profile(
        "soon",
        "Patient",
        json!([
        {"path": "Patient.birthDate", "maxValueDuration": {"value": 10, "unit": "a", "system": "http://unitsofmeasure.org", "code": "a"},
            "minValueQuantity": {"value": 1, "unit": "mo", "system": "http://unitsofmeasure.org", "code": "mo"}}]),
    );
    let structures = Structures::r4().with([&soon]);
    let born =
        |date: &str| errors(&json!({"resourceType": "Patient", "birthDate": date}), &["http://p/soon"], &structures);
    assert_eq!(born("1979-12-31"), [] as [&str; 0]);
    assert_eq!(born("1969-12-02"), [] as [&str; 0]);
    one(&born("1981-01-01"), &["must be at most"]);
    one(&born("1969-11-30"), &["must be at least"]);
}

#[test]
fn a_value_may_be_asked_for_itself() {
    let valued = profile(
        "valued",
        "Patient",
        json!([{"path": "Patient.active", "min": 1, "extension": [
        {"url": "http://hl7.org/fhir/5.0/StructureDefinition/extension-ElementDefinition.mustHaveValue", "valueBoolean": true}]}]),
    );
    let structures = Structures::r4().with([&valued]);
    let absent = json!({"resourceType": "Patient", "_active": {"extension": [{"url": "http://hl7.org/fhir/StructureDefinition/data-absent-reason", "valueCode": "unknown"}]}});
    one(&errors(&absent, &["http://p/valued"], &structures), &["a value has to be here itself"]);
    assert!(errors(&json!({"resourceType": "Patient", "active": true}), &["http://p/valued"], &structures).is_empty());
}

#[test]
fn search_parameters_agree_with_what_they_are_made_from() {
    let parameter = |base: &str, kind: &str, expression: &str| {
        json!({"resourceType": "SearchParameter", "url": "http://a/p", "name": "P", "status": "draft", "description": "x", "code": "x",
        "derivedFrom": "http://hl7.org/fhir/SearchParameter/Organization-name", "base": [base], "type": kind, "expression": expression})
    };
    assert_eq!(base(&parameter("Organization", "string", "Organization.name | Organization.alias")), [] as [&str; 0]);
    let found = base(&parameter("Patient", "token", "Organization.name"));
    one(&found, &["is not for Patient"]);
    one(&found, &["that of http://hl7.org/fhir/SearchParameter/Organization-name is string"]);
    let found = warned(&parameter("Patient", "token", "Organization.name"));
    one(&found, &["the expression speaks of Organization"]);
    one(&base(&parameter("Organization", "string", "Organization.name.where(")), &["not one of FHIRPath"]);
    let statement = |kind: &str| {
        json!({"resourceType": "CapabilityStatement", "status": "draft", "date": "2020", "kind": "requirements", "fhirVersion": "4.0.1",
        "format": ["json"], "description": "x", "rest": [{"mode": "server", "resource": [{"type": "Organization", "searchParam": [
            {"name": "name", "definition": "http://hl7.org/fhir/SearchParameter/Organization-name", "type": kind}]}]}]})
    };
    assert!(!warned(&statement("string")).iter().any(|one| one.contains("SearchParameter")));
    one(&warned(&statement("date")), &["the type is date", "is string", "searchParam[0]"]);
}

#[test]
fn structures_are_of_types_that_exist() {
    let structure = |name: &str| {
        json!({"resourceType": "StructureDefinition", "url": "http://a/boo", "name": "Boo", "status": "draft", "kind": "logical", "abstract": false,
        "type": name, "baseDefinition": "http://hl7.org/fhir/StructureDefinition/Element", "derivation": "specialization",
        "differential": {"element": [{"id": "boo", "path": "boo"}]}})
    };
    one(&base(&structure("Boo")), &["Boo is not a type of FHIR R4"]);
    assert!(!base(&structure("http://a/boo")).iter().any(|one| one.contains("is not a type")));
}

#[test]
fn filters_of_value_sets_ask_for_what_a_property_can_be() {
    let set = |system: &str, property: &str, op: &str, value: &str| {
        json!({"resourceType": "ValueSet", "url": "http://a/v", "status": "draft", "compose": {"include": [
            {"system": system, "filter": [{"property": property, "op": op, "value": value}]}]}})
    };
    one(&base(&set("http://snomed.info/sct", "constraint", "=", "234234 << 234234")), &["no expression of ECL"]);
    assert!(base(&set("http://snomed.info/sct", "constraint", "=", "<< 404684003")).is_empty());
    one(&base(&set("http://snomed.info/sct", "concept", "is-a", "something")), &["no code of SNOMED CT"]);
    one(&base(&set("http://a/c", "notSelectable", "=", "1")), &["true or false"]);
    let system =
        json!({"resourceType": "CodeSystem", "url": "http://a/c", "property": [{"code": "c", "type": "Coding"}]});
    one(&with_hand(&set("http://a/c", "c", "=", "http://snomed.info/sct#x"), vec![system]), &["no code of SNOMED CT"]);
}

#[test]
fn reports_have_the_groups_of_their_measure() {
    let code = |code: &str| json!({"coding": [{"system": "http://terminology.hl7.org/CodeSystem/measure-population", "code": code}]});
    let measure = json!({"resourceType": "Measure", "url": "http://a/m", "scoring": {"coding": [{"code": "cohort"}]}, "group": [
        {"code": {"text": "a"}, "population": [{"code": code("numerator")}, {"code": code("denominator")}]}, {"code": {"text": "b"}}]});
    let report = |groups: Value| {
        json!({"resourceType": "MeasureReport", "status": "complete", "type": "summary", "measure": "http://a/m",
        "period": {"start": "2020", "end": "2021"}, "group": groups})
    };
    let right = json!([{"code": {"text": "a"}, "population": [{"code": code("numerator"), "count": 1}, {"code": code("denominator"), "count": 1}]}, {"code": {"text": "b"}}]);
    assert_eq!(with_hand(&report(right.clone()), vec![measure.clone()]), [] as [&str; 0]);
    let mut wrong = right.clone();
    wrong[0]["population"] = json!([{"code": code("numerator")}, {"code": code("numerator")}, {"count": 1}]);
    wrong[0]["measureScore"] = json!({"value": 1});
    wrong[1]["code"]["text"] = json!("a");
    let found = with_hand(&report(wrong), vec![measure]);
    for words in [
        "this population twice",
        "a population has the code",
        "`denominator` of the measure is missing",
        "cohort has no score",
        "this group of the measure twice",
        "`b` of the measure is missing",
    ] {
        one(&found, &[words]);
    }
    let mut named = right;
    named[0]["population"][0]["subjectResults"] = json!({"reference": "List/1"});
    one(&base(&report(named)), &["only a report of the type `subject-list`"]);
}

#[test]
fn documents_hold_what_their_composition_leads_to() {
    let urn = |at: usize| format!("urn:uuid:00000000-0000-0000-0000-00000000000{at}");
    let composition = json!({"resourceType": "Composition", "status": "final", "type": {"text": "x"}, "date": "2020", "title": "x",
        "author": [{"reference": urn(1)}]});
    let entry = |at: usize, resource: Value| json!({"fullUrl": urn(at), "resource": resource});
    let document = |more: Value| {
        json!({"resourceType": "Bundle", "type": "document", "identifier": {"system": "urn:x", "value": "1"}, "timestamp": "2020-01-01T00:00:00Z",
        "entry": [entry(0, composition.clone()), entry(1, json!({"resourceType": "Practitioner"})), entry(2, more)]})
    };
    one(
        &base(&document(json!({"resourceType": "Organization", "name": "x"}))),
        &["nothing leads from the Composition", "entry[2]"],
    );
    let role = json!({"resourceType": "PractitionerRole", "practitioner": {"reference": urn(1)}});
    assert_eq!(base(&document(role)), [] as [&str; 0], "it leads there itself");
    assert_eq!(base(&document(json!({"resourceType": "Binary", "contentType": "text/css"}))), [] as [&str; 0]);
}

#[test]
fn a_search_matches_what_was_searched_for() {
    let bundle = |mode: &str| {
        json!({"resourceType": "Bundle", "type": "searchset", "link": [{"relation": "self", "url": "http://a/fhir/Observation?code=x"}],
        "entry": [{"fullUrl": "http://a/fhir/Patient/1", "resource": {"resourceType": "Patient", "id": "1"}, "search": {"mode": mode}}]})
    };
    one(&base(&bundle("match")), &["a search of Observation matches no Patient"]);
    assert_eq!(base(&bundle("include")), [] as [&str; 0]);
}

#[test]
fn habits_decide_what_r4_leaves_open() {
    let patient = json!({"resourceType": "Patient", "name": [{"text": "a <script>b</script>"}],
        "identifier": [{"system": "http://example.org/ids", "value": "1"}], "managingOrganization": {"reference": "Organization/1"}});
    assert_eq!(base(&patient), [] as [&str; 0]);
    let error = Some(Severity::Error);
    let habits = Habits { missing_targets: error, example_addresses: error, tags_in_texts: error, ..Habits::default() };
    let found = among(&patient, Vec::new(), habits);
    for words in ["what `Organization/1` leads to is not here", "an address for examples", "tags of HTML"] {
        one(&found, &[words]);
    }
    let here = json!({"resourceType": "Organization", "id": "1", "name": "x"});
    assert!(!among(&patient, vec![here], habits).iter().any(|one| one.contains("is not here")));
    // A sign of less is no tag.
    assert_eq!(
        among(&json!({"resourceType": "Patient", "name": [{"text": "a < b > c, 3<4"}]}), Vec::new(), habits),
        [] as [&str; 0]
    );
    let unknown = |url: &str| {
        let habits = Habits { unknown_extensions: Severity::Error, ..Habits::default() };
        among(&json!({"resourceType": "Patient", "extension": [{"url": url, "valueString": "x"}]}), Vec::new(), habits)
    };
    one(&unknown("http://hl7.org/fhir/us/x/StructureDefinition/y"), &["is not known here"]);
    for known in [
        "http://hl7.org/fhir/StructureDefinition/of-the-pack",
        "http://hl7.org/fhir/5.0/StructureDefinition/extension-Patient.x",
        "http://www.example.org/x",
    ] {
        assert_eq!(unknown(known), [] as [&str; 0], "{known}");
    }
}

#[test]
fn questions_are_enabled_by_expressions_too() {
    let response = |answer: bool| {
        json!({"resourceType": "QuestionnaireResponse", "status": "completed", "questionnaire": "#q", "contained": [{
            "resourceType": "Questionnaire", "id": "q", "status": "active", "item": [
                {"linkId": "1", "type": "boolean"},
                {"linkId": "2", "type": "string", "required": true, "extension": [{"url": "http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-enableWhenExpression",
                    "valueExpression": {"language": "text/fhirpath", "expression": "%resource.item.where(linkId = '1').answer.value"}}]}]}],
            "item": [{"linkId": "1", "answer": [{"valueBoolean": answer}]}, {"linkId": "2", "answer": [{"valueString": "x"}]}]})
    };
    assert_eq!(base(&response(true)), [] as [&str; 0]);
    one(&base(&response(false)), &["`2` is answered, although it is not enabled"]);
}

#[test]
fn what_is_contained_is_referred_to() {
    let with_reference = |reference: Value| {
        let mut patient = json!({"resourceType": "Patient", "contained": [
            {"resourceType": "Organization", "id": "o", "name": "x"}]});
        if !reference.is_null() {
            patient["managingOrganization"] = json!({"reference": reference});
        }
        patient
    };
    let all = |value: &Value| -> Vec<String> {
        let issues = validate(value, &[], &with(Structures::r4()));
        issues.into_iter().map(|issue| format!("{}: {}", issue.code, issue.diagnostics)).collect()
    };
    let orphan = all(&with_reference(Value::Null));
    assert!(orphan.iter().any(|says| says.starts_with("invariant: dom-3")), "{orphan:?}");
    let referred = all(&with_reference(json!("#o")));
    assert!(!referred.iter().any(|says| says.contains("dom-3")), "{referred:?}");
    let mut shown = with_reference(Value::Null);
    shown["text"] = json!({"status": "generated",
        "div": "<div xmlns=\"http://www.w3.org/1999/xhtml\"><img src=\"#o\" alt=\"x\"/></div>"});
    let shown = all(&shown);
    assert!(!shown.iter().any(|says| says.contains("dom-3")), "{shown:?}");
    let mut back = with_reference(Value::Null);
    back["contained"][0] = json!({"resourceType": "Provenance", "id": "p", "target": [{"reference": "#"}]});
    let back = all(&back);
    assert!(!back.iter().any(|says| says.contains("dom-3")), "{back:?}");
}
