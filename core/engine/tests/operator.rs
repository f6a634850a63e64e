//! What operators ask of the record itself: `$audit`, `$store`, `$jobs`, and messages by a filter.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)] // a fault of the set-up may stop a test

use meridian_engine::operations::{Call, permitted, table};
use meridian_engine::{Caller, Class, Engine, EngineError, Request, Role, create, delete, jobs, read, search, update};
use meridian_store::{Store, StoreOptions};
use serde_json::{Value, json};

struct House {
    _dir: tempfile::TempDir,
    engine: Engine,
}

fn house() -> House {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open(
        meridian_store::Home::either(dir.path(), meridian_testkit::postgres::schema_for(dir.path())),
        &StoreOptions::default(),
    )
    .unwrap();
    House { _dir: dir, engine: Engine::new(store, Vec::new()) }
}

fn caller(name: &str, role: Role, institution: &str) -> Caller {
    Caller { actor: name.into(), display: name.into(), role, ..Caller::system(name, institution, "t-1") }
}

fn operator() -> Caller {
    caller("op", Role::Operator, "CJ00")
}

impl House {
    async fn call(&self, who: &Caller, name: &str, params: &[(&str, &str)]) -> Result<Value, EngineError> {
        let operation = table().into_iter().find(|operation| operation.name == name).unwrap();
        permitted(who, &operation)?;
        let params = params.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let call = Call { params, base: "http://x/fhir".into(), ..Call::default() };
        operation.act.run(&self.engine, who, call).await
    }

    async fn audit(&self, params: &[(&str, &str)]) -> Vec<Value> {
        let bundle = self.call(&operator(), "audit", params).await.unwrap();
        bundle["entry"]
            .as_array()
            .map_or(&[][..], Vec::as_slice)
            .iter()
            .map(|entry| entry["resource"].clone())
            .collect()
    }

    async fn patient(&self, who: &Caller) -> String {
        let patient = json!({"resourceType": "Patient", "name": [{"text": "试验"}]});
        create(&self.engine, who, "Patient", patient, None).await.unwrap().served.id
    }
}

/// The parts of the parameters of this name, each as an object.
fn parts(parameters: &Value, name: &str) -> Vec<serde_json::Map<String, Value>> {
    let value = |part: &Value| {
        let members = part.as_object()?;
        members.iter().find(|(key, _)| key.starts_with("value")).map(|(_, value)| value.clone())
    };
    let all = parameters["parameter"].as_array().unwrap().iter().filter(|one| one["name"] == name);
    all.map(|one| {
        let parts = one["part"].as_array().unwrap().iter();
        parts.filter_map(|part| Some((part["name"].as_str()?.to_owned(), value(part)?))).collect()
    })
    .collect()
}

#[tokio::test]
async fn only_operators_may_ask() {
    let house = house();
    for name in ["audit", "store", "jobs"] {
        for role in [Role::Doctor, Role::Nurse] {
            let refused = house.call(&caller("li", role, "CJ01"), name, &[]).await.unwrap_err();
            assert_eq!(refused.class(), Class::Denied, "{name} for a {role}");
        }
        house.call(&operator(), name, &[]).await.unwrap();
    }
}

#[tokio::test]
async fn the_audit_is_found_by_who_when_whom_and_what() {
    let house = house();
    let (li, chen) = (caller("li", Role::Doctor, "CJ01"), caller("chen", Role::Nurse, "CJ11"));
    let a = house.patient(&li).await;
    let b = house.patient(&li).await;
    read(&house.engine, &chen, "Patient", &a).await.unwrap();
    let params = meridian_engine::split_query("name=%E8%AF%95").unwrap();
    let request = Request { kind: "Patient".into(), params, lenient: false };
    search(&house.engine, &chen, &request).await.unwrap();
    // Looks and writes are put in order by their milliseconds.
    tokio::time::sleep(std::time::Duration::from_millis(3)).await;
    delete(&house.engine, &operator(), "Patient", &b, None).await.unwrap();

    let all = house.audit(&[]).await;
    let acts: Vec<&str> = all.iter().map(|event| event["subtype"][0]["display"].as_str().unwrap()).collect();
    assert_eq!(acts, ["delete", "search", "read", "create", "create"], "newest first, looks and writes in one list");
    assert_eq!(all[2]["agent"][0]["altId"], "chen");
    assert_eq!(all[2]["entity"][0]["what"]["reference"], format!("Patient/{a}"));
    assert_eq!(all[1]["entity"].as_array().unwrap().len(), 3, "both residents and the query");
    assert_eq!(all[4]["entity"][1]["what"]["reference"], format!("Patient/{a}/_history/1"));

    let count = |params: &'static [(&str, &str)]| async {
        house.audit(params).await.into_iter().filter(|event| event["agent"][0]["altId"] != "op").count()
    };
    assert_eq!(count(&[("actor", "chen")]).await, 2);
    assert_eq!(count(&[("institution", "CJ01")]).await, 2);
    assert_eq!(count(&[("act", "create")]).await, 2);
    assert_eq!(count(&[("act", "search")]).await, 1);
    assert_eq!(count(&[("act", "look"), ("actor", "li")]).await, 0);
    assert_eq!(count(&[("text", "name=")]).await, 1);
    assert_eq!(count(&[("from", "2100-01-01")]).await, 0);
    assert_eq!(count(&[("to", "2000-01-01")]).await, 0);
    let of_a = house.audit(&[("patient", &a), ("act", "write")]).await;
    assert_eq!(of_a.len(), 1, "its own creation and not that of another");
    for (name, value) in [("from", "yesterday"), ("after", "x"), ("_count", "many")] {
        let refused = house.call(&operator(), "audit", &[(name, value)]).await.unwrap_err();
        assert_eq!(refused.class(), Class::Invalid, "{name}");
    }
    let nobody = house.call(&operator(), "audit", &[("patient", "nobody")]).await.unwrap_err();
    assert_eq!(nobody.class(), Class::NotFound);
}

#[tokio::test]
async fn searching_the_audit_is_itself_recorded_at_those_it_showed() {
    let house = house();
    let a = house.patient(&operator()).await;
    house.audit(&[("patient", &a)]).await;
    let newest = house.audit(&[("act", "audit")]).await;
    assert_eq!(newest.len(), 1);
    assert_eq!(newest[0]["entity"][0]["what"]["reference"], format!("Patient/{a}"));
    let what = newest[0]["entity"][1]["description"].as_str().unwrap();
    assert_eq!(what, format!("AuditEvent?patient={a}"));
}

#[tokio::test]
async fn pages_of_the_audit_follow_their_links() {
    let house = house();
    for _ in 0..7 {
        house.patient(&operator()).await;
    }
    let (mut seen, mut after) = (Vec::new(), None::<String>);
    loop {
        let mut params = vec![("act", "write"), ("_count", "3")];
        if let Some(after) = &after {
            params.push(("after", after));
        }
        let page = house.call(&operator(), "audit", &params).await.unwrap();
        for entry in page["entry"].as_array().unwrap() {
            seen.push(entry["resource"]["id"].as_str().unwrap().to_owned());
        }
        let Some(next) = page["link"][0]["url"].as_str() else { break };
        assert!(next.starts_with("http://x/fhir/$audit?act=write&_count=3&after="), "{next}");
        after = next.split("after=").nth(1).map(str::to_owned);
    }
    assert_eq!(seen, ["write-7", "write-6", "write-5", "write-4", "write-3", "write-2", "write-1"]);
}

#[tokio::test]
async fn the_store_counts_what_is_there() {
    let house = house();
    let li = caller("li", Role::Doctor, "CJ11");
    let id = house.patient(&li).await;
    let gone = house.patient(&li).await;
    let before = house.call(&operator(), "store", &[]).await.unwrap();
    assert_eq!(parts(&before, "resources"), [json!({"type": "Patient", "count": 2}).as_object().unwrap().clone()]);

    let next = json!({"resourceType": "Patient", "id": id, "active": true});
    update(&house.engine, &li, "Patient", &id, next, None).await.unwrap();
    delete(&house.engine, &operator(), "Patient", &gone, None).await.unwrap();
    let store = house.call(&operator(), "store", &[]).await.unwrap();
    assert_eq!(
        parts(&store, "resources")[0]["count"],
        1,
        "only what came since is counted, and what went is not there"
    );
    let sources = parts(&store, "source");
    let of = |code: &str| sources.iter().find(|source| source["institution"] == code).unwrap();
    let li = of("CJ11");
    assert_eq!(
        (&li["door"], &li["transactions"], &li["created"], &li["updated"]),
        (&json!("fhir"), &json!(3), &json!(2), &json!(1))
    );
    assert_eq!(of("CJ00")["deleted"], 1);
    let minutes: u32 = li["minutes"].as_str().unwrap().split(',').map(|n| n.parse::<u32>().unwrap()).sum();
    assert_eq!(minutes, 3);
    assert_eq!(parts(&store, "audit")[0]["writes"], 4);
    // On a server the tables stand for files.
    let file = if std::env::var_os(meridian_testkit::postgres::SERVER).is_some() { "resource" } else { "meridian.db" };
    assert!(parts(&store, "file").iter().any(|one| one["name"] == file && one["bytes"].as_i64() > Some(0)));

    let tables = parts(&house.call(&operator(), "store", &[("tables", "true")]).await.unwrap(), "table");
    let rows = |name: &str| tables.iter().find(|table| table["name"] == name).unwrap()["rows"].as_i64().unwrap();
    assert_eq!((rows("resource"), rows("past"), rows("tx"), rows("audit_write")), (2, 2, 4, 4));
    let refused = house.call(&operator(), "store", &[("tables", "perhaps")]).await.unwrap_err();
    assert_eq!(refused.class(), Class::Invalid);
}

/// Three messages of CJ01, one of CJ02; the first two parked.
async fn messages(house: &House) -> Vec<i64> {
    let mut ids = Vec::new();
    for (n, (institution, kind)) in
        [("CJ01", "ORU^R01"), ("CJ01", "ADT^A08"), ("CJ02", "ORU^R01"), ("CJ01", "ORU^R01")].into_iter().enumerate()
    {
        let head = json!({"institution": institution, "kind": kind, "control": format!("C{n}")}).to_string();
        let caller = Caller::system("intake", institution, "t");
        let received = jobs::receive(&house.engine, &caller, format!("k{n}"), head.clone(), b"MSH".to_vec()).await;
        let jobs::Received::New(id) = received.unwrap() else { unreachable!("keys differ") };
        if n < 2 {
            let reason = ["wrong-charset", "invalid-value"][n];
            let note = json!({"reason": reason}).to_string();
            jobs::park(&house.engine, &caller, id, head, note).await.unwrap();
        }
        ids.push(id);
    }
    ids
}

#[tokio::test]
async fn queues_and_their_pulse_agree_with_what_came() {
    let house = house();
    messages(&house).await;
    let told = house.call(&operator(), "jobs", &[]).await.unwrap();
    let queue = &parts(&told, "queue")[0];
    assert_eq!(
        (&queue["queue"], &queue["waiting"], &queue["parked"], &queue["done"]),
        (&json!("inbox"), &json!(2), &json!(2), &json!(0))
    );
    assert!(queue["oldestSeconds"].as_i64().unwrap() < 60);

    for _ in 0..2 {
        let pulse = jobs::pulse(&house.engine, &operator(), jobs::INBOX).await.unwrap();
        let told: Vec<_> = pulse.iter().map(|p| (p.institution.as_str(), p.waiting, p.done, p.parked)).collect();
        assert_eq!(told, [("CJ01", 1, 0, 2), ("CJ02", 1, 0, 0)], "counted once, however often one asks");
        assert_eq!(pulse[0].minutes.iter().sum::<u32>(), 3);
        assert_eq!(pulse[1].last.as_ref().map(|(_, kind)| kind.as_str()), Some("ORU^R01"));
    }
    assert_eq!(jobs::kinds(&house.engine, &operator(), jobs::INBOX).await.unwrap(), ["ADT^A08", "ORU^R01"]);
    let refused = jobs::pulse(&house.engine, &caller("li", Role::Doctor, "CJ01"), jobs::INBOX).await.unwrap_err();
    assert_eq!(refused.class(), Class::Denied);
}

#[tokio::test]
async fn messages_are_found_by_a_filter_in_pages() {
    let house = house();
    let ids = messages(&house).await;
    let find = |filter: jobs::Filter, page, limit| {
        let house = &house;
        async move {
            let found = jobs::find(&house.engine, &operator(), jobs::INBOX, &filter, page, limit).await.unwrap();
            (found.jobs.iter().map(|job| job.id).collect::<Vec<_>>(), found.next)
        }
    };
    let oru = jobs::Filter { kind: Some("ORU".into()), ..jobs::Filter::default() };
    assert_eq!(find(oru.clone(), jobs::Page::Newest(None), 9).await, (vec![ids[3], ids[2], ids[0]], None));
    let (first, next) = find(oru.clone(), jobs::Page::Newest(None), 2).await;
    assert_eq!(first, [ids[3], ids[2]]);
    assert_eq!(find(oru, jobs::Page::Newest(next), 2).await, (vec![ids[0]], None));
    let parked = jobs::Filter { state: Some(jobs::JobState::Parked), ..jobs::Filter::default() };
    assert_eq!(find(parked, jobs::Page::Oldest(0), 9).await.0, [ids[0], ids[1]], "oldest first, for trying again");
    let reason = jobs::Filter { reason: Some("invalid-value".into()), ..jobs::Filter::default() };
    assert_eq!(find(reason, jobs::Page::Newest(None), 9).await.0, [ids[1]]);
}
