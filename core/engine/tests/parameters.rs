//! Posted search parameters, from the commit to the last row dropped.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)] // a fault of the set-up may stop a test

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use meridian_engine::operations::{Call, table};
use meridian_engine::{Caller, Class, Engine, EngineError, Role, create, delete, keep_search_parameters, read, update};
use meridian_testkit::postgres::schema_for;
use serde_json::{Value, json};

mod posted;
use posted::{find, open, operator, put, settle, shown, store};

fn patient(id: &str, nickname: &str) -> Value {
    json!({"resourceType": "Patient", "id": id, "active": true,
        "name": [{"use": "official", "family": "Synthetic"}, {"use": "nickname", "text": nickname}]})
}

fn nickname() -> Value {
    json!({"resourceType": "SearchParameter", "id": "nick", "url": "urn:p:nick", "name": "Nick", "status": "active",
        "description": "By nickname", "code": "nick", "base": ["Patient"], "type": "string",
        "expression": "Patient.name.where(use='nickname').text"})
}

fn with(key: &str, value: Value) -> Value {
    let mut resource = nickname();
    resource[key] = value;
    resource
}

#[tokio::test]
async fn it_is_in_force_at_once_and_answers_when_all_is_indexed() {
    let dir = tempfile::tempdir().unwrap();
    let engine = open(&dir);
    for nth in 0..300 {
        put(&engine, patient(&format!("p{nth:03}"), if nth % 100 == 7 { "Lao Qi" } else { "Lao Da" })).await.unwrap();
    }
    assert_eq!(find(&engine, "Patient", "nick=lao qi").await.unwrap_err().class(), Class::Invalid);
    put(&engine, nickname()).await.unwrap();
    let refused = find(&engine, "Patient", "nick=lao qi").await.unwrap_err();
    assert!(matches!(&refused, EngineError::Building { code, percent: 0 } if code == "nick"), "{refused:?}");
    for query in ["_sort=nick", "general-practitioner=Practitioner/x&nick:missing=true"] {
        assert_eq!(find(&engine, "Patient", query).await.unwrap_err().class(), Class::Unavailable, "{query}");
    }
    assert_eq!(find(&engine, "Patient", "active=true&_count=1000").await.unwrap().len(), 300);
    put(&engine, patient("p107", "Lao Qi the second")).await.unwrap();
    put(&engine, patient("p207", "another")).await.unwrap();
    assert_eq!(shown(&engine).await, [("nick".to_owned(), "building".to_owned(), 20_000)]);
    assert!(settle(&engine).await >= 1);
    assert_eq!(shown(&engine).await, [("nick".to_owned(), "ready".to_owned(), 20_000)]);
    assert_eq!(find(&engine, "Patient", "nick=lao qi").await.unwrap(), ["p007", "p107"]);
    put(&engine, patient("p300", "lao QI")).await.unwrap();
    delete(&engine, &operator(), "Patient", "p007", None).await.unwrap();
    assert_eq!(find(&engine, "Patient", "nick=lao qi").await.unwrap(), ["p107", "p300"]);

    drop(engine);
    let engine = open(&dir);
    assert_eq!(find(&engine, "Patient", "nick=lao qi").await.unwrap(), ["p107", "p300"], "after a restart");
    assert_eq!(settle(&engine).await, 0, "nothing is done twice");
}

#[tokio::test]
async fn another_meaning_is_another_number_and_other_words_are_not() {
    let dir = tempfile::tempdir().unwrap();
    let engine = open(&dir);
    put(&engine, patient("a", "Lao Da")).await.unwrap();
    put(&engine, nickname()).await.unwrap();
    settle(&engine).await;
    put(&engine, with("description", json!("In other words"))).await.unwrap();
    assert_eq!(find(&engine, "Patient", "nick=lao").await.unwrap(), ["a"], "only what is said of it changed");
    let param = engine.catalogue().param("Patient", "nick").unwrap();
    assert_eq!((param.description.as_ref(), param.number), ("In other words", 20_000));

    put(&engine, with("expression", json!("Patient.name.where(use='official').family"))).await.unwrap();
    assert_eq!(find(&engine, "Patient", "nick=synth").await.unwrap_err().class(), Class::Unavailable);
    settle(&engine).await;
    assert_eq!(find(&engine, "Patient", "nick=synth").await.unwrap(), ["a"]);
    assert!(find(&engine, "Patient", "nick=lao").await.unwrap().is_empty());
    assert_eq!(shown(&engine).await, [("nick".to_owned(), "ready".to_owned(), 20_001)]);

    put(&engine, with("status", json!("retired"))).await.unwrap();
    assert_eq!(find(&engine, "Patient", "nick=synth").await.unwrap_err().class(), Class::Invalid, "at once");
    settle(&engine).await;
    assert_eq!(shown(&engine).await, []);
    put(&engine, nickname()).await.unwrap();
    settle(&engine).await;
    assert_eq!(shown(&engine).await, [("nick".to_owned(), "ready".to_owned(), 20_002)]);
    assert_eq!(find(&engine, "Patient", "nick=lao").await.unwrap(), ["a"]);
    delete(&engine, &operator(), "SearchParameter", "nick", None).await.unwrap();
    assert_eq!(find(&engine, "Patient", "nick=lao").await.unwrap_err().class(), Class::Invalid);
    settle(&engine).await;
    assert_eq!(find(&engine, "Patient", "_id=a").await.unwrap(), ["a"], "the rest is untouched");
}

#[tokio::test]
async fn what_cannot_be_in_force_is_refused_and_a_draft_is_kept() {
    let dir = tempfile::tempdir().unwrap();
    let engine = open(&dir);
    for (resource, at) in [
        (with("expression", json!("Patient.name.count()")), "SearchParameter.expression"),
        (with("code", json!("name")), "SearchParameter.code"),
        (with("base", json!(["Cat"])), "SearchParameter.base[0]"),
    ] {
        match put(&engine, resource).await.unwrap_err() {
            EngineError::Unprocessable(issues) => assert_eq!(issues[0].expression, [at]),
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(read(&engine, &operator(), "SearchParameter", "nick").await.unwrap_err().class(), Class::NotFound);
    let mut draft = with("expression", json!("Patient.name.count()"));
    draft["status"] = json!("draft");
    put(&engine, draft).await.unwrap();
    assert_eq!(find(&engine, "SearchParameter", "code=nick").await.unwrap(), ["nick"]);
    assert_eq!(find(&engine, "Patient", "nick=a").await.unwrap_err().class(), Class::Invalid);
    let system = Caller::system("feed", "CJ01", "t-2");
    let denied = update(&engine, &system, "SearchParameter", "nick", nickname(), None).await.unwrap_err();
    assert_eq!(denied.class(), Class::Denied, "a feed does not change what is in force");
    let gender = read(&engine, &operator(), "SearchParameter", "individual-gender").await.unwrap();
    assert_eq!(serde_json::from_slice::<Value>(&gender.body).unwrap()["code"], "gender");
}

#[tokio::test]
async fn composites_are_built_of_posted_ones_and_hold_them() {
    let dir = tempfile::tempdir().unwrap();
    let engine = open(&dir);
    let observation = |id: &str, code: &str, value: i64| {
        json!({"resourceType": "Observation", "id": id, "status": "final", "code": {"coding": [{"code": code}]},
            "method": {"coding": [{"code": "m"}]}, "valueQuantity": {"value": value}})
    };
    put(&engine, observation("low", "a", 1)).await.unwrap();
    put(&engine, observation("high", "a", 9)).await.unwrap();
    put(&engine, json!({"resourceType": "SearchParameter", "id": "way", "url": "urn:p:way", "status": "active", "name": "Way",
        "description": "", "code": "way", "base": ["Observation"], "type": "token", "expression": "Observation.method"})).await.unwrap();
    put(&engine, json!({"resourceType": "SearchParameter", "id": "both", "url": "urn:p:both", "status": "active", "name": "Both",
        "description": "", "code": "way-value", "base": ["Observation"], "type": "composite", "expression": "Observation",
        "component": [{"definition": "urn:p:way", "expression": "method"},
            {"definition": "http://hl7.org/fhir/SearchParameter/Observation-value-quantity", "expression": "value.as(Quantity)"}]}))
        .await
        .unwrap();
    settle(&engine).await;
    assert_eq!(find(&engine, "Observation", "way=m").await.unwrap(), ["high", "low"]);
    assert_eq!(find(&engine, "Observation", "way-value=m$gt5").await.unwrap(), ["high"]);
    let part = delete(&engine, &operator(), "SearchParameter", "way", None).await.unwrap_err();
    assert_eq!(part.class(), Class::Unprocessable, "a part stays while the whole does");
    delete(&engine, &operator(), "SearchParameter", "both", None).await.unwrap();
    delete(&engine, &operator(), "SearchParameter", "way", None).await.unwrap();
    settle(&engine).await;
    assert_eq!(shown(&engine).await, []);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn many_at_once_have_numbers_of_their_own_and_one_code_has_one_meaning() {
    let dir = tempfile::tempdir().unwrap();
    let engine = open(&dir);
    let mut tasks = tokio::task::JoinSet::new();
    for nth in 0..24 {
        let engine = engine.clone();
        tasks.spawn(async move {
            let mut resource = with("url", json!(format!("urn:p:{nth}")));
            // Three of them say the same code.
            resource["code"] = json!(format!("code{}", nth % 8));
            create(&engine, &operator(), "SearchParameter", resource, None).await.map(|_| ())
        });
    }
    let results = tasks.join_all().await;
    assert_eq!(results.iter().filter(|result| result.is_ok()).count(), 8);
    for refused in results.into_iter().filter_map(Result::err) {
        assert!(matches!(refused.class(), Class::Unprocessable | Class::Unavailable), "{refused:?}");
    }
    let mut numbers: Vec<i64> = shown(&engine).await.into_iter().map(|(.., number)| number).collect();
    numbers.sort_unstable();
    numbers.dedup();
    assert_eq!(numbers.len(), 8);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn nothing_is_missed_while_others_write_and_the_work_is_broken_off() {
    let dir = tempfile::tempdir().unwrap();
    let engine = open(&dir);
    for nth in 0..400 {
        put(&engine, patient(&format!("p{nth:03}"), &format!("n{}", nth % 7))).await.unwrap();
    }
    let stop = Arc::new(AtomicBool::new(false));
    let writer = {
        let (engine, stop) = (engine.clone(), Arc::clone(&stop));
        tokio::spawn(async move {
            let mut random = fastrand::Rng::with_seed(11);
            let mut truth: Vec<u32> = (0..400).map(|nth| nth % 7).collect();
            while !stop.load(Ordering::Relaxed) {
                let (nth, name) = (random.usize(0..400), random.u32(0..7));
                put(&engine, patient(&format!("p{nth:03}"), &format!("n{name}"))).await.unwrap();
                truth[nth] = name;
            }
            truth
        })
    };
    put(&engine, nickname()).await.unwrap();
    let mut stops = 0;
    loop {
        // The work is broken off again and again, wherever it is.
        let _ = tokio::time::timeout(Duration::from_millis(15), keep_search_parameters(&engine, &operator())).await;
        stops += 1;
        match find(&engine, "Patient", "nick=n3").await {
            Ok(_) => break,
            Err(EngineError::Building { .. }) if stops < 2_000 => {}
            Err(other) => panic!("{other:?}"),
        }
    }
    stop.store(true, Ordering::Relaxed);
    let truth = writer.await.unwrap();
    for name in 0..7 {
        let wanted = truth.iter().enumerate().filter(|(_, own)| **own == name).map(|(nth, _)| format!("p{nth:03}"));
        let query = format!("nick=n{name}&_count=1000");
        assert_eq!(find(&engine, "Patient", &query).await.unwrap(), wanted.collect::<Vec<_>>(), "after {stops} stops");
    }
}

/// What another program took, and this one does not understand.
#[tokio::test]
async fn what_is_not_understood_any_more_is_out_of_force_and_is_indexed_anew_when_it_is_again() {
    let dir = tempfile::tempdir().unwrap();
    let engine = open(&dir);
    put(&engine, patient("a", "Lao Da")).await.unwrap();
    put(&engine, nickname()).await.unwrap();
    settle(&engine).await;
    drop(engine);
    let rewrite = async |with: &'static str, by: &'static str| {
        let store = store(&dir);
        let write = move |tx: &mut meridian_store::WriteTx<'_>| {
            let kind = meridian_model::definitions::Definitions::r4().type_code("SearchParameter").unwrap();
            let row = tx.find(kind, "nick")?.unwrap();
            let text = String::from_utf8(row.body.json()?).unwrap().replace(with, by);
            let (old, new) = (meridian_store::Index::default(), meridian_store::Index::default());
            let body = meridian_store::Body::of(text.as_bytes());
            let next = meridian_store::Replacement {
                key: row.key,
                kind,
                name: "SearchParameter",
                id: "nick",
                version: row.version + 1,
                at: row.at,
                old: &old,
                new: Some((row.key.subject(), &body, &new)),
            };
            tx.replace(&next).map(|_| ())
        };
        store.write(meridian_store::Lane::Bulk, meridian_store::Origin::default(), write).await.unwrap();
    };
    rewrite(".where(use='nickname').text", ".soundsLike()").await;
    let engine = open(&dir);
    assert_eq!(find(&engine, "Patient", "nick=lao").await.unwrap_err().class(), Class::Invalid);
    settle(&engine).await;
    assert_eq!(shown(&engine).await, [("nick".to_owned(), "failed".to_owned(), 20_000)]);
    put(&engine, patient("b", "Lao Er")).await.unwrap();
    drop(engine);
    rewrite(".soundsLike()", ".where(use='nickname').text").await;
    let engine = open(&dir);
    assert_eq!(
        find(&engine, "Patient", "nick=lao").await.unwrap_err().class(),
        Class::Invalid,
        "until it is looked at"
    );
    settle(&engine).await;
    assert_eq!(find(&engine, "Patient", "nick=lao").await.unwrap(), ["a", "b"]);
}

/// A process that has not heard that a parameter was dropped.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_dropped_elsewhere_is_not_relied_on() {
    let dir = tempfile::tempdir().unwrap();
    let store = store(&dir);
    let engine = || Engine::new(store.clone(), Vec::new());
    let one = engine();
    put(&one, json!({"resourceType": "Patient", "id": "p"})).await.unwrap();
    for (id, status) in [("a", "final"), ("b", "preliminary")] {
        put(
            &one,
            json!({"resourceType": "Observation", "id": id, "status": status, "code": {"coding": [{"code": "c"}]},
            "subject": {"reference": "Patient/p"}, "method": {"coding": [{"code": "m"}]}}),
        )
        .await
        .unwrap();
    }
    let part = |definition: &str, expression: &str| json!({"definition": format!("http://hl7.org/fhir/SearchParameter/{definition}"), "expression": expression});
    put(&one, json!({"resourceType": "SearchParameter", "id": "both", "url": "urn:p:both", "status": "active", "name": "Both",
        "description": "", "code": "code-status", "base": ["Observation"], "type": "composite", "expression": "Observation",
        "component": [part("clinical-code", "code"), part("Observation-status", "status")]}))
    .await
    .unwrap();
    put(&one, json!({"resourceType": "SearchParameter", "id": "way", "url": "urn:p:way", "status": "active", "name": "Way",
        "description": "", "code": "way", "base": ["Observation"], "type": "token", "expression": "Observation.method"}))
    .await
    .unwrap();
    settle(&one).await;
    let stale = [engine(), engine(), engine()];
    for engine in &stale {
        settle(engine).await;
        assert_eq!(find(engine, "Observation", "code=c&status=final").await.unwrap(), ["a"]);
    }
    delete(&one, &operator(), "SearchParameter", "both", None).await.unwrap();
    delete(&one, &operator(), "SearchParameter", "way", None).await.unwrap();
    settle(&one).await;
    assert_eq!(find(&stale[0], "Observation", "code=c&status=final").await.unwrap(), ["a"], "by R4's parameters alone");
    let lastn = async |engine: &Engine, narrowed: &str| {
        let all = table();
        let operation = all.iter().find(|operation| operation.name == "lastn").unwrap();
        let params = meridian_engine::split_query(&format!("patient=p&{narrowed}")).unwrap();
        let call = Call { kind: "Observation".into(), params, ..Call::default() };
        let doctor = Caller { role: Role::Doctor, ..operator() };
        let answer = operation.act.run(engine, &doctor, call).await?;
        Ok::<_, EngineError>(answer["total"].as_u64().unwrap())
    };
    assert_eq!(lastn(&stale[1], "code=c&status=final").await.unwrap(), 1);
    assert_eq!(lastn(&stale[2], "way=m").await.unwrap_err().class(), Class::Invalid, "never fewer");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_others_end_is_withheld_as_it_was() {
    let dir = tempfile::tempdir().unwrap();
    if schema_for(dir.path()).is_none() {
        return meridian_testkit::say("SKIPPED: a folder has one process; MERIDIAN_TEST_POSTGRES names a server");
    }
    let (one, other) = (open(&dir), open(&dir));
    let task = |id: &str, code: &str| {
        json!({"resourceType": "Task", "id": id, "status": "requested", "intent": "proposal",
            "code": {"coding": [{"system": "https://meridian.example/task", "code": code}]}})
    };
    put(&one, task("kept", "review-identity")).await.unwrap();
    put(&one, task("shown", "other")).await.unwrap();
    let mut heard = other.listen();
    let following = tokio::spawn({
        let other = other.clone();
        async move { other.follow_others().await }
    });
    tokio::time::sleep(Duration::from_millis(1_500)).await; // it begins behind what is there
    for id in ["kept", "shown"] {
        delete(&one, &operator(), "Task", id, None).await.unwrap();
    }
    let mut told = Vec::new();
    while told.len() < 2 {
        let event = tokio::time::timeout(Duration::from_secs(10), heard.recv()).await.unwrap().unwrap();
        if let meridian_engine::Event::Changes(changes) = event {
            told.extend(changes.iter().map(|change| (change.id.clone(), change.withheld)));
        }
    }
    following.abort();
    assert_eq!(told, [("kept".to_owned(), true), ("shown".to_owned(), false)]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_processes_over_one_store_agree() {
    let dir = tempfile::tempdir().unwrap();
    if schema_for(dir.path()).is_none() {
        return meridian_testkit::say("SKIPPED: a folder has one process; MERIDIAN_TEST_POSTGRES names a server");
    }
    let (one, other) = (open(&dir), open(&dir));
    put(&one, patient("a", "Lao Da")).await.unwrap();
    put(&one, nickname()).await.unwrap();
    // It has not heard of the parameter, and makes its rows all the same.
    put(&other, patient("b", "Lao Er")).await.unwrap();
    put(&other, patient("a", "Lao San")).await.unwrap();
    assert!(matches!(find(&other, "Patient", "nick=lao").await, Err(EngineError::Building { .. })));
    settle(&one).await;
    assert_eq!(find(&one, "Patient", "nick=lao").await.unwrap(), ["a", "b"]);
    settle(&other).await;
    assert_eq!(find(&other, "Patient", "nick=lao san").await.unwrap(), ["a"]);
    delete(&one, &operator(), "SearchParameter", "nick", None).await.unwrap();
    settle(&one).await;
    assert_eq!(find(&other, "Patient", "nick=lao").await.unwrap_err().class(), Class::Invalid, "at once");
}
