//! All search rows anew: what a search finds before and after is the same, and in between it is refused.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)] // a fault of the set-up may stop a test

use std::time::Duration;

use meridian_engine::{
    Caller, Class, Engine, EngineError, Options, Request, Role, give_up_search_rows, keep_search_parameters, read,
    run_bundle, search, settle_search_parameters, update,
};
use meridian_model::language::Language;
use meridian_store::{Home, Store, StoreError, StoreOptions};
use meridian_testkit::postgres::schema_for;
use serde_json::{Value, json};

/// What was broken off may hold the folder for a moment.
fn open(dir: &tempfile::TempDir) -> Engine {
    for _ in 0..500 {
        let home = schema_for(dir.path()).map_or_else(|| Home::from(dir.path()), Home::Postgres);
        match Store::open(home, &StoreOptions::default()) {
            Ok(store) => return Engine::new(store, Vec::new()),
            Err(StoreError::InUse(_)) => std::thread::sleep(Duration::from_millis(10)),
            Err(error) => panic!("{error}"),
        }
    }
    panic!("the folder stays in use");
}

fn operator() -> Caller {
    Caller { role: Role::Operator, ..Caller::system("test", "CJ01", "t-1") }
}

async fn find(engine: &Engine, query: &str) -> Result<Vec<String>, EngineError> {
    let (kind, query) = query.split_once('?').unwrap();
    let params = meridian_engine::split_query(query)?;
    let answer = search(engine, &operator(), &Request { kind: kind.into(), params, lenient: false }).await?;
    let bundle: Value = serde_json::from_slice(&answer.bundle("http://x/fhir", Language::English)).unwrap();
    let entries = bundle["entry"].as_array().cloned().unwrap_or_default();
    Ok(entries.iter().map(|entry| entry["resource"]["id"].as_str().unwrap().to_owned()).collect())
}

async fn fill(engine: &Engine) {
    let mut entries = Vec::new();
    for nth in 0..60 {
        let patient =
            json!({"resourceType": "Patient", "id": format!("p{nth}"), "name": [{"family": format!("F{}", nth % 5)}]});
        entries.push(json!({"request": {"method": "PUT", "url": format!("Patient/p{nth}")}, "resource": patient}));
        for value in 0..5 {
            let id = format!("o{nth}-{value}");
            let observation = json!({"resourceType": "Observation", "id": id, "status": "final",
                "code": {"coding": [{"system": "urn:c", "code": format!("c{value}")}], "text": "Synthetic finding"},
                "subject": {"reference": format!("Patient/p{nth}")}, "effectiveDateTime": format!("2026-01-{:02}", nth % 28 + 1),
                "valueQuantity": {"value": value, "unit": "g", "system": "http://unitsofmeasure.org", "code": "g"}});
            entries.push(
                json!({"request": {"method": "PUT", "url": format!("Observation/{id}")}, "resource": observation}),
            );
        }
    }
    let bundle = json!({"resourceType": "Bundle", "type": "transaction", "entry": entries});
    run_bundle(engine, &operator(), bundle, Options::default()).await.unwrap();
}

const QUERIES: [&str; 6] = [
    "Patient?family=f3&_sort=_id",
    "Observation?code=urn:c|c2&date=ge2026-01-10&_sort=-date,_id&_count=100",
    "Observation?patient=Patient/p7&_sort=code",
    "Observation?value-quantity=gt3000|http://unitsofmeasure.org|mg&_count=200&_sort=_id",
    "Observation?code-value-quantity=c4$4&_sort=_id&_count=100",
    "Observation?_content=finding&code=c1&_sort=_id&_count=100",
];

#[tokio::test]
async fn rows_are_made_again_as_they_were() {
    let dir = tempfile::tempdir().unwrap();
    let engine = open(&dir);
    fill(&engine).await;
    let mut before = Vec::new();
    for query in QUERIES {
        before.push(find(&engine, query).await.unwrap());
        assert!(!before.last().unwrap().is_empty(), "{query}");
    }
    assert!(give_up_search_rows(&engine, &operator()).await.unwrap());
    for query in QUERIES {
        assert_eq!(find(&engine, query).await.unwrap_err().class(), Class::Unavailable, "{query}");
    }
    assert!(read(&engine, &operator(), "Patient", "p1").await.is_ok(), "what needs no rows goes on");
    let other = json!({"resourceType": "Patient", "id": "p3", "name": [{"family": "Another"}]});
    update(&engine, &operator(), "Patient", "p3", other, None).await.unwrap();
    let same = json!({"resourceType": "Patient", "id": "p59", "name": [{"family": "F4"}], "active": true});
    update(&engine, &operator(), "Patient", "p59", same, None).await.unwrap();
    assert!(!give_up_search_rows(&engine, &operator()).await.unwrap(), "it is under way");
    drop(engine);

    // The next start goes on, and is broken off again and again.
    let mut engine = open(&dir);
    let mut stops = 0;
    while find(&engine, QUERIES[0]).await.is_err() {
        let _ = tokio::time::timeout(Duration::from_millis(20), keep_search_parameters(&engine, &operator())).await;
        stops += 1;
        assert!(stops < 2_000);
        drop(engine);
        engine = open(&dir);
    }
    before[0].retain(|id| id != "p3");
    for (query, before) in QUERIES.iter().zip(before) {
        assert_eq!(find(&engine, query).await.unwrap(), before, "{query}");
    }
    assert_eq!(find(&engine, "Patient?family=another").await.unwrap(), ["p3"]);
    assert_eq!(find(&engine, "Patient?family=f4&active=true").await.unwrap(), ["p59"]);
    assert_eq!(settle_search_parameters(&engine, &operator(), |_, _| {}).await.unwrap(), 0);
}
