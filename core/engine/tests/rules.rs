//! Rules of R4 for sets of writes, and what must stand in the log of looks.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)] // a fault of the set-up may stop a test

use meridian_engine::{Caller, Class, Engine, Options, Reply, Request, Role, create, run_bundle, search, update};
use meridian_store::{LookRow, Store, StoreOptions, Subject};
use serde_json::{Value, json};

fn house() -> (tempfile::TempDir, Store, Engine) {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open(
        meridian_store::Home::either(dir.path(), meridian_testkit::postgres::schema_for(dir.path())),
        &StoreOptions::default(),
    )
    .unwrap();
    (dir, store.clone(), Engine::new(store, Vec::new()))
}

fn doctor() -> Caller {
    Caller { role: Role::Doctor, ..Caller::system("test", "CJ01", "t-1") }
}

fn operator() -> Caller {
    Caller { role: Role::Operator, ..doctor() }
}

fn patient(number: &str) -> Value {
    json!({"resourceType": "Patient", "identifier": [{"system": "urn:t", "value": number}]})
}

fn bundle(kind: &str, entries: impl Into<Value>) -> Value {
    json!({"resourceType": "Bundle", "type": kind, "entry": entries.into()})
}

async fn found(engine: &Engine, number: &str) -> usize {
    let params = vec![("identifier".to_owned(), format!("urn:t|{number}"))];
    let request = Request { kind: "Patient".into(), params, lenient: false };
    search(engine, &operator(), &request).await.unwrap().hits.len()
}

async fn run(engine: &Engine, bundle: Value) -> Result<Vec<Reply>, meridian_engine::EngineError> {
    Ok(run_bundle(engine, &operator(), bundle, Options::default()).await?.replies)
}

fn looks(store: &Store, subject: Subject) -> Vec<LookRow> {
    store.audit().looks_at(&[subject], 100).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_read_that_fails_does_not_deny_the_writes_of_its_transaction() {
    let (_dir, _, engine) = house();
    let entries = json!([
        {"request": {"method": "POST", "url": "Patient"}, "resource": patient("1")},
        {"request": {"method": "GET", "url": "Patient/nobody"}}
    ]);
    let replies = run(&engine, bundle("transaction", entries)).await.unwrap();
    assert!(matches!(&replies[..], [Reply::Written(_), Reply::Failed(error)] if error.class() == Class::NotFound));
    assert_eq!(found(&engine, "1").await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn deletes_come_before_conditions() {
    let (_dir, _, engine) = house();
    let old = create(&engine, &operator(), "Patient", patient("1"), None).await.unwrap().served.id;
    let entries = json!([
        {"request": {"method": "POST", "url": "Patient", "ifNoneExist": "identifier=urn:t|1"}, "resource": patient("1")},
        {"request": {"method": "DELETE", "url": format!("Patient/{old}")}}
    ]);
    let replies = run(&engine, bundle("transaction", entries)).await.unwrap();
    let Reply::Written(made) = &replies[0] else { panic!("{replies:?}") };
    assert_ne!(made.served.id, old);
    assert_eq!(found(&engine, "1").await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_relative_reference_is_read_from_the_place_of_its_entry() {
    let (_dir, _, engine) = house();
    let observation = json!({"resourceType": "Observation", "status": "final", "code": {"text": "x"},
        "subject": {"reference": "Patient/1"}});
    let entries = json!([
        {"fullUrl": "http://a.example/fhir/Patient/1", "resource": patient("1"),
         "request": {"method": "POST", "url": "Patient"}},
        {"fullUrl": "http://a.example/fhir/Observation/2", "resource": observation,
         "request": {"method": "POST", "url": "Observation"}},
        {"fullUrl": "http://b.example/fhir/Observation/2", "resource": observation,
         "request": {"method": "POST", "url": "Observation"}}
    ]);
    let replies = run(&engine, bundle("transaction", entries)).await.unwrap();
    let body = |nth: usize| match &replies[nth] {
        Reply::Written(made) => serde_json::from_slice::<Value>(&made.served.body).unwrap(),
        other => panic!("{other:?}"),
    };
    let id = body(0)["id"].as_str().unwrap().to_owned();
    assert_eq!(body(1)["subject"]["reference"], format!("Patient/{id}"));
    assert_eq!(body(2)["subject"]["reference"], "Patient/1", "another house's Patient/1 is not this one");
}

#[tokio::test(flavor = "multi_thread")]
async fn one_full_url_cannot_stand_for_two_resources() {
    let (_dir, _, engine) = house();
    let entry = |number| json!({"fullUrl": "urn:uuid:p", "resource": patient(number), "request": {"method": "POST", "url": "Patient"}});
    let error = run(&engine, bundle("transaction", json!([entry("1"), entry("2")]))).await.unwrap_err();
    assert_eq!(error.class(), Class::Invalid);
    assert_eq!(error.issues()[0].expression, ["Bundle.entry[1].fullUrl"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_condition_shows_is_a_look() {
    let (_dir, store, engine) = house();
    create(&engine, &operator(), "Patient", patient("1"), None).await.unwrap();
    let first = Subject(Subject::COMMON.0 + 1);
    assert!(looks(&store, first).is_empty());
    let condition = Some("identifier=urn:t|1".to_owned());
    let shown = create(&engine, &doctor(), "Patient", patient("2"), condition.clone()).await.unwrap();
    assert!(shown.happened.is_none());
    let seen = looks(&store, first);
    assert_eq!((seen.len(), seen[0].look.role.as_str(), seen[0].look.act.as_str()), (1, "doctor", "condition"));
    assert_eq!(seen[0].look.query, format!("Patient/{}", shown.served.id));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_patch_that_is_refused_is_a_look_too() {
    let (_dir, store, engine) = house();
    let made = create(&engine, &operator(), "Patient", patient("1"), None).await.unwrap();
    let first = Subject(Subject::COMMON.0 + 1);
    for (nth, (patch, if_match, class)) in [
        (json!([{"op": "test", "path": "/birthDate", "value": "1980-01-01"}]), None, Class::Unprocessable),
        (json!([{"op": "replace", "path": "/id", "value": "other"}]), None, Class::Invalid),
        (json!([{"op": "add", "path": "/active", "value": true}]), Some(9), Class::Precondition),
    ]
    .into_iter()
    .enumerate()
    {
        let id = &made.served.id;
        let refused = meridian_engine::patch(&engine, &operator(), "Patient", id, &patch, if_match).await;
        assert_eq!(refused.unwrap_err().class(), class, "{patch}");
        let seen = looks(&store, first);
        assert_eq!((seen.len(), seen[0].look.act.as_str()), (nth + 1, "patch"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whom_a_search_names_is_looked_at_though_nothing_is_found() {
    let (_dir, store, engine) = house();
    let made = create(&engine, &operator(), "Patient", patient("1"), None).await.unwrap();
    let id = made.served.id;
    let visit = json!({"resourceType": "Encounter", "id": "e", "status": "finished", "class": {"code": "AMB"},
        "subject": {"reference": format!("Patient/{id}")}});
    update(&engine, &operator(), "Encounter", "e", visit, None).await.unwrap();
    let first = Subject(Subject::COMMON.0 + 1);
    for (nth, (kind, query)) in [
        ("Patient", format!("_id={id}&_has:Condition:patient:code=x&_summary=count")),
        ("Patient", "identifier=urn:t|1&_has:Condition:patient:code=x".to_owned()),
        ("Patient", format!("_id={id}&_summary=count")),
        ("Condition", format!("code=x&_summary=count&subject:Patient._id:not={id}")),
        ("Observation", "encounter=e&code=x&_summary=count".to_owned()),
        ("Encounter", "_id=e&status=planned".to_owned()),
    ]
    .into_iter()
    .enumerate()
    {
        let params = meridian_engine::split_query(&query).unwrap();
        let request = Request { kind: kind.into(), params, lenient: false };
        search(&engine, &doctor(), &request).await.unwrap();
        assert_eq!(looks(&store, first).len(), nth + 1, "{query}");
    }
    create(&engine, &operator(), "Patient", patient("1"), None).await.unwrap();
    let before = looks(&store, first).len();
    let condition = Some("identifier=urn:t|1".to_owned());
    let refused = create(&engine, &doctor(), "Patient", patient("2"), condition).await.unwrap_err();
    assert_eq!(refused.class(), Class::Precondition);
    assert_eq!(looks(&store, first).len(), before + 1, "how many a condition meets tells of them");
}

#[tokio::test(flavor = "multi_thread")]
async fn whom_a_search_describes_is_looked_at_unless_it_is_a_crowd() {
    let (_dir, store, engine) = house();
    let person = json!({"resourceType": "Patient", "name": [{"family": "Moreau", "given": ["Alma"]}], "birthDate": "1980-01-01",
        "identifier": [{"system": "urn:t", "value": "1", "type": {"coding": [{"system": "urn:k", "code": "MR"}]}}]});
    create(&engine, &operator(), "Patient", person, None).await.unwrap();
    let first = Subject(Subject::COMMON.0 + 1);
    let crowd: Vec<Value> = (0..21)
        .map(|_| {
            let one = json!({"resourceType": "Patient", "name": [{"family": "Legion"}], "birthDate": "1980-01-01"});
            json!({"request": {"method": "POST", "url": "Patient"}, "resource": one})
        })
        .collect();
    run(&engine, bundle("transaction", crowd)).await.unwrap();
    let ask = async |kind: &str, query: &str| {
        let params = meridian_engine::split_query(query).unwrap();
        let request = Request { kind: kind.into(), params, lenient: false };
        search(&engine, &doctor(), &request).await.unwrap();
    };
    for (nth, (kind, query)) in [
        ("Patient", "identifier:of-type=urn:k|MR|1&_has:Condition:patient:code=x"),
        ("Patient", "identifier:of-type=urn:k|MR|1&_summary=count"),
        ("Patient", "identifier:of-type=urn:k|MR|1&birthdate=1999"),
        ("Patient", "name=moreau&_has:Condition:patient:code=x&_summary=count"),
        ("Patient", "name=moreau&_has:Condition:patient:code=x"),
        ("Patient", "name=moreau&birthdate=1999"),
        ("Patient", "name:exact=Moreau&_summary=count"),
        ("Patient", "birthdate=1980&family:contains=orea&_summary=count"),
        ("Patient", "_filter=(name eq moreau and birthdate eq 1980-01-01) or active eq true&_summary=count"),
        ("Condition", "subject:Patient.name=moreau&code=x&_summary=count"),
        ("Condition", "patient.name=moreau&patient.birthdate=1980-01-01&code=x"),
        ("Condition", "subject:identifier=urn:t|1&code=x&_summary=count"),
        ("Observation", "subject:Patient._has:Encounter:subject:subject:Patient.given=alma&_summary=count"),
    ]
    .into_iter()
    .enumerate()
    {
        ask(kind, query).await;
        assert_eq!(looks(&store, first).len(), nth + 1, "{query}");
    }
    // Who sounds alike in some years is nobody in particular; on one day of birth, or by a name, it is somebody.
    let alike =
        json!({"resourceType": "Patient", "name": [{"text": "甄秀英"}], "gender": "female", "birthDate": "1930-02-05"});
    create(&engine, &operator(), "Patient", alike, None).await.unwrap();
    let alike = Subject(first.0 + 22);
    let sound = "pinyin=zhenxiuying&gender=female&birthdate=ge1930";
    for (query, noted) in [
        (format!("{sound}&birthdate=le1932&_summary=count"), 0),
        ("pinyin=zhenxiuying&_summary=count".to_owned(), 0),
        (format!("{sound}-02-05&birthdate=le1930-02-05&_summary=count"), 1),
        (format!("{sound}&birthdate=le1932&name=甄秀英&_summary=count"), 2),
    ] {
        ask("Patient", &query).await;
        assert_eq!(looks(&store, alike).len(), noted, "{query}");
    }
    // One of the crowd is described by more than the name; the others are not.
    let two = Subject(first.0 + 1);
    for query in ["name=legion&_summary=count", "birthdate=1980-01-01&_has:Condition:patient:code=x", "_summary=count"]
    {
        ask("Patient", query).await;
        assert!(looks(&store, two).is_empty(), "{query}");
    }
    let refused = create(&engine, &doctor(), "Patient", patient("2"), Some("birthdate=1980-01-01".into())).await;
    assert_eq!(refused.unwrap_err().class(), Class::Precondition);
    assert!(looks(&store, two).is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bundle_reads_only_so_much() {
    let (_dir, _, engine) = house();
    let many = vec![json!({"request": {"method": "GET", "url": "Patient?_count=1000"}}); 201];
    let error = run(&engine, bundle("batch", many)).await.unwrap_err();
    assert_eq!(error.class(), Class::Invalid);
}

#[tokio::test(flavor = "multi_thread")]
async fn long_lists_of_values_are_answered() {
    let (_dir, _, engine) = house();
    let list =
        |each: &str, many: u32| (0..many).map(|n| each.replace('#', &n.to_string())).collect::<Vec<_>>().join(",");
    for (kind, name, each, many) in [
        ("Observation", "focus", "x#", 500),
        ("Observation", "subject", "x#", 500),
        ("Observation", "patient", "x#", 500),
        ("Observation", "code", "s|x#", 500),
        ("Observation", "code", "x#", 500),
        ("Observation", "category", "s#|", 500),
        ("Observation", "date", "ne2020-01-01T00:00:00.#Z", 100),
        ("Patient", "name", "x#", 100),
    ] {
        let mut params = vec![(name.to_owned(), list(each, many))];
        params.push(("_lastUpdated".to_owned(), list("ne2020-01-01T00:00:00.#Z", 100)));
        let request = Request { kind: kind.into(), params, lenient: false };
        let began = std::time::Instant::now();
        let found = search(&engine, &operator(), &request).await;
        assert!(found.is_ok_and(|found| found.hits.is_empty()), "{name}={each} after {:?}", began.elapsed());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_doctor_does_not_overwrite_another_institution() {
    let (_dir, _, engine) = house();
    let mut sent = patient("1");
    sent["id"] = "a".into();
    let elsewhere = Caller { institution: "CJ11".into(), ..doctor() };
    let put = async |caller: &Caller| update(&engine, caller, "Patient", "a", sent.clone(), None).await;
    put(&elsewhere).await.unwrap();
    assert_eq!(put(&doctor()).await.unwrap_err().class(), Class::Denied);
    assert_eq!(put(&elsewhere).await.unwrap().served.version, 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_visit_that_changes_hands_meanwhile_lets_nobody_write_into_the_wrong_record() {
    let (_dir, store, engine) = house();
    for id in ["a", "b"] {
        let mut patient = patient(id);
        patient["id"] = id.into();
        update(&engine, &operator(), "Patient", id, patient, None).await.unwrap();
    }
    let visit = |whose: &str| {
        json!({"resourceType": "Encounter", "id": "v", "status": "in-progress", "class": {"code": "AMB"},
               "subject": {"reference": format!("Patient/{whose}")}})
    };
    update(&engine, &operator(), "Encounter", "v", visit("a"), None).await.unwrap();
    // The operator corrects the visit back and forth while notes come in for both.
    let moving = tokio::spawn({
        let (engine, visits) = (engine.clone(), [visit("b"), visit("a")]);
        async move {
            for nth in 0..60 {
                update(&engine, &operator(), "Encounter", "v", visits[nth % 2].clone(), None).await.unwrap();
            }
        }
    });
    let (mut accepted, mut refused) = (Vec::new(), 0);
    for nth in 0..120 {
        let whose = if nth % 2 == 0 { "a" } else { "b" };
        let note = json!({"resourceType": "Observation", "status": "final", "code": {"text": "x"},
            "subject": {"reference": format!("Patient/{whose}")}, "encounter": {"reference": "Encounter/v"}});
        match create(&engine, &doctor(), "Observation", note, None).await {
            Ok(made) => accepted.push((made.served.id, format!("Patient/{whose}"))),
            Err(error) => {
                assert_eq!(error.class(), Class::Unprocessable);
                refused += 1;
            }
        }
    }
    moving.await.unwrap();
    assert!((1..120).contains(&refused), "{refused} of 120 were refused");
    // Each note that was taken belongs to the person whose visit it was once the note's own transaction was written.
    let kind = |name: &str| meridian_model::definitions::Definitions::r4().type_code(name).unwrap();
    for (id, whose) in accepted {
        let owner = store
            .read(|reader| -> Result<_, meridian_store::StoreError> {
                let note = reader.find(kind("Observation"), &id)?.unwrap();
                let visit = reader.locate(kind("Encounter"), "v")?.unwrap();
                let then = reader.version_at(visit, note.tx)?.unwrap();
                then.body.json()
            })
            .unwrap();
        let visit: Value = serde_json::from_slice(&owner).unwrap();
        assert_eq!(visit["subject"]["reference"], Value::from(whose), "Observation/{id}");
    }
}

/// A review of identity, as the registry keeps them, and an ordinary task about the same person.
async fn review(engine: &Engine, id: &str) {
    let task = json!({"resourceType": "Task", "id": id, "status": "requested", "intent": "proposal",
        "code": {"coding": [{"system": "https://meridian.example/task", "code": "review-identity"}]},
        "for": {"reference": "Patient/a"}});
    update(engine, &operator(), "Task", id, task, None).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_withheld_no_condition_finds_or_counts() {
    let (_dir, _, engine) = house();
    let mut person = patient("a");
    person["id"] = "a".into();
    update(&engine, &operator(), "Patient", "a", person, None).await.unwrap();
    review(&engine, "review-1-2").await;
    review(&engine, "review-1-3").await;
    let nurse = Caller { role: Role::Nurse, ..doctor() };
    let system = Caller { role: Role::System, ..doctor() };
    let plain = |text: &str| {
        json!({"resourceType": "Task", "status": "requested", "intent": "order", "description": text,
            "for": {"reference": "Patient/a"}})
    };
    let code = "code=https://meridian.example/task|review-identity";
    for (nth, who) in [doctor(), nurse, system].iter().enumerate() {
        // One that would be shown, and two that would be counted.
        for (of, condition) in [format!("{code}&_id=review-1-2"), code.to_owned()].into_iter().enumerate() {
            let text = format!("{nth} {of}");
            let made = create(&engine, who, "Task", plain(&text), Some(condition.clone())).await.unwrap();
            assert!(made.happened.is_some(), "{} {condition}", who.role);
            let body: Value = serde_json::from_slice(&made.served.body).unwrap();
            assert_eq!(body["description"], Value::from(text));

            let put =
                json!({"request": {"method": "PUT", "url": format!("Task?{condition}")}, "resource": plain("put")});
            let linked = json!({"request": {"method": "POST", "url": "Observation"}, "resource":
                {"resourceType": "Observation", "status": "final", "code": {"text": "x"},
                 "subject": {"reference": "Patient/a"}, "focus": [{"reference": format!("Task?{condition}")}]}});
            let answer = run_bundle(&engine, who, bundle("batch", json!([put])), Options::default()).await.unwrap();
            let [Reply::Written(made)] = &answer.replies[..] else { panic!("{:?}", answer.replies) };
            assert_eq!(made.served.version, 1, "a new one");
            let refused = run_bundle(&engine, who, bundle("transaction", json!([linked])), Options::default()).await;
            let error = refused.unwrap_err();
            assert!(error.issues()[0].diagnostics.contains("finds no resource"), "{:?}", error.issues());
        }
    }
    // An operator meets them.
    let kept = create(&engine, &operator(), "Task", plain("x"), Some(format!("{code}&_id=review-1-2"))).await.unwrap();
    assert_eq!((kept.happened, kept.served.id.as_str()), (None, "review-1-2"));
    let many = create(&engine, &operator(), "Task", plain("x"), Some(code.to_owned())).await.unwrap_err();
    assert_eq!(many.class(), Class::Precondition);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_withheld_has_no_version_and_is_deleted_in_silence() {
    let (_dir, _, engine) = house();
    let mut person = patient("a");
    person["id"] = "a".into();
    update(&engine, &operator(), "Patient", "a", person, None).await.unwrap();
    review(&engine, "r").await;
    let system = Caller { role: Role::System, ..doctor() };
    let task = |id: &str| {
        json!({"resourceType": "Task", "id": id, "status": "requested", "intent": "order",
            "for": {"reference": "Patient/a"}})
    };
    for id in ["r", "never"] {
        let refused = update(&engine, &system, "Task", id, task(id), Some(9)).await.unwrap_err();
        assert_eq!(refused.class(), Class::Precondition);
        assert!(!refused.to_string().contains("current version"), "{refused}");
    }
    update(&engine, &system, "Task", "t", task("t"), None).await.unwrap();
    for count in [1, 0] {
        let done = meridian_engine::delete(&engine, &system, "Task", "t", None).await.unwrap();
        assert_eq!(done.count, count, "deleted once, and again");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_bound_to_what_is_another_persons() {
    let (_dir, _, engine) = house();
    for id in ["a", "b"] {
        let mut patient = patient(id);
        patient["id"] = id.into();
        update(&engine, &operator(), "Patient", id, patient, None).await.unwrap();
    }
    let of = |kind: &str, whose: &str| {
        let subject = json!({"reference": format!("Patient/{whose}")});
        let code = json!({"text": "x"});
        match kind {
            "Observation" => json!({"resourceType": kind, "status": "final", "code": code, "subject": subject}),
            "Condition" => json!({"resourceType": kind, "code": code, "subject": subject}),
            "ServiceRequest" => {
                json!({"resourceType": kind, "status": "active", "intent": "order", "code": code, "subject": subject})
            }
            _ => json!({"resourceType": kind, "status": "finished", "class": {"code": "AMB"}, "subject": subject}),
        }
    };
    for (id, kind) in [("o", "Observation"), ("c", "Condition")] {
        let mut resource = of(kind, "a");
        resource["id"] = id.into();
        update(&engine, &operator(), kind, id, resource, None).await.unwrap();
    }
    for (kind, element, value) in [
        ("Observation", "derivedFrom", json!([{"reference": "Observation/o"}])),
        ("ServiceRequest", "supportingInfo", json!([{"reference": "Condition/c"}])),
        ("Encounter", "diagnosis", json!([{"condition": {"reference": "Condition/c"}}])),
    ] {
        for (whose, taken) in [("a", true), ("b", false)] {
            let mut resource = of(kind, whose);
            resource[element] = value.clone();
            let done = create(&engine, &doctor(), kind, resource, None).await;
            assert_eq!(
                done.is_ok(),
                taken,
                "{kind}.{element} of {whose}: {:?}",
                done.err().map(|error| error.issues())
            );
        }
    }
}
