//! The plans behind the field's questions: range scans in the wanted order, without a sort.

use meridian_store::search::{
    Condition, Cursor, CursorValue, DateTest, Field, NumberTest, Op, QuantityTest, Scope, Search, Second, Sort, SortBy,
    Start, SystemTest, TokenTest, Unit, Via,
};
use meridian_store::{Home, Index, Subject};

use super::all;
use crate::common::{House, OBSERVATION, PATIENT, add, house, is_about_files, source, text, token};

const CODE: u32 = 1;
const DATE: u32 = 2;
const IDENTIFIER: u32 = 3;
const NAME: u32 = 4;
const ENCOUNTER: u32 = 5;
const STATUS: u32 = 6;
const NUMBER: u32 = 7;

async fn filled() -> (House, Subject) {
    let house = house();
    let subject = house.write(|tx| {
        let subject = source(tx, "p1");
        for n in 0..300i64 {
            let main = vec![token("http://loinc.org", &format!("{}-1", n % 7))];
            let tokens = vec![(CODE, main[0].clone()), (IDENTIFIER, token("urn:mrn", &n.to_string()))];
            let references = vec![(ENCOUNTER, 30, format!("e{}", n % 9))];
            let strings = vec![(NAME, text(&format!("name {n}")))];
            let dates = vec![(DATE, n, n + 1)];
            let date = Some((n, n + 1));
            let index = Index { date, main, tokens, strings, dates, references, ..Index::default() };
            add(tx, OBSERVATION, &format!("o{n}"), subject, &index);
        }
        Ok(subject)
    });
    let subject = subject.await;
    (house, subject)
}

fn code(code: &str) -> Condition {
    let any = vec![TokenTest { system: SystemTest::Uri("http://loinc.org".into()), code: Some(code.into()) }];
    Condition::Token { params: vec![CODE], any, selective: false }
}

fn newest_first(conditions: Vec<Condition>) -> Search {
    let sort = vec![Sort { by: SortBy::Date(DATE), descending: true }];
    Search { conditions, main: Some(CODE), clinical: Some(DATE), sort, limit: 5, ..all(OBSERVATION) }
}

/// The plan of the candidates; ordering one page of bodies outside is not counted.
fn plan(house: &House, search: &Search) -> Vec<String> {
    let (_, plan) = house.store.read(|sight| sight.explain(search)).unwrap();
    let outside = plan.iter().position(|step| step.starts_with("SCAN p")).unwrap_or(plan.len());
    plan.into_iter().take(outside).map(|step| unnumbered(&step)).collect()
}

/// Names of tables have a number each, which does not matter.
fn unnumbered(step: &str) -> String {
    let name = |word: &str| match word.split_at_checked(1) {
        Some((letter, number)) if !number.is_empty() && number.bytes().all(|digit| digit.is_ascii_digit()) => {
            letter.to_owned()
        }
        _ => word.to_owned(),
    };
    step.split(' ').map(name).collect::<Vec<_>>().join(" ")
}

fn has(plan: &[String], wanted: &str) -> bool {
    plan.iter().any(|step| step.contains(wanted))
}

#[tokio::test]
async fn a_residents_results_are_a_range_of_bedside() {
    if is_about_files("plans as SQLite tells them") {
        return;
    }
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
    if is_about_files("plans as SQLite tells them") {
        return;
    }
    let (house, _) = filled().await;
    let cursor = Cursor { values: vec![CursorValue::Number(100)], key: 5 };
    for descending in [true, false] {
        for after in [None, Some(cursor.clone())] {
            let sort = vec![Sort { by: SortBy::Date(DATE), descending }];
            let search = Search {
                sort,
                start: after.clone().map_or(Start::First, Start::After),
                ..newest_first(vec![code("3-1")])
            };
            let plan = plan(&house, &search);
            let begins = after.is_some() || !descending;
            let range = if begins { "(param=? AND code=? AND date" } else { "(param=? AND code=?)" };
            assert!(has(&plan, &format!("SEARCH d USING PRIMARY KEY {range}")), "{plan:?}");
            assert!(!has(&plan, "SEARCH r"), "the rows of a code are of its type and not deleted: {plan:?}");
            // Going up, those without a date come last, merged from a part of their own.
            assert!(!descending || !has(&plan, "TEMP B-TREE"), "{plan:?}");
        }
    }
}

#[tokio::test]
async fn a_code_under_any_system_is_found_in_the_same_order() {
    if is_about_files("plans as SQLite tells them") {
        return;
    }
    let (house, _) = filled().await;
    let any = vec![TokenTest { system: SystemTest::Any, code: Some("3-1".into()) }];
    let plan = plan(&house, &newest_first(vec![Condition::Token { params: vec![CODE], any, selective: false }]));
    assert!(has(&plan, "SEARCH d USING PRIMARY KEY (param=? AND code=?)"), "{plan:?}");
    assert!(!has(&plan, "TEMP B-TREE"), "{plan:?}");
}

#[tokio::test]
async fn a_type_is_paged_as_the_directory_lies() {
    if is_about_files("plans as SQLite tells them") {
        return;
    }
    let (house, _) = filled().await;
    let mut search = Search { limit: 5, ..all(OBSERVATION) };
    let first = house.store.read(|sight| sight.search(&search)).unwrap();
    for sort in [vec![], vec![Sort { by: SortBy::Id, descending: true }]] {
        for after in [None, first.next.clone()] {
            search.sort.clone_from(&sort);
            search.start = after.map_or(Start::First, Start::After);
            let plan = plan(&house, &search);
            let range = if search.start == Start::First { "(type=?)" } else { "(type=? AND id" };
            assert!(has(&plan, &format!("SEARCH d USING PRIMARY KEY {range}")), "{plan:?}");
            assert!(!has(&plan, "TEMP B-TREE"), "{plan:?}");
        }
    }
}

#[tokio::test]
async fn codes_and_names_to_sort_by_are_looked_up_by_number() {
    if is_about_files("plans as SQLite tells them") {
        return;
    }
    let (house, subject) = filled().await;
    for by in [SortBy::Token(CODE), SortBy::Text(NAME)] {
        let sort = vec![Sort { by, descending: false }];
        let everybody = plan(&house, &Search { sort: sort.clone(), ..all(OBSERVATION) });
        let one = plan(&house, &Search { sort, who: Some(vec![subject]), main: Some(CODE), ..all(OBSERVATION) });
        assert!(has(&one, "SEARCH d USING PRIMARY KEY (subject=? AND type=?"), "{one:?}");
        for plan in [everybody, one] {
            let by_number = has(&plan, "SEARCH h USING INTEGER PRIMARY KEY")
                || has(&plan, "SEARCH o USING PRIMARY KEY (key=? AND param=?)");
            assert!(by_number, "{plan:?}");
        }
    }
}

#[tokio::test]
async fn other_filters_are_probed_by_key() {
    if is_about_files("plans as SQLite tells them") {
        return;
    }
    let (house, subject) = filled().await;
    let others = vec![
        Condition::Text { params: vec![NAME], any: vec!["name 1".into()] },
        Condition::Date { params: vec![DATE + 100], any: vec![DateTest { op: Op::Ge, lo: 5, hi: 6 }] },
        Condition::Reference { params: vec![ENCOUNTER], any: vec![(30, "e1".into())] },
        Condition::Token {
            params: vec![STATUS],
            any: vec![TokenTest { system: SystemTest::Any, code: Some("final".into()) }],
            selective: false,
        },
    ];
    let own = plan(&house, &Search { who: Some(vec![subject]), ..newest_first(others.clone()) });
    for wanted in [
        "USING PRIMARY KEY (key=? AND param=? AND folded>? AND folded<?)",
        "USING PRIMARY KEY (key=? AND param=?)",
        "reference_by_key (key=? AND param=? AND type=? AND id=?)",
        "SEARCH h EXISTS USING INTEGER PRIMARY KEY (rowid=?)",
    ] {
        assert!(has(&own, wanted), "{wanted}: {own:?}");
    }
    // In the order of a code the other code is found side by side.
    let two = vec![code("3-1"), others[3].clone()];
    let region = plan(&house, &newest_first(two));
    assert!(has(&region, "SEARCH t EXISTS USING PRIMARY KEY (param=? AND code=? AND date=? AND key=?"), "{region:?}");
    assert!(!has(&region, "TEMP B-TREE"), "{region:?}");
}

#[tokio::test]
async fn a_code_and_a_date_are_one_range() {
    if is_about_files("plans as SQLite tells them") {
        return;
    }
    let (house, _) = filled().await;
    for (op, range) in [
        (Op::Eq, "(param=? AND code=? AND date>? AND date<?)"),
        (Op::Ge, "(param=? AND code=? AND date>?)"),
        (Op::Lt, "(param=? AND code=? AND date<?)"),
    ] {
        for descending in [true, false] {
            let day = Condition::Date { params: vec![DATE], any: vec![DateTest { op, lo: 5, hi: 60 }] };
            let sort = vec![Sort { by: SortBy::Date(DATE), descending }];
            let plan = plan(&house, &Search { sort, ..newest_first(vec![code("3-1"), day]) });
            assert!(has(&plan, &format!("SEARCH d USING PRIMARY KEY {range}")), "{plan:?}");
            if op == Op::Ge {
                assert!(has(&plan, "token_wide (param=? AND code=?"), "{plan:?}");
            } else {
                assert!(!has(&plan, "TEMP B-TREE"), "{plan:?}");
            }
            assert!(!has(&plan, "SEARCH r"), "{plan:?}");
        }
    }
}

#[tokio::test]
async fn several_codes_and_alternatives_are_merged_in_their_order() {
    if is_about_files("plans as SQLite tells them") {
        return;
    }
    let (house, subject) = filled().await;
    let codes = ["1-1", "2-1"].map(|code| TokenTest { system: SystemTest::Any, code: Some(code.into()) });
    let codes = Condition::Token { params: vec![CODE], any: codes.to_vec(), selective: false };
    let plan_of = |conditions| plan(&house, &newest_first(conditions));
    let merged = plan_of(vec![codes]);
    assert!(has(&merged, "SEARCH d USING PRIMARY KEY (param=? AND code=?)"), "{merged:?}");
    assert_eq!(merged.iter().filter(|step| step.starts_with("SEARCH d USING PRIMARY KEY")).count(), 2);
    let performed = Condition::Reference { params: vec![ENCOUNTER], any: vec![(30, "e1".into())] };
    let either = plan_of(vec![Condition::Any(vec![Condition::Who(vec![subject]), performed])]);
    assert!(has(&either, "SEARCH d USING PRIMARY KEY (subject=? AND type=?"), "{either:?}");
    assert!(has(&either, "SEARCH d USING PRIMARY KEY (param=? AND type=? AND id=?"), "{either:?}");
}

#[tokio::test]
async fn chains_begin_at_their_better_end() {
    if is_about_files("plans as SQLite tells them") {
        return;
    }
    let (house, _) = filled().await;
    let named = |param, text: &str| Condition::Text { params: vec![param], any: vec![text.to_owned()] };
    let identified = Condition::Token {
        params: vec![IDENTIFIER + 1000],
        any: vec![TokenTest { system: SystemTest::Any, code: Some("1".into()) }],
        selective: true,
    };
    let of_patient = |condition| Condition::Chain { via: Via::Patient, targets: vec![(PATIENT, vec![condition])] };
    let by_person = plan(&house, &newest_first(vec![of_patient(identified)]));
    assert!(has(&by_person, "SEARCH d USING PRIMARY KEY (subject=? AND type=?"), "{by_person:?}");
    assert!(has(&by_person, "membership_open (subject=?)"), "{by_person:?}");
    let of_code = plan(&house, &newest_first(vec![code("3-1"), of_patient(named(2000, "wang"))]));
    assert!(has(&of_code, "string_by_value (param=? AND folded>? AND folded<?)"), "{of_code:?}");
    assert!(has(&of_code, "SEARCH d USING PRIMARY KEY (subject=? AND type=? AND code=?"), "{of_code:?}");
    let at = Condition::Chain { via: Via::Reference(ENCOUNTER), targets: vec![(30, vec![named(3000, "a")])] };
    let back = plan(&house, &newest_first(vec![at]));
    assert!(has(&back, "SEARCH t USING PRIMARY KEY (param=? AND type=? AND id=?)"), "{back:?}");
    let has_code = Condition::Has { from: OBSERVATION, via: Via::Patient, conditions: vec![code("3-1")] };
    let patients = plan(&house, &Search { conditions: vec![has_code], ..all(PATIENT) });
    assert!(has(&patients, "PRIMARY KEY (param=? AND code=?)"), "{patients:?}");
    for plan in [by_person, of_code, back, patients] {
        assert!(!plan.iter().any(|step| step.starts_with("SCAN r") || step.contains("SCAN directory")), "{plan:?}");
    }
}

#[tokio::test]
async fn many_subjects_are_bound_as_one_value() {
    if is_about_files("plans as SQLite tells them") {
        return;
    }
    let (house, subject) = filled().await;
    let subjects: Vec<Subject> = (0..5000).map(|n| Subject(subject.0 + n)).collect();
    let sort = vec![Sort { by: SortBy::Id, descending: false }];
    let search = Search { scope: Scope::Only(subjects), sort, ..newest_first(vec![code("3-1")]) };
    let (text, _) = house.store.read(|sight| sight.explain(&search)).unwrap();
    assert!(text.len() < 2000, "{text}");
    let steps = plan(&house, &search);
    assert!(has(&steps, "SEARCH d USING PRIMARY KEY (subject=? AND type=? AND code=?"), "{steps:?}");
    // They are most of all subjects here: in the order of the code the first ones are soon found.
    let newest = plan(&house, &Search { sort: newest_first(vec![]).sort, ..search });
    assert!(has(&newest, "SEARCH d USING PRIMARY KEY (param=? AND code=?)"), "{newest:?}");
}

#[tokio::test]
async fn what_changed_last_is_a_range() {
    if is_about_files("plans as SQLite tells them") {
        return;
    }
    let (house, _) = filled().await;
    let since = Condition::Updated(vec![DateTest { op: Op::Ge, lo: 5, hi: 6 }]);
    for (conditions, sort) in [
        (vec![since], vec![]),
        (vec![], vec![Sort { by: SortBy::Updated, descending: true }]),
        (vec![], vec![Sort { by: SortBy::Updated, descending: false }]),
    ] {
        let plan = plan(&house, &Search { conditions, sort, ..all(OBSERVATION) });
        assert!(has(&plan, "resource_changed (type=?"), "{plan:?}");
    }
    let newest = plan(&house, &newest_first(vec![]));
    assert!(has(&newest, "date_by_value (param=?)"), "{newest:?}");
    assert!(has(&newest, "resource_undated (type=?)"), "{newest:?}");
}

#[tokio::test]
async fn names_ids_and_references_have_their_own_ways_in() {
    if is_about_files("plans as SQLite tells them") {
        return;
    }
    let (house, _) = filled().await;
    let any = vec![TokenTest { system: SystemTest::Uri("urn:mrn".into()), code: Some("17".into()) }];
    let number = NumberTest { op: Op::Eq, lo: 5.35, hi: 5.45 };
    let unit = Unit::Canonical { code: "g".into() };
    let quantity = QuantityTest { number, unit: unit.clone() };
    let first = TokenTest { system: SystemTest::Uri("http://loinc.org".into()), code: Some("3-1".into()) };
    for (condition, wanted) in [
        (Condition::Ids(vec!["o1".into(), "o2".into()]), "SEARCH d USING PRIMARY KEY (type=? AND id=?)"),
        (
            Condition::Text { params: vec![NAME], any: vec!["name 1".into()] },
            "string_by_value (param=? AND folded>? AND folded<?)",
        ),
        (Condition::Exact { params: vec![NAME], any: vec!["name 1".into()] }, "string_by_value (param=? AND folded=?)"),
        (
            Condition::Reference { params: vec![ENCOUNTER], any: vec![(30, "e1".into())] },
            "(param=? AND type=? AND id=?",
        ),
        (
            Condition::Number { params: vec![NUMBER], any: vec![NumberTest { op: Op::Gt, lo: 5.0, hi: 5.0 }] },
            "number_by_value (param=? AND value>?)",
        ),
        (
            Condition::Quantity { params: vec![NUMBER], any: vec![QuantityTest { number, unit }] },
            "quantity_by_value (param=? AND code=? AND value>? AND value<?)",
        ),
        (
            Condition::Pair { params: vec![NUMBER], any: vec![(first, Second::Quantity(quantity))] },
            "pair_by_value (param=? AND code=? AND text=? AND value>? AND value<?)",
        ),
        (Condition::Near { x: 1.0, y: 0.0, z: 0.0, least: 0.9 }, "place_by_height (z>? AND z<?)"),
        (
            Condition::Words { field: Field::Content, any: vec![vec!["fever".into()]] },
            "SCAN t VIRTUAL TABLE INDEX 64:M",
        ),
        (
            Condition::Token { params: vec![IDENTIFIER], any, selective: true },
            "SEARCH d USING PRIMARY KEY (param=? AND code=?",
        ),
        (
            Condition::Date { params: vec![DATE], any: vec![DateTest { op: Op::Ge, lo: 5, hi: 6 }] },
            "date_by_value (param=?",
        ),
    ] {
        let search = Search { conditions: vec![condition.clone()], ..all(OBSERVATION) };
        let plan = plan(&house, &search);
        assert!(has(&plan, wanted), "{condition:?}: {plan:?}");
    }
}

/// A plan that is kept may have been made when the tables were small, for which reading them whole would be cheaper.
#[tokio::test]
async fn what_a_server_plans_once_goes_by_the_indexes() {
    let (house, subject) = filled().await;
    if matches!(house.store.home(), Home::Folder(_)) {
        return;
    }
    let name = Condition::Text { params: vec![NAME], any: vec!["name 2".into()] };
    let visit = Condition::Reference { params: vec![ENCOUNTER], any: vec![(30, "e4".into())] };
    let identifier = TokenTest { system: SystemTest::Uri("urn:mrn".into()), code: Some("17".into()) };
    let identifier = Condition::Token { params: vec![IDENTIFIER], any: vec![identifier], selective: true };
    let since = Condition::Date { params: vec![DATE], any: vec![DateTest { op: Op::Ge, lo: 200, hi: 201 }] };
    let own = Search { who: Some(vec![subject]), ..newest_first(vec![code("3-1")]) };
    let all = [
        (newest_first(vec![code("3-1")]), 5),
        (newest_first(vec![visit]), 5),
        (newest_first(vec![since]), 5),
        (newest_first(vec![identifier]), 1),
        (own, 5),
        (Search { conditions: vec![name], limit: 5, ..all(OBSERVATION) }, 5),
        (Search { conditions: vec![Condition::Ids(vec!["o7".into()])], ..all(OBSERVATION) }, 1),
    ];
    for (search, wanted) in all {
        let plan = plan(&house, &search);
        assert!(!has(&plan, "Seq Scan") && !has(&plan, "Hash Join"), "{search:?}: {plan:#?}");
        // As it was planned, and again among others that are planned for their own values.
        for _ in 0..3 {
            let asked = search.clone();
            let found = house.store.search(move |sight| sight.search(&asked).map(|page| page.rows.len()));
            assert_eq!(found.await.unwrap(), wanted, "{search:?}");
            let number = NumberTest { op: Op::Gt, lo: 1.0, hi: 1.0 };
            let number = Condition::Number { params: vec![NUMBER], any: vec![number] };
            let other = Search { conditions: vec![number], ..super::all(OBSERVATION) };
            let found = house.store.search(move |sight| sight.search(&other).map(|page| page.rows.len()));
            assert_eq!(found.await.unwrap(), 0);
        }
    }
}
