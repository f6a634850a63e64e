//! Conditional writes, patches, histories and large transactions on a real store.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)] // a fault of the set-up may stop a test

use meridian_engine::{
    BundleLimits, BundleReader, BundleReply, Caller, Class, Engine, EngineError, History, HistoryOf, HistoryRequest,
    Options, Outcome, Policy, Reply, Request, Returning, Role, create, delete, delete_where, history, patch,
    patch_where, read, run_bundle, run_read, search, update, update_by, update_where, vread,
};
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

fn as_role(role: Role) -> Caller {
    Caller { role, ..operator() }
}

fn basic(value: &str) -> Value {
    json!({"resourceType": "Basic", "identifier": [{"system": "urn:b", "value": value}], "code": {"text": "x"}})
}

async fn make(engine: &Engine, resource: Value) -> String {
    let kind = resource["resourceType"].as_str().unwrap();
    let kind = meridian_engine::incoming::type_name(kind).unwrap();
    create(engine, &operator(), kind, resource, None).await.unwrap().served.id
}

fn body(outcome: &Outcome) -> Value {
    serde_json::from_slice(&outcome.served.body).unwrap()
}

async fn total(engine: &Engine, kind: &str, query: &str) -> u64 {
    let params = meridian_engine::split_query(query).unwrap();
    let request = Request { kind: kind.into(), params, lenient: false };
    search(engine, &operator(), &request).await.unwrap().total.unwrap()
}

async fn put_where(
    engine: &Engine,
    query: &str,
    resource: Value,
    if_match: Option<i64>,
) -> Result<Outcome, EngineError> {
    update_where(engine, &operator(), ("Basic", query), resource, if_match, Policy::default()).await
}

#[tokio::test]
async fn a_conditional_update_meets_none_one_or_many() {
    let (_dir, engine) = engine();
    let made = put_where(&engine, "identifier=urn:b|1", basic("1"), None).await.unwrap();
    assert_eq!(made.served.version, 1);
    let again = put_where(&engine, "identifier=urn:b|1", basic("1"), None).await.unwrap();
    assert_eq!((again.served.id.as_str(), again.served.version), (made.served.id.as_str(), 2));
    let stale = put_where(&engine, "identifier=urn:b|1", basic("1"), Some(1)).await.unwrap_err();
    assert_eq!(stale.class(), Class::Precondition);
    assert_eq!(put_where(&engine, "identifier=urn:b|1", basic("1"), Some(2)).await.unwrap().served.version, 3);
    let missing = put_where(&engine, "identifier=urn:b|9", basic("9"), Some(1)).await.unwrap_err();
    assert_eq!(missing.class(), Class::Precondition, "nothing has a version there");

    let with_id = |id: &str, value: &str| {
        let mut resource = basic(value);
        resource["id"] = id.into();
        resource
    };
    let other = put_where(&engine, "identifier=urn:b|1", with_id("other", "1"), None).await.unwrap_err();
    assert_eq!((other.class(), other.issues()[0].expression[0].as_str()), (Class::Invalid, "Basic.id"));
    let own = put_where(&engine, "identifier=urn:b|2", with_id("chosen", "2"), None).await.unwrap();
    assert_eq!(own.served.id, "chosen", "none and an id: an update that creates");
    let taken = put_where(&engine, "identifier=urn:b|3", with_id("chosen", "3"), None).await.unwrap_err();
    assert_eq!(taken.class(), Class::Conflict);
    make(&engine, basic("1")).await;
    let many = put_where(&engine, "identifier=urn:b|1", basic("1"), None).await.unwrap_err();
    assert_eq!(many.class(), Class::Precondition);
}

#[tokio::test]
async fn what_an_update_may_make_is_policy() {
    let (_dir, engine) = engine();
    let strict = Policy { update_create: false };
    let resource = |id: &str| {
        let mut resource = basic("1");
        resource["id"] = id.into();
        resource
    };
    let refused = update_by(&engine, &operator(), ("Basic", "a"), resource("a"), None, strict).await.unwrap_err();
    assert_eq!(refused.class(), Class::NotAllowed);
    update(&engine, &operator(), "Basic", "a", resource("a"), None).await.unwrap();
    assert!(update_by(&engine, &operator(), ("Basic", "a"), resource("a"), None, strict).await.is_ok());
    let refused =
        update_where(&engine, &operator(), ("Basic", "identifier=urn:b|7"), resource("b"), None, strict).await;
    assert_eq!(refused.unwrap_err().class(), Class::NotAllowed);
    let entry = json!({"resource": resource("c"), "request": {"method": "PUT", "url": "Basic/c"}});
    let bundle = json!({"resourceType": "Bundle", "type": "transaction", "entry": [entry]});
    let refused = run_bundle(&engine, &operator(), bundle, strict.options()).await.unwrap_err();
    assert_eq!(refused.class(), Class::NotAllowed);
    assert_eq!(refused.issues()[0].expression, ["Bundle.entry[0]"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_patch_makes_nothing_that_is_too_long() {
    let (_dir, engine) = engine();
    let data = "A".repeat(9 << 20);
    let document = json!({"resourceType": "DocumentReference", "status": "current",
        "content": [{"attachment": {"contentType": "text/plain", "data": data}}]});
    let id = make(&engine, document).await;
    let copy = json!([{"op": "copy", "from": "/content/0", "path": "/content/-"}]);
    let refused = patch(&engine, &operator(), "DocumentReference", &id, &copy, None).await.unwrap_err();
    assert_eq!((refused.class(), refused.issues()[0].code), (Class::Unprocessable, "too-long"));
    let small = json!([{"op": "replace", "path": "/status", "value": "superseded"}]);
    let done = patch(&engine, &operator(), "DocumentReference", &id, &small, None).await.unwrap();
    assert_eq!(done.served.version, 2);
}

#[tokio::test]
async fn a_condition_deletes_one_or_a_stated_number() {
    let (_dir, engine) = engine();
    let nothing = delete_where(&engine, &operator(), "Basic", "identifier=urn:b|1", None).await.unwrap();
    assert_eq!((nothing.count, nothing.happened), (0, None));
    for _ in 0..3 {
        make(&engine, basic("1")).await;
    }
    for query in ["identifier=urn:b|1", "identifier=urn:b|1&_count=2"] {
        let refused = delete_where(&engine, &operator(), "Basic", query, None).await.unwrap_err();
        assert_eq!(refused.class(), Class::Precondition, "{query}");
    }
    assert_eq!(total(&engine, "Basic", "identifier=urn:b|1").await, 3, "all or none");
    for bad in ["", "_count=5", "identifier=urn:b|1&_count=0", "identifier=urn:b|1&_count=x", "no-such=1"] {
        let refused = delete_where(&engine, &operator(), "Basic", bad, None).await.unwrap_err();
        assert_eq!(refused.class(), Class::Invalid, "{bad}");
    }
    let together = "identifier=urn:b|1&_count=3";
    let refused = delete_where(&engine, &operator(), "Basic", together, Some(1)).await.unwrap_err();
    assert_eq!(refused.class(), Class::Invalid, "several have no one version");
    let entry = json!({"request": {"method": "DELETE", "url": format!("Basic?{together}"), "ifMatch": "W/\"1\""}});
    let bundle = json!({"resourceType": "Bundle", "type": "transaction", "entry": [entry]});
    let refused = run_bundle(&engine, &operator(), bundle, Options::default()).await.unwrap_err();
    assert_eq!(refused.class(), Class::Invalid);
    assert_eq!(total(&engine, "Basic", "identifier=urn:b|1").await, 3);
    let several = delete_where(&engine, &operator(), "Basic", together, None).await.unwrap();
    assert_eq!(several.count, 3);
    assert_eq!(total(&engine, "Basic", "identifier=urn:b|1").await, 0);
    let denied = delete_where(&engine, &as_role(Role::Doctor), "Observation", "code=1", None).await.unwrap_err();
    assert_eq!(denied.class(), Class::Denied);
    // What never was is as gone as what was deleted.
    assert_eq!(delete(&engine, &operator(), "Basic", "never", None).await.unwrap().count, 0);
}

#[tokio::test]
async fn a_patch_makes_the_next_version_and_is_checked_like_any_write() {
    let (_dir, engine) = engine();
    let decimal = meridian_model::reader::parse(b"1.10", &Default::default()).unwrap();
    let id = make(
        &engine,
        json!({"resourceType": "Observation", "status": "final", "code": {"text": "x"},
        "valueQuantity": {"value": decimal, "unit": "mmol/L"}}),
    )
    .await;
    let caller = operator();
    let ops = json!([
        {"op": "test", "path": "/valueQuantity/value", "value": 1.1},
        {"op": "replace", "path": "/status", "value": "amended"},
        {"op": "add", "path": "/note", "value": [{"text": "again"}]}
    ]);
    let made = patch(&engine, &caller, "Observation", &id, &ops, Some(1)).await.unwrap();
    let after = body(&made);
    assert_eq!((made.served.version, after["status"].as_str()), (2, Some("amended")));
    assert_eq!(after["valueQuantity"]["value"].to_string(), "1.10", "decimals keep their digits");
    assert_eq!(after["meta"]["versionId"], "2");
    assert_eq!(total(&engine, "Observation", "status=amended").await, 1, "found as it is now");

    let failing = [
        (json!([{"op": "test", "path": "/status", "value": "final"}]), Class::Unprocessable, "patch[0].value"),
        (json!([{"op": "remove", "path": "/nothing"}]), Class::Unprocessable, "patch[0].path"),
        (
            json!([{"op": "add", "path": "/nonsense", "value": {"a": 1}}, {"op": "replace", "path": "/code", "value": 1}]),
            Class::Unprocessable,
            "Observation.code",
        ),
        (json!([{"op": "replace", "path": "/id", "value": "b"}]), Class::Invalid, "Observation.id"),
        (json!([{"op": "replace", "path": "/resourceType", "value": "Patient"}]), Class::Invalid, "resourceType"),
        (json!({"op": "remove"}), Class::Invalid, "patch"),
        (json!([{"op": "fly", "path": "/a"}]), Class::Invalid, "patch[0].op"),
    ];
    for (ops, class, place) in failing {
        let refused = patch(&engine, &caller, "Observation", &id, &ops, None).await.unwrap_err();
        assert_eq!(refused.class(), class, "{ops}: {:?}", refused.issues());
        assert!(
            refused.issues().iter().any(|i| i.expression.iter().any(|at| at.starts_with(place))),
            "{ops}: {:?}",
            refused.issues()
        );
    }
    assert_eq!(read(&engine, &caller, "Observation", &id).await.unwrap().version, 2, "nothing was written");
    let stale = patch(&engine, &caller, "Observation", &id, &json!([]), Some(1)).await.unwrap_err();
    assert_eq!(stale.class(), Class::Precondition);
    assert_eq!(
        patch(&engine, &caller, "Observation", "no", &json!([]), None).await.unwrap_err().class(),
        Class::NotFound
    );
    let elsewhere = Caller { institution: "CJ11".into(), ..as_role(Role::Doctor) };
    let denied = patch(&engine, &elsewhere, "Observation", &id, &json!([]), None).await.unwrap_err();
    assert_eq!(denied.class(), Class::Denied, "a doctor changes what his own institution said");

    let ops = json!([{"op": "replace", "path": "/status", "value": "final"}]);
    let by_query = patch_where(&engine, &caller, "Observation", "status=amended", &ops, None).await.unwrap();
    assert_eq!((by_query.served.id.as_str(), by_query.served.version), (id.as_str(), 3));
    let none = patch_where(&engine, &caller, "Observation", "status=amended", &ops, None).await.unwrap_err();
    assert_eq!(none.class(), Class::NotFound);
    make(&engine, json!({"resourceType": "Observation", "status": "final", "code": {"text": "y"}})).await;
    let many = patch_where(&engine, &caller, "Observation", "status=final", &ops, None).await.unwrap_err();
    assert_eq!(many.class(), Class::Precondition);
    delete(&engine, &caller, "Observation", &id, None).await.unwrap();
    assert_eq!(patch(&engine, &caller, "Observation", &id, &ops, None).await.unwrap_err().class(), Class::Gone);
}

#[tokio::test]
async fn a_patch_goes_into_a_bundle_as_a_binary() {
    let (_dir, engine) = engine();
    let id = make(&engine, basic("1")).await;
    // [{"op":"add","path":"/subject","value":{"reference":"urn:uuid:p"}}]
    let data = "W3sib3AiOiJhZGQiLCJwYXRoIjoiL3N1YmplY3QiLCJ2YWx1ZSI6eyJyZWZlcmVuY2UiOiJ1cm46dXVpZDpwIn19XQ==";
    let binary = json!({"resourceType": "Binary", "contentType": "application/json-patch+json", "data": data});
    let bundle = json!({"resourceType": "Bundle", "type": "transaction", "entry": [
        {"fullUrl": "urn:uuid:p", "resource": {"resourceType": "Patient"}, "request": {"method": "POST", "url": "Patient"}},
        {"resource": binary, "request": {"method": "PATCH", "url": format!("Basic/{id}"), "ifMatch": "W/\"1\""}}
    ]});
    let reply = run_bundle(&engine, &operator(), bundle, Options::default()).await.unwrap();
    let [Reply::Written(patient), Reply::Written(patched)] = &reply.replies[..] else { panic!("two writes") };
    assert_eq!(
        body(patched)["subject"]["reference"],
        format!("Patient/{}", patient.served.id),
        "urns are resolved in it"
    );
    let change = json!([{"name": "type", "valueCode": "replace"}, {"name": "path", "valueString": "Basic.code.text"},
        {"name": "value", "valueString": "by a path"}]);
    let fhirpath = json!({"resourceType": "Parameters", "parameter": [{"name": "operation", "part": change}]});
    let of = |patch: Value| {
        let entry = json!({"resource": patch, "request": {"method": "PATCH", "url": format!("Basic/{id}")}});
        json!({"resourceType": "Bundle", "type": "transaction", "entry": [entry]})
    };
    let reply = run_bundle(&engine, &operator(), of(fhirpath), Options::default()).await.unwrap();
    let [Reply::Written(patched)] = &reply.replies[..] else { panic!("one write") };
    assert_eq!(body(patched)["code"]["text"], "by a path");
    let refused = run_bundle(&engine, &operator(), of(basic("1")), Options::default()).await.unwrap_err();
    assert_eq!(refused.class(), Class::Invalid);
    assert!(refused.issues()[0].expression[0].starts_with("Bundle.entry[0]"));
}

#[tokio::test]
async fn transactions_that_contradict_themselves_are_refused_with_the_place() {
    let (_dir, engine) = engine();
    let id = make(&engine, basic("1")).await;
    make(&engine, basic("twice")).await;
    make(&engine, basic("twice")).await;
    let put = json!({"resource": {"resourceType": "Basic", "id": id, "code": {"text": "y"}}, "request": {"method": "PUT", "url": format!("Basic/{id}")}});
    let end = json!({"request": {"method": "DELETE", "url": format!("Basic/{id}")}});
    let end_where = json!({"request": {"method": "DELETE", "url": "Basic?identifier=urn:b|1"}});
    let put_where = json!({"resource": basic("1"), "request": {"method": "PUT", "url": "Basic?identifier=urn:b|1"}});
    let many = json!({"resource": basic("twice"), "request": {"method": "PUT", "url": "Basic?identifier=urn:b|twice"}});
    let exists = json!({"resource": basic("twice"), "request": {"method": "POST", "url": "Basic", "ifNoneExist": "identifier=urn:b|twice"}});
    let stale = json!({"resource": put["resource"], "request": {"method": "PUT", "url": format!("Basic/{id}"), "ifMatch": "W/\"9\""}});
    let cases = [
        (json!([put, put]), "Bundle.entry[1]"),
        (json!([put, end]), "Bundle.entry[1]"),
        (json!([end, put]), "Bundle.entry[1]"),
        (json!([put, end_where]), "Bundle.entry[1]"),
        (json!([put, put_where]), "Bundle.entry[1]"),
        (json!([put_where, put_where]), "Bundle.entry[1]"),
        (json!([many]), "Bundle.entry[0]"),
        (json!([exists]), "Bundle.entry[0]"),
        (json!([end_where, stale]), "Bundle.entry[1]"),
        (json!([{"request": {"method": "DELETE", "url": "Basic?identifier=urn:b|twice"}}]), "Bundle.entry[0]"),
        (json!([{"request": {"method": "PATCH", "url": "Basic"}}]), "Bundle.entry[0]"),
        (json!([{"request": {"method": "DELETE", "url": "Basic"}}]), "Bundle.entry[0]"),
    ];
    for (entries, place) in cases {
        let bundle = json!({"resourceType": "Bundle", "type": "transaction", "entry": entries});
        let refused = run_bundle(&engine, &operator(), bundle, Options::default()).await.unwrap_err();
        assert!(matches!(refused.class(), Class::Invalid | Class::Precondition), "{entries}: {refused}");
        assert!(refused.issues()[0].expression[0].starts_with(place), "{entries}: {:?}", refused.issues());
    }
    assert_eq!(read(&engine, &operator(), "Basic", &id).await.unwrap().version, 1);
}

async fn page(engine: &Engine, caller: &Caller, of: HistoryOf, params: &str) -> History {
    let params = meridian_engine::split_query(params).unwrap();
    history(engine, caller, &HistoryRequest::parse(of, &params, false).unwrap()).await.unwrap()
}

fn next(history: &History) -> Option<String> {
    let bundle: Value = serde_json::from_slice(&history.bundle("http://x/fhir")).unwrap();
    let links = bundle["link"].as_array().unwrap();
    let next = links.iter().find(|link| link["relation"] == "next")?;
    Some(next["url"].as_str().unwrap().split_once('?').unwrap().1.to_owned())
}

#[tokio::test]
async fn histories_page_stably_while_others_write() {
    let (_dir, engine) = engine();
    let mut expected = Vec::new();
    for nth in 0..30 {
        let id = make(&engine, basic(&nth.to_string())).await;
        expected.push((id.clone(), 1));
        if nth % 3 == 0 {
            let mut next = basic("changed");
            next["id"] = id.clone().into();
            update(&engine, &operator(), "Basic", &id, next, None).await.unwrap();
            expected.push((id.clone(), 2));
        }
        if nth % 5 == 0 {
            delete(&engine, &operator(), "Basic", &id, None).await.unwrap();
            let version = if nth % 3 == 0 { 3 } else { 2 };
            expected.push((id, version));
        }
        make(&engine, json!({"resourceType": "Patient"})).await;
    }
    expected.reverse();
    for of in [HistoryOf::Type("Basic".into()), HistoryOf::System] {
        let (mut query, mut seen) = ("_count=7".to_owned(), Vec::new());
        loop {
            let page = page(&engine, &operator(), of.clone(), &query).await;
            assert!(page.versions.len() <= 7);
            let own = page.versions.iter().filter(|v| v.kind == "Basic");
            seen.extend(own.map(|v| (v.id.clone(), v.version)));
            // A change of something that was shown, of something that was not, and something new.
            for id in [&expected[0].0, &expected[expected.len() - 1].0] {
                let mut next = basic("while paging");
                next["id"] = id.clone().into();
                update(&engine, &operator(), "Basic", id, next, None).await.unwrap();
            }
            make(&engine, json!({"resourceType": "Patient"})).await;
            match next(&page) {
                Some(link) => query = link,
                None => break,
            }
        }
        seen.retain(|version| expected.contains(version));
        // In one millisecond the order is that of the store; what matters is that each is there once.
        let (mut once, mut all) = (seen.clone(), expected.clone());
        once.sort();
        all.sort();
        assert_eq!(once, all, "{of:?}");
    }
}

#[tokio::test]
async fn a_history_tells_what_was_since_and_what_was_current_then() {
    let (_dir, engine) = engine();
    let id = make(&engine, basic("1")).await;
    tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    let first = read(&engine, &operator(), "Basic", &id).await.unwrap().at;
    let mut two = basic("2");
    two["id"] = id.clone().into();
    let second = update(&engine, &operator(), "Basic", &id, two, None).await.unwrap().served.at;
    tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    delete(&engine, &operator(), "Basic", &id, None).await.unwrap();
    let other = make(&engine, basic("other")).await;
    let instant = meridian_engine::instant;
    for of in [HistoryOf::Instance("Basic".into(), id.clone()), HistoryOf::Type("Basic".into()), HistoryOf::System] {
        let (engine, of, other) = (engine.clone(), of, other.clone());
        let versions = |query: String| {
            let (engine, of, other) = (engine.clone(), of.clone(), other.clone());
            async move {
                let page = page(&engine, &operator(), of, &query).await;
                page.versions.iter().filter(|v| v.id != other).map(|v| v.version).collect::<Vec<_>>()
            }
        };
        assert_eq!(versions(format!("_since={}", instant(second))).await, [3, 2]);
        assert_eq!(versions(format!("_since={}", instant(first))).await, [3, 2, 1]);
        assert_eq!(versions("_since=2999-01-01".into()).await, [0_i64; 0]);
        assert_eq!(versions(format!("_at={}", instant(first))).await, [1], "{of:?}");
        assert_eq!(versions(format!("_at={}", instant(second))).await, [2]);
        assert_eq!(versions(format!("_at={}", instant(second + 1))).await, [2]);
        assert_eq!(versions("_at=1999".into()).await, [0_i64; 0]);
        assert_eq!(versions("_at=2999".into()).await, [3]);
    }
    let named = page(&engine, &operator(), HistoryOf::Instance("Basic".into(), id.clone()), "_count=2").await;
    assert_eq!((named.total, named.versions.len()), (Some(3), 2));
    let rest = page(&engine, &operator(), HistoryOf::Instance("Basic".into(), id), &next(&named).unwrap()).await;
    assert_eq!(rest.versions.iter().map(|v| v.version).collect::<Vec<_>>(), [1]);
    assert_eq!(next(&rest), None);
}

#[tokio::test]
async fn a_history_tells_how_each_version_was_made() {
    let (_dir, engine) = engine();
    let given = make(&engine, basic("1")).await;
    for id in [given.as_str(), "chosen"] {
        let with_id = || {
            let mut resource = basic("1");
            resource["id"] = id.into();
            resource
        };
        update(&engine, &operator(), "Basic", id, with_id(), None).await.unwrap();
        delete(&engine, &operator(), "Basic", id, None).await.unwrap();
        update(&engine, &operator(), "Basic", id, with_id(), None).await.unwrap();
        update(&engine, &operator(), "Basic", id, with_id(), None).await.unwrap();
        for of in [HistoryOf::Instance("Basic".into(), id.into()), HistoryOf::Type("Basic".into()), HistoryOf::System] {
            let (mut query, mut told) = ("_count=1".to_owned(), Vec::new());
            loop {
                let page = page(&engine, &operator(), of.clone(), &query).await;
                let bundle: Value = serde_json::from_slice(&page.bundle("http://x/fhir")).unwrap();
                let entry = &bundle["entry"][0];
                if entry["fullUrl"].as_str().unwrap().ends_with(id) {
                    let text = |value: &Value| value.as_str().unwrap().to_owned();
                    told.push(format!("{} {}", text(&entry["request"]["method"]), text(&entry["response"]["status"])));
                }
                match next(&page) {
                    Some(link) => query = link,
                    None => break,
                }
            }
            let mut wanted = vec!["PUT 200", "PUT 201", "DELETE 204", "PUT 200", "POST 201"];
            if id == "chosen" {
                wanted.splice(3.., ["PUT 201"]);
            }
            assert_eq!(told, wanted, "{of:?}");
        }
    }
}

#[tokio::test]
async fn what_is_kept_from_somebody_is_in_no_history_of_theirs() {
    let (_dir, engine) = engine();
    let task = |code: &str| {
        json!({"resourceType": "Task", "status": "requested", "intent": "order",
        "code": {"coding": [{"system": "https://meridian.example/task", "code": code}]}})
    };
    let kept = make(&engine, task("review-identity")).await;
    let shown = make(&engine, task("other")).await;
    let turned = make(&engine, task("other")).await;
    let mut labelled = task("review-identity");
    labelled["id"] = turned.clone().into();
    update(&engine, &operator(), "Task", &turned, labelled, None).await.unwrap();
    let doctor = as_role(Role::Doctor);
    for of in [HistoryOf::Type("Task".into()), HistoryOf::System] {
        let ids: Vec<_> = page(&engine, &doctor, of.clone(), "").await.versions.into_iter().map(|v| v.id).collect();
        assert_eq!(ids, std::slice::from_ref(&shown), "{of:?}");
        assert_eq!(page(&engine, &operator(), of, "").await.versions.len(), 4);
    }
    for id in [kept, turned] {
        let request = HistoryRequest::newest(HistoryOf::Instance("Task".into(), id.clone()), 10);
        assert_eq!(history(&engine, &doctor, &request).await.unwrap_err().class(), Class::NotFound);
        assert_eq!(vread(&engine, &doctor, "Task", &id, "1").await.unwrap_err().class(), Class::NotFound);
    }
    let audit = HistoryRequest::newest(HistoryOf::Type("AuditEvent".into()), 10);
    assert_eq!(history(&engine, &doctor, &audit).await.unwrap_err().class(), Class::Denied);
}

#[tokio::test]
async fn references_to_versions_stay_and_resolve() {
    let (_dir, engine) = engine();
    let entry = |full: &str, id: &str, resource: Value| {
        let mut resource = resource;
        resource["id"] = id.into();
        let kind = resource["resourceType"].as_str().unwrap().to_owned();
        json!({"fullUrl": full, "resource": resource, "request": {"method": "POST", "url": kind}})
    };
    let bundle = json!({"resourceType": "Bundle", "type": "transaction", "entry": [
        entry("http://old/Basic/b", "b", json!({"resourceType": "Basic", "meta": {"versionId": "4"}, "code": {"text": "x"}})),
        entry("http://old/Provenance/p", "p", json!({"resourceType": "Provenance", "recorded": "2026-01-01T00:00:00Z",
            "agent": [{"who": {"display": "x"}}], "target": [
                {"reference": "Basic/b/_history/4"}, {"reference": "http://old/Basic/b/_history/4"},
                {"reference": "Basic/b/_history/3"}, {"reference": "Basic/b"}]}))
    ]});
    let reply = run_bundle(&engine, &operator(), bundle, Options::default()).await.unwrap();
    let [Reply::Written(made), Reply::Written(provenance)] = &reply.replies[..] else { panic!("two writes") };
    let id = &made.served.id;
    let targets = body(provenance)["target"].as_array().unwrap().clone();
    let targets: Vec<_> = targets.iter().map(|target| target["reference"].as_str().unwrap().to_owned()).collect();
    let exact = format!("Basic/{id}/_history/1");
    assert_eq!(targets, [exact.clone(), exact, "Basic/b/_history/3".into(), format!("Basic/{id}")]);
    assert_eq!(vread(&engine, &operator(), "Basic", id, "1").await.unwrap().version, 1);
    let found = total(&engine, "Provenance", &format!("target=Basic/{id}")).await;
    assert_eq!(found, 1, "found by what it is about, whichever version");
}

async fn run(engine: &Engine, text: &str, piece: usize, options: Options) -> Result<BundleReply, EngineError> {
    let mut reader = BundleReader::new(BundleLimits { entry: 1 << 20, entries: 10_000 });
    for piece in text.as_bytes().chunks(piece) {
        reader.feed(piece)?;
    }
    run_read(engine, &operator(), reader.end()?, options).await
}

#[tokio::test]
async fn a_large_transaction_is_read_and_written_in_lots() {
    let (_dir, engine) = engine();
    let filler = "x".repeat(1200); // so that the later entries are packed
    let mut entries =
        vec![json!({"fullUrl": "urn:uuid:p", "resource": {"resourceType": "Patient", "name": [{"family": "Da"}]},
        "request": {"method": "POST", "url": "Patient"}})];
    for nth in 0..5_000 {
        entries.push(json!({"fullUrl": format!("urn:uuid:o{nth}"), "resource": {"resourceType": "Basic", "code": {"text": filler},
            "identifier": [{"system": "urn:large", "value": nth.to_string()}],
            "subject": {"reference": "urn:uuid:p"}}, "request": {"method": "POST", "url": "Basic"}}));
    }
    let whole = json!({"resourceType": "Bundle", "entry": entries, "type": "transaction"}).to_string();
    let options = Options { bodies: false, ..Options::default() };
    let reply = run(&engine, &whole, 16 << 10, options.clone()).await.unwrap();
    assert_eq!(reply.replies.len(), 5_001);
    let answer: Value = serde_json::from_slice(&reply.json("http://x", Returning::Minimal)).unwrap();
    let location = answer["entry"][4_999]["response"]["location"].as_str().unwrap();
    let id = location.split('/').nth(1).unwrap();
    let last: Value = serde_json::from_slice(&read(&engine, &operator(), "Basic", id).await.unwrap().body).unwrap();
    assert_eq!(last["identifier"][0]["value"], "4998");
    let patient = answer["entry"][0]["response"]["location"].as_str().unwrap().split('/').nth(1).unwrap();
    assert_eq!(last["subject"]["reference"], format!("Patient/{patient}"));
    assert_eq!(total(&engine, "Basic", &format!("subject=Patient/{patient}")).await, 5_000);

    // One fault at the end, and nothing of it is there.
    entries.push(json!({"resource": {"resourceType": "Basic", "code": {"text": "x"}, "meta": {"tag": [
        {"system": "http://terminology.hl7.org/CodeSystem/v3-ObservationValue", "code": "SUBSETTED"}]}},
        "request": {"method": "POST", "url": "Basic"}}));
    let whole = json!({"resourceType": "Bundle", "entry": entries, "type": "transaction"}).to_string();
    let refused = run(&engine, &whole, 1 << 20, options).await.unwrap_err();
    assert_eq!(refused.issues()[0].expression, ["Bundle.entry[5001].resource.meta.tag"]);
    assert_eq!(total(&engine, "Basic", "identifier=urn:large|4999").await, 1);
}

#[tokio::test]
async fn a_batch_answers_in_its_order_and_as_it_was_wished() {
    let (_dir, engine) = engine();
    let mut entries = Vec::new();
    for nth in 0..60 {
        entries.push(match nth % 3 {
            0 => json!({"resource": basic(&nth.to_string()), "request": {"method": "POST", "url": "Basic"}}),
            1 => json!({"request": {"method": "GET", "url": format!("Basic/no-{nth}")}}),
            _ => json!({"resource": {"resourceType": "Patient"}, "request": {"method": "POST", "url": "Basic"}}),
        });
    }
    let whole = json!({"resourceType": "Bundle", "type": "batch", "entry": entries}).to_string();
    for (returning, path) in
        [(Returning::Minimal, ""), (Returning::Representation, "/resource"), (Returning::Outcome, "/response/outcome")]
    {
        let reply = run(&engine, &whole, 1000, Options::default()).await.unwrap();
        let answer: Value = serde_json::from_slice(&reply.json("http://x", returning)).unwrap();
        for (nth, entry) in answer["entry"].as_array().unwrap().iter().enumerate() {
            let status = entry["response"]["status"].as_str().unwrap();
            assert!(status.starts_with(["201", "404", "400"][nth % 3]), "{nth}: {entry}");
            if nth % 3 == 0 && returning == Returning::Representation {
                assert_eq!(entry["resource"]["identifier"][0]["value"], nth.to_string());
            }
            assert_eq!(entry.pointer(path).is_some(), nth % 3 == 0 || path.is_empty() || path.ends_with("outcome"));
        }
    }
}
