//! Posted StructureDefinitions: what is judged is judged by what is in force when it is written, once, whoever else writes.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)] // a fault of the set-up may stop a test

mod searching;

use std::time::Instant;

use meridian_engine::{Class, Engine, EngineError, Options, Outcome, Returning, patch, transaction, update};
use meridian_store::{Home, Store, StoreOptions};
use searching::{World, operator};
use serde_json::{Value, json};

const PATIENT: &str = "http://hl7.org/fhir/StructureDefinition/Patient";
const OBSERVATION: &str = "http://hl7.org/fhir/StructureDefinition/Observation";

fn profile(id: &str, of: &str, base: &str) -> Value {
    json!({"resourceType": "StructureDefinition", "id": id, "url": format!("http://x/{id}"), "name": "X", "status": "active",
        "kind": "resource", "abstract": false, "type": of, "derivation": "constraint", "baseDefinition": base,
        "differential": {"element": [{"id": of, "path": of}, {"id": format!("{of}.language"), "path": format!("{of}.language"), "min": 1}]}})
}

async fn put(engine: &Engine, resource: Value) -> Result<Outcome, EngineError> {
    let id = resource["id"].as_str().unwrap().to_owned();
    update(engine, &operator(), "StructureDefinition", &id, resource, None).await
}

fn bundle(entries: &[Value]) -> Value {
    json!({"resourceType": "Bundle", "type": "transaction", "entry": entries})
}

fn put_of(resource: &Value) -> Value {
    let url = format!("StructureDefinition/{}", resource["id"].as_str().unwrap());
    json!({"resource": resource, "request": {"method": "PUT", "url": url}})
}

/// A patch that sets the base.
fn rebase(id: &str, base: &str) -> Value {
    let part = |name: &str, key: &str, value: &str| json!({"name": name, key: value});
    let parts = json!([
        part("type", "valueCode", "replace"),
        part("path", "valueString", "StructureDefinition.baseDefinition"),
        part("value", "valueCanonical", base)
    ]);
    let patch = json!({"resourceType": "Parameters", "parameter": [{"name": "operation", "part": parts}]});
    json!({"resource": patch, "request": {"method": "PATCH", "url": format!("StructureDefinition/{id}")}})
}

/// Two engines over one store share no lock, like two processes.
fn two() -> (tempfile::TempDir, [Engine; 2]) {
    let dir = tempfile::tempdir().unwrap();
    let home = Home::either(dir.path(), meridian_testkit::postgres::schema_for(dir.path()));
    let store = Store::open(home, &StoreOptions::default()).unwrap();
    (dir, [Engine::new(store.clone(), Vec::new()), Engine::new(store, Vec::new())])
}

fn says(outcome: &Outcome) -> String {
    outcome.notes.iter().map(|note| format!("{} @ {:?}\n", note.diagnostics, note.expression)).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_writers_cannot_make_a_circle() {
    let (_dir, [one, other]) = two();
    let mut met = 0;
    for round in 0..20 {
        let (a, b) = (format!("a{round}"), format!("b{round}"));
        let first = profile(&a, "Patient", &format!("http://x/{b}"));
        let second = profile(&b, "Patient", &format!("http://x/{a}"));
        let (first, second) = tokio::join!(
            tokio::spawn({
                let one = one.clone();
                async move { put(&one, first).await }
            }),
            tokio::spawn({
                let other = other.clone();
                async move { put(&other, second).await }
            })
        );
        let (first, second) = (first.unwrap(), second.unwrap());
        let (taken, refused) = match (first, second) {
            (Ok(taken), Err(refused)) | (Err(refused), Ok(taken)) => (taken, refused),
            both => panic!("round {round}: {both:?}"),
        };
        assert!(says(&taken).contains("is not here"), "{}", says(&taken));
        assert_eq!(refused.class(), Class::Unprocessable);
        met += u32::from(refused.issues()[0].diagnostics.contains("rests on itself"));
    }
    assert_eq!(met, 20);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_base_that_becomes_another_while_somebody_rests_on_it_is_told() {
    let (_dir, [one, other]) = two();
    for round in 0..10 {
        let base = format!("base{round}");
        put(&one, profile(&base, "Patient", PATIENT)).await.unwrap();
        let derived = profile(&format!("derived{round}"), "Patient", &format!("http://x/{base}"));
        let changed = profile(&base, "Observation", OBSERVATION);
        let (derived, changed) = tokio::join!(
            tokio::spawn({
                let one = one.clone();
                async move { put(&one, derived).await }
            }),
            tokio::spawn({
                let other = other.clone();
                async move { put(&other, changed).await }
            })
        );
        let changed = changed.unwrap().unwrap();
        match derived.unwrap() {
            // It was first: who changed the base is told of it.
            Ok(taken) => {
                assert_eq!(says(&taken), "", "round {round}");
                assert!(
                    says(&changed).contains(&format!("http://x/derived{round}, which rests on this")),
                    "{}",
                    says(&changed)
                );
            }
            // The other was.
            Err(refused) => {
                assert_eq!((refused.class(), says(&changed)), (Class::Unprocessable, String::new()), "round {round}");
                assert!(refused.issues()[0].diagnostics.contains("Observation"), "{refused:?}");
            }
        }
    }
}

#[tokio::test]
async fn what_a_transaction_makes_is_judged_together_patches_too() {
    let world = World::new();
    let engine = &world.engine;
    let run = async |entries: &[Value]| transaction(engine, &operator(), bundle(entries), Options::default()).await;
    for id in ["a", "b"] {
        put(engine, profile(id, "Patient", PATIENT)).await.unwrap();
    }
    // Each alone is right.
    let refused = run(&[rebase("a", "http://x/b"), rebase("b", "http://x/a")]).await.unwrap_err();
    assert_eq!(refused.class(), Class::Unprocessable);
    assert!(refused.issues()[0].diagnostics.contains("rests on itself"), "{refused:?}");
    assert!(refused.issues()[0].expression[0].starts_with("Bundle.entry[0]"), "{refused:?}");
    run(&[rebase("a", "http://x/b")]).await.unwrap();
    // A patch tells as an update does.
    let edit = json!([{"op": "replace", "path": "/baseDefinition", "value": "http://x/nobody"}]);
    let patched = patch(engine, &operator(), "StructureDefinition", "b", &edit, None).await.unwrap();
    assert!(says(&patched).contains("not yet in force: http://x/nobody is not here"), "{}", says(&patched));
    let edit = json!([{"op": "add", "path": "/differential/element/1/max", "value": "*"}]);
    let refused = patch(engine, &operator(), "StructureDefinition", "a", &edit, None).await;
    // Its base is not in force: more can't be said yet.
    assert!(says(&refused.unwrap()).contains("not yet in force"));
    put(engine, profile("b", "Patient", PATIENT)).await.unwrap();
    let edit = json!([{"op": "add", "path": "/differential/element/1/min", "value": 0}, {"op": "replace", "path": "/differential/element/1/max", "value": "3"}]);
    let refused = patch(engine, &operator(), "StructureDefinition", "a", &edit, None).await.unwrap_err();
    let places: Vec<String> = refused.issues().into_iter().flat_map(|issue| issue.expression).collect();
    let element = "StructureDefinition.differential.element[1]";
    assert_eq!(places, [format!("{element}.min"), format!("{element}.max")], "{refused:?}");
}

#[tokio::test]
async fn a_value_set_that_comes_along_is_there() {
    let world = World::new();
    let engine = &world.engine;
    let bound = |id: &str| {
        let mut bound = profile(id, "Patient", PATIENT);
        bound["differential"]["element"][1] = json!({"id": "Patient.maritalStatus", "path": "Patient.maritalStatus",
            "binding": {"strength": "required", "valueSet": "http://x/vs|1"}});
        bound
    };
    let told = put(engine, bound("a")).await.unwrap();
    assert!(says(&told).contains("http://x/vs|1 of this required binding is not here"), "{}", says(&told));
    let set = json!({"resourceType": "ValueSet", "id": "vs", "url": "http://x/vs", "version": "1", "status": "active",
        "compose": {"include": [{"system": "http://x/cs", "concept": [{"code": "a"}]}]}});
    let set = json!({"resource": set, "request": {"method": "PUT", "url": "ValueSet/vs"}});
    let reply =
        transaction(engine, &operator(), bundle(&[put_of(&bound("b")), set]), Options::default()).await.unwrap();
    let body = reply.json("http://x/fhir", Returning::Minimal, meridian_model::language::Language::English);
    let body: Value = serde_json::from_slice(&body).unwrap();
    assert_eq!(body["entry"][0]["response"].get("outcome"), None, "{body}");
    assert_eq!(says(&put(engine, bound("a")).await.unwrap()), "");
}

/// Prints what it took. Each is judged once, beside the others: an implementation guide's worth takes seconds, not minutes.
#[tokio::test]
async fn five_hundred_definitions_come_in_one_transaction() {
    let world = World::new();
    let engine = &world.engine;
    let of = |nth: usize| {
        let base = if nth.is_multiple_of(10) { PATIENT.to_owned() } else { format!("http://x/p{}", nth - 1) };
        let mut one = profile(&format!("p{nth}"), "Patient", &base);
        one["differential"]["element"][1]["min"] = json!(1);
        one["version"] = json!("1");
        one
    };
    let all = || (0..500).map(of);
    let start = Instant::now();
    let reply = transaction(
        engine,
        &operator(),
        bundle(&all().map(|one| put_of(&one)).collect::<Vec<_>>()),
        Options::default(),
    )
    .await
    .unwrap();
    println!("500 definitions, ten deep, in one transaction: {:?}", start.elapsed());
    assert_eq!(reply.replies.len(), 500);
    assert!(start.elapsed().as_secs() < 60, "{:?}", start.elapsed());
    // One that is wrong is found among them, by its place, and nothing is written.
    let mut entries: Vec<Value> = all().map(|one| put_of(&one)).collect();
    entries[321]["resource"]["differential"]["element"][1]["path"] = json!("Patient.lnguage");
    let refused = transaction(engine, &operator(), bundle(&entries), Options::default()).await.unwrap_err();
    let places: Vec<String> = refused.issues().into_iter().flat_map(|issue| issue.expression).collect();
    assert_eq!(places, ["Bundle.entry[321].resource.differential.element[1]"], "{refused:?}");
}
