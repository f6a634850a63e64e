//! The operations of the store on a real one: whole records, last values, statistics, marks, differences, erasure.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)] // a fault of the set-up may stop a test

use meridian_engine::operations::{Call, table};
use meridian_engine::{Caller, Class, Engine, EngineError, Request, Role, delete, read, search, update, vread};
use meridian_store::{ERASING, Store, StoreError, StoreOptions, Verified};
use serde_json::{Value, json};

struct House {
    dir: tempfile::TempDir,
    store: Store,
    engine: Engine,
}

impl House {
    fn new() -> House {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open(
            meridian_store::Home::either(dir.path(), meridian_testkit::postgres::schema_for(dir.path())),
            &StoreOptions::default(),
        )
        .unwrap();
        House { engine: Engine::new(store.clone(), Vec::new()), store, dir }
    }

    async fn put(&self, resource: Value) {
        let kind = meridian_engine::incoming::type_name(resource["resourceType"].as_str().unwrap()).unwrap();
        let id = resource["id"].as_str().unwrap().to_owned();
        update(&self.engine, &operator(), kind, &id, resource, None).await.unwrap();
    }

    /// Whose record a Patient is.
    fn subject(&self, patient: &str) -> meridian_store::Subject {
        let kind = meridian_model::definitions::Definitions::r4().type_code("Patient").unwrap();
        self.store.read(|reader| reader.locate(kind, patient)).unwrap().unwrap().subject()
    }

    /// How many looks at a record are written down.
    fn looks(&self, subject: meridian_store::Subject) -> usize {
        self.store.audit().looks_at(&[subject], 100).unwrap().len()
    }

    async fn call(&self, who: &Caller, address: &str, params: &[(&str, &str)]) -> Result<Value, EngineError> {
        self.called(who, address, params, Vec::new()).await
    }

    async fn called(
        &self,
        who: &Caller,
        address: &str,
        params: &[(&str, &str)],
        values: Vec<(String, Value)>,
    ) -> Result<Value, EngineError> {
        let parts: Vec<&str> = address.split('/').collect();
        let (name, parts) = parts.split_last().unwrap();
        let text = |at: usize| parts.get(at).map(|part| (*part).to_owned());
        let (kind, id, version) = (text(0).unwrap_or_default(), text(1), text(3));
        let all = table();
        let fits = |o: &&meridian_engine::operations::Operation| {
            use meridian_engine::operations::Level;
            let level = if kind.is_empty() {
                Level::System
            } else if id.is_none() {
                Level::Type
            } else {
                Level::Instance
            };
            format!("${}", o.name) == *name && o.level == level
        };
        let own = all.iter().filter(fits).find(|o| o.on == kind);
        let operation = own.or_else(|| all.iter().filter(fits).find(|o| o.on == "Resource")).unwrap();
        meridian_engine::operations::permitted(who, operation)?;
        let params = params.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let base = "http://x/fhir".into();
        let call = Call { kind, id, version, params, values, base, ..Call::default() };
        let bytes = operation.act.bytes(&self.engine, who, call).await?;
        Ok(serde_json::from_slice(&bytes).unwrap())
    }
}

fn operator() -> Caller {
    Caller { role: Role::Operator, ..Caller::system("test", "CJ01", "t-1") }
}

fn doctor() -> Caller {
    Caller { role: Role::Doctor, ..operator() }
}

fn ids(bundle: &Value) -> Vec<String> {
    let entries = bundle["entry"].as_array().cloned().unwrap_or_default();
    entries.iter().map(|entry| entry["resource"]["id"].as_str().unwrap().to_owned()).collect()
}

fn next(bundle: &Value) -> Option<Vec<(String, String)>> {
    let links = bundle["link"].as_array()?;
    let url = links.iter().find(|link| link["relation"] == "next")?["url"].as_str()?.to_owned();
    Some(meridian_engine::split_query(url.split_once('?')?.1).unwrap())
}

fn observation(id: &str, day: &str, code: &str, value: &str, unit: &str) -> Value {
    let value = meridian_model::reader::parse(value.as_bytes(), &Default::default()).unwrap();
    json!({"resourceType": "Observation", "id": id, "status": "final", "effectiveDateTime": day,
        "code": {"coding": [{"system": "http://loinc.org", "code": code}]},
        "category": [{"coding": [{"code": if code == "8867-4" { "vital-signs" } else { "laboratory" }}]}],
        "subject": {"reference": "Patient/p"}, "encounter": {"reference": "Encounter/e"},
        "performer": [{"reference": "Practitioner/d"}],
        "valueQuantity": {"value": value, "unit": unit, "system": "http://unitsofmeasure.org", "code": unit}})
}

async fn record(house: &House) {
    house.put(json!({"resourceType": "Practitioner", "id": "d"})).await;
    house.put(json!({"resourceType": "Practitioner", "id": "nobody-names-me"})).await;
    house.put(json!({"resourceType": "Patient", "id": "p", "name": [{"text": "王不留"}]})).await;
    house.put(json!({"resourceType": "Patient", "id": "q"})).await;
    house
        .put(json!({"resourceType": "Encounter", "id": "e", "status": "finished", "class": {"code": "AMB"},
        "subject": {"reference": "Patient/p"}, "period": {"start": "2026-01-01", "end": "2026-01-03"}}))
        .await;
    for (id, day, code, value) in [
        ("k1", "2026-01-01", "2823-3", "4.0"),
        ("k2", "2026-01-02", "2823-3", "5.0"),
        ("k3", "2026-01-03", "2823-3", "3.00"),
        ("h1", "2026-01-01", "8867-4", "60"),
        ("h2", "2026-01-02", "8867-4", "70"),
    ] {
        house.put(observation(id, day, code, value, if code == "8867-4" { "/min" } else { "mmol/L" })).await;
    }
    house.put(json!({"resourceType": "AllergyIntolerance", "id": "a", "patient": {"reference": "Patient/p"}})).await;
    house
        .put(json!({"resourceType": "Observation", "id": "other", "status": "final", "code": {"text": "x"},
        "subject": {"reference": "Patient/q"}}))
        .await;
    // In the compartment, and in nobody's record.
    house
        .put(json!({"resourceType": "Group", "id": "beside", "type": "person", "actual": true,
        "member": [{"entity": {"reference": "Patient/p"}}, {"entity": {"reference": "Patient/q"}}]}))
        .await;
}

#[tokio::test]
async fn everything_of_a_person_comes_page_by_page() {
    let house = House::new();
    record(&house).await;
    let whole = house.call(&doctor(), "Patient/p/$everything", &[]).await.unwrap();
    let mut found = ids(&whole);
    found.sort();
    assert_eq!(found, ["a", "beside", "d", "e", "h1", "h2", "k1", "k2", "k3", "p"]);
    assert_eq!(whole["total"].to_string(), "9");
    let include: Vec<_> =
        whole["entry"].as_array().unwrap().iter().filter(|e| e["search"]["mode"] == "include").collect();
    assert_eq!(include.len(), 1);
    assert_eq!(include[0]["resource"]["id"], "d");

    let (mut params, mut paged) = (vec![("_count".to_owned(), "4".to_owned())], Vec::new());
    loop {
        let asked: Vec<(&str, &str)> = params.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
        let page = house.call(&doctor(), "Patient/p/$everything", &asked).await.unwrap();
        paged.extend(ids(&page).into_iter().filter(|id| id != "d"));
        house.put(json!({"resourceType": "Basic", "id": "meanwhile", "code": {"text": "x"}, "subject": {"reference": "Patient/q"}})).await;
        match next(&page) {
            Some(link) => params = link,
            None => break,
        }
    }
    paged.sort();
    assert_eq!(paged, ["a", "beside", "e", "h1", "h2", "k1", "k2", "k3", "p"], "each once");

    let typed =
        house.call(&doctor(), "Patient/p/$everything", &[("_type", "Encounter,AllergyIntolerance")]).await.unwrap();
    assert_eq!(ids(&typed).len(), 2);
    let care = house
        .call(&doctor(), "Patient/p/$everything", &[("start", "2026-01-02"), ("end", "2026-01-02")])
        .await
        .unwrap();
    let mut care = ids(&care);
    care.sort();
    assert_eq!(care, ["a", "beside", "d", "e", "h2", "k2", "p"], "a visit that lasts is told, and what has no date");
    let since = house.call(&doctor(), "Patient/p/$everything", &[("_since", "2999-01-01")]).await.unwrap();
    assert!(ids(&since).is_empty());
    let visit = house.call(&doctor(), "Encounter/e/$everything", &[]).await.unwrap();
    let mut visit = ids(&visit);
    visit.sort();
    assert_eq!(visit, ["d", "e", "h1", "h2", "k1", "k2", "k3", "p"]);
    for (address, params) in [("Patient/none/$everything", vec![]), ("Patient/p/$everything", vec![("_type", "Dog")])] {
        let refused = house.call(&doctor(), address, &params).await.unwrap_err();
        assert!(matches!(refused.class(), Class::NotFound | Class::Invalid));
    }
}

#[tokio::test]
async fn the_last_of_each_code() {
    let house = House::new();
    record(&house).await;
    let last = house.call(&doctor(), "Observation/$lastn", &[("patient", "p")]).await.unwrap();
    assert_eq!(ids(&last), ["k3", "h2"]);
    let two = house.call(&doctor(), "Observation/$lastn", &[("patient", "Patient/p"), ("max", "2")]).await.unwrap();
    assert_eq!(ids(&two), ["k3", "k2", "h2", "h1"]);
    let vital = [("patient", "p"), ("max", "9"), ("category", "vital-signs")];
    assert_eq!(ids(&house.call(&doctor(), "Observation/$lastn", &vital).await.unwrap()), ["h2", "h1"]);
    let by_code = [("subject", "Patient/p"), ("code", "http://loinc.org|2823-3")];
    assert_eq!(ids(&house.call(&doctor(), "Observation/$lastn", &by_code).await.unwrap()), ["k3"]);
    let before = [("patient", "p"), ("date", "lt2026-01-02")];
    assert_eq!(ids(&house.call(&doctor(), "Observation/$lastn", &before).await.unwrap()), ["k1", "h1"]);
    house.put(observation("k4", "2026-01-03", "2823-3", "3.1", "mmol/L")).await;
    assert_eq!(
        ids(&house.call(&doctor(), "Observation/$lastn", &[("patient", "p")]).await.unwrap()).len(),
        3,
        "of one time"
    );
    for bad in [
        vec![],
        vec![("patient", "p"), ("max", "0")],
        vec![("patient", "p"), ("max", "x")],
        vec![("patient", "p"), ("nonsense", "1")],
    ] {
        assert_eq!(
            house.call(&doctor(), "Observation/$lastn", &bad).await.unwrap_err().class(),
            Class::Invalid,
            "{bad:?}"
        );
    }
}

#[tokio::test]
async fn statistics_are_of_one_unit() {
    let house = House::new();
    record(&house).await;
    let ask = |more: Vec<(&'static str, &'static str)>| {
        let mut all = vec![("subject", "Patient/p"), ("code", "2823-3"), ("system", "http://loinc.org")];
        all.extend(more);
        all
    };
    let told = house
        .call(&doctor(), "Observation/$stats", &ask(vec![("statistic", "average,count,maximum,median,std-dev")]))
        .await
        .unwrap();
    let resource = &told["parameter"][0]["resource"];
    let values: Vec<String> =
        resource["component"].as_array().unwrap().iter().map(|c| c["valueQuantity"]["value"].to_string()).collect();
    assert_eq!(values, ["4.0", "3.0", "5.0", "4.0", "1.0"]);
    assert_eq!(resource["component"][0]["valueQuantity"]["unit"], "mmol/L");
    assert_eq!(resource["component"][1]["valueQuantity"].get("unit"), None);
    assert!(meridian_engine::incoming::resource(resource).is_ok(), "it is an Observation of R4");

    // Another unit of the same kind is converted; one of another kind is refused.
    house.put(observation("k9", "2026-01-04", "2823-3", "4000", "umol/L")).await;
    let told = house
        .call(&doctor(), "Observation/$stats", &ask(vec![("statistic", "average"), ("include", "true")]))
        .await
        .unwrap();
    let average = &told["parameter"][0]["resource"]["component"][0]["valueQuantity"];
    // The newest says the unit.
    assert_eq!((average["value"].to_string(), average["unit"].as_str()), ("4000.0".to_owned(), Some("umol/L")));
    assert_eq!(told["parameter"].as_array().unwrap().len(), 5);
    let early = ask(vec![("statistic", "count"), ("period", "2026-01-01/2026-01-02")]);
    let early = house.call(&doctor(), "Observation/$stats", &early).await.unwrap();
    assert_eq!(early["parameter"][0]["resource"]["component"][0]["valueQuantity"]["value"].to_string(), "2.0");
    house.put(observation("k10", "2026-01-05", "2823-3", "4", "kg")).await;
    let mixed = house.call(&doctor(), "Observation/$stats", &ask(vec![("statistic", "average")])).await.unwrap_err();
    assert_eq!(mixed.class(), Class::Unprocessable);
    assert!(mixed.issues()[0].diagnostics.contains("kg"), "{:?}", mixed.issues());
    for bad in [
        vec![("statistic", "regression")],
        vec![("statistic", "count"), ("duration", "-1")],
        vec![("statistic", "count"), ("period", "x/y")],
    ] {
        assert_eq!(house.call(&doctor(), "Observation/$stats", &ask(bad)).await.unwrap_err().class(), Class::Invalid);
    }
    let nobody = [("subject", "p"), ("code", "x"), ("statistic", "count")];
    assert_eq!(house.call(&doctor(), "Observation/$stats", &nobody).await.unwrap_err().class(), Class::Invalid);
}

#[tokio::test]
async fn marks_are_shown_added_and_taken_away() {
    let house = House::new();
    record(&house).await;
    let meta = |tag: &str| {
        vec![("meta".to_owned(), json!({"tag": [{"system": "urn:t", "code": tag}], "profile": ["http://p"]}))]
    };
    let told = house.called(&operator(), "Patient/p/$meta-add", &[], meta("vip")).await.unwrap();
    let shown = &told["parameter"][0]["valueMeta"];
    assert_eq!((shown["versionId"].as_str(), shown["profile"][0].as_str()), (Some("2"), Some("http://p")));
    let of_type = house.call(&doctor(), "Patient/$meta", &[]).await.unwrap();
    let tags = of_type["parameter"][0]["valueMeta"]["tag"].as_array().unwrap().clone();
    assert!(tags.contains(&json!({"system": "urn:t", "code": "vip"})), "{tags:?}");
    assert_eq!(of_type["parameter"][0]["valueMeta"]["profile"], json!(["http://p"]));
    let all = house.call(&doctor(), "$meta", &[]).await.unwrap();
    assert_eq!(all["parameter"][0]["valueMeta"]["profile"], json!(["http://p"]));
    house.called(&operator(), "Patient/p/$meta-delete", &[], meta("vip")).await.unwrap();
    let now = house.call(&doctor(), "Patient/p/$meta", &[]).await.unwrap();
    assert_eq!(now["parameter"][0]["valueMeta"]["versionId"], "3");
    assert_eq!(now["parameter"][0]["valueMeta"].get("profile"), None);
    let before = house.call(&doctor(), "Patient/p/_history/2/$meta", &[]).await.unwrap();
    assert_eq!(before["parameter"][0]["valueMeta"]["profile"], json!(["http://p"]));
    let own = vec![("meta".to_owned(), json!({"versionId": "9"}))];
    assert_eq!(house.called(&operator(), "Patient/p/$meta-add", &[], own).await.unwrap_err().class(), Class::Invalid);
    let elsewhere = Caller { institution: "CJ11".into(), ..doctor() };
    assert_eq!(
        house.called(&elsewhere, "Patient/p/$meta-add", &[], meta("x")).await.unwrap_err().class(),
        Class::Denied
    );
}

#[tokio::test]
async fn versions_are_compared() {
    let house = House::new();
    record(&house).await;
    house.put(json!({"resourceType": "Patient", "id": "p", "name": [{"text": "王不留行"}], "gender": "female"})).await;
    let told = house.call(&doctor(), "Patient/p/$diff", &[]).await.unwrap();
    let mut operations = Vec::new();
    for operation in told["parameter"].as_array().unwrap().iter().filter(|p| p["name"] == "operation") {
        let part = |name: &str| {
            let part = operation["part"].as_array().unwrap().iter().find(|p| p["name"] == name);
            part.map(|p| p["valueCode"].as_str().or(p["valueString"].as_str()).unwrap().to_owned())
        };
        operations.push((part("op").unwrap(), part("path").unwrap(), part("value")));
    }
    assert!(
        operations.contains(&("replace".into(), "/name/0/text".into(), Some("\"王不留行\"".into()))),
        "{operations:?}"
    );
    assert!(operations.contains(&("add".into(), "/gender".into(), Some("\"female\"".into()))));
    for bad in [("from", "7"), ("to", "0"), ("to", "x")] {
        assert_eq!(house.call(&doctor(), "Patient/p/$diff", &[bad]).await.unwrap_err().class(), Class::Invalid);
    }
    let same = house.call(&doctor(), "Patient/p/_history/1/$diff", &[]).await.unwrap();
    assert_eq!(same["parameter"].as_array().unwrap().len(), 2, "the first version, with itself");
    assert_eq!(house.call(&doctor(), "Patient/none/$diff", &[]).await.unwrap_err().class(), Class::NotFound);
}

#[tokio::test]
async fn marks_of_what_is_withheld_are_not_in_use() {
    let house = House::new();
    let task = |id: &str, code: &str| {
        json!({"resourceType": "Task", "id": id, "status": "requested", "intent": "proposal",
            "meta": {"tag": [{"system": "urn:t", "code": code}], "profile": [format!("http://p/{code}")],
                "security": [{"system": "urn:s", "code": code}]},
            "code": {"coding": [{"system": "https://meridian.example/task", "code": code}]}})
    };
    house.put(task("a", "review-identity")).await;
    house.put(task("b", "other")).await;
    house
        .put(json!({"resourceType": "Basic", "id": "c", "meta": {"tag": [{"system": "urn:t", "code": "basic"}]},
        "code": {"text": "x"}}))
        .await;
    for address in ["Task/$meta", "$meta"] {
        let shown = house.call(&doctor(), address, &[]).await.unwrap()["parameter"][0]["valueMeta"].to_string();
        assert!(shown.contains("other") && !shown.contains("review-identity"), "{address}: {shown}");
        let all = house.call(&operator(), address, &[]).await.unwrap()["parameter"][0]["valueMeta"].to_string();
        assert_eq!(all.matches("review-identity").count(), 3, "{address}: {all}");
        assert_eq!(shown.contains("basic"), address == "$meta");
    }
}

async fn total(house: &House, kind: &str, query: &str) -> u64 {
    let params = meridian_engine::split_query(query).unwrap();
    let request = Request { kind: kind.into(), params, lenient: false };
    search(&house.engine, &operator(), &request).await.unwrap().total.unwrap()
}

#[tokio::test]
async fn what_is_erased_is_nowhere_but_in_the_audit() {
    let house = House::new();
    record(&house).await;
    house.put(json!({"resourceType": "Basic", "id": "b", "code": {"text": "Sichtbares"}, "identifier": [{"value": "geheim-1"}]})).await;
    house.put(json!({"resourceType": "Basic", "id": "b", "code": {"text": "Verborgenes"}})).await;
    for who in [doctor(), Caller::system("test", "CJ01", "1")] {
        let denied = house.call(&who, "Basic/b/$purge", &[("reason", "x")]).await.unwrap_err();
        assert_eq!(denied.class(), Class::Denied);
    }
    for reason in ["", "  "] {
        let refused = house.call(&operator(), "Basic/b/$purge", &[("reason", reason)]).await.unwrap_err();
        assert_eq!(refused.class(), Class::Invalid);
    }
    let told = house.call(&operator(), "Basic/b/$purge", &[("reason", "court order 7")]).await.unwrap();
    assert_eq!(told["parameter"][1], json!({"name": "versions", "valueInteger": 3}), "{told}");
    assert_eq!(read(&house.engine, &operator(), "Basic", "b").await.unwrap_err().class(), Class::NotFound);
    assert_eq!(vread(&house.engine, &operator(), "Basic", "b", "1").await.unwrap_err().class(), Class::NotFound);
    assert_eq!(
        house.call(&operator(), "Basic/b/$purge", &[("reason", "x")]).await.unwrap_err().class(),
        Class::NotFound
    );
    house.put(json!({"resourceType": "Basic", "id": "b", "code": {"text": "again"}})).await;
    assert_eq!(read(&house.engine, &operator(), "Basic", "b").await.unwrap().version, 1, "as if it had never been");

    let told = house.call(&operator(), "Patient/p/$purge", &[("reason", "asked for by the resident")]).await.unwrap();
    let counts: Vec<_> = told["parameter"].as_array().unwrap().iter().filter(|p| p["name"] == "resources").collect();
    assert_eq!(counts.len(), 4, "{told}");
    for (kind, query) in
        [("Observation", "code=2823-3"), ("Encounter", ""), ("AllergyIntolerance", ""), ("Patient", "name=王")]
    {
        assert_eq!(total(&house, kind, query).await, 0, "{kind}");
    }
    assert_eq!(total(&house, "Observation", "").await, 1, "that of somebody else");
    let references = told["parameter"].as_array().unwrap().iter().find(|p| p["name"] == "references").unwrap();
    assert_eq!(references["valueInteger"], 1, "the Group still names it");
    let everything = house.call(&operator(), "Patient/p/$everything", &[]).await.unwrap_err();
    assert_eq!(everything.class(), Class::NotFound);
    let audit = house.call(&operator(), "$audit", &[("text", "asked for by the resident")]).await.unwrap();
    assert_eq!(audit["entry"].as_array().unwrap().len(), 1);
    assert!(audit.to_string().contains("erase"));

    // Nothing of it is left in the file either, and both chains fit.
    tokio::time::sleep(std::time::Duration::from_millis(300)).await; // the words go in steps behind it
    let House { dir, store, engine } = house;
    drop((store, engine));
    let home = meridian_store::Home::either(dir.path(), meridian_testkit::postgres::schema_for(dir.path()));
    // A server gives the room to others when it cleans up; its files are not looked into.
    if let meridian_store::Home::Folder(folder) = &home {
        let file = std::fs::read(folder.join("meridian.db")).unwrap();
        for trace in ["geheim-1", "Verborgenes", "verborgenes", "王不留"] {
            assert!(!file.windows(trace.len()).any(|bytes| bytes == trace.as_bytes()), "{trace}");
        }
    }
    assert_eq!(Verified::of(home).unwrap().broken, None);
}

#[tokio::test(flavor = "multi_thread")]
async fn operations_take_only_so_much_at_once() {
    let house = House::new();
    record(&house).await;
    let stats = async |codes: String| {
        let params = [
            ("subject", "Patient/p"),
            ("system", "http://loinc.org"),
            ("code", codes.as_str()),
            ("statistic", "count"),
            ("include", "true"),
        ];
        house.call(&doctor(), "Observation/$stats", &params).await
    };
    let names = |answer: &Value, name: &str| {
        answer["parameter"].as_array().unwrap().iter().filter(|one| one["name"] == name).count()
    };
    let (once, often) = (stats("2823-3".into()).await.unwrap(), stats("2823-3,".repeat(1_000)).await.unwrap());
    assert_eq!((names(&often, "statistics"), names(&often, "source")), (1, names(&once, "source")));
    let many: Vec<String> = (0..21).map(|n| n.to_string()).collect();
    assert_eq!(stats(many.join(",")).await.unwrap_err().class(), Class::Invalid);

    let tags = |count: usize| (0..count).map(|n| json!({"system": "urn:t", "code": n.to_string()})).collect::<Value>();
    let meta = |count| vec![("meta".to_owned(), json!({"tag": tags(count)}))];
    house.called(&operator(), "Patient/p/$meta-add", &[], meta(1_000)).await.unwrap();
    let refused = house.called(&operator(), "Patient/p/$meta-add", &[], meta(1_001)).await.unwrap_err();
    assert_eq!(refused.class(), Class::Invalid);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_end_of_what_is_withheld_is_withheld() {
    let house = House::new();
    let task = |id: &str, code: &str| {
        json!({"resourceType": "Task", "id": id, "status": "requested", "intent": "proposal",
            "code": {"coding": [{"system": "https://meridian.example/task", "code": code}]}})
    };
    for (id, code) in [("a", "review-identity"), ("b", "review-identity"), ("c", "other")] {
        house.put(task(id, code)).await;
    }
    let mut heard = house.engine.listen();
    delete(&house.engine, &operator(), "Task", "a", None).await.unwrap();
    house.call(&operator(), "Task/b/$purge", &[("reason", "x")]).await.unwrap();
    delete(&house.engine, &operator(), "Task", "c", None).await.unwrap();
    let mut told = Vec::new();
    while let Ok(event) = heard.try_recv() {
        if let meridian_engine::Event::Changes(changes) = event {
            told.extend(changes.iter().map(|change| (change.id.clone(), change.withheld)));
        }
    }
    assert!(["a", "b", "c"].iter().all(|id| told.iter().any(|(found, _)| found == id)), "{told:?}");
    assert!(told.iter().all(|(id, withheld)| *withheld == (id != "c")), "{told:?}");
}

#[tokio::test]
async fn a_deleted_resource_can_be_erased_too() {
    let house = House::new();
    house.put(json!({"resourceType": "Basic", "id": "b", "code": {"text": "x"}})).await;
    delete(&house.engine, &operator(), "Basic", "b", None).await.unwrap();
    house.call(&operator(), "Basic/b/$purge", &[("reason", "x")]).await.unwrap();
    assert_eq!(read(&house.engine, &operator(), "Basic", "b").await.unwrap_err().class(), Class::NotFound);
}

/// A document of nine megabytes.
fn document(id: &str) -> Value {
    json!({"resourceType": "DocumentReference", "id": id, "status": "current", "subject": {"reference": "Patient/p"},
        "context": {"encounter": [{"reference": "Encounter/e"}]},
        "content": [{"attachment": {"contentType": "text/plain", "data": "A".repeat(9 << 20)}}]})
}

#[tokio::test(flavor = "multi_thread")]
async fn a_heavy_record_comes_in_pages_that_are_not() {
    let house = House::new();
    record(&house).await;
    for nth in 0..5 {
        house.put(document(&format!("d{nth}"))).await;
    }
    for address in ["Patient/p/$everything", "Encounter/e/$everything"] {
        let (mut params, mut found, mut pages) = (Vec::new(), Vec::new(), 0);
        loop {
            let asked: Vec<(&str, &str)> =
                params.iter().map(|(n, v): &(String, String)| (n.as_str(), v.as_str())).collect();
            let page = house.call(&doctor(), address, &asked).await.unwrap();
            let documents = ids(&page).into_iter().filter(|id| id.len() == 2 && id.starts_with('d'));
            let before = found.len();
            found.extend(documents);
            assert!(found.len() - before <= 3, "{address}: four are more than 32 megabytes");
            pages += 1;
            match next(&page) {
                Some(link) => params = link,
                None => break,
            }
        }
        found.sort();
        assert_eq!(found, ["d0", "d1", "d2", "d3", "d4"], "{address}");
        assert!(pages >= 2);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_last_of_each_code_are_no_more_than_an_answer_holds() {
    let house = House::new();
    record(&house).await;
    let subject = house.subject("p");
    for nth in 0..4 {
        let mut heavy = observation(&format!("o{nth}"), "2026-02-01", &format!("c{nth}"), "1", "mmol/L");
        heavy["note"] = json!([{"text": "A".repeat(9 << 20)}]);
        house.put(heavy).await;
    }
    let before = house.looks(subject);
    let refused = house.call(&doctor(), "Observation/$lastn", &[("patient", "p")]).await.unwrap_err();
    assert_eq!((refused.class(), refused.issues()[0].code), (Class::Unprocessable, "too-costly"));
    assert_eq!(house.looks(subject), before + 1, "that there is so much tells of the record");
    let one = [("patient", "p"), ("code", "c1")];
    assert_eq!(ids(&house.call(&doctor(), "Observation/$lastn", &one).await.unwrap()), ["o1"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn whom_the_parameters_of_an_operation_name_is_looked_at() {
    let house = House::new();
    record(&house).await;
    house.put(json!({"resourceType": "Patient", "id": "q", "identifier": [{"system": "urn:t", "value": "7"}]})).await;
    let subject = house.subject("q");
    let before = house.looks(subject);
    let chained = [("patient", "p"), ("subject:Patient.identifier", "urn:t|7")];
    assert!(ids(&house.call(&doctor(), "Observation/$lastn", &chained).await.unwrap()).is_empty());
    assert_eq!(house.looks(subject), before + 1, "that they are not one person");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_page_refers_to_is_sought_in_bounds_and_a_cut_is_told() {
    let house = House::new();
    record(&house).await;
    let list = |dead: usize| {
        let mut entries: Vec<Value> =
            (0..dead).map(|n| json!({"item": {"reference": format!("Basic/x{n}")}})).collect();
        entries.push(json!({"item": {"reference": "Practitioner/nobody-names-me"}}));
        json!({"resourceType": "List", "id": "l", "status": "current", "mode": "working",
            "subject": {"reference": "Patient/p"}, "entry": entries})
    };
    let modes = |bundle: &Value| {
        let entries = bundle["entry"].as_array().unwrap();
        let of = |mode: &str| entries.iter().filter(|entry| entry["search"]["mode"] == mode).count();
        (of("include"), of("outcome"))
    };
    let only = [("_type", "List,Basic,Practitioner")];
    house.put(list(100)).await;
    assert_eq!(modes(&house.call(&doctor(), "Patient/p/$everything", &only).await.unwrap()), (1, 0));
    house.put(list(10_001)).await;
    assert_eq!(modes(&house.call(&doctor(), "Patient/p/$everything", &only).await.unwrap()), (0, 1));
}

/// More than are asked for at once.
const MESSAGES: usize = 1_003;

#[tokio::test(flavor = "multi_thread")]
async fn all_messages_about_what_is_erased_are_emptied() {
    let house = House::new();
    house.put(json!({"resourceType": "Basic", "id": "b", "code": {"text": "x"}})).await;
    let message = |key: &str, body: &[u8]| meridian_store::NewJob {
        queue: "outbox/x".into(),
        key: key.into(),
        head: "{}".into(),
        body: body.into(),
    };
    let send = move |tx: &mut meridian_store::WriteTx<'_>| {
        for nth in 0..MESSAGES {
            tx.add_job(&message(&format!("Basic/b/{nth}"), b"geheim"))?.ok();
        }
        tx.add_job(&message("Basic/bb/1", b"another")).map(drop)
    };
    let lane = meridian_store::Lane::Interactive;
    house.store.write::<_, meridian_store::StoreError>(lane, meridian_store::Origin::default(), send).await.unwrap();
    let told = house.call(&operator(), "Basic/b/$purge", &[("reason", "x")]).await.unwrap();
    let messages = told["parameter"].as_array().unwrap().iter().find(|part| part["name"] == "messages").unwrap();
    assert_eq!(messages["valueInteger"], MESSAGES);
    let bodies = house.store.read(|reader| {
        let jobs = reader.jobs_keyed("outbox/x", "Basic/", u32::MAX)?;
        let bodies = jobs.iter().map(|job| Ok(reader.job(job.id)?.unwrap().body));
        bodies.collect::<Result<Vec<_>, meridian_store::StoreError>>()
    });
    let bodies = bodies.unwrap();
    let says = |text: &[u8]| bodies.iter().filter(|body| **body == text).count();
    assert_eq!((bodies.len(), says(b"geheim"), says(b"another")), (MESSAGES + 1, 0, 1));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_lets_go_what_many_erased() {
    let house = House::new();
    for n in 0..12 {
        house.put(json!({"resourceType": "Basic", "id": format!("b{n}"), "code": {"text": "x"}})).await;
        house.call(&operator(), &format!("Basic/b{n}/$purge"), &[("reason", "x")]).await.unwrap();
    }
    let left = || house.store.read::<_, StoreError>(|sight| sight.setting(ERASING)).unwrap().is_some();
    let ended = async {
        while left() {
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
    };
    tokio::time::timeout(std::time::Duration::from_secs(30), ended).await.unwrap();
}
