//! What searches find: kinds of parameters, modifiers, steps between resources, filters.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)] // a fault of the set-up may stop a test

mod searching;

use searching::{World, denied};
use serde_json::json;

async fn observations(world: &World) {
    let unit = |code: &str| json!({"system": "http://unitsofmeasure.org", "code": code, "unit": code});
    let amount = |value: serde_json::Value, code: &str| {
        let mut amount = unit(code);
        amount["value"] = value;
        amount
    };
    for (id, value) in [
        ("mg", amount(json!(5.4), "mg")),
        ("g", amount(json!(0.0054), "g")),
        ("heavy", amount(json!(5.46), "mg")),
        ("plain", json!({"value": 5.4, "unit": "tablets"})),
    ] {
        world
            .put(json!({"resourceType": "Observation", "id": id, "status": "final", "valueQuantity": value,
                "code": {"coding": [{"system": "http://loinc.org", "code": "1-8"}], "text": "Trial dose"}}))
            .await;
    }
}

#[tokio::test]
async fn quantities_meet_in_their_canonical_unit() {
    let world = World::new();
    observations(&world).await;
    let find = async |query: &str| world.ids("Observation", query).await;
    assert_eq!(find("value-quantity=5.4|http://unitsofmeasure.org|mg").await, ["g", "mg"]);
    assert_eq!(find("value-quantity=0.0054|http://unitsofmeasure.org|g").await, ["g", "mg"]);
    assert_eq!(find("value-quantity=5|http://unitsofmeasure.org|mg").await, ["g", "heavy", "mg"]);
    assert_eq!(find("value-quantity=gt5.4|http://unitsofmeasure.org|mg").await, ["heavy"]);
    assert_eq!(find("value-quantity=le5.4|http://unitsofmeasure.org|mg").await, ["g", "mg"]);
    assert_eq!(find("value-quantity=ap5.4|http://unitsofmeasure.org|mg").await, ["g", "heavy", "mg"]);
    assert_eq!(find("value-quantity=5.4||tablets").await, ["plain"]);
    assert_eq!(find("value-quantity=5.4||mg").await, ["mg"]);
    assert_eq!(find("value-quantity=5.4").await, ["mg", "plain"]);
    assert_eq!(find("code-value-quantity=http://loinc.org|1-8$gt5.4|http://unitsofmeasure.org|mg").await, ["heavy"]);
    assert_eq!(find("code-value-quantity=2-8$gt5.4|http://unitsofmeasure.org|mg").await, [""; 0]);
    assert_eq!(find("code=1-8&value-quantity=gt5.4|http://unitsofmeasure.org|mg").await, ["heavy"]);
}

#[tokio::test]
async fn numbers_are_as_exact_as_their_digits() {
    let world = World::new();
    for (id, probability) in [("low", json!(0.15)), ("mid", json!(0.2)), ("high", json!(0.24))] {
        world
            .put(json!({"resourceType": "RiskAssessment", "id": id, "status": "final",
                "subject": {"reference": "Group/none"}, "prediction": [{"probabilityDecimal": probability}]}))
            .await;
    }
    let find = async |query: &str| world.ids("RiskAssessment", query).await;
    assert_eq!(find("probability=0.2").await, ["high", "low", "mid"]);
    assert_eq!(find("probability=0.20").await, ["mid"]);
    assert_eq!(find("probability=ne0.20").await, ["high", "low"]);
    assert_eq!(find("probability=gt0.2").await, ["high"]);
    assert_eq!(find("probability=ge0.2&probability=lt0.24").await, ["mid"]);
    assert_eq!(find("probability=0.15,0.240").await, ["high", "low"]);
    assert_eq!(world.order("RiskAssessment", "_sort=-probability").await, ["high", "mid", "low"]);
}

async fn people(world: &World) {
    world
        .put(json!({"resourceType": "Patient", "id": "anna", "active": true, "gender": "female", "birthDate": "1980-05-02",
            "name": [{"family": "Åström", "given": ["Anna", "Berit"]}],
            "identifier": [{"system": "urn:mrn", "value": "7", "type": {"text": "Record number",
                "coding": [{"system": "urn:types", "code": "MR"}]}}],
            "generalPractitioner": [{"reference": "Practitioner/doc"}, {"identifier": {"system": "urn:gp", "value": "g1"}}]}))
        .await;
    world
        .put(json!({"resourceType": "Patient", "id": "bo", "gender": "male", "name": [{"family": "astrom"}],
            "managingOrganization": {"reference": "Organization/ward"}}))
        .await;
    world.put(json!({"resourceType": "Practitioner", "id": "doc", "name": [{"family": "Li"}]})).await;
    world.put(json!({"resourceType": "Organization", "id": "house", "name": "House"})).await;
    world
        .put(json!({"resourceType": "Organization", "id": "ward", "name": "Ward", "partOf": {"reference": "Organization/house"}}))
        .await;
    for (id, who, code) in [("o1", "anna", "a"), ("o2", "anna", "b"), ("o3", "bo", "a")] {
        world
            .put(json!({"resourceType": "Observation", "id": id, "status": "final", "subject": {"reference": format!("Patient/{who}")},
                "code": {"text": format!("Code {code}"), "coding": [{"system": "urn:c", "code": code, "display": "Shown so"}]},
                "effectiveDateTime": "2024-05-01", "performer": [{"reference": "Practitioner/doc"}]}))
            .await;
    }
    world
        .put(json!({"resourceType": "DiagnosticReport", "id": "r", "status": "final", "code": {"text": "x"},
            "subject": {"reference": "Patient/anna"}, "result": [{"reference": "Observation/o1"}]}))
        .await;
    world
        .put(json!({"resourceType": "List", "id": "list", "status": "current", "mode": "working",
            "entry": [{"item": {"reference": "Patient/bo"}}, {"item": {"reference": "Observation/o2"}}]}))
        .await;
}

#[tokio::test]
async fn modifiers_change_what_is_meant() {
    let world = World::new();
    people(&world).await;
    let find = async |query: &str| world.ids("Patient", query).await;
    assert_eq!(find("family=astr").await, ["anna", "bo"]);
    assert_eq!(find("family:exact=Åström").await, ["anna"]);
    assert_eq!(find("family:exact=Åstr").await, [""; 0]);
    assert_eq!(find("family:contains=strö").await, ["anna", "bo"]);
    assert_eq!(find("gender:not=male").await, ["anna"]);
    assert_eq!(find("birthdate:missing=true").await, ["bo"]);
    assert_eq!(find("active:missing=false").await, ["anna"]);
    assert_eq!(find("general-practitioner:missing=false").await, ["anna"]);
    assert_eq!(find("identifier:of-type=urn:types|MR|7").await, ["anna"]);
    assert_eq!(find("identifier:of-type=urn:types|MR|8").await, [""; 0]);
    assert_eq!(find("identifier:text=record").await, ["anna"]);
    assert_eq!(find("general-practitioner:identifier=urn:gp|g1").await, ["anna"]);
    assert_eq!(find("general-practitioner:Practitioner=doc").await, ["anna"]);
    assert_eq!(world.ids("Observation", "code:text=shown").await, ["o1", "o2", "o3"]);
    assert_eq!(world.ids("Observation", "code:text=code b").await, ["o2"]);
    assert_eq!(world.ids("Observation", "subject:missing=true").await, [""; 0]);
    assert_eq!(world.ids("Observation", "subject:missing=false").await, ["o1", "o2", "o3"]);
    assert_eq!(world.ids("Observation", "code:not=a").await, ["o2"]);
}

#[tokio::test]
async fn uris_lie_above_and_below_one_another() {
    let world = World::new();
    for (id, url) in [("a", "http://x.org/vs"), ("b", "http://x.org/vs/one"), ("c", "http://x.org/vs/one/two")] {
        world.put(json!({"resourceType": "ValueSet", "id": id, "status": "draft", "url": url})).await;
    }
    world.put(json!({"resourceType": "Basic", "id": "p", "code": {"text": "x"}, "meta": {"profile": ["http://p.org/x|2"]}})).await;
    let find = async |query: &str| world.ids("ValueSet", query).await;
    assert_eq!(find("url=http://x.org/vs").await, ["a"]);
    assert_eq!(find("url:below=http://x.org/vs/").await, ["b", "c"]);
    assert_eq!(find("url:above=http://x.org/vs/one").await, ["a", "b"]);
    assert_eq!(world.ids("Basic", "_profile=http://p.org/x").await, ["p"]);
    assert_eq!(world.ids("Basic", "_profile=http://p.org/x|2").await, ["p"]);
    assert_eq!(world.ids("Basic", "_profile=http://p.org/x|3").await, [""; 0]);
    assert_eq!(world.ids("Basic", "_profile:below=http://p.org/").await, ["p"]);
}

#[tokio::test]
async fn chains_and_has_step_from_resource_to_resource() {
    let world = World::new();
    people(&world).await;
    let find = async |query: &str| world.ids("Observation", query).await;
    assert_eq!(find("subject:Patient.family=åström").await, ["o1", "o2", "o3"]);
    assert_eq!(find("subject:Patient.family:exact=astrom").await, ["o3"]);
    assert_eq!(find("subject.gender=female").await, ["o1", "o2"]);
    assert_eq!(find("patient.identifier=urn:mrn|7&code=a").await, ["o1"]);
    assert_eq!(find("patient.organization.partof.name=house").await, ["o3"]);
    assert_eq!(find("patient:Patient.general-practitioner:Practitioner.name=li").await, ["o1", "o2"]);
    assert_eq!(find("performer.name=li&patient.active=true").await, ["o1", "o2"]);
    assert_eq!(find("_has:DiagnosticReport:result:_id=r").await, ["o1"]);
    assert_eq!(find("subject._has:DiagnosticReport:patient:status=final").await, ["o1", "o2"]);
    let people = async |query: &str| world.ids("Patient", query).await;
    assert_eq!(people("_has:Observation:patient:code=b").await, ["anna"]);
    assert_eq!(people("_has:Observation:subject:code=a").await, ["anna", "bo"]);
    assert_eq!(people("_has:Observation:patient:_has:DiagnosticReport:result:status=final").await, ["anna"]);
    assert_eq!(people("_has:Observation:patient:performer:Practitioner.name=li").await, ["anna", "bo"]);
    assert_eq!(people("_has:Observation:patient:code=b&gender=male").await, [""; 0]);
    assert_eq!(world.ids("Practitioner", "_has:Observation:performer:patient.gender=male").await, ["doc"]);
    assert_eq!(people("_list=list").await, ["bo"]);
    assert_eq!(find("_list=List/list").await, ["o2"]);
}

#[tokio::test]
async fn filters_join_tests() {
    let world = World::new();
    people(&world).await;
    let find = async |filter: &str| world.ids("Patient", &format!("_filter={filter}")).await;
    assert_eq!(find("family sw astr and gender eq male").await, ["bo"]);
    assert_eq!(find("gender eq male or gender eq female and active eq true").await, ["anna"]);
    assert_eq!(find("gender eq male or (gender eq female and active eq true)").await, ["anna", "bo"]);
    assert_eq!(find("not (gender eq male)").await, ["anna"]);
    assert_eq!(find("family eq ASTROM").await, ["anna", "bo"]);
    assert_eq!(find("given ne anna").await, ["anna"]);
    assert_eq!(find("given ew rit").await, ["anna"]);
    assert_eq!(find("given co \"nn\"").await, ["anna"]);
    assert_eq!(find("given gt anna").await, ["anna"]);
    assert_eq!(find("given gt berit").await, [""; 0]);
    assert_eq!(find("birthdate pr false").await, ["bo"]);
    assert_eq!(find("birthdate ge 1980-05 and birthdate lt 1981").await, ["anna"]);
    assert_eq!(find("birthdate po 1980").await, ["anna"]);
    assert_eq!(find("organization.partof.name co ous").await, ["bo"]);
    assert_eq!(find("organization[name eq ward].partof.name eq house").await, ["bo"]);
    assert_eq!(find("general-practitioner re Practitioner/doc").await, ["anna"]);
    assert_eq!(find("_has:Observation:patient:code eq urn:c|b").await, ["anna"]);
    let observations = async |filter: &str| world.ids("Observation", &format!("_filter={filter}")).await;
    assert_eq!(observations("subject.id eq anna and code eq a").await, ["o1"]);
    assert_eq!(observations("code ne a").await, ["o2"]);
    assert_eq!(observations("patient ne Patient/anna").await, ["o3"]);
}

#[tokio::test]
async fn places_are_near() {
    let world = World::new();
    for (id, latitude, longitude) in [("a", 31.0, 121.0), ("b", 31.05, 121.0), ("c", -31.0, -59.0)] {
        world
            .put(json!({"resourceType": "Location", "id": id, "name": id, "position": {"latitude": latitude, "longitude": longitude}}))
            .await;
    }
    let find = async |query: &str| world.ids("Location", query).await;
    assert_eq!(find("near=31|121").await, ["a", "b"]);
    assert_eq!(find("near=31|121|1|km").await, ["a"]);
    assert_eq!(find("near=31|121|6000|m").await, ["a", "b"]);
    assert_eq!(find("near=31|121|30000").await, ["a", "b", "c"]);
    assert_eq!(world.order("Location", "near=31.05|121|30000&_sort=near").await, ["b", "a", "c"]);
    assert_eq!(world.order("Location", "near=31.05|121|30000&_sort=-near").await, ["c", "a", "b"]);
}

#[tokio::test]
async fn several_types_and_all_are_searched_together() {
    let world = World::new();
    people(&world).await;
    assert_eq!(world.ids("", "_type=Patient,Practitioner&name=li").await, ["doc"]);
    assert_eq!(world.ids("", "_type=Patient,Observation&_id=anna,o2").await, ["anna", "o2"]);
    assert_eq!(world.ids("", "_id=anna,o2,list,none").await, ["anna", "list", "o2"]);
    assert_eq!(world.ids("", "_type=Observation,DiagnosticReport&patient=anna").await, ["o1", "o2", "r"]);
    assert_eq!(world.ids("", "_type=Observation,DiagnosticReport&patient.gender=male").await, ["o3"]);
    assert!(world.ids("", "").await.len() >= 10);
    assert!(world.refused("", "_type=Patient,Practitioner&birthdate=1980").await.contains("birthdate"));
    assert!(world.refused("", "name=li").await.contains("name"));
    assert!(world.refused("", "_type=Dog").await.contains("Dog"));
    assert!(world.refused("Patient", "_type=Patient").await.contains("_type"));
}

#[tokio::test]
async fn a_compartment_is_searched() {
    let world = World::new();
    people(&world).await;
    assert_eq!(world.within("Patient", "anna", "Observation", "").await, ["o1", "o2"]);
    assert_eq!(world.within("Patient", "anna", "Observation", "code=b").await, ["o2"]);
    assert_eq!(world.within("Patient", "anna", "", "").await, ["anna", "o1", "o2", "r"]);
    assert_eq!(world.within("Patient", "anna", "", "_type=Observation,DiagnosticReport&code:text=x").await, ["r"]);
    assert_eq!(world.within("Patient", "nobody", "Observation", "").await, [""; 0]);
    assert_eq!(world.within("Practitioner", "doc", "Observation", "code=a").await, ["o1", "o3"]);
}

#[tokio::test]
async fn what_a_caller_may_not_see_is_no_way_either() {
    let world = World::new();
    people(&world).await;
    let doctor = searching::doctor();
    let has = "_has:AuditEvent:entity:action=R";
    assert!(denied(world.find_as(&doctor, "Patient", has).await).contains("AuditEvent"));
    assert!(denied(world.find_as(&doctor, "", "_type=Patient,AuditEvent").await).contains("AuditEvent"));
    assert!(denied(world.find_as(&doctor, "Patient", "_explain=true").await).contains("how a search is run"));
    world
        .put(json!({"resourceType": "Task", "id": "review", "status": "requested", "intent": "order",
            "code": {"coding": [{"system": "https://meridian.example/task", "code": "review-identity"}]},
            "focus": {"reference": "Patient/anna"}}))
        .await;
    let has = "_has:Task:focus:status=requested";
    assert_eq!(world.ids("Patient", has).await, ["anna"]);
    assert_eq!(world.ids_as(&doctor, "Patient", has).await, [""; 0]);
    assert_eq!(world.ids_as(&doctor, "", "_id=anna,review").await, ["anna"]);
    assert_eq!(world.ids_as(&doctor, "Patient", "_id=anna&_revinclude=Task:focus").await, ["anna"]);
    assert_eq!(world.ids("Patient", "_id=anna&_revinclude=Task:focus").await, ["anna", "review"]);
}

#[tokio::test]
async fn words_are_found_in_narratives_and_contents() {
    let world = World::new();
    world
        .put(json!({"resourceType": "Condition", "id": "c", "subject": {"reference": "Patient/none"},
            "text": {"status": "generated", "div": "<div xmlns=\"http://www.w3.org/1999/xhtml\">慢性<b>支气管炎</b> with Cough</div>"},
            "note": [{"text": "吸烟二十年"}]}))
        .await;
    let find = async |query: &str| world.ids("Condition", query).await;
    assert_eq!(find("_text=支气管炎").await, ["c"]);
    assert_eq!(find("_text=cough").await, ["c"]);
    assert_eq!(find("_text=吸烟").await, [""; 0]);
    assert_eq!(find("_content=吸烟").await, ["c"]);
    assert_eq!(find("_content=吸烟 cough").await, ["c"]);
    assert_eq!(find("_content=fever,吸烟").await, ["c"]);
    assert_eq!(find("_content=fever 吸烟").await, [""; 0]);
}
