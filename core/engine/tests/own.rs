//! What the server has by itself: found as if it were stored, in one list with what is, and replaced by who posts his own.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)] // a fault of the set-up may stop a test

mod searching;

use meridian_conformance::embedded;
use meridian_engine::operations::{Call, Level, table};
use meridian_engine::{Class, Mode, Options, Reply, delete, read, run_bundle, vread};
use searching::{World, operator};
use serde_json::{Value, json};

/// A world whose searches find what is the server's own.
fn world() -> World {
    let world = World::new();
    let operation = json!({"resourceType": "OperationDefinition", "id": "do-it", "url": "http://x/do-it", "name": "DoIt",
        "status": "active", "kind": "operation", "code": "do-it", "system": true, "type": false, "instance": false});
    world.engine.find_own(vec![operation]);
    world
}

/// Nothing is known of how the store answers but by asking it: the same resources are put there, and asked the same.
#[tokio::test(flavor = "multi_thread")]
async fn own_resources_are_found_as_if_they_were_stored() {
    const OURS: &str = "url:below=https://meridian.example/";
    let (own, stored) = (world(), World::new());
    let ours = embedded::all().into_iter().filter(|one| one.url.starts_with("https://meridian.example/"));
    let mut count = 0;
    for one in ours {
        stored.put(one.resource().unwrap()).await;
        count += 1;
    }
    assert!(count > 90, "{count}");
    let mut met = 0;
    for (kind, query) in [
        ("CodeSystem", "name=gbt"),
        ("CodeSystem", "name:contains=code"),
        ("CodeSystem", "name:exact=AllergenCode"),
        ("CodeSystem", "title:contains=代码"),
        ("CodeSystem", "title:exact=食物与环境过敏原"),
        ("CodeSystem", "title:missing=true"),
        ("CodeSystem", "status=draft"),
        ("CodeSystem", "status:not=draft"),
        ("CodeSystem", "code=F,A"),
        ("CodeSystem", "code:missing=true"),
        ("CodeSystem", "content-mode=fragment"),
        ("CodeSystem", "identifier=urn:oid:2.16.156.10011.2.3.3.4"),
        ("CodeSystem", "identifier:missing=false"),
        ("CodeSystem", "language=zh-CN&status=active"),
        ("CodeSystem", "date=ge2026"),
        ("CodeSystem", "date=lt2026&status=active"),
        ("CodeSystem", "version=2003"),
        ("CodeSystem", "_id=allergen,department,nobody"),
        ("CodeSystem", "_content=过敏原"),
        ("CodeSystem", "_filter=status eq active and not (title co 代码)"),
        ("CodeSystem", "publisher:contains=MERIDIAN&description:missing=false"),
        ("ValueSet", "reference=http://hl7.org/fhir/sid/icd-10"),
        ("ValueSet", "code=male,1"),
        ("ValueSet", "url=https://meridian.example/fhir/ValueSet/cn-allergen,http://x"),
        ("ConceptMap", "source-code=1"),
        ("ConceptMap", "target-system=http://hl7.org/fhir/administrative-gender"),
        ("ConceptMap", "source:missing=true"),
        ("StructureDefinition", "derivation=constraint&type=Patient"),
        ("StructureDefinition", "type=Extension&abstract=false"),
        ("StructureDefinition", "base=http://hl7.org/fhir/StructureDefinition/Patient"),
        ("StructureDefinition", "base-path=Patient"),
        ("StructureDefinition", "kind=resource&status=draft,active"),
        ("StructureDefinition", "context-type=element"),
    ] {
        let query = format!("{query}&{OURS}&_count=1000");
        let found = stored.ids(kind, &query).await;
        assert_eq!(own.ids(kind, &query).await, found, "{kind}?{query}");
        met += usize::from(!found.is_empty());
        let total = own.find_as(&operator(), kind, &format!("{query}&_summary=count")).await.unwrap().total;
        assert_eq!(total, Some(found.len() as u64), "{kind}?{query}");
    }
    assert!(met > 25, "{met}");
    for sort in ["_id", "-_id", "name", "-title", "date,_id", "-status,_id", "version,-name"] {
        let query = format!("{OURS}&_count=1000&_sort={sort}");
        assert_eq!(own.order("CodeSystem", &query).await, stored.order("CodeSystem", &query).await, "{sort}");
    }
}

/// All pages of a search, as ids; each no longer than `count`.
async fn pages(world: &World, kind: &str, query: &str, count: usize) -> Vec<String> {
    let mut all = Vec::new();
    let mut cursor = String::new();
    loop {
        let answer = world.find_as(&operator(), kind, &format!("{query}&_count={count}{cursor}")).await.unwrap();
        assert!(answer.hits.len() <= count, "{}", answer.hits.len());
        all.extend(answer.hits.into_iter().map(|hit| hit.served.id));
        match answer.next {
            Some(next) => cursor = format!("&_cursor={next}"),
            None => return all,
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn stored_and_own_ones_come_in_one_list() {
    let world = world();
    for nth in 0..7 {
        let name = ["Aa", "Mm", "Zz"][nth % 3];
        world
            .put(json!({"resourceType": "ConceptMap", "id": format!("mine-{nth}"), "url": format!("http://x/{nth}"),
                "name": format!("{name}{nth}"), "status": "draft"}))
            .await;
    }
    let all = world.ids("ConceptMap", "_count=1000").await;
    let own = embedded::all().iter().filter(|one| one.kind == "ConceptMap").count();
    assert_eq!(all.len(), own + 7);
    for query in ["status:missing=false", "_sort=name", "_sort=-name", "_sort=status,_id", "_sort=-_id", "status=draft"]
    {
        let whole = pages(&world, "ConceptMap", query, 1000).await;
        for count in [1, 2, 3, 7, own, own + 6, own + 7] {
            assert_eq!(pages(&world, "ConceptMap", query, count).await, whole, "{query} {count}");
        }
    }
    let sorted = pages(&world, "ConceptMap", "_sort=name", 5).await;
    assert!(sorted.first().unwrap().starts_with("mine-") && sorted.last().unwrap().starts_with("mine-"));
    let answer = world.find_as(&operator(), "ConceptMap", "_count=3&_total=accurate").await.unwrap();
    assert_eq!(answer.total, Some(own as u64 + 7));
    let wrong = world.refused("ConceptMap", &format!("_sort=name&_cursor={}", answer.next.unwrap())).await;
    assert!(wrong.contains("cursor"), "{wrong}");
    // Several types together, a Bundle; what others point to is asked of stored ones alone, and says so.
    let both = world.ids("", "_type=ConceptMap,OperationDefinition&_count=1000").await;
    assert_eq!(both.len(), own + 8);
    let entries = json!([{"request": {"method": "GET", "url": "OperationDefinition?code=do-it"}},
        {"request": {"method": "GET", "url": "SearchParameter?code=gender&base=Person"}}]);
    let batch = json!({"resourceType": "Bundle", "type": "batch", "entry": entries});
    let replies = run_bundle(&world.engine, &operator(), batch, Options::default()).await.unwrap().replies;
    for (reply, id) in replies.iter().zip(["do-it", "individual-gender"]) {
        let Reply::Found(answer) = reply else { panic!("{reply:?}") };
        assert_eq!((answer.hits.len(), answer.hits[0].mode), (1, Mode::Match));
        assert_eq!(answer.hits[0].served.id, id);
    }
    let linked = world.find_as(&operator(), "ConceptMap", "_has:List:item:status=current").await.unwrap();
    assert_eq!((linked.hits.len(), linked.notes.len()), (0, 1));
    // All there is means the record.
    let every = world.find_as(&operator(), "", "_lastUpdated=gt2000-01-01&_count=1000").await.unwrap();
    assert_eq!((every.hits.len(), every.notes.len()), (7, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn who_posts_his_own_stands_in_its_place() {
    const GENDER: &str = "http://hl7.org/fhir/administrative-gender";
    let world = world();
    let by_url = format!("url={GENDER}");
    let served = read(&world.engine, &operator(), "CodeSystem", "administrative-gender").await.unwrap();
    let gender: Value = serde_json::from_slice(&served.body).unwrap();
    assert_eq!((&gender["url"], &gender["meta"]["versionId"]), (&GENDER.into(), &"1".into()));
    let version = vread(&world.engine, &operator(), "CodeSystem", "administrative-gender", "1").await.unwrap();
    assert_eq!(version.body, served.body);
    assert_eq!(world.ids("CodeSystem", &by_url).await, ["administrative-gender"]);
    // Under another id, of the same url and version.
    let mut mine = gender.clone();
    mine["id"] = "mine".into();
    world.put(mine.clone()).await;
    assert_eq!(world.ids("CodeSystem", &by_url).await, ["mine"]);
    // Of another version: both.
    mine["version"] = "9".into();
    world.put(mine).await;
    assert_eq!(world.ids("CodeSystem", &by_url).await, ["administrative-gender", "mine"]);
    // Under the same id.
    let mut other = gender;
    (other["title"], other["url"]) = ("其他".into(), "http://x/other".into());
    world.put(other).await;
    assert_eq!(world.ids("CodeSystem", &by_url).await, ["mine"]);
    assert_eq!(world.ids("CodeSystem", "_id=administrative-gender").await, ["administrative-gender"]);
    let found = read(&world.engine, &operator(), "CodeSystem", "administrative-gender").await.unwrap();
    assert!(String::from_utf8(found.body).unwrap().contains("其他"));
    delete(&world.engine, &operator(), "CodeSystem", "administrative-gender", None).await.unwrap();
    let found = read(&world.engine, &operator(), "CodeSystem", "administrative-gender").await.unwrap();
    assert_eq!(found.body, served.body);
    let profile = json!({"resourceType": "StructureDefinition", "id": "p", "name": "P", "status": "draft", "kind": "resource",
        "abstract": false, "type": "Patient", "url": "https://meridian.example/fhir/StructureDefinition/cn-patient",
        "baseDefinition": "http://hl7.org/fhir/StructureDefinition/Patient", "derivation": "constraint",
        "differential": {"element": [{"id": "Patient", "path": "Patient"}]}});
    world.put(profile).await;
    let of_patients = "url=https://meridian.example/fhir/StructureDefinition/cn-patient";
    assert_eq!(world.ids("StructureDefinition", of_patients).await, ["cn-patient", "p"], "versions differ");
    let nobody = read(&world.engine, &operator(), "CodeSystem", "nobody").await.unwrap_err();
    assert_eq!(nobody.class(), Class::NotFound);
}

#[tokio::test(flavor = "multi_thread")]
async fn operations_and_searches_take_own_ones_by_id() {
    let world = world();
    let all = table();
    let expand = all.iter().find(|o| (o.on, o.name, o.level) == ("ValueSet", "expand", Level::Instance)).unwrap();
    let id = Some("administrative-gender".to_owned());
    let call = Call { kind: "ValueSet".into(), id, ..Call::default() };
    let answer = expand.act.run(&world.engine, &operator(), call).await.unwrap();
    assert_eq!(answer["expansion"]["total"], 4);
    world.put(json!({"resourceType": "Patient", "id": "a", "gender": "female"})).await;
    assert_eq!(world.ids("Patient", "gender:in=ValueSet/administrative-gender").await, ["a"]);
    let missing = world.refused("Patient", "gender:in=ValueSet/nobody").await;
    assert!(missing.contains("ValueSet/nobody"), "{missing}");
}
