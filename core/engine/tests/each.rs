//! The walk through a type: one snapshot, whatever is written meanwhile; FHIRPath Patch on the record.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)] // a fault of the set-up may stop a test

use std::collections::BTreeMap;

use meridian_engine::each::{Each, Wanted};
use meridian_engine::{Caller, Class, Engine, Role, create, delete, patch, read, update};
use meridian_store::{Store, StoreOptions, Subject};
use serde_json::{Value, json};

fn house() -> (tempfile::TempDir, Store, Engine) {
    let dir = tempfile::tempdir().unwrap();
    let home = meridian_store::Home::either(dir.path(), meridian_testkit::postgres::schema_for(dir.path()));
    let store = Store::open(home, &StoreOptions::default()).unwrap();
    (dir, store.clone(), Engine::new(store, Vec::new()))
}

fn operator() -> Caller {
    Caller { role: Role::Operator, ..Caller::system("test", "CJ01", "t-1") }
}

async fn put(engine: &Engine, resource: Value) {
    let kind = meridian_engine::incoming::type_name(resource["resourceType"].as_str().unwrap()).unwrap();
    let id = resource["id"].as_str().unwrap().to_owned();
    update(engine, &operator(), kind, &id, resource, None).await.unwrap();
}

fn observation(id: &str, patient: &str, word: &str) -> Value {
    json!({"resourceType": "Observation", "id": id, "status": "final", "code": {"text": word},
        "subject": {"reference": format!("Patient/{patient}")}})
}

fn of(kind: &str) -> Wanted {
    Wanted { kind: kind.to_owned(), ..Wanted::default() }
}

/// What is left of a walk: ids and texts.
async fn rest(each: &mut Each, engine: &Engine) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    while let Some(page) = each.next(engine, usize::MAX).await.unwrap() {
        for served in page {
            let value: Value = serde_json::from_slice(&served.body).unwrap();
            let text = value["code"]["text"].as_str().unwrap_or_default().to_owned();
            assert!(found.insert(served.id.clone(), text).is_none(), "{} came twice", served.id);
        }
    }
    found
}

async fn walk(engine: &Engine, wanted: &Wanted) -> BTreeMap<String, String> {
    let mut each = Each::begin(engine, &operator(), "test", wanted, "").await.unwrap();
    rest(&mut each, engine).await
}

#[tokio::test]
async fn a_walk_is_one_snapshot_whatever_is_written_meanwhile() {
    let (_dir, _store, engine) = house();
    for patient in ["p", "q"] {
        put(&engine, json!({"resourceType": "Patient", "id": patient})).await;
    }
    for n in 0..1_500 {
        put(&engine, observation(&format!("o{n:04}"), "p", "old")).await;
    }
    put(&engine, observation("gone", "q", "before")).await;
    delete(&engine, &operator(), "Observation", "gone", None).await.unwrap();
    for wanted in [of("Observation"), Wanted { patients: vec!["Patient/p".into()], ..of("Observation") }] {
        let mut each = Each::begin(&engine, &operator(), "test", &wanted, "").await.unwrap();
        let first = each.next(&engine, usize::MAX).await.unwrap().unwrap();
        assert!(!first.is_empty() && first.len() < 1_500);
        // Behind and before the place where it stands: changed, deleted, made, deleted and made again.
        for id in ["o0000", "o1499"] {
            put(&engine, observation(id, "p", "new")).await;
        }
        for id in ["o0001", "o1498"] {
            delete(&engine, &operator(), "Observation", id, None).await.unwrap();
        }
        put(&engine, observation("o9999", "p", "new")).await;
        let mut all = rest(&mut each, &engine).await;
        for served in first {
            let before = all.insert(served.id.clone(), "old".into());
            assert!(before.is_none(), "{} came twice", served.id);
        }
        assert_eq!(all.len(), 1_500);
        assert!(all.values().all(|text| text == "old"), "a later version was shown");
        assert_eq!(walk(&engine, &wanted).await.len(), 1_499);
        // As it was, for the second round.
        for id in ["o0000", "o0001", "o1498", "o1499"] {
            put(&engine, observation(id, "p", "old")).await;
        }
        delete(&engine, &operator(), "Observation", "o9999", None).await.unwrap();
    }
}

#[tokio::test]
async fn a_walk_goes_through_the_records_of_persons_and_groups() {
    let (_dir, _store, engine) = house();
    for patient in ["p", "q", "r"] {
        put(&engine, json!({"resourceType": "Patient", "id": patient})).await;
        put(&engine, observation(&format!("o-{patient}"), patient, patient)).await;
    }
    let member =
        |id: &str, inactive: bool| json!({"entity": {"reference": format!("Patient/{id}")}, "inactive": inactive});
    let group = json!({"resourceType": "Group", "id": "g", "type": "person", "actual": true,
        "member": [member("p", false), member("q", true), member("nobody", false)]});
    put(&engine, group).await;
    let ids = |found: BTreeMap<String, String>| found.into_keys().collect::<Vec<_>>();
    assert_eq!(ids(walk(&engine, &of("Observation")).await), ["o-p", "o-q", "o-r"]);
    let by = |patients: &[&str], groups: &[&str]| Wanted {
        patients: patients.iter().map(|one| (*one).to_owned()).collect(),
        groups: groups.iter().map(|one| (*one).to_owned()).collect(),
        ..of("Observation")
    };
    assert_eq!(ids(walk(&engine, &by(&["Patient/q"], &[])).await), ["o-q"]);
    assert_eq!(ids(walk(&engine, &by(&["r"], &["Group/g"])).await), ["o-p", "o-r"]);
    assert_eq!(ids(walk(&engine, &Wanted { since: Some(i64::MAX), ..of("Observation") }).await), [""; 0]);
    assert_eq!(ids(walk(&engine, &Wanted { since: Some(0), ..of("Patient") }).await), ["p", "q", "r"]);
    let fault = async |wanted: Wanted| Each::begin(&engine, &operator(), "test", &wanted, "").await.err().unwrap();
    assert_eq!(fault(by(&["Patient/none"], &[])).await.class(), Class::NotFound);
    assert_eq!(fault(by(&[], &["Group/none"])).await.class(), Class::NotFound);
    assert_eq!(fault(by(&["Practitioner/x"], &[])).await.class(), Class::Invalid);
    assert_eq!(fault(of("Dog")).await.class(), Class::NotFound);
    let organizations = Wanted { patients: vec!["Patient/p".into()], ..of("Organization") };
    assert_eq!(fault(organizations).await.issues()[0].expression, ["patient"]);
}

#[tokio::test]
async fn a_walk_is_a_look_at_everybody_whom_it_shows() {
    let (_dir, store, engine) = house();
    put(&engine, json!({"resourceType": "Patient", "id": "p"})).await;
    put(&engine, observation("o", "p", "x")).await;
    let looks = |subject: Subject| store.audit().looks_at(&[subject], 10).unwrap();
    let subject = store
        .read(|reader| {
            let code = meridian_model::definitions::Definitions::r4().type_code("Patient").unwrap();
            Ok::<_, meridian_store::StoreError>(reader.locate(code, "p")?.unwrap().subject())
        })
        .unwrap();
    let before = looks(subject).len();
    walk(&engine, &of("Observation")).await;
    let after = looks(subject);
    assert_eq!(after.len(), before + 1);
    assert_eq!(after[0].look.act, "test");
    let nurse = Caller { role: Role::Nurse, ..operator() };
    let denied = Each::begin(&engine, &nurse, "test", &of("AuditEvent"), "").await.err().unwrap();
    assert_eq!(denied.class(), Class::Denied);
}

#[tokio::test]
async fn a_fhirpath_patch_makes_the_next_version_or_none() {
    let (_dir, _store, engine) = house();
    let made =
        create(&engine, &operator(), "Basic", json!({"resourceType": "Basic", "code": {"text": "a"}}), None).await;
    let id = made.unwrap().served.id;
    let change = |path: &str, text: &str| {
        let part = json!([{"name": "type", "valueCode": "replace"}, {"name": "path", "valueString": path},
            {"name": "value", "valueString": text}]);
        json!({"name": "operation", "part": part})
    };
    let document = |operations: Vec<Value>| json!({"resourceType": "Parameters", "parameter": operations});
    let good = document(vec![change("Basic.code.text", "b")]);
    let done = patch(&engine, &operator(), "Basic", &id, &good, Some(1)).await.unwrap();
    assert_eq!(done.served.version, 2);
    let bad = document(vec![change("Basic.code.text", "c"), change("Basic.code.coding[7].code", "d")]);
    let fault = patch(&engine, &operator(), "Basic", &id, &bad, None).await.unwrap_err();
    assert_eq!(
        (fault.class(), fault.issues()[0].expression[0].as_str()),
        (Class::Unprocessable, "Parameters.parameter[1]")
    );
    let now: Value = serde_json::from_slice(&read(&engine, &operator(), "Basic", &id).await.unwrap().body).unwrap();
    assert_eq!((now["code"]["text"].as_str(), now["meta"]["versionId"].as_str()), (Some("b"), Some("2")));
}
