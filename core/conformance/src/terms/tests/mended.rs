//! What reviews found, and what is to stay so.

use std::time::{Duration, Instant};

use super::*;
use crate::terms::Kind;

fn compose(url: &str, version: &str, compose: &Value) -> Value {
    json!({"resourceType": "ValueSet", "url": url, "version": version, "status": "active", "compose": compose})
}

fn filtered(property: &str, op: &str, value: &str) -> Value {
    json!({"include": [{"system": "http://x/animals", "filter": [{"property": property, "op": op, "value": value}]}]})
}

fn result(terms: &Terms, query: &str) -> Result<Value, String> {
    let found = terms.validate_in_set(&asked(&params(query), &[])).map_err(|fault| fault.says.english)?;
    Ok(answer(&found, "result").clone())
}

/// A system whose codes lie one below the other.
fn chain(length: usize) -> Value {
    let concept = |nth: usize| match nth {
        0 => json!({"code": "c0"}),
        _ => json!({"code": format!("c{nth}"), "property": [{"code": "parent", "valueCode": format!("c{}", nth - 1)}]}),
    };
    let concepts: Vec<Value> = (0..length).map(concept).collect();
    json!({"resourceType": "CodeSystem", "url": "http://x/chain", "status": "active", "content": "complete",
        "property": [{"code": "parent", "uri": "http://hl7.org/fhir/concept-properties#parent", "type": "code"}],
        "concept": concepts})
}

#[test]
fn an_expansion_of_many_systems_is_read_at_once_or_refused() {
    let given = |many: usize| {
        let contains: Vec<Value> =
            (0..many).map(|nth| json!({"system": format!("http://x/{nth}"), "code": "a"})).collect();
        json!({"resourceType": "ValueSet", "url": "http://x/v", "status": "active", "expansion": {"contains": contains}})
    };
    let start = Instant::now();
    let fault = Terms::embedded().with(&[given(100_000)]).map(|_| ()).unwrap_err();
    assert_eq!(fault.kind, Kind::TooCostly, "{}", fault.says.english);
    let found = with(&[given(9_000)]).expand(&asked(&params("url=http://x/v"), &[])).unwrap();
    assert_eq!(codes(&found).len(), 9_000);
    assert!(start.elapsed() < Duration::from_secs(10), "{:?}", start.elapsed());
}

#[test]
fn two_versions_of_a_value_set_are_two() {
    let one =
        compose("http://x/v", "1", &json!({"include": [{"system": "http://x/animals", "concept": [{"code": "cat"}]}]}));
    let two = compose(
        "http://x/v",
        "2",
        &json!({"include": [{"valueSet": ["http://x/v|1"]},
        {"system": "http://x/animals", "concept": [{"code": "bird"}]}]}),
    );
    let terms = with(&[animals(), one, two]);
    let found = terms.expand(&asked(&params("url=http://x/v"), &[])).unwrap();
    assert_eq!(codes(&found), ["cat", "bird"]);
    assert_eq!(result(&terms, "url=http://x/v&system=http://x/animals&code=cat"), Ok(json!(true)));
}

#[test]
fn long_ways_up_are_walked_once() {
    let terms = with(&[chain(20_000)]);
    let start = Instant::now();
    let exclude = |filter: Value| json!({"include": [{"system": "http://x/chain"}], "exclude": [{"system": "http://x/chain", "filter": [filter]}]});
    let found = expanded(&terms, &exclude(json!({"property": "concept", "op": "descendent-of", "value": "c0"})), "");
    assert_eq!(found.unwrap(), ["c0"]);
    let found = expanded(&terms, &exclude(json!({"property": "concept", "op": "is-a", "value": "c3"})), "");
    assert_eq!(found.unwrap(), ["c0", "c1", "c2"]);
    let subsumes = params("system=http://x/chain&codeA=c0&codeB=c19999");
    assert_eq!(answer(&terms.subsumes_of(&asked(&subsumes, &[])).unwrap(), "outcome"), &json!("subsumes"));
    assert!(start.elapsed() < Duration::from_secs(10), "{:?}", start.elapsed());
    // What has to walk for each code pays for the way.
    let inside = json!({"include": [{"system": "http://x/chain", "valueSet": ["http://x/below"]}]});
    let below = compose(
        "http://x/below",
        "1",
        &json!({"include": [{"system": "http://x/chain", "filter":
        [{"property": "concept", "op": "is-a", "value": "c0"}]}]}),
    );
    let says = expanded(&terms.with(&[below]).unwrap(), &inside, "count=1").unwrap_err();
    assert!(says.contains("too many steps"), "{says}");
    assert!(start.elapsed() < Duration::from_secs(30), "{:?}", start.elapsed());
}

#[test]
fn a_tree_that_nobody_could_read_is_told_flat() {
    let depth = |length: usize| {
        let all = with(&[chain(length)]);
        let found = all.expand(&asked(&params("url=http://x/chain?fhir_vs&excludeNested=false"), &[])).unwrap();
        assert_eq!(codes(&found).len(), length);
        let mut depth = 0;
        let mut at = &found["expansion"];
        while at["contains"].is_array() {
            depth += 1;
            at = &at["contains"][0];
        }
        depth
    };
    assert_eq!((depth(30), depth(5_000)), (30, 1));
}

#[test]
fn what_is_active_is_meant_and_of_that_the_newest() {
    let of = |version: &str, status: &str, code: &str| {
        let mut set = compose(
            "http://x/v",
            version,
            &json!({"include": [{"system": "http://x/animals", "concept": [{"code": code}]}]}),
        );
        set["status"] = json!(status);
        set
    };
    let found = |all: &[Value], query: &str| {
        let terms = with(&[animals()]).with(all).unwrap();
        codes(&terms.expand(&asked(&params(query), &[])).unwrap())
    };
    // Whatever was written last.
    assert_eq!(found(&[of("2.0", "active", "cat"), of("1.0", "active", "bird")], "url=http://x/v"), ["cat"]);
    let all = [of("1", "active", "cat"), of("2", "draft", "bird"), of("3", "retired", "whale")];
    assert_eq!(found(&all, "url=http://x/v"), ["cat"]);
    assert_eq!(found(&all, "url=http://x/v|2"), ["bird"]);
    assert_eq!(found(&all[1..], "url=http://x/v"), ["bird"]);
    // A draft does not take the place of what is active.
    assert_eq!(found(&[of("1", "active", "cat"), of("1", "draft", "bird")], "url=http://x/v|1"), ["cat"]);
    assert_eq!(found(&[of("1", "draft", "bird"), of("1", "active", "cat")], "url=http://x/v|1"), ["cat"]);
    let gender = json!({"resourceType": "CodeSystem", "url": "http://hl7.org/fhir/administrative-gender",
        "version": "4.0.1", "status": "draft", "content": "complete", "concept": [{"code": "x"}]});
    let query = "url=http://hl7.org/fhir/ValueSet/administrative-gender&system=http://hl7.org/fhir/administrative-gender&code=male";
    assert_eq!(result(&with(&[gender]), query), Ok(json!(true)));
}

#[test]
fn what_a_value_set_contains_is_found_in_it() {
    let include = |what: Value| json!({"include": [what]});
    let inner = json!([
        {"resourceType": "ValueSet", "id": "in", "status": "active", "compose": include(json!({"valueSet": ["#deep"]}))},
        {"resourceType": "ValueSet", "id": "deep", "status": "active",
            "compose": include(json!({"system": "http://x/animals", "concept": [{"code": "cat"}]}))},
    ]);
    let mut outer = compose("http://x/outer", "1", &include(json!({"valueSet": ["#in"]})));
    outer["contained"] = inner.clone();
    // What it contains is not found by others.
    let mut other = compose("http://x/other", "1", &include(json!({"valueSet": ["http://x/stranger"]})));
    other["contained"] = inner;
    let stranger = compose("http://x/stranger", "1", &include(json!({"valueSet": ["#in"]})));
    let mut round = compose("http://x/round", "1", &include(json!({"valueSet": ["#in"]})));
    round["contained"] =
        json!([{"resourceType": "ValueSet", "id": "in", "compose": include(json!({"valueSet": ["#in"]}))}]);
    let terms = with(&[animals(), outer, other, stranger, round]);
    let expand =
        |url: &str| terms.expand(&asked(&params(&format!("url={url}")), &[])).map_err(|fault| fault.says.english);
    assert_eq!(codes(&expand("http://x/outer").unwrap()), ["cat"]);
    assert_eq!(result(&terms, "url=http://x/outer&system=http://x/animals&code=cat"), Ok(json!(true)));
    assert_eq!(result(&terms, "url=http://x/outer&system=http://x/animals&code=bird"), Ok(json!(false)));
    assert!(expand("http://x/other").unwrap_err().contains("#in"));
    assert!(expand("http://x/round").unwrap_err().contains("made of itself"));
}

#[test]
fn a_version_that_nobody_has_is_told() {
    let listed = json!({"include": [{"system": "http://x/animals", "concept": [{"code": "cat"}]}]});
    let terms = with(&[animals(), compose("http://x/v", "1", &listed)]);
    let ask = |query: &str| result(&terms, &format!("url=http://x/v&system=http://x/animals&code=cat{query}"));
    assert_eq!((ask(""), ask("&systemVersion=1.0")), (Ok(json!(true)), Ok(json!(true))));
    let says = ask("&systemVersion=9").unwrap_err();
    assert!(says.contains("the version 9") && says.contains("1.0"), "{says}");
    // Of a system that is not here at all what is listed may be right.
    let lost = compose(
        "http://x/w",
        "1",
        &json!({"include": [{"system": "http://lost", "version": "9", "concept": [{"code": "a"}]}]}),
    );
    assert_eq!(result(&with(&[lost]), "url=http://x/w&system=http://lost&code=a"), Ok(json!(true)));
}

#[test]
fn a_filter_on_what_the_system_has_not_is_refused_by_name() {
    let terms = with(&[animals()]);
    for (op, value) in [("=", "1"), ("in", "1,2"), ("not-in", "1"), ("exists", "false"), ("regex", ".*")] {
        let says = expanded(&terms, &filtered("nope", op, value), "").unwrap_err();
        assert!(says.contains("no property `nope`"), "{op}: {says}");
    }
    let set = compose("http://x/v", "1", &filtered("nope", "=", "1"));
    assert!(result(&terms.with(&[set]).unwrap(), "url=http://x/v&system=http://x/animals&code=cat").is_err());
    assert_eq!(expanded(&terms, &filtered("ancestor", "=", "mammal"), "").unwrap(), ["cat", "whale"]);
    assert_eq!(expanded(&terms, &filtered("inactive", "=", "true"), "").unwrap(), ["bird"]);
}

#[test]
fn expressions_are_matched_as_a_whole_and_paid_for() {
    let terms = with(&[animals()]);
    assert!(expanded(&terms, &filtered("code", "regex", "a)|(?:cat"), "").unwrap_err().contains("regular expression"));
    assert_eq!(expanded(&terms, &filtered("code", "regex", "ca|cat"), "").unwrap(), ["cat"]);
    let mut large = animals();
    let text: String =
        (0..1_000_000_u32).map(|n| if n.wrapping_mul(2_654_435_761) >> 31 == 0 { 'a' } else { 'b' }).collect();
    large["concept"][0]["concept"][1]["display"] = json!(text);
    let start = Instant::now();
    let says = expanded(&with(&[large]), &filtered("display", "regex", "(a|b)*a(a|b){1000}c"), "").unwrap_err();
    assert!(says.contains("too many steps"), "{says}");
    assert!(start.elapsed() < Duration::from_secs(10), "{:?}", start.elapsed());
}
