//! The plans behind the field's questions: range scans in the wanted order, without a sort.

use meridian_store::search::{
    Condition, Cursor, CursorValue, DateOp, DateTest, Search, Sort, SortBy, SystemTest, TokenTest,
};
use meridian_store::{Index, Subject};

use super::all;
use crate::common::{House, OBSERVATION, add, house, source, token};

const CODE: u32 = 1;
const DATE: u32 = 2;
const IDENTIFIER: u32 = 3;
const NAME: u32 = 4;
const ENCOUNTER: u32 = 5;

async fn filled() -> (House, Subject) {
    let house = house();
    let subject = house.write(|tx| {
        let subject = source(tx, "p1");
        for n in 0..300i64 {
            let main = vec![token("http://loinc.org", &format!("{}-1", n % 7))];
            let tokens = vec![(CODE, main[0].clone()), (IDENTIFIER, token("urn:mrn", &n.to_string()))];
            let references = vec![(ENCOUNTER, 30, format!("e{}", n % 9))];
            let strings = vec![(NAME, format!("name {n}"))];
            let dates = vec![(DATE, n, n + 1)];
            let index = Index { date: Some((n, n + 1)), status: None, main, tokens, strings, dates, references };
            add(tx, OBSERVATION, &format!("o{n}"), subject, &index);
        }
        Ok(subject)
    });
    let subject = subject.await;
    (house, subject)
}

fn code(code: &str) -> Condition {
    let any = vec![TokenTest { system: SystemTest::Uri("http://loinc.org".into()), code: Some(code.into()) }];
    Condition::Token { param: CODE, any, selective: false }
}

fn newest_first(conditions: Vec<Condition>) -> Search {
    let sort = vec![Sort { by: SortBy::Date(DATE), descending: true }];
    Search { conditions, main: Some(CODE), clinical: Some(DATE), sort, limit: 5, ..all(OBSERVATION) }
}

/// The plan of the candidates; ordering one page of bodies outside is not counted.
fn plan(house: &House, search: &Search) -> Vec<String> {
    let (_, plan) = house.store.read(|sight| sight.explain(search)).unwrap();
    let outside = plan.iter().position(|step| step.starts_with("SCAN p")).unwrap_or(plan.len());
    plan.into_iter().take(outside).collect()
}

fn has(plan: &[String], wanted: &str) -> bool {
    plan.iter().any(|step| step.contains(wanted))
}

#[tokio::test]
async fn a_residents_results_are_a_range_of_bedside() {
    let (house, subject) = filled().await;
    for conditions in [vec![], vec![code("3-1")]] {
        let search = Search { who: Some(vec![subject]), ..newest_first(conditions) };
        let plan = plan(&house, &search);
        assert!(has(&plan, "USING PRIMARY KEY (subject=? AND type=?"), "{plan:?}");
        assert!(!plan.iter().any(|step| step.starts_with("SCAN") && !step.contains("SCAN d")), "{plan:?}");
    }
}

#[tokio::test]
async fn the_last_of_a_code_in_the_region_is_a_range_of_token_without_a_sort() {
    let (house, _) = filled().await;
    let cursor = Cursor { values: vec![CursorValue::Number(100)], key: 5 };
    for descending in [true, false] {
        for after in [None, Some(cursor.clone())] {
            let sort = vec![Sort { by: SortBy::Date(DATE), descending }];
            let search = Search { sort, after: after.clone(), ..newest_first(vec![code("3-1")]) };
            let plan = plan(&house, &search);
            let range = if after.is_none() { "(param=? AND code=?)" } else { "(param=? AND code=? AND date" };
            assert!(has(&plan, &format!("SEARCH d USING PRIMARY KEY {range}")), "{plan:?}");
            assert!(has(&plan, "SEARCH r USING INTEGER PRIMARY KEY"), "{plan:?}");
            assert!(!has(&plan, "TEMP B-TREE"), "{plan:?}");
        }
    }
}

#[tokio::test]
async fn a_code_under_any_system_is_found_in_the_same_order() {
    let (house, _) = filled().await;
    let any = vec![TokenTest { system: SystemTest::Any, code: Some("3-1".into()) }];
    let plan = plan(&house, &newest_first(vec![Condition::Token { param: CODE, any, selective: false }]));
    assert!(has(&plan, "SEARCH d USING PRIMARY KEY (param=? AND code=?)"), "{plan:?}");
    assert!(!has(&plan, "TEMP B-TREE"), "{plan:?}");
}

#[tokio::test]
async fn a_type_is_paged_as_the_directory_lies() {
    let (house, _) = filled().await;
    let mut search = Search { limit: 5, ..all(OBSERVATION) };
    let first = house.store.read(|sight| sight.search(&search)).unwrap();
    for sort in [vec![], vec![Sort { by: SortBy::Id, descending: true }]] {
        for after in [None, first.next.clone()] {
            (search.sort, search.after) = (sort.clone(), after);
            let plan = plan(&house, &search);
            let range = if search.after.is_none() { "(type=?)" } else { "(type=? AND id" };
            assert!(has(&plan, &format!("SEARCH d USING PRIMARY KEY {range}")), "{plan:?}");
            assert!(!has(&plan, "TEMP B-TREE"), "{plan:?}");
        }
    }
}

#[tokio::test]
async fn codes_to_sort_by_are_gathered_once() {
    let (house, subject) = filled().await;
    let sort = vec![Sort { by: SortBy::Token(CODE), descending: false }];
    let everybody = plan(&house, &Search { sort: sort.clone(), ..all(OBSERVATION) });
    assert!(has(&everybody, "SEARCH token USING PRIMARY KEY (param=?)"), "{everybody:?}");
    let one = plan(&house, &Search { sort, who: Some(vec![subject]), main: Some(CODE), ..all(OBSERVATION) });
    assert!(has(&one, "SEARCH bedside USING PRIMARY KEY (subject=? AND type=?"), "{one:?}");
    for plan in [everybody, one] {
        assert!(!has(&plan, "CORRELATED"), "{plan:?}");
    }
}

#[tokio::test]
async fn other_filters_are_probed_by_key() {
    let (house, subject) = filled().await;
    let others = vec![
        Condition::Text { param: NAME, any: vec!["name 1".into()] },
        Condition::Date { param: DATE, any: vec![DateTest { op: DateOp::Ge, lo: 5, hi: 6 }] },
        Condition::Reference { param: ENCOUNTER, any: vec![(30, "e1".into())] },
        Condition::Token {
            param: IDENTIFIER,
            any: vec![TokenTest { system: SystemTest::Any, code: Some("1".into()) }],
            selective: true,
        },
    ];
    let plan = plan(&house, &Search { who: Some(vec![subject]), ..newest_first(others) });
    for wanted in [
        "USING PRIMARY KEY (key=? AND param=? AND folded>? AND folded<?)",
        "USING PRIMARY KEY (key=? AND param=?)",
        "USING PRIMARY KEY (param=? AND type=? AND id=? AND date=? AND key=?)",
        "USING PRIMARY KEY (param=? AND code=? AND date=? AND key=?",
    ] {
        assert!(has(&plan, wanted), "{wanted}: {plan:?}");
    }
}

#[tokio::test]
async fn names_ids_and_references_have_their_own_ways_in() {
    let (house, _) = filled().await;
    let any = vec![TokenTest { system: SystemTest::Uri("urn:mrn".into()), code: Some("17".into()) }];
    for (condition, wanted) in [
        (Condition::Ids(vec!["o1".into(), "o2".into()]), "SEARCH d USING PRIMARY KEY (type=? AND id=?)"),
        (
            Condition::Text { param: NAME, any: vec!["name 1".into()] },
            "string_by_value (param=? AND folded>? AND folded<?)",
        ),
        (Condition::Exact { param: NAME, any: vec!["name 1".into()] }, "string_by_value (param=? AND folded=?)"),
        (Condition::Reference { param: ENCOUNTER, any: vec![(30, "e1".into())] }, "(param=? AND type=? AND id=?"),
        (
            Condition::Token { param: IDENTIFIER, any, selective: true },
            "SEARCH d USING PRIMARY KEY (param=? AND code=?",
        ),
        (
            Condition::Date { param: DATE, any: vec![DateTest { op: DateOp::Ge, lo: 5, hi: 6 }] },
            "date_by_value (param=?",
        ),
    ] {
        let search = Search { conditions: vec![condition.clone()], ..all(OBSERVATION) };
        let plan = plan(&house, &search);
        assert!(has(&plan, wanted), "{condition:?}: {plan:?}");
    }
}
