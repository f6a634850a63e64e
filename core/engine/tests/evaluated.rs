//! Posted search parameters whose expressions are beyond paths: evaluated by FHIRPath at every write.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)] // a fault of the set-up may stop a test

use meridian_engine::operations::{Call, table};
use meridian_engine::{Class, Engine, EngineError, Options, delete, read, transaction};
use serde_json::{Value, json};

mod posted;
use posted::{find, open, operator, put, settle, shown, store};

fn parameter(id: &str, base: &str, kind: &str, expression: &str) -> Value {
    json!({"resourceType": "SearchParameter", "id": id, "url": format!("urn:p:{id}"), "name": id, "status": "active",
        "description": id, "code": id, "base": [base], "type": kind, "expression": expression})
}

fn called() -> Value {
    parameter(
        "called",
        "Patient",
        "string",
        "Patient.name.where(use = 'official').select(given.first() & ' ' & family)",
    )
}

fn patient(id: &str, given: &str) -> Value {
    json!({"resourceType": "Patient", "id": id, "name": [{"use": "official", "family": "Synthetic", "given": [given, "X"]},
        {"use": "nickname", "given": ["Nick"]}]})
}

fn of_two_families(id: &str, given: &str) -> Value {
    json!({"resourceType": "Patient", "id": id, "name": [{"use": "official", "family": "Synthetic", "given": [given]}, {"family": "Wu"}]})
}

/// A parameter with an answer for every Patient of one family.
fn whole_name() -> Value {
    parameter("whole", "Patient", "string", "Patient.name.given.first() & Patient.name.family")
}

/// Each part of what `$search-parameters` says of a code.
async fn said(engine: &Engine, code: &str) -> Value {
    let all = table();
    let operation = all.iter().find(|operation| operation.name == "search-parameters").unwrap();
    let answer = operation.act.run(engine, &operator(), Call::default()).await.unwrap();
    let lines = answer["parameter"].as_array().unwrap().iter();
    let mut own = lines.filter(|line| {
        let parts = line["part"].as_array().unwrap();
        parts.iter().any(|part| part["valueCode"] == code) && parts.iter().all(|part| part["valueCode"] != "dropping")
    });
    let parts = own.next().unwrap()["part"].as_array().unwrap().clone();
    let pairs = parts.iter().map(|part| {
        let value = part.as_object().unwrap().iter().find(|(key, _)| key.starts_with("value")).unwrap().1.clone();
        (part["name"].as_str().unwrap().to_owned(), value)
    });
    Value::Object(pairs.collect())
}

#[tokio::test]
async fn what_was_there_and_what_comes_is_found_until_it_is_dropped() {
    let dir = tempfile::tempdir().unwrap();
    let engine = open(&dir);
    for nth in 0..300 {
        put(&engine, patient(&format!("p{nth:03}"), if nth % 100 == 7 { "Min" } else { "Hong" })).await.unwrap();
    }
    put(&engine, called()).await.unwrap();
    assert_eq!(find(&engine, "Patient", "called=min").await.unwrap_err().class(), Class::Unavailable);
    put(&engine, patient("p107", "Mina")).await.unwrap();
    settle(&engine).await;
    assert_eq!(said(&engine, "called").await["evaluated"], true);
    assert_eq!(find(&engine, "Patient", "called=min synth").await.unwrap(), ["p007", "p207"]);
    assert_eq!(find(&engine, "Patient", "called=min").await.unwrap(), ["p007", "p107", "p207"]);
    put(&engine, patient("p300", "Min")).await.unwrap();
    put(&engine, patient("p007", "Hong")).await.unwrap();
    delete(&engine, &operator(), "Patient", "p207", None).await.unwrap();
    assert_eq!(find(&engine, "Patient", "called=min").await.unwrap(), ["p107", "p300"]);
    assert_eq!(find(&engine, "Patient", "called:exact=Min Synthetic&_sort=called").await.unwrap(), ["p300"]);
    drop(engine);

    let engine = open(&dir);
    assert_eq!(settle(&engine).await, 0, "nothing is done twice");
    assert_eq!(find(&engine, "Patient", "called=min").await.unwrap(), ["p107", "p300"], "after a restart");
    let mut other = called();
    other["expression"] = json!("Patient.name.where(use = 'nickname').select(given.first() & '!')");
    put(&engine, other).await.unwrap();
    settle(&engine).await;
    assert!(find(&engine, "Patient", "called=min").await.unwrap().is_empty());
    assert_eq!(find(&engine, "Patient", "called=nick!&_count=1000").await.unwrap().len(), 300);
    // From here on plain paths find the same.
    put(&engine, parameter("called", "Patient", "string", "Patient.name.family")).await.unwrap();
    settle(&engine).await;
    assert_eq!(said(&engine, "called").await["evaluated"], false);
    assert_eq!(find(&engine, "Patient", "called=synth&_count=1000").await.unwrap().len(), 300);
    delete(&engine, &operator(), "SearchParameter", "called", None).await.unwrap();
    assert_eq!(find(&engine, "Patient", "called=synth").await.unwrap_err().class(), Class::Invalid);
    settle(&engine).await;
    assert_eq!(shown(&engine).await, []);
}

#[tokio::test]
async fn each_kind_is_indexed_as_r4s_own_are() {
    let dir = tempfile::tempdir().unwrap();
    let engine = open(&dir);
    for (id, kind, expression) in [
        (
            "systolic",
            "quantity",
            "Observation.component.where(code.coding.exists(code = '8480-6')).value.ofType(Quantity)",
        ),
        ("pulse", "number", "iif(Observation.value is Quantity, (Observation.value as Quantity).value * 2, 0.0)"),
        (
            "year",
            "date",
            "Observation.effective.select(iif($this is Period, (($this as Period).start), ($this as dateTime)))",
        ),
        ("parts", "token", "Observation.component.exists()"),
        ("whose", "reference", "Observation.subject.where(resolve() is Patient and reference.exists())"),
        ("told", "token", "Observation.extension.where(url = 'urn:told' and value.exists())"),
        ("link", "uri", "Observation.meta.profile.where($this.startsWith('http'))"),
    ] {
        let param = parameter(id, "Observation", kind, expression);
        put(&engine, param).await.unwrap_or_else(|error| panic!("{id}: {error:?}"));
    }
    let both = json!({"resourceType": "SearchParameter", "id": "both", "url": "urn:p:both", "status": "active", "name": "Both",
        "description": "", "code": "first-part", "base": ["Observation"], "type": "composite", "expression": "Observation.component.first()",
        "component": [{"definition": "http://hl7.org/fhir/SearchParameter/clinical-code", "expression": "code"},
            {"definition": "http://hl7.org/fhir/SearchParameter/Observation-value-quantity", "expression": "value.ofType(Quantity)"}]});
    put(&engine, both).await.unwrap();
    let amount = |value: i64, unit: &str| json!({"value": value, "unit": unit, "system": "http://unitsofmeasure.org", "code": unit});
    let part = |code: &str, value: i64| json!({"code": {"coding": [{"system": "http://loinc.org", "code": code}]}, "valueQuantity": amount(value, "mm[Hg]")});
    put(&engine, json!({"resourceType": "Patient", "id": "p"})).await.unwrap();
    put(&engine, json!({"resourceType": "Observation", "id": "o", "status": "final", "code": {"text": "bp"},
        "meta": {"profile": ["http://x.org/bp", "urn:y"]}, "subject": {"reference": "Patient/p"},
        "effectivePeriod": {"start": "2024-02", "end": "2024-03-01"}, "component": [part("8462-4", 70), part("8480-6", 120)],
        "extension": [{"url": "urn:told", "valueCodeableConcept": {"coding": [{"system": "urn:s", "code": "c"}], "text": "By phone"}}]}))
    .await
    .unwrap();
    put(
        &engine,
        json!({"resourceType": "Observation", "id": "q", "status": "final", "code": {"text": "hr"},
        "valueQuantity": amount(35, "/min"), "effectiveDateTime": "2023", "subject": {"reference": "Group/g"}}),
    )
    .await
    .unwrap();
    settle(&engine).await;
    for (query, ids) in [
        ("systolic=gt119", &["o"][..]),
        ("systolic=120|http://unitsofmeasure.org|mm[Hg]", &["o"]),
        ("systolic=gt15|http://unitsofmeasure.org|kPa", &["o"]), // 120 mm[Hg] are 16 kPa: by its canonical unit
        ("systolic=70", &[]),
        ("pulse=70", &["q"]),
        ("year=2024-02", &["o"]),
        ("year=2023", &["q"]),
        ("year=2024-03", &[]),
        ("parts=true", &["o"]),
        ("parts=false", &["q"]),
        ("whose=Patient/p", &["o"]),
        ("whose=Group/g", &[]),
        ("told=urn:s|c", &["o"]),
        ("told:text=by ph", &["o"]),
        ("link=http://x.org/bp", &["o"]),
        ("link=urn:y", &[]),
        ("first-part=http://loinc.org|8462-4$70", &["o"]),
        ("first-part=http://loinc.org|8480-6$120", &[]),
        ("systolic:missing=true", &["q"]),
    ] {
        assert_eq!(find(&engine, "Observation", query).await.unwrap(), ids, "{query}");
    }
    let included = find(&engine, "Observation", "_id=o&_include=Observation:whose").await.unwrap();
    assert_eq!(included, ["o", "p"]);
}

#[tokio::test]
async fn what_rests_on_more_than_the_resource_is_refused_and_says_why() {
    let dir = tempfile::tempdir().unwrap();
    let engine = open(&dir);
    for (kind, expression, says) in [
        ("date", "Patient.birthDate.where($this < today())", "`today()` asks for the time"),
        ("token", "Patient.maritalStatus.where(memberOf('urn:v'))", "`memberOf()` asks for terminology"),
        ("string", "Patient.managingOrganization.resolve().name", "`resolve()` leads to another resource"),
        ("string", "Patient.name.trace('x').family", "`trace()`"),
        ("date", "Patient.name.select(given.first() & family)", "a date parameter has no rows for string"),
        ("string", "Patient.name.select(given & nothing)", "has no element `nothing`"),
        ("string", "Patient.name.first(", "character"),
    ] {
        match put(&engine, parameter("x", "Patient", kind, expression)).await.unwrap_err() {
            EngineError::Unprocessable(issues) => {
                assert_eq!(issues[0].expression, ["SearchParameter.expression"]);
                assert!(issues[0].diagnostics.contains(says), "{expression}: {}", issues[0].diagnostics);
            }
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(read(&engine, &operator(), "SearchParameter", "x").await.unwrap_err().class(), Class::NotFound);
}

#[tokio::test]
async fn a_type_has_only_so_many_that_its_writes_wait_for() {
    let dir = tempfile::tempdir().unwrap();
    let engine = open(&dir);
    for nth in 0..50 {
        let expression = format!("Patient.name.skip({nth}).where(family.exists()).family");
        put(&engine, parameter(&format!("n{nth}"), "Patient", "string", &expression)).await.unwrap();
    }
    let more = put(&engine, parameter("more", "DomainResource", "token", "DomainResource.contained.exists()")).await;
    assert!(
        matches!(&more, Err(EngineError::Unprocessable(issues)) if issues[0].diagnostics.contains("50")),
        "{more:?}"
    );
    put(&engine, parameter("other", "Basic", "token", "Basic.subject.exists()")).await.unwrap();
    put(&engine, parameter("path", "Patient", "string", "Patient.name.family")).await.unwrap();
}

#[tokio::test]
async fn a_resource_without_an_answer_is_written_and_the_parameter_answers_no_more() {
    let dir = tempfile::tempdir().unwrap();
    let engine = open(&dir);
    let one = |id: &str| json!({"resourceType": "Patient", "id": id, "name": [{"family": "Wu", "given": ["Min"]}]});
    put(&engine, one("a")).await.unwrap();
    put(&engine, whole_name()).await.unwrap();
    put(&engine, called()).await.unwrap();
    settle(&engine).await;
    assert_eq!(find(&engine, "Patient", "whole=minwu").await.unwrap(), ["a"]);
    // Two families are no text: the specification ends the evaluation.
    let entry = |resource: Value| json!({"resource": resource, "request": {"method": "PUT", "url": format!("Patient/{}", resource["id"].as_str().unwrap())}});
    let bundle = json!({"resourceType": "Bundle", "type": "transaction", "entry": [entry(one("b")), entry(of_two_families("two", "Min")), entry(one("c"))]});
    transaction(&engine, &operator(), bundle, Options::default()).await.unwrap();
    for id in ["b", "two", "c"] {
        assert!(read(&engine, &operator(), "Patient", id).await.is_ok(), "{id} is written");
    }
    let refused = find(&engine, "Patient", "whole=minwu").await.unwrap_err();
    let refused = &refused.issues()[0];
    assert_eq!((refused.code, refused.expression.as_slice()), ("not-supported", ["http.whole".to_owned()].as_slice()));
    assert!(refused.diagnostics.contains("cannot answer") && !refused.diagnostics.contains("two"), "{refused:?}");
    for query in ["_sort=whole", "whole:missing=true", "_filter=whole eq x"] {
        assert!(find(&engine, "Patient", query).await.is_err(), "{query}");
    }
    let line = said(&engine, "whole").await;
    assert_eq!(line["state"], "unable");
    assert!(line["why"].as_str().unwrap().starts_with("Patient/two: at character"), "{line}");
    assert_eq!(find(&engine, "Patient", "called=min synth").await.unwrap(), ["two"], "the others answer");
    settle(&engine).await;
    assert_eq!(shown(&engine).await.iter().filter(|(code, ..)| code == "whole").count(), 1, "its rows are dropped");
    put(&engine, of_two_families("two", "Hong")).await.unwrap();
    drop(engine);

    let engine = open(&dir);
    settle(&engine).await;
    assert_eq!(said(&engine, "whole").await["state"], "unable", "a start changes nothing");
    assert_eq!(find(&engine, "Patient", "whole=minwu").await.unwrap_err().issues()[0].code, "not-supported");
    put(&engine, whole_name()).await.unwrap();
    settle(&engine).await;
    assert_eq!(
        said(&engine, "whole").await["state"],
        "unable",
        "posted again, it meets the same resource while it is indexed"
    );
    delete(&engine, &operator(), "Patient", "two", None).await.unwrap();
    put(&engine, whole_name()).await.unwrap();
    settle(&engine).await;
    assert_eq!(find(&engine, "Patient", "whole=minwu").await.unwrap(), ["a", "b", "c"]);
    let mut mended = whole_name();
    mended["expression"] = json!("Patient.name.select(given.first() & family)");
    put(&engine, mended).await.unwrap();
    put(&engine, of_two_families("two", "Min")).await.unwrap();
    settle(&engine).await;
    assert_eq!(find(&engine, "Patient", "whole=min").await.unwrap(), ["a", "b", "c", "two"]);
}

#[tokio::test]
async fn what_explodes_costs_a_write_little_and_stops_the_parameter() {
    let dir = tempfile::tempdir().unwrap();
    let engine = open(&dir);
    let bomb =
        "Patient.name.select(%resource.name.select(%resource.name.select(%resource.name.family))).where($this = 'x')";
    put(&engine, parameter("bomb", "Patient", "string", bomb)).await.unwrap();
    put(&engine, patient("small", "Min")).await.unwrap();
    settle(&engine).await;
    assert!(find(&engine, "Patient", "bomb=x").await.unwrap().is_empty());
    let names: Vec<Value> = (0..200).map(|nth| json!({"family": format!("n{nth}")})).collect();
    let start = std::time::Instant::now();
    put(&engine, json!({"resourceType": "Patient", "id": "large", "name": names})).await.unwrap();
    assert!(start.elapsed().as_secs() < 10, "{:?}", start.elapsed());
    assert_eq!(find(&engine, "Patient", "bomb=x").await.unwrap_err().issues()[0].code, "not-supported");
    let line = said(&engine, "bomb").await;
    assert!(line["why"].as_str().unwrap().contains("more steps than it may"), "{line}");
    assert_eq!(find(&engine, "Patient", "family=n7").await.unwrap(), ["large"]);
}

/// What the server has by itself is searched by posted parameters too.
#[tokio::test]
async fn the_servers_own_resources_are_evaluated() {
    let dir = tempfile::tempdir().unwrap();
    let engine = open(&dir);
    engine.find_own(Vec::new());
    let shouted = parameter("shouted", "SearchParameter", "token", "SearchParameter.code.upper()");
    put(&engine, shouted).await.unwrap();
    settle(&engine).await;
    assert_eq!(find(&engine, "SearchParameter", "shouted=PINYIN").await.unwrap(), ["Patient-pinyin"]);
    let failing =
        parameter("failing", "SearchParameter", "token", "SearchParameter.base.first() & SearchParameter.base");
    put(&engine, failing).await.unwrap();
    settle(&engine).await;
    assert_eq!(find(&engine, "SearchParameter", "failing=x").await.unwrap_err().issues()[0].code, "not-supported");
    assert!(said(&engine, "failing").await["why"].as_str().unwrap().starts_with("SearchParameter/"));
}

#[tokio::test]
async fn another_process_takes_it_and_hears_that_it_is_unable() {
    let dir = tempfile::tempdir().unwrap();
    let store = store(&dir);
    let (one, other) = (Engine::new(store.clone(), Vec::new()), Engine::new(store.clone(), Vec::new()));
    put(&one, whole_name()).await.unwrap();
    let wu = |id: &str| json!({"resourceType": "Patient", "id": id, "name": [{"family": "Wu", "given": ["Min"]}]});
    put(&other, wu("b")).await.unwrap();
    settle(&one).await;
    settle(&other).await;
    assert_eq!(find(&other, "Patient", "whole=minwu").await.unwrap(), ["b"]);
    put(&other, of_two_families("two", "Min")).await.unwrap();
    assert_eq!(find(&one, "Patient", "whole=minwu").await.unwrap_err().issues()[0].code, "not-supported", "at once");
    put(&one, wu("c")).await.unwrap();
    assert_eq!(find(&other, "Patient", "whole=minwu").await.unwrap_err().issues()[0].code, "not-supported");
}
