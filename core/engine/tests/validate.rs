//! `$validate` and validation on write: by posted profiles, by the policy of an institution.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)] // a fault of the set-up may stop a test

mod searching;

use std::collections::HashMap;

use meridian_engine::operations::{Call, EVERY_TYPE, Level, complete, table};
use meridian_engine::{Caller, Class, Engine, EngineError, Role, Strictness, Validation, create, delete, patch, read};
use meridian_model::language::Language;
use searching::{World, operator};
use serde_json::{Value, json};

async fn validate(engine: &Engine, level: Level, call: Call) -> Result<Value, EngineError> {
    let all = table();
    let operation = all.iter().find(|o| o.on == EVERY_TYPE && o.name == "validate" && o.level == level).unwrap();
    complete(&call, operation)?;
    operation.act.run(engine, &operator(), call).await
}

async fn errors(engine: &Engine, body: Value, params: &[(&str, &str)]) -> Vec<String> {
    let params = params.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    let kind = body["resourceType"].as_str().unwrap().to_owned();
    let call = Call { kind, params, body: Some(body), ..Call::default() };
    let outcome = validate(engine, Level::Type, call).await.unwrap();
    let issues = outcome["issue"].as_array().unwrap();
    let wrong = issues.iter().filter(|issue| issue["severity"] == "error");
    wrong.map(|issue| format!("{} @ {}", issue["diagnostics"], issue["expression"])).collect()
}

fn profile(id: &str, least: u32) -> Value {
    json!({"resourceType": "StructureDefinition", "id": id, "url": format!("http://x/{id}"), "name": "X", "status": "active",
        "kind": "resource", "abstract": false, "type": "Patient", "derivation": "constraint",
        "baseDefinition": "http://hl7.org/fhir/StructureDefinition/Patient",
        "differential": {"element": [{"id": "Patient.active", "path": "Patient.active", "min": least}]}})
}

#[tokio::test]
async fn what_is_posted_is_in_force_until_it_is_deleted() {
    let world = World::new();
    let engine = &world.engine;
    let patient = || json!({"resourceType": "Patient"});
    let by = [("profile", "http://x/a")];
    assert!(errors(engine, patient(), &by).await[0].contains("not known here"));
    world.put(profile("a", 1)).await;
    assert!(errors(engine, patient(), &by).await[0].contains("`active` is missing"));
    assert_eq!(errors(engine, patient(), &[]).await, [] as [String; 0]);
    world.put(profile("a", 0)).await;
    assert_eq!(errors(engine, patient(), &by).await, [] as [String; 0]);
    delete(engine, &operator(), "StructureDefinition", "a", None).await.unwrap();
    assert!(errors(engine, patient(), &by).await[0].contains("not known here"));
}

#[tokio::test]
async fn terms_and_profiles_for_china_and_of_packages_are_in_force() {
    let world = World::new();
    let patient = json!({"resourceType": "Patient", "gender": "x"});
    assert!(errors(&world.engine, patient, &[]).await[0].contains("administrative-gender"));
    let china = [("profile", "https://meridian.example/fhir/StructureDefinition/cn-patient")];
    assert!(!errors(&world.engine, json!({"resourceType": "Patient"}), &china).await.is_empty());
    world.engine.install(&[profile("p", 1)]).unwrap();
    let by = [("profile", "http://x/p")];
    assert!(errors(&world.engine, json!({"resourceType": "Patient"}), &by).await[0].contains("`active` is missing"));
    world.put(profile("q", 1)).await;
    assert!(errors(&world.engine, json!({"resourceType": "Patient"}), &by).await[0].contains("`active` is missing"));
}

#[tokio::test]
async fn what_packages_bring_is_read_and_found() {
    let world = World::new();
    let mut changed = profile("cn-patient", 1);
    changed["url"] = json!("http://x/cn");
    world.engine.install(&[profile("p", 1), changed]).unwrap();
    world.engine.find_own(Vec::new());
    let shown = async |id: &str| read(&world.engine, &operator(), "StructureDefinition", id).await.unwrap().body;
    let body: Value = serde_json::from_slice(&shown("p").await).unwrap();
    assert_eq!((&body["url"], &body["meta"]["versionId"]), (&json!("http://x/p"), &json!("1")));
    let body: Value = serde_json::from_slice(&shown("cn-patient").await).unwrap();
    assert_eq!(body["url"], "http://x/cn", "in the place of the program's own of that id");
    assert_eq!(world.ids("StructureDefinition", "url=http://x/p").await, ["p"]);
    assert_eq!(world.ids("StructureDefinition", "_id=cn-patient,p&_sort=_id").await, ["cn-patient", "p"]);
    // Who posts his own puts it in their place.
    world.put(profile("p", 0)).await;
    assert_eq!(world.ids("StructureDefinition", "url=http://x/p&_total=accurate").await, ["p"]);
}

#[tokio::test]
async fn a_definition_that_cannot_be_read_is_refused() {
    let world = World::new();
    let mut wrong = profile("a", 1);
    wrong["differential"]["element"][0]["path"] = json!("Patient..active");
    let refused = create(&world.engine, &operator(), "StructureDefinition", wrong, None).await.unwrap_err();
    assert_eq!(refused.class(), Class::Unprocessable);
    // Nor what can never be used, whichever way it comes.
    let mut wrong = profile("a", 1);
    wrong["differential"]["element"][0]["path"] = json!("Patient.nope");
    let refused = create(&world.engine, &operator(), "StructureDefinition", wrong, None).await.unwrap_err();
    let issues = refused.issues();
    assert_eq!(issues[0].expression, ["StructureDefinition.differential.element[0]"]);
    assert!(issues[0].chinese.as_str().contains("没有元素 `nope`"), "{issues:?}");
    world.put(profile("a", 1)).await;
    let edit = json!([{"op": "replace", "path": "/differential/element/0/path", "value": "Patient.nope"}]);
    let refused = patch(&world.engine, &operator(), "StructureDefinition", "a", &edit, None).await.unwrap_err();
    assert_eq!(refused.class(), Class::Unprocessable);
}

#[tokio::test]
async fn a_definition_waits_for_its_base() {
    let world = World::new();
    let mut late = profile("late", 1);
    late["baseDefinition"] = json!("http://x/base");
    let made = create(&world.engine, &operator(), "StructureDefinition", late, None).await.unwrap();
    assert!(made.notes[0].diagnostics.contains("http://x/base is not here"), "{:?}", made.notes);
    let named = || json!({"resourceType": "Patient", "meta": {"profile": ["http://x/late"]}});
    assert_eq!(errors(&world.engine, named(), &[]).await, [] as [String; 0]);
    assert!(errors(&world.engine, named(), &[("profile", "http://x/late")]).await[0].contains("can't be used"));
    let mut base = profile("base", 0);
    base["url"] = json!("http://x/base");
    world.put(base).await;
    assert!(errors(&world.engine, named(), &[]).await[0].contains("`active` is missing"));
}

#[tokio::test]
async fn the_answer_is_in_the_language_that_is_asked_for() {
    let world = World::new();
    let call = |language| Call {
        kind: "Patient".to_owned(),
        body: Some(json!({"resourceType": "Patient", "gnder": "x"})),
        language,
        ..Call::default()
    };
    let told = validate(&world.engine, Level::Type, call(Language::Chinese)).await.unwrap();
    assert!(told["issue"][1]["details"]["text"].as_str().unwrap().contains("没有元素 `gnder`"), "{told}");
    assert!(told["issue"][1]["diagnostics"].as_str().unwrap().contains("is not an element"));
    let told = validate(&world.engine, Level::Type, call(Language::English)).await.unwrap();
    assert!(told["issue"][1].get("details").is_none());
}

#[tokio::test]
async fn a_parameter_that_there_is_not_is_refused() {
    let world = World::new();
    let params = vec![("profle".to_owned(), "http://x/a".to_owned())];
    let call =
        Call { kind: "Patient".to_owned(), params, body: Some(json!({"resourceType": "Patient"})), ..Call::default() };
    let refused = validate(&world.engine, Level::Type, call).await.unwrap_err();
    assert_eq!(refused.issues()[0].expression, ["profle"]);
}

#[tokio::test]
async fn a_patch_that_changes_nothing_is_no_version() {
    let world = World::new();
    world.put(json!({"resourceType": "Patient", "id": "a", "active": true})).await;
    let nothing = json!({"resourceType": "Parameters"});
    let made = patch(&world.engine, &operator(), "Patient", "a", &nothing, None).await.unwrap();
    assert_eq!((made.happened, made.served.version), (None, 1));
    let tests = json!([{"op": "test", "path": "/active", "value": true}]);
    let made = patch(&world.engine, &operator(), "Patient", "a", &tests, None).await.unwrap();
    assert_eq!((made.happened, made.served.version), (None, 1));
}

#[tokio::test]
async fn what_is_stored_is_validated_by_its_address() {
    let world = World::new();
    world.put(json!({"resourceType": "Patient", "id": "a", "contact": [{"gender": "male"}]})).await;
    let on = |mode: &str| Call {
        kind: "Patient".to_owned(),
        id: Some("a".to_owned()),
        params: if mode.is_empty() { vec![] } else { vec![("mode".to_owned(), mode.to_owned())] },
        ..Call::default()
    };
    let outcome = validate(&world.engine, Level::Instance, on("")).await.unwrap();
    assert!(outcome.to_string().contains("pat-1"));
    assert!(
        validate(&world.engine, Level::Instance, on("delete")).await.unwrap().to_string().contains("may be deleted")
    );
    assert_eq!(validate(&world.engine, Level::Instance, on("loud")).await.unwrap_err().class(), Class::Invalid);
    let mut other = on("update");
    other.body = Some(json!({"resourceType": "Patient", "id": "b"}));
    let outcome = validate(&world.engine, Level::Instance, other).await.unwrap();
    assert!(outcome.to_string().contains("the id of its address"));
}

#[tokio::test]
async fn an_institution_has_it_refused_or_tagged() {
    let world = World::new();
    let engine = &world.engine;
    let wrong = || json!({"resourceType": "Patient", "contact": [{"gender": "male"}]});
    let tag = |served: &[u8]| -> Option<String> {
        let value: Value = serde_json::from_slice(served).unwrap();
        let tags = value["meta"]["tag"].as_array()?.clone();
        let ours = tags.into_iter().find(|tag| tag["system"] == "https://meridian.example/validation")?;
        Some(ours["code"].as_str()?.to_owned())
    };
    // Off, where nothing is said.
    let made = create(engine, &operator(), "Patient", wrong(), None).await.unwrap();
    assert_eq!(tag(&made.served.body), None);
    let own = operator().institution;
    engine.set_validation(Validation { all: Strictness::Reject, of: HashMap::from([(own, Strictness::Tag)]) });
    let made = create(engine, &operator(), "Patient", wrong(), None).await.unwrap();
    assert_eq!(tag(&made.served.body).as_deref(), Some("invalid"));
    let edit = json!([{"op": "remove", "path": "/contact"}]);
    patch(engine, &operator(), "Patient", &made.served.id, &edit, None).await.unwrap();
    let now = read(engine, &operator(), "Patient", &made.served.id).await.unwrap();
    assert_eq!(tag(&now.body).as_deref(), Some("valid"));
    engine.set_validation(Validation { all: Strictness::Reject, of: HashMap::new() });
    let refused = create(engine, &operator(), "Patient", wrong(), None).await.unwrap_err();
    assert_eq!(refused.class(), Class::Unprocessable);
    let edit = json!([{"op": "add", "path": "/contact", "value": [{"gender": "male"}]}]);
    let refused = patch(engine, &operator(), "Patient", &made.served.id, &edit, None).await.unwrap_err();
    assert!(format!("{refused:?}").contains("pat-1"));
    create(engine, &operator(), "Patient", json!({"resourceType": "Patient"}), None).await.unwrap();
}

#[tokio::test]
async fn a_large_resource_is_judged_to_its_end() {
    let world = World::new();
    world.engine.set_validation(Validation { all: Strictness::Reject, of: HashMap::new() });
    // More values than any resource has steps by itself.
    let concepts: Vec<Value> = (0..60_000).map(|n| json!({"code": format!("c{n}"), "display": "x"})).collect();
    let mut system = json!({"resourceType": "CodeSystem", "url": "http://x/large", "status": "active",
        "content": "complete", "concept": concepts});
    let made = create(&world.engine, &operator(), "CodeSystem", system.clone(), None).await.unwrap();
    let stored: Value = serde_json::from_slice(&made.served.body).unwrap();
    assert!(stored["meta"]["tag"].to_string().contains(r#""valid""#), "{}", stored["meta"]);
    system["content"] = json!("all of it");
    let refused = create(&world.engine, &operator(), "CodeSystem", system, None).await.unwrap_err();
    assert_eq!(refused.issues()[0].expression, ["CodeSystem.content"]);
}

#[tokio::test]
async fn update_and_delete_are_asked_of_one_resource_by_who_may_do_so() {
    let world = World::new();
    world.put(json!({"resourceType": "Patient", "id": "a"})).await;
    let all = table();
    let ask = async |level: Level, id: Option<&str>, mode: &str, role: Role| {
        let operation = all.iter().find(|o| o.on == EVERY_TYPE && o.name == "validate" && o.level == level).unwrap();
        let call = Call {
            kind: "Patient".to_owned(),
            id: id.map(str::to_owned),
            params: vec![("mode".to_owned(), mode.to_owned())],
            body: (mode != "delete").then(|| json!({"resourceType": "Patient"})),
            ..Call::default()
        };
        let caller = Caller { role, ..operator() };
        operation.act.run(&world.engine, &caller, call).await.map(|outcome| outcome.to_string())
    };
    for mode in ["update", "delete"] {
        let refused = ask(Level::Type, None, mode, Role::Operator).await.unwrap_err();
        assert_eq!((refused.class(), refused.issues()[0].expression[0].as_str()), (Class::Invalid, "mode"));
        let missing = ask(Level::Instance, Some("b"), "delete", Role::Operator).await.unwrap_err();
        assert_eq!(missing.class(), Class::NotFound);
    }
    assert!(ask(Level::Instance, Some("a"), "delete", Role::Operator).await.unwrap().contains("may be deleted"));
    assert!(ask(Level::Instance, Some("a"), "delete", Role::Doctor).await.unwrap().contains("forbidden"));
    // What is to take a place that nobody has yet.
    assert!(ask(Level::Instance, Some("b"), "update", Role::Operator).await.unwrap().contains("no error was found"));
}

#[tokio::test]
async fn only_the_server_says_that_something_is_valid() {
    let world = World::new();
    let engine = &world.engine;
    let ours = json!({"system": "https://meridian.example/validation", "code": "valid"});
    let sent = |id: &str| json!({"resourceType": "Patient", "id": id, "meta": {"tag": [ours]}});
    let told = async |id: &str| {
        let now: Value = serde_json::from_slice(&read(engine, &operator(), "Patient", id).await.unwrap().body).unwrap();
        now["meta"]["tag"].to_string().matches("meridian.example/validation").count()
    };
    // Nobody judges: then nobody says so, by a PUT, a patch or an operation.
    world.put(sent("a")).await;
    assert_eq!(told("a").await, 0);
    let edit = json!([{"op": "add", "path": "/meta/tag/-", "value": ours}]);
    patch(engine, &operator(), "Patient", "a", &edit, None).await.unwrap();
    assert_eq!(told("a").await, 0);
    let all = table();
    let add = all.iter().find(|o| o.name == "meta-add").unwrap();
    let marks = |tag: &Value| Call {
        kind: "Patient".to_owned(),
        id: Some("a".to_owned()),
        values: vec![("meta".to_owned(), json!({"tag": [tag]}))],
        ..Call::default()
    };
    let refused = add.act.run(engine, &operator(), marks(&ours)).await.unwrap_err();
    assert_eq!((refused.class(), refused.issues()[0].expression[0].as_str()), (Class::Invalid, "meta.tag"));
    // What was judged keeps its word when an operation marks it otherwise.
    engine.set_validation(Validation { all: Strictness::Tag, of: HashMap::new() });
    world.put(sent("a")).await;
    assert_eq!(told("a").await, 1);
    engine.set_validation(Validation::default());
    add.act.run(engine, &operator(), marks(&json!({"system": "urn:t", "code": "x"}))).await.unwrap();
    assert_eq!(told("a").await, 1);
}
