//! What value sets are composed of.

use super::*;

fn check(compose: &Value, codes: &[&str]) {
    assert_eq!(expanded(&with(&[animals()]), compose, "").unwrap(), codes, "{compose}");
    // What is in the expansion is a member, and nothing else is.
    let terms = with(&[animals()]);
    let set = json!({"resourceType": "ValueSet", "status": "active", "compose": compose});
    for code in ["animal", "mammal", "cat", "whale", "bird", "swimmer", "stone"] {
        let values = [("valueSet".to_owned(), set.clone())];
        let params = params(&format!("system=http://x/animals&code={code}"));
        let valid = terms.validate_in_set(&asked(&params, &values)).unwrap();
        assert_eq!(answer(&valid, "result"), &json!(codes.contains(&code)), "{code} in {compose}");
    }
}

fn filter(property: &str, op: &str, value: &str) -> Value {
    json!({"include": [{"system": "http://x/animals", "filter": [{"property": property, "op": op, "value": value}]}]})
}

#[test]
fn each_filter_takes_what_it_says() {
    check(&filter("concept", "is-a", "mammal"), &["mammal", "cat", "whale"]);
    check(&filter("concept", "descendent-of", "mammal"), &["cat", "whale"]);
    check(&filter("concept", "is-a", "swimmer"), &["whale", "swimmer"]);
    check(&filter("concept", "is-not-a", "mammal"), &["animal", "bird", "swimmer"]);
    check(&filter("concept", "generalizes", "whale"), &["animal", "mammal", "whale", "swimmer"]);
    check(&filter("concept", "in", "cat, bird"), &["cat", "bird"]);
    check(&filter("code", "not-in", "cat,bird,animal"), &["mammal", "whale", "swimmer"]);
    check(&filter("legs", "=", "4"), &["cat"]);
    check(&filter("legs", "exists", "true"), &["cat", "whale", "bird"]);
    check(&filter("legs", "exists", "false"), &["animal", "mammal", "swimmer"]);
    check(&filter("legs", "in", "2,4"), &["cat", "bird"]);
    check(&filter("code", "regex", ".*m.*"), &["animal", "mammal", "swimmer"]);
    check(&filter("code", "regex", "m"), &[]);
    check(&filter("parent", "=", "swimmer"), &["whale"]);
    check(&filter("child", "exists", "true"), &["animal", "mammal", "swimmer"]);
    check(&filter("display", "=", "鸟"), &["bird"]);
}

#[test]
fn filters_of_one_part_must_all_hold() {
    let two = json!({"include": [{"system": "http://x/animals", "filter": [
        {"property": "concept", "op": "is-a", "value": "mammal"}, {"property": "legs", "op": "=", "value": "0"},
    ]}]});
    check(&two, &["whale"]);
}

#[test]
fn parts_are_joined_and_what_is_excluded_is_not_there() {
    let both = json!({
        "include": [
            {"system": "http://x/animals", "concept": [{"code": "bird", "display": "飞鸟"}, {"code": "stone"}]},
            {"system": "http://x/animals", "filter": [{"property": "concept", "op": "is-a", "value": "mammal"}]},
            {"system": "http://x/animals", "concept": [{"code": "bird"}]},
        ],
        "exclude": [{"system": "http://x/animals", "concept": [{"code": "cat"}]}],
    });
    check(&both, &["bird", "mammal", "whale"]);
    check(
        &json!({"inactive": false, "include": [{"system": "http://x/animals", "concept": [{"code": "bird"}, {"code": "cat"}]}]}),
        &["cat"],
    );
}

#[test]
fn value_sets_are_made_of_value_sets() {
    let mammals = json!({"resourceType": "ValueSet", "url": "http://x/mammals", "version": "2", "status": "active",
        "compose": filter("concept", "is-a", "mammal")});
    let terms = with(&[animals(), mammals]);
    let all = |compose: &Value| expanded(&terms, compose, "").unwrap();
    assert_eq!(
        all(&json!({"include": [{"valueSet": ["http://x/mammals|2", "http://x/animals?fhir_vs=isa/swimmer"]}]})),
        ["whale"]
    );
    assert_eq!(
        all(
            &json!({"include": [{"system": "http://x/animals", "valueSet": ["http://x/mammals"], "filter": [{"property": "legs", "op": "exists", "value": "true"}]}]})
        ),
        ["cat", "whale"]
    );
    assert_eq!(
        all(
            &json!({"include": [{"valueSet": ["http://x/all-animals"]}], "exclude": [{"valueSet": ["http://x/mammals"]}]})
        ),
        ["animal", "bird", "swimmer"]
    );
    assert!(expanded(&terms, &json!({"include": [{"valueSet": ["http://x/mammals|3"]}]}), "").is_err());
}

#[test]
fn an_expansion_stands_where_nothing_is_composed() {
    let given = |total: u32| {
        json!({"resourceType": "ValueSet", "url": "http://x/given", "status": "active", "expansion": {"total": total, "contains": [
            {"abstract": true, "display": "group", "contains": [{"system": "http://x/animals", "code": "cat", "display": "Kater"}]},
            {"system": "http://other", "code": "x"},
        ]}})
    };
    let valid = |terms: &Terms, query: &str| terms.validate_in_set(&asked(&params(query), &[]));
    let terms = with(&[animals(), given(3)]);
    let found = valid(&terms, "url=http://x/given&system=http://x/animals&code=cat&display=Kater").unwrap();
    assert_eq!((answer(&found, "result"), answer(&found, "display")), (&json!(true), &json!("Kater")));
    assert_eq!(
        answer(&valid(&terms, "url=http://x/given&system=http://x/animals&code=bird").unwrap(), "result"),
        &json!(false)
    );
    assert_eq!(codes(&terms.expand(&asked(&params("url=http://x/given"), &[])).unwrap()), ["cat", "x"]);
    // Where only a part of it is there, no is no answer.
    let terms = with(&[animals(), given(100)]);
    assert!(valid(&terms, "url=http://x/given&system=http://x/animals&code=bird").is_err());
    assert!(terms.expand(&asked(&params("url=http://x/given"), &[])).is_err());
}

#[test]
fn a_part_of_a_system_says_neither_yes_nor_no() {
    let mut part = animals();
    part["content"] = json!("fragment");
    let terms = with(&[part]);
    let ask = |query: &str| terms.validate_in_system(&asked(&params(query), &[]));
    assert_eq!(answer(&ask("url=http://x/animals&code=cat").unwrap(), "result"), &json!(true));
    assert!(ask("url=http://x/animals&code=dog").unwrap_err().says.english.contains("only a part"));
}
