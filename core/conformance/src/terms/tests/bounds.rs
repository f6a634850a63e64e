//! Bad input is refused by name, within its budget.

use std::time::{Duration, Instant};

use super::*;
use crate::terms::Kind;

fn set(url: &str, imports: &[&str]) -> Value {
    json!({"resourceType": "ValueSet", "url": url, "status": "active", "compose": {"include": [{"valueSet": imports}]}})
}

#[test]
fn a_value_set_that_is_made_of_itself_is_refused_by_name() {
    let terms = with(&[
        animals(),
        set("http://x/a", &["http://x/b"]),
        set("http://x/b", &["http://x/c", "http://x/all-animals"]),
        set("http://x/c", &["http://x/a|1", "http://x/a"]),
    ]);
    let mut alone = set("http://x/alone", &["http://x/alone"]);
    alone["version"] = json!("1");
    let terms = terms.with(&[alone, set("http://x/c", &["http://x/a"])]).unwrap();
    let fault = terms.expand(&asked(&params("url=http://x/a"), &[])).unwrap_err();
    assert_eq!(fault.kind, Kind::Invalid);
    assert!(fault.says.english.contains("http://x/a → http://x/b → http://x/c → http://x/a"), "{}", fault.says.english);
    assert!(terms.expand(&asked(&params("url=http://x/alone"), &[])).is_err());
    assert!(terms.validate_in_set(&asked(&params("url=http://x/a&system=http://x/animals&code=cat"), &[])).is_err());
    assert!(terms.codes_in("http://x/a").is_err());
}

#[test]
fn value_sets_that_double_each_other_end() {
    // Each names the one before it twice: 2^60 looks without a budget.
    let mut all = vec![animals(), set("http://x/0", &["http://x/all-animals"])];
    for nth in 1..49 {
        let before = format!("http://x/{}", nth - 1);
        all.push(json!({"resourceType": "ValueSet", "url": format!("http://x/{nth}"), "status": "active", "compose": {
            "include": [{"valueSet": [before, before]}, {"valueSet": [before]}]}}));
    }
    let terms = with(&all);
    let start = Instant::now();
    let fault = terms.expand(&asked(&params("url=http://x/48"), &[])).unwrap_err();
    assert_eq!(fault.kind, Kind::TooCostly, "{}", fault.says.english);
    let fault =
        terms.validate_in_set(&asked(&params("url=http://x/48&system=http://x/animals&code=dog"), &[])).unwrap_err();
    assert_eq!(fault.kind, Kind::TooCostly, "{}", fault.says.english);
    assert!(start.elapsed() < Duration::from_secs(60), "{:?}", start.elapsed());
}

#[test]
fn value_sets_are_not_endlessly_deep() {
    let mut all = vec![set("http://x/0", &["http://x/all-animals"]), animals()];
    all.extend((1..200).map(|nth| set(&format!("http://x/{nth}"), &[&format!("http://x/{}", nth - 1)])));
    let fault = with(&all).expand(&asked(&params("url=http://x/199"), &[])).unwrap_err();
    assert_eq!(fault.kind, Kind::TooCostly);
}

#[test]
fn a_code_that_lies_below_itself_is_refused_by_name() {
    let mut round = animals();
    round["concept"][0]["property"] = json!([{"code": "parent", "valueCode": "cat"}]);
    let fault = Terms::embedded().with(&[round]).map(|_| ()).unwrap_err();
    assert!(fault.says.english.contains("lies below itself"), "{}", fault.says.english);
    let mut twice = animals();
    twice["concept"][0]["concept"][1]["code"] = json!("cat");
    assert!(Terms::embedded().with(&[twice]).map(|_| ()).unwrap_err().says.english.contains("`cat` twice"));
}

#[test]
fn megabyte_codes_and_endless_texts_are_refused() {
    let long = "c".repeat(1 << 20);
    let mut large = animals();
    large["concept"][0]["code"] = json!(long);
    let fault = Terms::embedded().with(&[large]).map(|_| ()).unwrap_err();
    assert!(
        fault.says.english.len() < 400 && fault.says.english.contains("longer than 4,096 bytes"),
        "{}",
        fault.says.english
    );
    let terms = with(&[animals()]);
    let listed = json!({"include": [{"system": "http://x/animals", "concept": [{"code": long}]}]});
    assert!(expanded(&terms, &listed, "").unwrap_err().len() < 400);
    let asked_for = |name: &str| {
        vec![
            ("url".to_owned(), "http://x/animals".to_owned()),
            ("code".to_owned(), "cat".to_owned()),
            (name.to_owned(), long.clone()),
        ]
    };
    let answer = terms.validate_in_system(&asked(&asked_for("display"), &[])).unwrap();
    assert!(answer.to_string().len() < 2000);
    let by_code = [("url".to_owned(), "http://x/animals".to_owned()), ("code".to_owned(), long.clone())];
    assert!(terms.validate_in_system(&asked(&by_code, &[])).unwrap().to_string().len() < 2000);
    assert!(
        terms
            .expand(&asked(
                &[("url".to_owned(), "http://x/all-animals".to_owned()), ("filter".to_owned(), long.clone())],
                &[]
            ))
            .is_err()
    );
    assert!(terms.expand(&asked(&[("url".to_owned(), long.clone())], &[])).unwrap_err().says.english.len() < 400);
}

#[test]
fn expressions_that_explode_are_refused_or_run_in_linear_time() {
    let mut large = animals();
    large["concept"][0]["concept"][1]["display"] = json!("a".repeat(100_000));
    let terms = with(&[large]);
    let with_regex = |text: &str| json!({"include": [{"system": "http://x/animals", "filter": [{"property": "display", "op": "regex", "value": text}]}]});
    let start = Instant::now();
    assert_eq!(expanded(&terms, &with_regex("(a+)+b"), "").unwrap(), Vec::<String>::new());
    assert_eq!(expanded(&terms, &with_regex("(a|aa)+"), "").unwrap(), ["bird"]);
    assert!(start.elapsed() < Duration::from_secs(20), "{:?}", start.elapsed());
    for wrong in ["(", "a{1000}{1000}{1000}", r"(a)\1", &"a".repeat(5000), "(?=a)"] {
        assert!(expanded(&terms, &with_regex(wrong), "").unwrap_err().contains("regular expression"), "{wrong}");
    }
}

#[test]
fn what_has_no_end_is_too_costly() {
    let terms = with(&[animals()]);
    let fault = |query: &str| terms.expand(&asked(&params(query), &[])).unwrap_err();
    for url in [
        "http://hl7.org/fhir/ValueSet/ucum-units",
        "http://hl7.org/fhir/ValueSet/mimetypes",
        "http://hl7.org/fhir/ValueSet/all-languages",
    ] {
        assert_eq!(fault(&format!("url={url}")).kind, Kind::TooCostly, "{url}");
    }
    let concepts: Vec<Value> = (0..10_001).map(|nth| json!({"code": format!("c{nth}")})).collect();
    let many = with(&[
        json!({"resourceType": "CodeSystem", "url": "http://x/many", "content": "complete", "concept": concepts}),
    ]);
    let all = many.expand(&asked(&params("url=http://x/many?fhir_vs"), &[])).unwrap_err();
    assert_eq!(all.kind, Kind::TooCostly);
    assert!(all.says.english.contains("10001"), "{}", all.says.english);
    let page = many.expand(&asked(&params("url=http://x/many?fhir_vs&count=5&offset=10000"), &[])).unwrap();
    assert_eq!(codes(&page), ["c10000"]);
}

#[test]
fn maps_that_name_each_other_end() {
    let other = |url: &str, next: &str| json!({"resourceType": "ConceptMap", "url": url, "status": "active", "group": [{"source": "http://x/animals", "target": "http://y", "unmapped": {"mode": "other-map", "url": next}}]});
    let terms = with(&[animals(), other("http://x/m1", "http://x/m2"), other("http://x/m2", "http://x/m1")]);
    assert!(terms.translate(&asked(&params("url=http://x/m1&system=http://x/animals&code=cat"), &[])).is_err());
}

#[test]
fn what_is_no_terminology_is_refused() {
    for wrong in [
        json!({}),
        json!([]),
        json!("x"),
        json!({"resourceType": "Patient"}),
        json!({"resourceType": "CodeSystem"}),
        json!({"resourceType": "CodeSystem", "url": "http://x"}),
        json!({"resourceType": "ValueSet"}),
        json!({"resourceType": "ConceptMap"}),
        json!({"resourceType": "ValueSet", "url": "http://x", "compose": {"include": [{}]}}),
        json!({"resourceType": "ValueSet", "url": "http://x", "compose": {"include": [{"system": "http://x", "concept": [{}]}]}}),
        json!({"resourceType": "ValueSet", "url": "http://x", "compose": {"include": [{"system": "http://x", "filter": [{"property": "a", "op": "like", "value": "b"}]}]}}),
        json!({"resourceType": "CodeSystem", "url": "http://x", "content": "complete", "concept": [{"display": "no code"}]}),
    ] {
        assert!(Terms::embedded().with(std::slice::from_ref(&wrong)).is_err(), "{wrong}");
    }
    // A filter on a code that is not there is told when it is asked.
    let terms = with(&[animals()]);
    let lost = json!({"include": [{"system": "http://x/animals", "filter": [{"property": "concept", "op": "is-a", "value": "dog"}]}]});
    assert!(expanded(&terms, &lost, "").unwrap_err().contains("`dog`"));
}
