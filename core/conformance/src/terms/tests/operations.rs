//! The operations.

use super::*;
use crate::terms::{Coded, Codes, Kind, Subsumes, Verdict};

fn expand(terms: &Terms, query: &str) -> Value {
    terms.expand(&asked(&params(query), &[])).unwrap()
}

#[test]
fn an_expansion_comes_in_pages_and_languages() {
    let terms = with(&[animals()]);
    let all = expand(&terms, "url=http://x/all-animals");
    assert_eq!(codes(&all), ["animal", "mammal", "cat", "whale", "bird", "swimmer"]);
    let of =
        |code: &str| all["expansion"]["contains"].as_array().unwrap().iter().find(|one| one["code"] == code).unwrap();
    assert_eq!((&of("animal")["abstract"], &of("bird")["inactive"]), (&json!(true), &json!(true)));
    assert_eq!(
        (&all["expansion"]["total"], &all["expansion"]["timestamp"]),
        (&json!(6), &json!("2026-11-23T00:00:00.000Z"))
    );
    let page = expand(&terms, "url=http://x/all-animals&count=2&offset=1");
    assert_eq!((codes(&page), &page["expansion"]["offset"]), (vec!["mammal".into(), "cat".into()], &json!(1)));
    assert_eq!(codes(&expand(&terms, "url=http://x/all-animals&count=0")), Vec::<String>::new());
    assert_eq!(codes(&expand(&terms, "url=http://x/all-animals&offset=99")), Vec::<String>::new());
    assert_eq!(codes(&expand(&terms, "url=http://x/all-animals&activeOnly=true&excludeNotForUI=true")).len(), 4);
    let english = expand(&terms, "url=http://x/all-animals&displayLanguage=en-GB,zh;q=0.5&includeDesignations=true");
    let cat = &english["expansion"]["contains"][2];
    assert_eq!((&cat["display"], &cat["designation"][0]["value"]), (&json!("Cat"), &json!("Cat")));
    let echoed: Vec<&str> =
        english["expansion"]["parameter"].as_array().unwrap().iter().map(|one| one["name"].as_str().unwrap()).collect();
    assert_eq!(echoed, ["includeDesignations", "displayLanguage", "version"]);
}

#[test]
fn an_expansion_is_nested_when_that_is_asked() {
    let terms = with(&[animals()]);
    let nested = expand(&terms, "url=http://x/all-animals&excludeNested=false");
    assert_eq!(nested["expansion"]["contains"].as_array().unwrap().len(), 1);
    assert_eq!(nested["expansion"]["contains"][0]["contains"][0]["contains"][1]["code"], "whale");
    assert_eq!(codes(&nested).len(), 6);
}

#[test]
fn concepts_are_found_by_text_the_best_first() {
    let terms = with(&[animals()]);
    let found = |text: &str| codes(&expand(&terms, &format!("url=http://x/all-animals&filter={text}")));
    assert_eq!(found("动物"), ["animal", "mammal", "swimmer"]);
    assert_eq!(found("brdw"), ["mammal"]);
    assert_eq!(found("shuisheng"), ["swimmer"]);
    assert_eq!(found("CAT"), ["cat"]);
    assert_eq!(found("stone"), Vec::<String>::new());
    let listed = json!({"include": [{"system": "http://x/animals", "concept": [{"code": "cat", "display": "家猫"}]}]});
    assert_eq!(expanded(&terms, &listed, "filter=jm").unwrap(), ["cat"]);
}

#[test]
fn who_takes_the_first_diagnosis_takes_the_one_he_meant() {
    let found = |text: &str| {
        let query = format!("url=https://meridian.example/fhir/ValueSet/cn-diagnosis&filter={text}");
        codes(&expand(Terms::embedded(), &query))
    };
    for text in ["tnb", "tangniaobing", "糖尿病"] {
        let all = found(text);
        assert_eq!(all.get(..2).unwrap(), ["E11", "E10"], "{text}");
        let place = |code: &str| all.iter().position(|one| one == code).unwrap();
        assert!(place("E14") < place("E11.5") && place("E11.5") < place("R73.0"), "{text}: {all:?}");
    }
    for (text, first) in [("gxy", "I10"), ("高血压", "I10"), ("感冒", "J00"), ("gm", "J00"), ("e11", "E11")] {
        assert_eq!(found(text).first().map(String::as_str), Some(first), "{text}");
    }
}

#[test]
fn a_lookup_tells_all_or_what_is_asked() {
    let terms = with(&[animals()]);
    let found = |query: &str| terms.lookup(&asked(&params(query), &[]));
    let cat = found("system=http://x/animals&code=cat").unwrap();
    assert_eq!((answer(&cat, "name"), answer(&cat, "display")), (&json!("Animals"), &json!("猫")));
    let text = cat.to_string();
    assert!(
        text.contains(r#"{"name":"value","valueCode":"mammal"}"#)
            && text.contains(r#"{"name":"value","valueInteger":4}"#),
        "{text}"
    );
    let legs = found("system=http://x/animals&code=cat&property=legs&displayLanguage=en").unwrap();
    assert_eq!((answer(&legs, "display"), legs["parameter"].as_array().unwrap().len()), (&json!("Cat"), 4));
    let coding = [("coding".to_owned(), json!({"system": "http://x/animals", "code": "mammal"}))];
    assert!(terms.lookup(&asked(&[], &coding)).unwrap().to_string().contains("有乳腺"));
    assert_eq!(found("system=http://x/animals&code=dog").unwrap_err().kind, Kind::NotFound);
    assert_eq!(found("system=http://nowhere&code=dog").unwrap_err().kind, Kind::NotFound);
    assert!(found("system=http://x/animals|2&code=dog").is_err() && found("code=dog").is_err() && found("").is_err());
    assert!(found("system=http://x/animals&version=2&code=cat").unwrap_err().says.english.contains("these are: 1.0"));
    assert_eq!(answer(&found("system=http://unitsofmeasure.org&code=mg/dL").unwrap(), "display"), &json!("mg/dL"));
    assert!(found("system=http://unitsofmeasure.org&code=mg//").is_err());
}

#[test]
fn a_code_is_valid_with_its_display() {
    let terms = with(&[animals()]);
    let ask = |query: &str| terms.validate_in_system(&asked(&params(query), &[])).unwrap();
    let result = |query: &str| answer(&ask(query), "result").as_bool().unwrap();
    assert!(
        result("url=http://x/animals&code=cat&display=猫") && result("url=http://x/animals&code=cat&display= CAT ")
    );
    let wrong = ask("url=http://x/animals&code=cat&display=Dog");
    assert_eq!(answer(&wrong, "result"), &json!(false));
    assert!(answer(&wrong, "message").as_str().unwrap().contains("`猫`"), "{wrong}");
    assert_eq!(answer(&wrong, "display"), &json!("猫"));
    assert!(!result("url=http://x/animals&code=CAT") && !result("url=http://x/animals&code=animal&abstract=false"));
    assert!(result("url=http://x/animals&code=animal"));
    let bird = ask("url=http://x/animals&code=bird");
    assert_eq!(
        (answer(&bird, "result"), answer(&bird, "message")),
        (&json!(true), &json!("the code `bird` is inactive"))
    );
    // Its own resource, which needs not be here.
    let values = [(
        "codeSystem".to_owned(),
        json!({"resourceType": "CodeSystem", "url": "http://y", "content": "complete", "concept": [{"code": "a"}]}),
    )];
    assert_eq!(answer(&terms.validate_in_system(&asked(&params("code=a"), &values)).unwrap(), "result"), &json!(true));
    assert_eq!(answer(&terms.validate_in_system(&asked(&params("code=b"), &values)).unwrap(), "result"), &json!(false));
}

#[test]
fn one_coding_of_a_concept_that_holds_is_enough() {
    let terms = with(&[animals()]);
    let ask = |codings: Value| {
        let values = [("codeableConcept".to_owned(), json!({"coding": codings}))];
        terms.validate_in_set(&asked(&params("url=http://x/all-animals"), &values))
    };
    let (cat, dog) =
        (json!({"system": "http://x/animals", "code": "cat"}), json!({"system": "http://x/animals", "code": "dog"}));
    let foreign = json!({"system": "http://snomed.info/sct", "code": "448771007"});
    assert_eq!(answer(&ask(json!([dog, foreign, cat])).unwrap(), "result"), &json!(true));
    assert_eq!(answer(&ask(json!([dog, foreign])).unwrap(), "result"), &json!(false));
    assert_eq!(answer(&ask(json!([{"code": "cat"}])).unwrap(), "result"), &json!(false));
    assert!(ask(json!([])).is_err());
}

#[test]
fn validation_has_three_answers() {
    let terms = with(&[animals()]);
    let coded = |system, code, display| Coded { system, version: None, code, display };
    let cat = coded(Some("http://x/animals"), "cat", Some("Hund"));
    assert_eq!(
        terms.in_value_set("http://x/all-animals", cat),
        Verdict::Yes { wrong_display: Some("猫".to_owned()), inactive: false }
    );
    assert!(matches!(terms.in_value_set("http://x/all-animals", coded(None, "cat", None)), Verdict::Yes { .. }));
    assert!(matches!(terms.in_value_set("http://x/all-animals", coded(None, "dog", None)), Verdict::No { .. }));
    assert!(matches!(terms.in_value_set("http://x/none", cat), Verdict::Unknown { .. }));
    assert!(matches!(terms.in_code_system(coded(Some("http://snomed.info/sct"), "1", None)), Verdict::Unknown { .. }));
    assert!(matches!(terms.in_code_system(coded(None, "1", None)), Verdict::Unknown { .. }));
    assert_eq!(Codes::subsumes(&terms, "http://x/animals", "mammal", "cat"), Some(Subsumes::Subsumes));
    assert_eq!(Codes::subsumes(&terms, "http://x/animals", "mammal", "dog"), None);
}

#[test]
fn codes_subsume_each_other_by_any_way_up() {
    let terms = with(&[animals()]);
    let ask = |a: &str, b: &str| {
        let found = terms.subsumes_of(&asked(&params(&format!("system=http://x/animals&codeA={a}&codeB={b}")), &[]));
        found.map(|found| answer(&found, "outcome").as_str().unwrap().to_owned())
    };
    assert_eq!(ask("swimmer", "whale").unwrap(), "subsumes");
    assert_eq!(ask("whale", "animal").unwrap(), "subsumed-by");
    assert_eq!(ask("cat", "cat").unwrap(), "equivalent");
    assert_eq!(ask("cat", "swimmer").unwrap(), "not-subsumed");
    assert!(ask("cat", "dog").is_err());
    let codings = |other: &str| {
        [
            ("codingA".to_owned(), json!({"system": "http://x/animals", "code": "animal"})),
            ("codingB".to_owned(), json!({"system": other, "code": "cat"})),
        ]
    };
    assert_eq!(
        answer(&terms.subsumes_of(&asked(&[], &codings("http://x/animals"))).unwrap(), "outcome"),
        &json!("subsumes")
    );
    assert!(terms.subsumes_of(&asked(&[], &codings("http://y"))).is_err());
}

fn map() -> Value {
    json!({
        "resourceType": "ConceptMap", "url": "http://x/map", "status": "active", "sourceUri": "http://x/all-animals", "targetUri": "http://y/all",
        "group": [{"source": "http://x/animals", "target": "http://y", "element": [
            {"code": "cat", "target": [{"code": "felis", "display": "Felis", "equivalence": "wider"}, {"code": "catus", "equivalence": "equal", "dependsOn": [{"property": "http://home", "value": "house"}]}]},
            {"code": "bird", "target": [{"equivalence": "unmatched"}]},
        ], "unmapped": {"mode": "fixed", "code": "other"}}],
    })
}

#[test]
fn a_map_is_read_both_ways() {
    let terms = with(&[animals(), map()]);
    let ask = |query: &str, values: &[(String, Value)]| terms.translate(&asked(&params(query), values)).unwrap();
    let cat = ask("url=http://x/map&system=http://x/animals&code=cat", &[]);
    assert_eq!(cat["parameter"].as_array().unwrap().len(), 2);
    assert_eq!(answer(&cat, "result"), &json!(true));
    assert_eq!(
        answer(&cat, "match")["part"][1]["valueCoding"],
        json!({"system": "http://y", "code": "felis", "display": "Felis"})
    );
    let known = [(
        "dependency".to_owned(),
        json!({"name": "dependency", "part": [
            {"name": "element", "valueUri": "http://home"}, {"name": "concept", "valueCodeableConcept": {"coding": [{"code": "house"}]}},
        ]}),
    )];
    assert_eq!(
        ask("url=http://x/map&system=http://x/animals&code=cat", &known)["parameter"].as_array().unwrap().len(),
        3
    );
    assert_eq!(answer(&ask("url=http://x/map&system=http://x/animals&code=bird", &[]), "result"), &json!(false));
    assert!(ask("url=http://x/map&system=http://x/animals&code=whale", &[]).to_string().contains("\"other\""));
    let back = ask("url=http://x/map&system=http://y&code=felis&reverse=true", &[]);
    assert_eq!(answer(&back, "match")["part"][0]["valueCode"], "narrower");
    assert_eq!(
        answer(&back, "match")["part"][1]["valueCoding"],
        json!({"system": "http://x/animals", "code": "cat", "display": "猫"})
    );
    let by_sets = ask("source=http://x/all-animals&target=http://y/all&system=http://x/animals&code=cat", &[]);
    assert_eq!(answer(&by_sets, "result"), &json!(true));
    assert_eq!(
        answer(&ask("url=http://x/map&system=http://x/animals&code=cat&targetsystem=http://z", &[]), "result"),
        &json!(false)
    );
    assert!(terms.translate(&asked(&params("code=cat"), &[])).unwrap_err().to_string().contains("`system` is missing"));
    assert!(terms.translate(&asked(&params("url=http://x/no&system=http://x/animals&code=cat"), &[])).is_err());
}

#[test]
fn a_closure_tells_each_pair_once() {
    let terms = with(&[animals()]);
    let code = |code: &str| ("http://x/animals".to_owned(), code.to_owned());
    let first = terms.closed(&[], &[code("whale"), code("animal")], 9).unwrap();
    assert_eq!((first.len(), &first[0].code.1, &first[0].below.1), (1, &"whale".to_owned(), &"animal".to_owned()));
    let next = terms.closed(&[code("whale"), code("animal")], &[code("swimmer")], 2).unwrap();
    let pairs: Vec<(&str, &str)> = next.iter().map(|pair| (pair.code.1.as_str(), pair.below.1.as_str())).collect();
    assert_eq!(pairs, [("swimmer", "animal"), ("whale", "swimmer")]);
    assert!(terms.closed(&[], &[code("dog")], 9).is_err());
    let gone = terms.closed(&[code("dog"), code("animal")], &[code("whale")], 9).unwrap();
    assert_eq!(gone.len(), 1, "a code that its system has no longer stands beside the others");
    let most = terms.closed(&[code("whale"), code("animal")], &[code("swimmer")], 1).unwrap_err();
    assert!(most.to_string().contains("more than 1 pairs"), "{most}");
}

#[test]
fn versions_stand_beside_each_other() {
    let mut second = animals();
    (second["version"], second["concept"]) = (json!("1.10"), json!([{"code": "cat", "display": "Cat of 1.10"}]));
    let terms = with(&[second, animals()]);
    let count = |query: &str| expand(&terms, query)["expansion"]["total"].as_u64().unwrap();
    assert_eq!((count("url=http://x/animals?fhir_vs"), count("url=http://x/animals?fhir_vs|1.0")), (1, 6));
    assert_eq!(count("url=http://x/animals?fhir_vs&system-version=http://x/animals|1.0"), 6);
    assert_eq!(count("url=http://x/animals?fhir_vs|1.10&force-system-version=http://x/animals|1.0"), 6);
    let checked = params("url=http://x/animals?fhir_vs|1.10&check-system-version=http://x/animals|1.0");
    assert_eq!(terms.expand(&asked(&checked, &[])).unwrap_err().kind, Kind::Invalid);
    let both = json!({"include": [{"system": "http://x/animals", "version": "1.0", "concept": [{"code": "cat"}]}, {"system": "http://x/animals", "version": "1.10"}]});
    assert_eq!(expanded(&terms, &both, "").unwrap(), ["cat", "cat"]);
    let old = terms.lookup(&asked(&params("system=http://x/animals&version=1.0&code=cat"), &[])).unwrap();
    assert_eq!(answer(&old, "display"), &json!("猫"));
}

#[test]
fn a_supplement_adds_names_and_nothing_else() {
    let supplement = json!({"resourceType": "CodeSystem", "url": "http://x/animals-la", "status": "active", "content": "supplement",
        "supplements": "http://x/animals", "language": "la", "concept": [
            {"code": "cat", "display": "Felis catus", "property": [{"code": "family", "valueString": "Felidae"}]},
            {"code": "dog", "display": "Canis"},
    ]});
    // Whichever comes first.
    for resources in [[animals(), supplement.clone()], [supplement.clone(), animals()]] {
        let terms = with(&resources[..1]).with(&resources[1..]).unwrap();
        let found = expand(&terms, "url=http://x/all-animals&filter=felis&displayLanguage=la");
        assert_eq!(found["expansion"]["contains"][0]["display"], "Felis catus");
        assert_eq!(codes(&expand(&terms, "url=http://x/all-animals")).len(), 6);
        let family = json!({"include": [{"system": "http://x/animals", "filter": [{"property": "family", "op": "=", "value": "Felidae"}]}]});
        assert_eq!(expanded(&terms, &family, "").unwrap(), ["cat"]);
    }
    let mut german = supplement.clone();
    (german["url"], german["language"], german["concept"]) =
        (json!("http://x/animals-de"), json!("de"), json!([{"code": "cat", "display": "Katze"}]));
    let terms = with(&[animals(), supplement, german]);
    let cat = terms.lookup(&asked(&params("system=http://x/animals&code=cat"), &[])).unwrap().to_string();
    assert!(cat.contains("Katze") && cat.contains("Felis catus"), "{cat}");
    assert_eq!(cat.matches("Katze").count(), 1, "{cat}");
}

#[test]
fn case_counts_where_the_system_says_so() {
    let mut plain = animals();
    plain["caseSensitive"] = json!(false);
    let terms = with(&[plain]);
    let ask = |query: &str| terms.validate_in_set(&asked(&params(query), &[])).unwrap();
    let cat = ask("url=http://x/all-animals&system=http://x/animals&code=CaT");
    assert_eq!((answer(&cat, "result"), answer(&cat, "code")), (&json!(true), &json!("cat")));
    let listed = json!({"resourceType": "ValueSet", "status": "active", "compose": {"include": [{"system": "http://x/animals", "concept": [{"code": "CAT"}]}]}});
    let found = terms
        .validate_in_set(&asked(&params("system=http://x/animals&code=cat"), &[("valueSet".to_owned(), listed)]))
        .unwrap();
    assert_eq!(answer(&found, "result"), &json!(true));
}
