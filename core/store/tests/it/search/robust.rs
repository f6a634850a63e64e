//! Long lists and deep trees: they cost time, not the statement.

use meridian_store::search::{
    Condition, DateTest, Field, NumberTest, Op, Search, Sort, SortBy, SystemTest, TokenTest, Via,
};
use meridian_store::{GOLDEN_PATIENT, Index, StoreError, Subject, SubjectKind, Words};

use super::all;
use crate::common::{House, OBSERVATION, add, house, text, token};

const CODE: u32 = 1;
const NAME: u32 = 2;
const DATE: u32 = 3;
const LINK: u32 = 4;
const VALUE: u32 = 5;

async fn filled() -> House {
    let house = house();
    house
        .write(|tx| {
            let index = Index {
                date: Some((10, 11)),
                tokens: vec![(CODE, token("urn:a", "c7"))],
                strings: vec![(NAME, text("wang")), (NAME, text(&"王".repeat(2000)))],
                dates: vec![(DATE, 10, 11)],
                references: vec![(LINK, OBSERVATION, "o1".into())],
                numbers: vec![(VALUE, 7.0)],
                words: Words { narrative: vec![], content: vec!["高血压".into(), "x".repeat(3000)] },
                ..Index::default()
            };
            add(tx, OBSERVATION, "o1", Subject::COMMON, &index);
            Ok(())
        })
        .await;
    house
}

#[allow(clippy::needless_pass_by_value)] // reads better where it is called
fn found(house: &House, conditions: Vec<Condition>) -> usize {
    let mut last = None;
    for sort in [vec![], vec![Sort { by: SortBy::Date(DATE), descending: false }]] {
        for clinical in [None, Some(DATE)] {
            let conditions = conditions.clone();
            let search = Search { conditions, sort: sort.clone(), clinical, main: Some(CODE), ..all(OBSERVATION) };
            let found = house.store.read(|sight| {
                let count = sight.count(&search, None)?;
                let page = sight.search(&search)?;
                assert_eq!(count, page.rows.len() as u64);
                Ok::<_, StoreError>(page.rows.len())
            });
            let found = found.unwrap();
            assert!(last.is_none_or(|last| last == found));
            last = Some(found);
        }
    }
    last.unwrap()
}

fn codes(count: usize) -> Condition {
    let systems = [SystemTest::Any, SystemTest::Uri("urn:a".into()), SystemTest::None];
    let test = |n: usize| TokenTest { system: systems[n % 3].clone(), code: Some(format!("c{n}")) };
    Condition::Token { params: vec![CODE], any: (0..count).map(test).collect(), selective: false }
}

#[tokio::test]
async fn five_hundred_values_are_one_list() {
    let house = filled().await;
    let ids = (0..500).map(|n| format!("o{n}")).collect();
    let targets = (0..500).map(|n| (OBSERVATION, format!("o{n}"))).collect();
    for condition in [
        codes(500),
        Condition::Ids(ids),
        Condition::Reference { params: vec![LINK], any: targets },
        Condition::Exact {
            params: vec![NAME],
            any: (0..500).map(|n| format!("n{n}")).chain(["wang".into()]).collect(),
        },
        Condition::Who((0..5000).map(Subject).collect()),
    ] {
        assert_eq!(found(&house, vec![condition.clone()]), 1);
        let denied = Condition::Not(Box::new(condition.clone()));
        assert_eq!(found(&house, vec![denied.clone()]), 0);
        assert_eq!(found(&house, vec![Condition::Not(Box::new(denied)), condition.clone(), condition]), 1);
    }
}

#[tokio::test]
async fn a_hundred_ranges_are_a_low_tree() {
    let house = filled().await;
    let days = (0..100).map(|n| DateTest { op: Op::Overlaps, lo: n, hi: n + 1 }).collect();
    let values = (0..100).map(|n| NumberTest { op: Op::Eq, lo: f64::from(n) - 0.5, hi: f64::from(n) + 0.5 });
    let names = (0..100).map(|n| format!("n{n}")).chain(["w".into()]).collect::<Vec<_>>();
    let words = (0..100).map(|n| vec![format!("w{n}")]).chain([vec!["高血压".into()]]).collect();
    let conditions = [
        Condition::Date { params: vec![DATE], any: days },
        Condition::Number { params: vec![VALUE], any: values.collect() },
        Condition::Text { params: vec![NAME], any: names.clone() },
        Condition::Contains { params: vec![NAME], any: names.clone() },
        Condition::Words { field: Field::Content, any: words },
    ];
    for condition in &conditions {
        assert_eq!(found(&house, vec![condition.clone()]), 1, "{condition:?}");
    }
    assert_eq!(found(&house, conditions.to_vec()), 1);
    let many = conditions.iter().cycle().take(10).cloned().collect::<Vec<_>>();
    assert_eq!(found(&house, many.clone()), 1);
    let alternatives = many.into_iter().map(|one| Condition::Not(Box::new(one))).chain([codes(3), codes(9)]).collect();
    assert_eq!(found(&house, vec![Condition::Any(alternatives)]), 1);
}

#[tokio::test]
async fn trees_and_chains_may_be_deep() {
    let house = filled().await;
    let mut tree = codes(9);
    for n in 0..60 {
        let other = Condition::Text { params: vec![NAME], any: vec!["nobody".into()] };
        tree = match n % 3 {
            0 => Condition::Any(vec![tree, other]),
            1 => Condition::All(vec![tree, Condition::Not(Box::new(other))]),
            _ => Condition::Not(Box::new(Condition::Not(Box::new(tree)))),
        };
    }
    assert_eq!(found(&house, vec![tree]), 1);
    let mut hops = codes(9);
    for n in 0..10 {
        let via = Via::Reference(LINK);
        hops = match n % 2 {
            0 => Condition::Chain { via, targets: vec![(OBSERVATION, vec![hops])] },
            _ => Condition::Has { from: OBSERVATION, via, conditions: vec![hops] },
        };
    }
    assert_eq!(found(&house, vec![hops.clone()]), 1);
    assert_eq!(found(&house, vec![Condition::Not(Box::new(Condition::Not(Box::new(hops))))]), 1);
}

#[tokio::test]
async fn long_texts_are_found_by_their_beginning_and_whole() {
    let house = filled().await;
    let long = "王".repeat(2000);
    for (condition, expected) in [
        (Condition::Exact { params: vec![NAME], any: vec![long.clone()] }, 1),
        (Condition::Exact { params: vec![NAME], any: vec![long.clone() + "a"] }, 0),
        (Condition::Whole { params: vec![NAME], any: vec![long.clone()] }, 1),
        (Condition::Text { params: vec![NAME], any: vec!["王".repeat(1000)] }, 1),
        (Condition::Text { params: vec![NAME], any: vec!["王".repeat(10) + "李"] }, 0),
        (Condition::Words { field: Field::Content, any: vec![vec!["x".repeat(3000)]] }, 1),
        (Condition::Words { field: Field::Content, any: vec![vec!["高血压 x".into()]] }, 0),
        (Condition::Words { field: Field::Content, any: vec![vec![" ".into()], vec![]] }, 0),
    ] {
        assert_eq!(found(&house, vec![condition.clone()]), expected, "{condition:?}");
    }
}

#[tokio::test]
async fn the_whole_system_is_searched_type_by_type() {
    let house = filled().await;
    house
        .write(|tx| {
            let index = Index { tokens: vec![(CODE + 100, token("urn:a", "c7"))], ..Index::default() };
            add(tx, OBSERVATION + 1, "e1", Subject::COMMON, &index);
            let golden = tx.subject_of(GOLDEN_PATIENT, "golden", SubjectKind::Golden)?;
            add(tx, GOLDEN_PATIENT, "golden", golden, &Index::default());
            Ok(())
        })
        .await;
    let search = |conditions, sort| {
        let search = Search { kinds: vec![], conditions, sort, ..all(OBSERVATION) };
        let page = house.store.read(|sight| sight.search(&search)).unwrap();
        assert_eq!(house.store.read(|sight| sight.count(&search, None)).unwrap(), page.rows.len() as u64);
        page.rows.into_iter().map(|row| row.id).collect::<Vec<_>>()
    };
    let changed = vec![Sort { by: SortBy::Updated, descending: true }];
    assert_eq!(search(vec![], vec![]).len(), 2);
    assert_eq!(search(vec![], changed.clone()).len(), 2);
    assert_eq!(search(vec![Condition::Ids(vec!["e1".into()])], vec![]), ["e1"]);
    assert_eq!(search(vec![Condition::Kinds(vec![OBSERVATION])], changed.clone()), ["o1"]);
    let since = Condition::Updated(vec![DateTest { op: Op::Ge, lo: 1000, hi: 1001 }]);
    assert_eq!(search(vec![since], changed).len(), 2);
    let any = vec![TokenTest { system: SystemTest::Any, code: Some("c7".into()) }];
    let coded = Condition::Token { params: vec![CODE, CODE + 100], any, selective: false };
    assert_eq!(search(vec![coded], vec![]).len(), 2);
}

#[tokio::test]
async fn a_cursor_of_another_search_is_refused() {
    let house = filled().await;
    let by = |by| Search { sort: vec![Sort { by, descending: false }], limit: 1, ..all(OBSERVATION) };
    house.write(|tx| Ok(add(tx, OBSERVATION, "o2", Subject::COMMON, &Index::default()))).await;
    let page = house.store.read(|sight| sight.search(&by(SortBy::Id))).unwrap();
    let start = meridian_store::search::Start::After(page.next.unwrap());
    for other in [by(SortBy::Updated), Search { sort: vec![], conditions: vec![codes(500)], ..all(OBSERVATION) }] {
        let answer = house.store.read(|sight| sight.search(&Search { start: start.clone(), ..other.clone() }));
        assert!(matches!(answer, Err(StoreError::BadCursor)), "{answer:?} {other:?}");
    }
}

#[tokio::test]
async fn searches_wait_for_rows_that_are_made_again() {
    let house = filled().await;
    house.write(|tx| tx.put_setting(meridian_store::REBUILD, b"0")).await;
    let answer = house.store.read(|sight| sight.search(&all(OBSERVATION)));
    assert!(matches!(answer, Err(StoreError::Rebuilding)));
    let answer = house.store.read(|sight| sight.count(&all(OBSERVATION), None));
    assert!(matches!(answer, Err(StoreError::Rebuilding)));
    house.write(|tx| tx.put_setting(meridian_store::REBUILD, b"done")).await;
    assert_eq!(found(&house, vec![]), 1);
}
