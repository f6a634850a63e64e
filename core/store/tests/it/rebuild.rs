//! Rows of one parameter come and go by themselves, and a walk meets everything once.

use meridian_store::search::{Condition, Scope, Search, Start, SystemTest, TokenTest};
use meridian_store::{Index, Key, Subject};

use crate::common::{House, OBSERVATION, add, change, house, source, text, token};

const CODE: u32 = 7;
const POSTED: u32 = 20_000;

fn index(nth: usize) -> Index {
    Index { tokens: vec![(CODE, token("s", &format!("c{}", nth % 3)))], ..Index::default() }
}

/// With rows of another parameter.
fn with(nth: usize) -> Index {
    let mut index = index(nth);
    index.tokens.push((POSTED, token("s", "posted")));
    index.strings.push((POSTED, text(&format!("text {nth}"))));
    index.dates.push((POSTED, 1_000, 2_000));
    index.references.push((POSTED, OBSERVATION, "other".to_owned()));
    index.numbers.push((POSTED, 1.5));
    index
}

async fn found(house: &House, param: u32, code: &str) -> usize {
    let any = vec![TokenTest { system: SystemTest::Any, code: Some(code.to_owned()) }];
    let search = Search {
        kinds: vec![OBSERVATION],
        scope: Scope::All,
        who: None,
        conditions: vec![Condition::Token { params: vec![param], any, selective: false }],
        main: None,
        clinical: None,
        sort: Vec::new(),
        start: Start::First,
        limit: 1_000,
    };
    house.store.search(move |reader| reader.search(&search)).await.unwrap().rows.len()
}

#[tokio::test]
async fn rows_of_a_parameter_are_added_and_dropped_alone() {
    let house = house();
    let keys = house
        .write(|tx| {
            let subject = source(tx, "p");
            Ok((0..30).map(|nth| add(tx, OBSERVATION, &format!("o{nth:02}"), subject, &index(nth))).collect::<Vec<_>>())
        })
        .await;
    assert_eq!((found(&house, CODE, "c1").await, found(&house, POSTED, "posted").await), (10, 0));
    for again in 0..2 {
        let keys = keys.clone();
        house
            .write(move |tx| {
                for (nth, key) in keys.iter().enumerate() {
                    tx.reindex(OBSERVATION, *key, &index(nth), &with(nth))?;
                }
                Ok(())
            })
            .await;
        assert_eq!(found(&house, POSTED, "posted").await, 30, "{again}");
    }
    let mut steps = 0;
    while house.write(|tx| tx.drop_rows(POSTED, 8)).await > 0 {
        steps += 1;
    }
    assert_eq!(steps, 4, "30 rows of each table, 8 at a time");
    assert_eq!((found(&house, CODE, "c1").await, found(&house, POSTED, "posted").await), (10, 0));
}

#[tokio::test]
async fn a_walk_meets_everything_once() {
    let house = house();
    house
        .write(|tx| {
            let (a, b) = (source(tx, "a"), source(tx, "b"));
            for nth in 0..20 {
                add(tx, OBSERVATION + nth % 2, &format!("o{nth}"), if nth % 3 == 0 { a } else { b }, &Index::default());
            }
            let gone = add(tx, OBSERVATION, "gone", Subject::COMMON, &Index::default());
            change(tx, gone, &Index::default(), None)
        })
        .await;
    let (mut after, mut ids) = (String::new(), Vec::new());
    while let Some(last) = {
        let rows = house.store.read(|reader| reader.resources_of(OBSERVATION, &after, 4)).unwrap();
        assert!(rows.len() <= 4 && rows.iter().all(|row| row.kind == OBSERVATION));
        ids.extend(rows.iter().map(|row| row.id.clone()));
        rows.last().map(|row| row.id.clone())
    } {
        after = last;
    }
    let count = house.store.read(|reader| reader.places(OBSERVATION)).unwrap();
    let heads = house.store.read(|reader| reader.heads_of(OBSERVATION)).unwrap();
    assert!(heads.iter().map(|head| &head.id).eq(&ids), "{heads:?}");
    assert!(
        heads.iter().all(|head| head.deleted == (head.id == "gone") && head.version == 1 + i64::from(head.deleted))
    );
    ids.sort();
    ids.dedup();
    assert_eq!((ids.len() as u64, count), (11, 11));
    let (mut key, mut met) = (Key(0), 0);
    while let Some(last) = {
        let rows = house.store.read(|reader| reader.resources_after(key, 7)).unwrap();
        met += rows.len() as u64;
        rows.last().map(|row| row.key)
    } {
        assert!(last > key);
        key = last;
    }
    #[allow(clippy::redundant_closure_for_method_calls)] // the method is of one lifetime, the closure of any
    let there = house.store.read(|reader| reader.resource_count()).unwrap();
    assert_eq!(met, there);
}

#[tokio::test]
async fn a_rebuilt_resource_stands_at_the_date_of_its_rows() {
    let house = house();
    let at = |from: i64| Index { date: Some((from, from + 1)), ..index(0) };
    let key = house.write(move |tx| Ok(add(tx, OBSERVATION, "o", Subject::COMMON, &at(5)))).await;
    house
        .write(move |tx| {
            tx.drop_all_rows()?;
            tx.rebuild(OBSERVATION, key, &at(9))
        })
        .await;
    assert_eq!(house.number("SELECT date FROM resource"), 9);
}
