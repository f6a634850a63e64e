//! The pages of a search, what they bring along, and what bad input comes to.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)] // a fault of the set-up may stop a test

mod searching;

use meridian_engine::{Class, create};
use searching::{World, operator};
use serde_json::{Value, json};

fn link(bundle: &Value, relation: &str) -> Option<String> {
    let links = bundle["link"].as_array().unwrap();
    let found = links.iter().find(|link| link["relation"] == relation)?;
    let url = found["url"].as_str().unwrap();
    Some(url.split_once('?').map_or(String::new(), |(_, query)| query.to_owned()))
}

fn shown(bundle: &Value, mode: &str) -> Vec<String> {
    let entries = bundle["entry"].as_array().cloned().unwrap_or_default();
    let of_mode = entries.iter().filter(|entry| entry["search"]["mode"] == mode);
    of_mode.map(|entry| entry["resource"]["id"].as_str().unwrap_or_default().to_owned()).collect()
}

async fn basics(world: &World, count: usize) {
    for nth in 0..count {
        world
            .put(json!({"resourceType": "Basic", "id": format!("b{nth:02}"), "code": {"coding": [{"code": format!("c{}", nth % 3)}]},
                "created": format!("2024-01-{:02}", 1 + nth % 5)}))
            .await;
    }
}

#[tokio::test]
async fn pages_go_forward_and_back() {
    let world = World::new();
    basics(&world, 17).await;
    for sort in ["_id", "-_id", "created,-code", "-created,code,_id", "-_lastUpdated", "code,-_lastUpdated"] {
        let all = world.order("Basic", &format!("_sort={sort}&_count=100")).await;
        assert_eq!(all.len(), 17, "{sort}");
        let (mut pages, mut query) = (Vec::new(), format!("_sort={sort}&_count=5"));
        loop {
            let page = world.bundle("Basic", &query).await;
            pages.push(shown(&page, "match"));
            assert_eq!(link(&page, "first").is_some(), pages.len() > 1);
            match link(&page, "next") {
                Some(next) => query = next,
                None => break,
            }
        }
        assert_eq!(pages.concat(), all, "{sort}");
        let mut back = vec![pages.last().unwrap().clone()];
        while let Some(previous) = link(&world.bundle("Basic", &query).await, "previous") {
            let page = world.bundle("Basic", &previous).await;
            back.insert(0, shown(&page, "match"));
            query = previous;
            assert!(back.len() <= 4, "{sort}");
        }
        assert_eq!(back.concat(), all, "{sort}");
    }
}

#[tokio::test]
async fn a_cursor_belongs_to_its_order() {
    let world = World::new();
    basics(&world, 4).await;
    let next = link(&world.bundle("Basic", "_sort=created&_count=2").await, "next").unwrap();
    let cursor = next.split("_cursor=").nth(1).unwrap();
    assert!(world.refused("Basic", &format!("_sort=_id&_count=2&_cursor={cursor}")).await.contains("_cursor"));
    assert!(world.refused("Basic", "_cursor=nonsense").await.contains("_cursor"));
    assert_eq!(world.order("Basic", &format!("_sort=created&_count=9&_cursor={cursor}")).await.len(), 2);
}

#[tokio::test]
async fn totals_are_told_as_they_are_asked_for() {
    let world = World::new();
    basics(&world, 6).await;
    let total = async |query: &str| world.bundle("Basic", query).await["total"].clone();
    assert_eq!(total("_count=2").await, json!(6));
    assert_eq!(total("_count=2&_total=none").await, Value::Null);
    assert_eq!(total("_count=2&_total=accurate").await, json!(6));
    assert_eq!(total("_count=0").await, json!(6));
    assert_eq!(total("_summary=count&code=c1").await, json!(2));
    assert!(shown(&world.bundle("Basic", "_count=0").await, "match").is_empty());
    let page = world.bundle("Basic", "code=c0&_count=1").await;
    assert_eq!(link(&page, "self").unwrap(), "code=c0&_count=1");
}

async fn circle(world: &World) {
    for (id, of) in [("a", "b"), ("b", "c"), ("c", "a")] {
        world
            .put(json!({"resourceType": "Organization", "id": id, "name": id, "partOf": {"reference": format!("Organization/{of}")}}))
            .await;
    }
    world
        .put(json!({"resourceType": "Patient", "id": "p", "managingOrganization": {"reference": "Organization/a"},
            "generalPractitioner": [{"reference": "Practitioner/d"}]}))
        .await;
    world.put(json!({"resourceType": "Practitioner", "id": "d", "name": [{"family": "D"}]})).await;
    world
        .put(json!({"resourceType": "Observation", "id": "o", "status": "final", "code": {"text": "x"},
            "subject": {"reference": "Patient/p"}, "performer": [{"reference": "Practitioner/d"}]}))
        .await;
}

#[tokio::test]
async fn includes_go_as_far_as_they_are_told() {
    let world = World::new();
    circle(&world).await;
    let brought = async |kind: &str, query: &str| {
        let mut ids = shown(&world.bundle(kind, query).await, "include");
        ids.sort_unstable();
        ids
    };
    assert_eq!(brought("Patient", "_include=Patient:organization").await, ["a"]);
    assert_eq!(brought("Patient", "_include=Patient:organization&_include=Organization:partof").await, ["a"]);
    let all = "_include=Patient:organization&_include:iterate=Organization:partof";
    assert_eq!(brought("Patient", all).await, ["a", "b", "c"]);
    assert_eq!(brought("Patient", "_include=*").await, ["a", "d"]);
    assert_eq!(brought("Patient", "_include=Patient:*").await, ["a", "d"]);
    assert_eq!(brought("Patient", "_include=Patient:*:Practitioner").await, ["d"]);
    assert_eq!(brought("Observation", "_include=Observation:performer:Practitioner").await, ["d"]);
    assert_eq!(brought("Observation", "_include=*&_include:iterate=*").await, ["a", "b", "c", "d", "p"]);
    assert_eq!(brought("Patient", "_revinclude=Observation:patient").await, ["o"]);
    assert_eq!(brought("Patient", "_revinclude=Observation:*").await, ["o"]);
    assert_eq!(brought("Practitioner", "_revinclude=*").await, ["o", "p"]);
    assert_eq!(brought("Organization", "_id=a&_revinclude:iterate=Organization:partof").await, ["b", "c"]);
    assert_eq!(
        brought("Organization", "_id=a&_revinclude=Patient:organization&_revinclude:iterate=Observation:subject").await,
        ["o", "p"]
    );
    for wrong in [
        "_include=x",
        "_include=Patient:name",
        "_include=Dog:x",
        "_include=Patient:organization:Device",
        "_revinclude=a:b:c:d",
        "_include:x=*",
    ] {
        assert!(world.refused("Patient", wrong).await.contains("include"), "{wrong}");
    }
}

#[tokio::test]
async fn canonicals_are_followed_both_ways() {
    let world = World::new();
    let url = "http://x.org/q";
    world
        .put(json!({"resourceType": "Questionnaire", "id": "q1", "status": "draft", "url": url, "version": "1"}))
        .await;
    world
        .put(json!({"resourceType": "Questionnaire", "id": "q2", "status": "draft", "url": url, "version": "2"}))
        .await;
    for (id, link) in [("all", url.to_owned()), ("two", format!("{url}|2"))] {
        world
            .put(json!({"resourceType": "QuestionnaireResponse", "id": id, "status": "completed", "questionnaire": link}))
            .await;
    }
    let brought = async |kind: &str, query: &str| {
        let mut ids = shown(&world.bundle(kind, query).await, "include");
        ids.sort_unstable();
        ids
    };
    let include = "_include=QuestionnaireResponse:questionnaire";
    assert_eq!(brought("QuestionnaireResponse", &format!("_id=two&{include}")).await, ["q2"]);
    assert_eq!(brought("QuestionnaireResponse", &format!("_id=all&{include}")).await, ["q1", "q2"]);
    assert_eq!(
        brought("Questionnaire", "_id=q2&_revinclude=QuestionnaireResponse:questionnaire").await,
        ["all", "two"]
    );
    assert_eq!(world.ids("QuestionnaireResponse", &format!("questionnaire={url}")).await, ["all", "two"]);
    assert_eq!(world.ids("QuestionnaireResponse", &format!("questionnaire={url}|2")).await, ["two"]);
}

#[tokio::test]
async fn a_cut_is_told() {
    let world = World::new();
    world.put(json!({"resourceType": "Organization", "id": "hub", "name": "hub"})).await;
    let entry = |nth: usize| {
        json!({"resource": {"resourceType": "Organization", "name": format!("n{nth}"), "partOf": {"reference": "Organization/hub"}},
            "request": {"method": "POST", "url": "Organization"}})
    };
    let entries: Vec<Value> = (0..1005).map(entry).collect();
    let bundle = json!({"resourceType": "Bundle", "type": "transaction", "entry": entries});
    meridian_engine::run_bundle(&world.engine, &operator(), bundle, Default::default()).await.unwrap();
    let found = world.bundle("Organization", "_id=hub&_revinclude=Organization:partof").await;
    assert_eq!(shown(&found, "include").len(), 1000);
    let entries = found["entry"].as_array().unwrap();
    let last = entries.last().unwrap();
    assert_eq!(
        (&last["search"]["mode"], &last["resource"]["resourceType"]),
        (&json!("outcome"), &json!("OperationOutcome"))
    );
    assert_eq!(found["total"], json!(1));
}

#[tokio::test]
async fn bad_input_is_refused_by_name() {
    let world = World::new();
    basics(&world, 1).await;
    let chain = format!("{}name=x", "partof.".repeat(100));
    let has = format!("{}name=x", "_has:Organization:partof:".repeat(100));
    let wide = format!("{}_id=x", "target.".repeat(5));
    let many: String = (0..600).map(|nth| format!("c{nth},")).collect();
    let deep = format!("_filter={}name eq x{}", "(".repeat(900), ")".repeat(900));
    for (kind, query, says) in [
        ("Patient", "nonsense=1", "nonsense"),
        (
            "Patient",
            "birthdate:exact=1970",
            "`:exact` belongs to string parameters, and `birthdate` is a date parameter",
        ),
        ("Patient", "name:not=x", "`:not` belongs to token parameters"),
        ("Patient", "gender:in=http://vs", "the value set http://vs is not here"),
        ("Patient", "gender:not-in=http://vs", "the value set http://vs is not here"),
        ("Patient", "gender:in=http://hl7.org/fhir/ValueSet/ucum-units", "have no end"),
        ("Patient", "gender:below=x", "system|code"),
        ("Patient", "gender:above=http://nowhere|x", "http://nowhere is not here"),
        ("Patient", "name:in=x", "`:in` belongs to token parameters"),
        ("Patient", "organization:above=x", "not supported"),
        ("Patient", "name:sounds=x", "`:sounds`"),
        ("Patient", "name:missing=maybe", "maybe"),
        ("Patient", "organization:Device=x", "Device"),
        ("Patient", "identifier:of-type=a|b", "of an identifier"),
        ("Patient", "gender:of-type=a|b|c", "of-type"),
        ("Patient", "name=", "empty"),
        ("Patient", "name=a,,b", "empty"),
        ("Patient", "name=%20", "nothing to look for"),
        ("Patient", "birthdate=yesterday", "yesterday"),
        ("Patient", "birthdate=2024-02-30", "2024-02-30"),
        ("Patient", "_id=a/b", "a/b"),
        ("Patient", "gender=a|b|c", "a|b|c"),
        ("Patient", "organization=%3F", "no reference"),
        ("Patient", "name.given=x", "only references"),
        ("Patient", "organization.nonsense=x", "nonsense"),
        ("Patient", "organization:Dog.name=x", "Dog"),
        ("Patient", "organization:Device.name=x", "never points"),
        ("Patient", "_has:Observation=x", "_has:Type:reference:parameter"),
        ("Patient", "_has:Dog:patient:code=x", "Dog"),
        ("Patient", "_has:Observation:code:code=x", "only references"),
        ("Patient", "_has:Observation:device:code=x", "never points"),
        ("Organization", chain.as_str(), "steps"),
        ("Organization", has.as_str(), "steps"),
        ("Provenance", wide.as_str(), ""),
        ("RiskAssessment", "probability=1e999999", "too large"),
        ("RiskAssessment", "probability=much", "no number"),
        ("Observation", "value-quantity=5|a", "number|system|code"),
        ("Observation", "value-quantity=1e400||mg", "too large"),
        ("Observation", "value-quantity=5|http://unitsofmeasure.org|", "no unit"),
        ("Observation", "code-value-quantity=a", "code$value-quantity"),
        ("Observation", "code-value-quantity=a$b$c", "code$value-quantity"),
        ("Observation", "code-value-quantity:missing=true", "composite"),
        ("Location", "near=1", "latitude"),
        ("Location", "near=95|1", "not on earth"),
        ("Location", "_sort=near", "near"),
        ("Patient", "_sort=nonsense", "nonsense"),
        ("Observation", "_sort=code-value-quantity", "order"),
        ("Patient", "_count=-1", "_count"),
        ("Patient", "_count=1&_count=2", "twice"),
        ("Patient", "_total=all", "_total"),
        ("Patient", "_summary=none", "_summary"),
        ("Patient", "_list=$current-problems", "_list"),
        ("Patient", "_query=x", "_query"),
        ("Patient", "_filter=name", "_filter"),
        ("Patient", "_filter=name xx y", "xx"),
        ("Patient", "_filter=gender sw m", "does not compare token"),
        ("Patient", "_filter=gender in http://vs", "the value set http://vs is not here"),
        ("Patient", "_filter=nonsense eq y", "nonsense"),
        ("Patient", deep.as_str(), "_filter"),
        ("Basic", &format!("code={many}x"), "more than 500 values"),
        ("Basic", &format!("created={}", "2020,".repeat(200)), "more than 100 values"),
        ("Basic", &"code=a&".repeat(2000), "parameters"),
        ("Basic", &format!("{}=1", "x".repeat(5000)), "too long"),
        ("Basic", &format!("code={}", "y".repeat(20_000)), "too long"),
        ("Basic", &"_include=Basic:subject&".repeat(40), "includes"),
    ] {
        let refused = world.refused(kind, query).await;
        assert!(refused.contains(says), "{query:.100}: {refused}");
        assert!(refused.len() < 4000, "{query:.100}");
    }
    // Long, and as good as any other.
    assert_eq!(world.ids("Basic", &format!("code={}", "y".repeat(5000))).await, [""; 0]);
    assert_eq!(world.ids("Patient", &format!("name={}", "y".repeat(5000))).await, [""; 0]);
    assert_eq!(world.ids("Patient", "gender=male&gender=female").await, [""; 0]);
    assert_eq!(world.find_as(&operator(), "Dog", "").await.unwrap_err().class(), Class::NotFound);
}

#[tokio::test]
async fn an_operator_is_told_how_a_search_is_run() {
    let world = World::new();
    circle(&world).await;
    let told = world.bundle("Observation", "subject:Patient.organization=a&_explain=true").await;
    assert_eq!(told["resourceType"], "Parameters");
    let parameters = told["parameter"].as_array().unwrap();
    let named = |name: &str| parameters.iter().filter(|p| p["name"] == name).count();
    assert_eq!((named("statement"), named("drives")), (1, 1));
    assert!(named("plan") > 0 && !told.to_string().contains("\"a\""));
}

#[tokio::test]
async fn a_condition_may_take_steps() {
    let world = World::new();
    circle(&world).await;
    let other = json!({"resourceType": "Patient", "name": [{"family": "New"}]});
    let met =
        create(&world.engine, &operator(), "Patient", other.clone(), Some("organization.name=a".into())).await.unwrap();
    assert_eq!((met.served.id.as_str(), met.happened.is_some()), ("p", false));
    let made = create(&world.engine, &operator(), "Patient", other, Some("organization.name=zz".into())).await.unwrap();
    assert!(made.happened.is_some());
}

#[tokio::test]
async fn who_is_named_by_a_chain_is_looked_at() {
    let world = World::new();
    circle(&world).await;
    let named = ["subject:Patient._id=p&code=none", "patient=p&code=none", "performer.name=zz&subject._id=p"];
    for query in named {
        assert!(world.ids("Observation", query).await.is_empty(), "{query}");
    }
    let looks = meridian_engine::operations::table();
    let operation = looks.iter().find(|operation| operation.name == "who-looked").unwrap();
    let call = meridian_engine::operations::Call { id: Some("p".into()), ..Default::default() };
    let seen = operation.act.run(&world.engine, &operator(), call).await.unwrap().to_string();
    for query in named {
        assert!(seen.contains(&query.replace('"', "")), "{query}: {seen}");
    }
}

#[tokio::test]
async fn wide_searches_find_are_refused_or_take_too_long_and_never_break() {
    let world = World::new();
    circle(&world).await;
    let tests: String = (0..59).map(|nth| format!("name eq n{nth} or ")).collect();
    let nested = format!("{}name eq x{}", "not (".repeat(18), ")".repeat(18));
    let ids: String = (0..499).map(|nth| format!("Observation/x{nth},")).collect();
    let persons: String = (0..499).map(|nth| format!("x{nth},")).collect();
    let mut searches: Vec<(&str, String)> = [
        ("Provenance", "target.name=x"),
        ("Provenance", "target.patient.name=x"),
        ("Provenance", "target.subject.name=x"),
        ("Provenance", "target.encounter.subject.name=x"),
        ("Provenance", "target.target.target.target.target.target._id=x"),
        ("Observation", "focus.focus.focus.focus.focus.focus._id=x"),
        ("Observation", "has-member.has-member.has-member.has-member.has-member.has-member.code=x"),
        ("Observation", "subject.organization.partof.partof.partof.name=x"),
        ("Task", "focus.subject.identifier=x"),
        ("Patient", "_has:Observation:patient:_has:Observation:has-member:_has:Observation:has-member:_has:DiagnosticReport:result:code=x"),
        ("", "_has:Provenance:target:_id=x"),
        ("", "_content=x&_tag=a,b,c&_profile=d&_source:below=e&_security:not=f"),
        ("", "_filter=_id eq x or _tag eq y or not (_profile pr true)"),
        ("Observation", "_sort=code,value-quantity,-date,value-string,performer,patient,status,identifier"),
    ]
    .map(|(kind, query)| (kind, query.to_owned()))
    .to_vec();
    searches.push(("Patient", format!("_filter={tests}name eq x")));
    searches.push(("Patient", format!("_filter={nested}")));
    searches.push(("Provenance", format!("target={ids}Patient/p")));
    searches.push(("Provenance", format!("target={persons}p")));
    searches.push(("Provenance", format!("target.patient={persons}p")));
    searches.push(("Observation", format!("subject={persons}p")));
    searches.push(("Observation", "code:not=a&".repeat(49) + "status=final"));
    searches.push(("Patient", "_has:Observation:patient:code=a&".repeat(49) + "active=true"));
    for (kind, query) in searches {
        match world.find_as(&operator(), kind, &query).await {
            Ok(_) => {}
            Err(error) => {
                let class = error.class();
                assert!(matches!(class, Class::Invalid | Class::TooCostly), "{kind}?{query:.200}: {error:?}");
            }
        }
    }
}
