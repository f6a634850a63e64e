//! What is more sensitive than the ordinary: who sees it, and that nobody else learns that it is there.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)] // a fault of the set-up may stop a test

mod searching;

use meridian_engine::operations::{Call, Level, permitted, table};
use meridian_engine::{
    Caller, Class, Event, HistoryOf, HistoryRequest, Role, Watch, create, delete, history, read, run_bundle, update,
    vread,
};
use searching::World;
use serde_json::{Value, json};

/// What no answer to a stranger may hold.
const SECRET: &str = "sealed";
const CLASSES: &str = "http://terminology.hl7.org/CodeSystem/v3-ActCode";

fn somebody(role: Role, institution: &str) -> Caller {
    Caller { role, ..Caller::system("test", institution, "t-1") }
}

/// Those who may not know.
fn strangers() -> [Caller; 5] {
    [
        somebody(Role::Doctor, "CJ02"),
        somebody(Role::Nurse, "CJ02"),
        somebody(Role::Nurse, "CJ01"),
        somebody(Role::Operator, "CJ01"),
        somebody(Role::System, "CJ02"),
    ]
}

fn observation(id: &str, text: &str, sealed: bool) -> Value {
    let mut resource = json!({"resourceType": "Observation", "id": id, "status": "final",
        "meta": {"tag": [{"system": "urn:t", "code": text}]},
        "text": {"status": "generated", "div": format!("<div xmlns=\"http://www.w3.org/1999/xhtml\">{text}</div>")},
        "code": {"coding": [{"system": "http://loinc.org", "code": "75622-1", "display": text}], "text": text},
        "category": [{"coding": [{"code": "laboratory"}]}], "effectiveDateTime": "2026-11-01",
        "subject": {"reference": "Patient/p"}, "valueString": text,
        "valueQuantity": {"value": 5, "unit": "mg"}});
    resource.as_object_mut().unwrap().shift_remove("valueString");
    if sealed {
        resource["meta"]["security"] = json!([{"system": CLASSES, "code": "HIV"}]);
    }
    resource
}

/// A resident with an open result, a sealed one, and reports that lead from the one to the other.
async fn world() -> World {
    let world = World::new();
    let (home, sealed) = (somebody(Role::System, "CJ01"), json!([{"system": CLASSES, "code": "HIV"}]));
    let patient = json!({"resourceType": "Patient", "id": "p", "name": [{"family": "韦"}]});
    let report = |id: &str, of: &str| {
        json!({"resourceType": "DiagnosticReport", "id": id, "status": "final", "code": {"text": "report"},
            "subject": {"reference": "Patient/p"}, "result": [{"reference": of}]})
    };
    let mut hidden = report("sealed-report", "Observation/open");
    hidden["meta"] = json!({"security": sealed, "tag": [{"system": "urn:t", "code": SECRET}]});
    for resource in [
        patient,
        observation("open", "plain", false),
        observation("sealed", SECRET, true),
        report("report", "Observation/open"),
        hidden,
    ] {
        let kind = meridian_engine::incoming::type_name(resource["resourceType"].as_str().unwrap()).unwrap();
        let id = resource["id"].as_str().unwrap().to_owned();
        update(&world.engine, &home, kind, &id, resource, None).await.unwrap();
    }
    world
}

const SEARCHES: &[(&str, &str)] = &[
    ("Observation", ""),
    ("Observation", "_id=sealed"),
    ("Observation", "code=75622-1&_sort=-date"),
    ("Observation", "code:text=sealed"),
    ("Observation", "_tag=urn:t|sealed"),
    ("Observation", "_security=HIV"),
    ("Observation", "_content=sealed"),
    ("Observation", "_text=sealed"),
    ("Observation", "patient=p&_total=accurate&_summary=count"),
    ("Observation", "value-quantity=5&_sort=value-quantity"),
    ("Observation", "_lastUpdated=gt2020-01-01&_count=1"),
    ("Observation", "_has:DiagnosticReport:result:_tag=urn:t|sealed"),
    ("Observation", "_filter=code eq 75622-1 and date gt 2020"),
    ("Observation", "_id:not=open"),
    ("DiagnosticReport", "result=Observation/sealed"),
    ("DiagnosticReport", "result.code:text=sealed"),
    ("DiagnosticReport", "result:Observation._tag=urn:t|sealed"),
    ("DiagnosticReport", "_id=report&_include=DiagnosticReport:result"),
    ("Patient", "_id=p&_revinclude=Observation:subject&_revinclude=DiagnosticReport:subject"),
    ("Patient", "_has:Observation:patient:_tag=urn:t|sealed"),
    ("Patient", "_has:Observation:patient:code:text=sealed&_summary=count"),
    ("", "_type=Observation,DiagnosticReport&_count=50"),
    ("", "_id=sealed,sealed-report"),
];

#[tokio::test(flavor = "multi_thread")]
async fn no_search_of_a_stranger_tells_of_it() {
    let (with, without) = (world().await, world().await);
    let home = somebody(Role::System, "CJ01");
    for (kind, id) in [("DiagnosticReport", "sealed-report"), ("Observation", "sealed")] {
        // In the other world it never was, but for a deletion.
        delete(&without.engine, &home, kind, id, None).await.unwrap();
    }
    for who in strangers() {
        for (kind, query) in SEARCHES {
            let mut told = [String::new(), String::new()];
            for (world, told) in [&with, &without].into_iter().zip(&mut told) {
                let answer = world.find_as(&who, kind, query).await.unwrap_or_else(|e| panic!("{query}: {e}"));
                let ids: Vec<_> = answer.hits.iter().map(|hit| hit.served.id.clone()).collect();
                *told = format!("{:?} of {:?}, next {}", ids, answer.total, answer.next.is_some());
            }
            let [there, never] = told;
            assert_eq!(there, never, "{}@{} {kind}?{query}", who.role, who.institution);
            assert!(!there.contains(SECRET), "{kind}?{query}: {there}");
        }
    }
    let doctor = somebody(Role::Doctor, "CJ01");
    let found = with.find_as(&doctor, "Observation", "_tag=urn:t|sealed").await.unwrap();
    assert_eq!(found.hits.len(), 1, "who cares for the resident there sees it");
    let found = with.find_as(&doctor, "Patient", "_has:Observation:patient:_tag=urn:t|sealed").await.unwrap();
    assert_eq!(found.hits.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn no_door_of_one_resource_opens_to_a_stranger() {
    let world = world().await;
    let engine = &world.engine;
    for who in strangers() {
        let missing = |error: meridian_engine::EngineError| {
            assert_eq!(error.class(), Class::NotFound, "{}@{}: {error}", who.role, who.institution);
        };
        missing(read(engine, &who, "Observation", "sealed").await.unwrap_err());
        missing(vread(engine, &who, "Observation", "sealed", "1").await.unwrap_err());
        let own = HistoryRequest::newest(HistoryOf::Instance("Observation".into(), "sealed".into()), 10);
        missing(history(engine, &who, &own).await.unwrap_err());
        let all = HistoryRequest::newest(HistoryOf::Type("Observation".into()), 10);
        let all = history(engine, &who, &all).await.unwrap();
        assert_eq!(all.versions.iter().map(|version| version.id.as_str()).collect::<Vec<_>>(), ["open"]);
        let change = update(engine, &who, "Observation", "sealed", observation("sealed", "x", false), None).await;
        assert!(change.is_err(), "{}@{} writes over it", who.role, who.institution);
        assert!(delete(engine, &who, "Observation", "sealed", None).await.is_err(), "{}", who.role);
        let bundle = json!({"resourceType": "Bundle", "type": "batch", "entry": [
            {"request": {"method": "GET", "url": "Observation/sealed"}},
            {"request": {"method": "GET", "url": "Observation?_tag=urn:t|sealed"}}]});
        let replies = run_bundle(engine, &who, bundle, meridian_engine::Options::default()).await.unwrap().replies;
        assert!(!format!("{replies:?}").contains("mg"), "{replies:?}");
    }
    let (doctor, home) = (somebody(Role::Doctor, "CJ01"), somebody(Role::System, "CJ01"));
    assert!(read(engine, &doctor, "Observation", "sealed").await.is_ok());
    // Its label is taken away, and given to what was open.
    update(engine, &home, "Observation", "sealed", observation("sealed", "x", false), None).await.unwrap();
    update(engine, &home, "Observation", "open", observation("open", "x", true), None).await.unwrap();
    let stranger = somebody(Role::Doctor, "CJ02");
    assert!(read(engine, &stranger, "Observation", "sealed").await.is_ok());
    assert!(vread(engine, &stranger, "Observation", "sealed", "1").await.is_err(), "what it was stays what it was");
    assert!(vread(engine, &stranger, "Observation", "open", "1").await.is_err());
    let found = world.find_as(&stranger, "Observation", "").await.unwrap();
    assert_eq!(found.hits.iter().map(|hit| hit.served.id.as_str()).collect::<Vec<_>>(), ["sealed"]);
}

async fn call(world: &World, who: &Caller, address: &str, params: &[(&str, &str)]) -> Option<Value> {
    let mut parts: Vec<&str> = address.split('/').collect();
    let name = parts.pop().unwrap();
    let level = [Level::System, Level::Type, Level::Instance][parts.len().min(2)];
    let (kind, all) = (parts.first().copied().unwrap_or_default(), table());
    let fits = |on: &str| all.iter().find(|o| format!("${}", o.name) == name && o.level == level && o.on == on);
    let operation = fits(kind).or_else(|| fits("Resource")).unwrap();
    permitted(who, operation).ok()?;
    let params = params.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    let id = parts.get(1).map(|id| (*id).to_owned());
    let call = Call { kind: kind.to_owned(), id, params, base: "http://x/fhir".into(), ..Call::default() };
    let bytes = operation.act.bytes(&world.engine, who, call).await.ok()?;
    Some(serde_json::from_slice(&bytes).unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn no_operation_tells_a_stranger_of_it() {
    let world = world().await;
    let asked: &[(&str, &[(&str, &str)])] = &[
        ("Patient/p/$everything", &[]),
        ("Patient/p/$everything", &[("_type", "Observation")]),
        ("Observation/$lastn", &[("patient", "p"), ("max", "9"), ("category", "laboratory")]),
        ("$meta", &[]),
        ("Observation/$meta", &[]),
        ("Observation/sealed/$meta", &[]),
    ];
    let doctor = somebody(Role::Doctor, "CJ01");
    for (address, params) in asked {
        let seen = call(&world, &doctor, address, params).await;
        assert!(seen.is_some_and(|seen| seen.to_string().contains("HIV")), "{address} shows it at home");
        for who in strangers() {
            if let Some(seen) = call(&world, &who, address, params).await {
                let text = seen.to_string();
                assert!(
                    !text.contains(SECRET) && !text.contains("HIV"),
                    "{}@{} {address}: {text}",
                    who.role,
                    who.institution
                );
            }
        }
    }
    let counted =
        [("subject", "Patient/p"), ("code", "75622-1"), ("system", "http://loinc.org"), ("statistic", "count")];
    for who in strangers() {
        if let Some(seen) = call(&world, &who, "Observation/$stats", &counted).await {
            assert!(!seen.to_string().contains("\"value\":2"), "{seen}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_may_not_see_it_hears_nothing_and_does_not_write_it() {
    let world = world().await;
    let mut heard = world.engine.listen();
    let home = somebody(Role::System, "CJ01");
    update(&world.engine, &home, "Observation", "sealed", observation("sealed", "more", true), None).await.unwrap();
    let Ok(Event::Changes(changes)) = heard.try_recv() else { panic!("nobody was told") };
    let doctor = somebody(Role::Doctor, "CJ01");
    assert!(Watch::person(&world.engine, &doctor, "p").await.unwrap().hears(&changes[0]));
    let stranger = somebody(Role::Doctor, "CJ02");
    assert!(!Watch::person(&world.engine, &stranger, "p").await.unwrap().hears(&changes[0]));
    for role in [Role::Operator, Role::System] {
        let who = somebody(role, "CJ02");
        assert!(!Watch::everything(&who).unwrap().hears(&changes[0]), "{role}");
    }
    delete(&world.engine, &home, "Observation", "sealed", None).await.unwrap();
    let Ok(Event::Changes(changes)) = heard.try_recv() else { panic!("nobody was told") };
    assert!(!Watch::everything(&somebody(Role::Operator, "CJ01")).unwrap().hears(&changes[0]), "of its end neither");
    // Nobody writes what is above the own clearance: it would be gone from sight.
    let nurse = somebody(Role::Nurse, "CJ01");
    let sealed = observation("new", "x", true);
    let refused = create(&world.engine, &nurse, "Observation", sealed, None).await.unwrap_err();
    assert_eq!(refused.class(), Class::Denied, "{refused}");
    let mut raised = observation("open", "plain", false);
    raised["meta"]["security"] = json!([{"system": CLASSES, "code": "PSY"}]);
    let refused = update(&world.engine, &nurse, "Observation", "open", raised, None).await.unwrap_err();
    assert_eq!(refused.class(), Class::Denied, "{refused}");
}
