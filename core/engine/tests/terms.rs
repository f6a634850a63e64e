//! What a posted code system or value set changes: operations, searches, other openings of the store, transactions that fail.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)] // a fault of the set-up may stop a test

mod searching;

use std::time::Instant;

use meridian_access::Caller;
use meridian_engine::operations::{Call, Level, complete, table};
use meridian_engine::{Class, Engine, EngineError, Options, delete, run_bundle};
use meridian_store::{Store, StoreOptions};
use searching::{World, operator};
use serde_json::{Value, json};

async fn call(engine: &Engine, on: &str, name: &str, params: &[(&str, &str)]) -> Result<Value, EngineError> {
    let all = table();
    let operation = all.iter().find(|o| o.on == on && o.name == name && o.level == Level::Type).unwrap();
    let params = params.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    let call = Call { kind: on.to_owned(), params, ..Call::default() };
    complete(&call, operation)?;
    operation.act.run(engine, &operator(), call).await
}

fn system(id: &str, codes: usize) -> Value {
    let concepts: Vec<Value> = (0..codes).map(|nth| json!({"code": format!("c{nth}")})).collect();
    json!({"resourceType": "CodeSystem", "id": id, "url": format!("http://x/{id}"), "status": "active",
        "content": "complete", "concept": concepts})
}

async fn total(engine: &Engine, url: &str) -> Result<u64, Class> {
    let answer = call(engine, "ValueSet", "expand", &[("url", url), ("count", "0")]).await;
    answer.map(|value| value["expansion"]["total"].as_u64().unwrap()).map_err(|error| error.class())
}

#[tokio::test]
async fn what_is_posted_is_in_force_until_it_is_deleted() {
    let world = World::new();
    let engine = &world.engine;
    assert_eq!(total(engine, "http://x/a?fhir_vs").await, Err(Class::NotFound));
    world.put(system("a", 3)).await;
    assert_eq!(total(engine, "http://x/a?fhir_vs").await, Ok(3));
    world.put(system("a", 4)).await;
    assert_eq!(total(engine, "http://x/a?fhir_vs").await, Ok(4));
    // Another resource under the same url: the later one.
    let mut other = system("b", 1);
    other["url"] = json!("http://x/a");
    world.put(other).await;
    assert_eq!(total(engine, "http://x/a?fhir_vs").await, Ok(1));
    delete(engine, &operator(), "CodeSystem", "b", None).await.unwrap();
    assert_eq!(total(engine, "http://x/a?fhir_vs").await, Ok(4));
    delete(engine, &operator(), "CodeSystem", "a", None).await.unwrap();
    assert_eq!(total(engine, "http://x/a?fhir_vs").await, Err(Class::NotFound));
}

#[tokio::test]
async fn a_transaction_that_fails_leaves_the_terms_as_they_were() {
    let world = World::new();
    world.put(system("a", 2)).await;
    let entry = |resource: Value, url: &str| json!({"resource": resource, "request": {"method": "PUT", "url": url}});
    let bundle = |last: Value| {
        json!({"resourceType": "Bundle", "type": "transaction", "entry": [
            entry(system("a", 7), "CodeSystem/a"), last,
        ]})
    };
    // The second entry knows another version: nothing of the whole is written.
    for id in ["one", "two"] {
        world
            .put(json!({"resourceType": "Basic", "id": id, "code": {"coding": [{"system": "http://x/a", "code": "c6"}]}}))
            .await;
    }
    let mut stale = entry(json!({"resourceType": "Basic", "id": "one", "code": {"text": "x"}}), "Basic/one");
    stale["request"]["ifMatch"] = json!("W/\"99\"");
    let failed = run_bundle(&world.engine, &operator(), bundle(stale), Options::default()).await;
    assert!(failed.is_err());
    assert_eq!(total(&world.engine, "http://x/a?fhir_vs").await, Ok(2));
    assert_eq!(world.ids("Basic", "code:in=http://x/a?fhir_vs").await, [""; 0]);
    let fine = entry(json!({"resourceType": "Basic", "id": "three", "code": {"text": "x"}}), "Basic/three");
    run_bundle(&world.engine, &operator(), bundle(fine), Options::default()).await.unwrap();
    assert_eq!(world.ids("Basic", "code:in=http://x/a?fhir_vs").await, ["one", "two"]);
}

#[tokio::test]
async fn another_opening_of_the_store_hears_of_it() {
    let dir = tempfile::tempdir().unwrap();
    // A folder has one process.
    let Some(home) = meridian_testkit::postgres::schema_for(dir.path()) else { return };
    let open = || {
        let home = meridian_store::Home::Postgres(home.clone());
        Engine::new(Store::open(home, &StoreOptions::default()).unwrap(), Vec::new())
    };
    let (one, other) = (open(), open());
    assert_eq!(total(&other, "http://x/a?fhir_vs").await, Err(Class::NotFound));
    let resource = system("a", 3);
    meridian_engine::update(&one, &operator(), "CodeSystem", "a", resource, None).await.unwrap();
    assert_eq!(total(&other, "http://x/a?fhir_vs").await, Ok(3));
}

#[tokio::test]
async fn thousands_of_codes_are_one_value_of_the_statement() {
    let world = World::new();
    world.put(system("many", 40_000)).await;
    world.put(system("most", 60_000)).await;
    for (id, code) in [("first", "c0"), ("last", "c39999"), ("none", "c40000")] {
        let coding = json!({"system": "http://x/many", "code": code});
        world.put(json!({"resourceType": "Basic", "id": id, "code": {"coding": [coding]}})).await;
    }
    let start = Instant::now();
    assert_eq!(world.ids("Basic", "code:in=http://x/many?fhir_vs").await, ["first", "last"]);
    assert_eq!(world.ids("Basic", "code:not-in=http://x/many?fhir_vs").await, ["none"]);
    assert_eq!(world.ids("Basic", "code:in=http://x/many?fhir_vs&_id=last,none").await, ["last"]);
    println!("three searches over 40,000 codes: {:?}", start.elapsed());
    let says = world.refused("Basic", "code:in=http://x/most?fhir_vs").await;
    assert!(says.contains("60000 codes") && says.contains("too-costly"), "{says}");
    // One search has one allowance; what is named twice is meant once.
    world.put(system("some", 10_001)).await;
    let twice = "code:in=http://x/many?fhir_vs,http://x/many?fhir_vs";
    assert_eq!(world.ids("Basic", twice).await, ["first", "last"]);
    for together in [
        "code:in=http://x/many?fhir_vs,http://x/some?fhir_vs",
        "code:in=http://x/many?fhir_vs&code:in=http://x/some?fhir_vs",
    ] {
        let says = world.refused("Basic", together).await;
        assert!(says.contains("more than 50000 codes"), "{says}");
    }
}

#[tokio::test]
async fn a_closure_is_the_clients_own_and_loses_nothing_of_what_comes_at_once() {
    let world = World::new();
    world.put(chain(40)).await;
    let engine = &world.engine;
    let closure = table().into_iter().find(|operation| operation.name == "closure").unwrap();
    let ask = async |actor: &str, codes: std::ops::Range<usize>, version: Option<&str>| {
        let mut params = vec![("name".to_owned(), "t".to_owned())];
        params.extend(version.map(|version| ("version".to_owned(), version.to_owned())));
        let coding =
            |nth: usize| ("concept".to_owned(), json!({"system": "http://x/chain", "code": format!("c{nth}")}));
        let call = Call { params, values: codes.map(coding).collect(), ..Call::default() };
        let caller = Caller { actor: actor.to_owned(), ..operator() };
        closure.act.run(engine, &caller, call).await
    };
    ask("one", 0..0, None).await.unwrap();
    assert_eq!(ask("other", 0..1, None).await.unwrap_err().class(), Class::NotFound, "it is the one's");
    // Two write at once: both are in the table, and each pair was told.
    let (first, second) = tokio::join!(ask("one", 0..20, None), ask("one", 20..40, None));
    let told = |answer: &Value| -> usize {
        let elements = answer["group"][0]["element"].as_array().unwrap();
        elements.iter().map(|element| element["target"].as_array().unwrap().len()).sum()
    };
    let all = told(&first.unwrap()) + told(&second.unwrap());
    assert_eq!(all, 40 * 39 / 2);
    assert_eq!(told(&ask("one", 0..0, Some("0")).await.unwrap()), all);
}

/// Each code below the one before.
fn chain(codes: usize) -> Value {
    let parent = |nth: usize| json!([{"code": "parent", "valueCode": format!("c{}", nth - 1)}]);
    let concept = |nth: usize| match nth {
        0 => json!({"code": "c0"}),
        nth => json!({"code": format!("c{nth}"), "property": parent(nth)}),
    };
    let concepts: Vec<Value> = (0..codes).map(concept).collect();
    json!({"resourceType": "CodeSystem", "id": "chain", "url": "http://x/chain", "status": "active", "content": "complete",
        "hierarchyMeaning": "is-a", "concept": concepts,
        "property": [{"code": "parent", "uri": "http://hl7.org/fhir/concept-properties#parent", "type": "code"}]})
}

#[tokio::test]
async fn an_address_means_what_stands_there() {
    let world = World::new();
    let set = |id: &str, version: Option<&str>, code: &str| {
        let mut set = json!({"resourceType": "ValueSet", "id": id, "url": "http://x/u", "status": "active",
            "compose": {"include": [{"system": "http://x/s", "concept": [{"code": code}]}]}});
        version.into_iter().for_each(|version| set["version"] = json!(version));
        set
    };
    world.put(set("a", None, "1")).await;
    world.put(set("b", Some("2"), "2")).await;
    world.put(set("c", Some("2"), "3")).await;
    let all = table();
    let expand = all.iter().find(|o| o.on == "ValueSet" && o.name == "expand" && o.level == Level::Instance).unwrap();
    for (id, code) in [("a", "1"), ("b", "2"), ("c", "3")] {
        let call = Call { kind: "ValueSet".to_owned(), id: Some(id.to_owned()), ..Call::default() };
        let answer = expand.act.run(&world.engine, &operator(), call).await.unwrap();
        assert_eq!(answer["expansion"]["contains"][0]["code"], code, "{id}");
    }
    // A search goes by what is in force, and says so where that is another one.
    let coding = json!({"system": "http://x/s", "code": "3"});
    world.put(json!({"resourceType": "Basic", "id": "x", "code": {"coding": [coding]}})).await;
    assert_eq!(world.ids("Basic", "code:in=ValueSet/c").await, ["x"]);
    for other in ["ValueSet/a", "ValueSet/b"] {
        let says = world.refused("Basic", &format!("code:in={other}")).await;
        assert!(says.contains("is not in force"), "{says}");
    }
}

#[tokio::test]
async fn an_active_one_that_cannot_be_understood_is_refused() {
    let world = World::new();
    let mut round = system("r", 1);
    round["concept"] = json!([{"code": "a"}, {"code": "a"}]);
    let put = async |resource: Value| {
        meridian_engine::update(&world.engine, &operator(), "CodeSystem", "r", resource, None).await.map(drop)
    };
    let refused = put(round.clone()).await.unwrap_err();
    assert_eq!(refused.class(), Class::Unprocessable);
    assert!(refused.issues()[0].diagnostics.contains("`a` twice"), "{:?}", refused.issues());
    round["status"] = json!("draft");
    put(round).await.unwrap();
    assert_eq!(total(&world.engine, "http://x/r?fhir_vs").await, Err(Class::NotFound));
}

#[tokio::test]
async fn filters_ask_for_meaning() {
    let world = World::new();
    for (id, code) in [("e11", "E11"), ("e11-9", "E11.9"), ("i10", "I10")] {
        let coding = json!({"coding": [{"system": "http://hl7.org/fhir/sid/icd-10", "code": code}]});
        world.put(json!({"resourceType": "Basic", "id": id, "code": coding})).await;
    }
    let find = async |filter: &str| world.ids("Basic", &format!("_filter=code {filter}")).await;
    let set = "\"http://hl7.org/fhir/sid/icd-10?fhir_vs=isa/E11\"";
    assert_eq!(find(&format!("in {set}")).await, ["e11", "e11-9"]);
    assert_eq!(find(&format!("ni {set}")).await, ["i10"]);
    assert_eq!(find("ss http://hl7.org/fhir/sid/icd-10|E11").await, ["e11", "e11-9"]);
    assert_eq!(find("sb http://hl7.org/fhir/sid/icd-10|E11.9").await, ["e11", "e11-9"]);
    assert_eq!(find("sb http://hl7.org/fhir/sid/icd-10|E11").await, ["e11"]);
    let says = world.refused("Basic", "_filter=code in http://x/nope").await;
    assert!(says.contains("http://x/nope is not here"), "{says}");
    let says = world.refused("Basic", "code:below=http://hl7.org/fhir/sid/icd-10|E99").await;
    assert!(says.contains("code: the code `E99`") && says.contains("only a part of it is here"), "{says}");
}

#[tokio::test]
async fn what_is_wrong_with_a_question_is_named() {
    let world = World::new();
    let ask = async |on: &'static str, name: &'static str, params: &[(&str, &str)]| {
        let issue = call(&world.engine, on, name, params).await.unwrap_err().issues().remove(0);
        (issue.expression.join(" "), issue.diagnostics)
    };
    let icd = "http://hl7.org/fhir/sid/icd-10";
    for (on, name, params, at) in [
        ("ValueSet", "expand", vec![("flter", "x"), ("url", "http://x/a")], "flter"),
        ("ValueSet", "expand", vec![], "url"),
        ("ValueSet", "expand", vec![("url", "http://x/nope")], "url"),
        (
            "ValueSet",
            "expand",
            vec![("url", "http://hl7.org/fhir/ValueSet/administrative-gender"), ("count", "x")],
            "count",
        ),
        ("CodeSystem", "lookup", vec![("code", "x")], "system"),
        ("CodeSystem", "lookup", vec![("system", icd), ("code", "Z99.9")], "code"),
        ("ConceptMap", "translate", vec![("code", "7")], "system"),
    ] {
        assert_eq!(ask(on, name, &params).await.0, at, "{name} {params:?}");
    }
    let (_, says) = ask("CodeSystem", "lookup", &[("system", icd), ("code", "Z99.9")]).await;
    assert!(says.contains("only a part of it is here") && says.contains("meridian terms import"), "{says}");
    let (_, says) = ask("CodeSystem", "subsumes", &[("system", icd), ("codeA", "Z99.9"), ("codeB", "E11")]).await;
    assert!(says.contains("only a part of it is here"), "{says}");
}
