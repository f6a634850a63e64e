//! The record's use-cases on a real store.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)] // a fault of the set-up may stop a test

use meridian_engine::{
    Caller, Class, Engine, EngineError, HistoryOf, HistoryRequest, Options, Reply, Request, Role, create, delete,
    history, read, run_bundle, search, update, vread,
};
use meridian_model::language::Language;
use meridian_store::{Store, StoreOptions};
use serde_json::{Value, json};

fn engine() -> (tempfile::TempDir, Engine) {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open(
        meridian_store::Home::either(dir.path(), meridian_testkit::postgres::schema_for(dir.path())),
        &StoreOptions::default(),
    )
    .unwrap();
    (dir, Engine::new(store, Vec::new()))
}

fn operator() -> Caller {
    Caller { role: Role::Operator, ..Caller::system("test", "CJ01", "t-1") }
}

async fn find(engine: &Engine, kind: &str, query: &str) -> Result<Value, EngineError> {
    let params = meridian_engine::split_query(query)?;
    let request = Request { kind: kind.into(), params, lenient: false };
    let answer = search(engine, &operator(), &request).await?;
    Ok(serde_json::from_slice(&answer.bundle("http://x/fhir", Language::English)).unwrap())
}

/// How many versions there are.
async fn versions(engine: &Engine, kind: &str, id: &str) -> usize {
    let of = HistoryRequest::newest(HistoryOf::Instance(kind.into(), id.into()), 100);
    history(engine, &operator(), &of).await.unwrap().versions.len()
}

fn ids(bundle: &Value) -> Vec<String> {
    let entries = bundle["entry"].as_array().cloned().unwrap_or_default();
    entries.iter().map(|entry| entry["resource"]["id"].as_str().unwrap().to_owned()).collect()
}

fn patient(family: &str) -> Value {
    json!({"resourceType": "Patient", "name": [{"family": family}], "extension": [{"url": "urn:x", "valueDecimal": 1}],
        "unknown": {"kept": [1, null]}})
}

#[tokio::test]
async fn a_resource_goes_through_its_life() {
    let (_dir, engine) = engine();
    let caller = operator();
    let made = create(&engine, &caller, "Patient", patient("Yi"), None).await.unwrap();
    let id = made.served.id.clone();
    let one = read(&engine, &caller, "Patient", &id).await.unwrap();
    assert_eq!(one.body, made.served.body);
    let value: Value = serde_json::from_slice(&one.body).unwrap();
    assert_eq!(value["unknown"], json!({"kept": [1, null]}));
    assert_eq!(value["meta"]["tag"][0]["code"], "CJ01");

    let mut next = patient("Er");
    next["id"] = id.clone().into();
    let stale = update(&engine, &caller, "Patient", &id, next.clone(), Some(7)).await.unwrap_err();
    assert_eq!(stale.class(), Class::Precondition);
    assert_eq!(update(&engine, &caller, "Patient", &id, next, Some(1)).await.unwrap().served.version, 2);
    assert_eq!(ids(&find(&engine, "Patient", "name=er").await.unwrap()), [id.as_str()]);
    assert!(ids(&find(&engine, "Patient", "name=yi").await.unwrap()).is_empty());

    delete(&engine, &caller, "Patient", &id, None).await.unwrap();
    assert_eq!(read(&engine, &caller, "Patient", &id).await.unwrap_err().class(), Class::Gone);
    assert!(ids(&find(&engine, "Patient", "name=er").await.unwrap()).is_empty());
    let of = HistoryRequest::newest(HistoryOf::Instance("Patient".into(), id.clone()), 10);
    let versions = history(&engine, &caller, &of).await.unwrap().versions;
    assert_eq!(
        versions.iter().map(|v| (v.version, v.deleted)).collect::<Vec<_>>(),
        [(3, true), (2, false), (1, false)]
    );
    assert_eq!(vread(&engine, &caller, "Patient", &id, "1").await.unwrap().body, made.served.body);
    assert_eq!(read(&engine, &caller, "Patient", "nobody").await.unwrap_err().class(), Class::NotFound);
}

#[tokio::test]
async fn a_transaction_is_all_or_nothing() {
    let (_dir, engine) = engine();
    let decimal = meridian_model::reader::parse(b"1.10", &Default::default()).unwrap();
    let bundle = |conditional: &str| {
        json!({"resourceType": "Bundle", "type": "transaction", "entry": [
            {"fullUrl": "urn:uuid:p", "resource": patient("San"), "request": {"method": "POST", "url": "Patient"}},
            {"fullUrl": "urn:uuid:o", "resource": {"resourceType": "Observation", "status": "final",
                "code": {"coding": [{"system": "http://loinc.org", "code": "718-7"}]},
                "subject": {"reference": "urn:uuid:p"}, "performer": [{"reference": conditional}],
                "effectiveDateTime": "2024-05-01", "valueQuantity": {"value": decimal}},
             "request": {"method": "POST", "url": "Observation"}},
            {"request": {"method": "GET", "url": "Observation?code=718-7"}}
        ]})
    };
    let dangling = bundle("Practitioner?identifier=urn:x|1");
    let refused = run_bundle(&engine, &operator(), dangling.clone(), Options::default()).await.unwrap_err();
    assert_eq!(refused.class(), Class::Unprocessable);
    assert_eq!(refused.issues()[0].expression, ["Bundle.entry[1].resource.performer[0]"]);
    assert!(ids(&find(&engine, "Patient", "").await.unwrap()).is_empty());

    let doctor = json!({"resourceType": "Practitioner", "identifier": [{"system": "urn:x", "value": "1"}]});
    let doctor = create(&engine, &operator(), "Practitioner", doctor, None).await.unwrap().served.id;
    let reply = run_bundle(&engine, &operator(), dangling, Options::default()).await.unwrap();
    let Reply::Found(found) = &reply.replies[2] else { panic!("a search answers with what it found") };
    assert_eq!(found.total, Some(1));
    let bundle = find(&engine, "Observation", "code=http://loinc.org|718-7").await.unwrap();
    let observation = &bundle["entry"][0]["resource"];
    assert_eq!(observation["performer"][0]["reference"], format!("Practitioner/{doctor}"));
    assert!(observation["subject"]["reference"].as_str().unwrap().starts_with("Patient/"));
    assert_eq!(observation["valueQuantity"]["value"].to_string(), "1.10");
}

#[tokio::test]
async fn parallel_conditional_creates_leave_one() {
    let (_dir, engine) = engine();
    let mut tasks = Vec::new();
    for _ in 0..60 {
        let engine = engine.clone();
        tasks.push(tokio::spawn(async move {
            let resource = json!({"resourceType": "Organization", "identifier": [{"system": "urn:o", "value": "7"}]});
            create(&engine, &operator(), "Organization", resource, Some("identifier=urn:o|7".into())).await.unwrap()
        }));
    }
    let mut all = Vec::new();
    for task in tasks {
        all.push(task.await.unwrap());
    }
    assert_eq!(all.iter().filter(|outcome| outcome.happened.is_some()).count(), 1);
    assert!(all.iter().all(|outcome| outcome.served.id == all[0].served.id));
    assert_eq!(find(&engine, "Organization", "identifier=urn:o|7").await.unwrap()["total"], json!(1));
}

#[tokio::test]
async fn writers_of_one_resource_make_a_line() {
    let (_dir, engine) = engine();
    let id = create(&engine, &operator(), "Patient", patient("a"), None).await.unwrap().served.id;
    let mut tasks = Vec::new();
    for _ in 0..40 {
        let (engine, id) = (engine.clone(), id.clone());
        tasks.push(tokio::spawn(async move {
            let mut next = patient("b");
            next["id"] = id.clone().into();
            update(&engine, &operator(), "Patient", &id, next, Some(1)).await.is_ok()
        }));
    }
    let mut won = 0;
    for task in tasks {
        won += u32::from(task.await.unwrap());
    }
    assert_eq!(won, 1);
    assert_eq!(versions(&engine, "Patient", &id).await, 2);
}

#[tokio::test]
async fn searches_filter_sort_page_and_include() {
    let (_dir, engine) = engine();
    let caller = operator();
    let person = create(&engine, &caller, "Patient", patient("P"), None).await.unwrap().served.id;
    let other = create(&engine, &caller, "Patient", patient("Q"), None).await.unwrap().served.id;
    for (nth, (who, code)) in (0..30).map(|n| (n, if n % 3 == 0 { (&other, "b") } else { (&person, "a") })) {
        let observation = json!({"resourceType": "Observation", "status": "final", "subject": {"reference": format!("Patient/{who}")},
            "code": {"coding": [{"system": "urn:c", "code": code}, {"system": "urn:d", "code": "all"}]},
            "effectiveDateTime": format!("2024-01-{:02}", nth % 28 + 1)});
        create(&engine, &caller, "Observation", observation, None).await.unwrap();
    }
    let all = find(&engine, "Observation", &format!("patient={person}&code=a&_sort=-date&_count=7")).await.unwrap();
    assert_eq!(all["total"], json!(20));
    let mut seen = ids(&all);
    let mut next = all["link"].as_array().unwrap().iter().find(|l| l["relation"] == "next").cloned();
    while let Some(link) = next {
        let query = link["url"].as_str().unwrap().split_once('?').unwrap().1.to_owned();
        let page = find(&engine, "Observation", &query).await.unwrap();
        seen.extend(ids(&page));
        next = page["link"].as_array().unwrap().iter().find(|l| l["relation"] == "next").cloned();
    }
    assert_eq!(seen.len(), 20);
    seen.sort();
    seen.dedup();
    assert_eq!(seen.len(), 20);

    let counts = [
        ("code=urn:d|all", 30),
        ("code=all", 30),
        ("code=a,b", 30),
        ("code=urn:c|all", 0),
        ("code=urn:d|", 30),
        ("subject=Patient/nobody", 0),
        ("date=ge2024-01-10&code=b", 7),
        ("date=2024-01", 30),
        ("status=final&date=lt2024-01-03", 4),
        ("_lastUpdated=gt2999", 0),
    ];
    for (query, count) in counts {
        let found = find(&engine, "Observation", &format!("{query}&_summary=count")).await.unwrap();
        assert_eq!(found["total"], json!(count), "{query}");
    }
    let with = find(&engine, "Observation", "code=a&_count=1&_include=Observation:subject").await.unwrap();
    assert_eq!(with["entry"][1]["resource"]["id"], json!(person));
    let back = find(&engine, "Patient", &format!("_id={other}&_revinclude=Observation:subject")).await.unwrap();
    assert_eq!(back["entry"].as_array().unwrap().len(), 11);

    for bad in ["nonsense=1", "date=yesterday", "_count=x", "code:in=x", "_sort=nonsense", "_include=x", "name=&code="]
    {
        assert_eq!(find(&engine, "Observation", bad).await.unwrap_err().class(), Class::Invalid, "{bad}");
    }
}

#[tokio::test]
async fn what_is_pointed_at_first_may_come_later() {
    let (_dir, engine) = engine();
    let condition =
        json!({"resourceType": "Condition", "subject": {"reference": "Patient/later"}, "code": {"text": "x"}});
    create(&engine, &operator(), "Condition", condition, None).await.unwrap();
    assert_eq!(read(&engine, &operator(), "Patient", "later").await.unwrap_err().class(), Class::NotFound);
    let mut later = patient("L");
    later["id"] = "later".into();
    assert_eq!(update(&engine, &operator(), "Patient", "later", later, None).await.unwrap().served.version, 1);
    assert_eq!(find(&engine, "Condition", "patient=later").await.unwrap()["total"], json!(1));
}

#[tokio::test]
async fn a_resource_moves_with_its_patient() {
    let (_dir, engine) = engine();
    let note = |who: &str| json!({"resourceType": "Condition", "id": "c", "subject": {"reference": format!("Patient/{who}")}, "code": {"coding": [{"code": "I10"}]}});
    for (version, who) in [(1, "one"), (2, "two"), (3, "one")] {
        let made = update(&engine, &operator(), "Condition", "c", note(who), None).await.unwrap();
        assert_eq!(made.served.version, version);
        let other = if who == "one" { "two" } else { "one" };
        assert_eq!(find(&engine, "Condition", &format!("patient={who}&code=I10")).await.unwrap()["total"], json!(1));
        assert_eq!(find(&engine, "Condition", &format!("patient={other}")).await.unwrap()["total"], json!(0));
    }
    assert_eq!(versions(&engine, "Condition", "c").await, 3);
}
