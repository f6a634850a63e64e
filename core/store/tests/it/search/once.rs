//! What a search must not do: show a resource twice, or one of another type, or lose one that came back.

use meridian_store::search::{Condition, DateTest, Field, Op, Scope, Search, Sort, SortBy, SystemTest, TokenTest};
use meridian_store::{Index, Subject, Words};

use super::all;
use crate::common::{House, OBSERVATION, add, change, house, source, token};

const CODE: u32 = 1;
const DATE: u32 = 2;

fn any_system(code: &str) -> Condition {
    let any = vec![TokenTest { system: SystemTest::Any, code: Some(code.into()) }];
    Condition::Token { params: vec![CODE], any, selective: false }
}

fn ids(house: &House, search: &Search) -> Vec<String> {
    let page = house.store.read(|sight| sight.search(search)).unwrap();
    assert_eq!(house.store.read(|sight| sight.count(search, None)).unwrap(), page.rows.len() as u64);
    page.rows.into_iter().map(|row| row.id).collect()
}

#[tokio::test]
async fn a_code_under_many_systems_is_one_match() {
    let house = house();
    let subject = house.write(|tx| {
        let subject = source(tx, "p1");
        let codes = ["", "urn:a", "urn:b"].map(|system| token(system, "x"));
        let tokens = codes.iter().cloned().map(|token| (CODE, token)).collect();
        let index = Index { date: Some((5, 6)), main: codes.to_vec(), tokens, ..Index::default() };
        add(tx, OBSERVATION, "o1", subject, &index);
        Ok(subject)
    });
    let who = Some(vec![subject.await]);
    let sort = vec![Sort { by: SortBy::Date(DATE), descending: true }];
    for who in [None, who] {
        for main in [None, Some(CODE)] {
            let conditions = vec![any_system("x")];
            let search = Search {
                conditions,
                who: who.clone(),
                main,
                clinical: Some(DATE),
                sort: sort.clone(),
                ..all(OBSERVATION)
            };
            assert_eq!(ids(&house, &search), ["o1"], "{search:?}");
        }
    }
}

#[tokio::test]
async fn rows_of_another_type_are_not_shown() {
    let house = house();
    // A parameter is one of one type; words and the directory are everybody's.
    let index = |of: u32| Index {
        tokens: vec![(CODE + of, token("urn:a", "x"))],
        dates: vec![(DATE + of, 1, 2)],
        words: Words { narrative: vec![], content: vec!["fever".into()] },
        places: vec![[1.0, 0.0, 0.0]],
        ..Index::default()
    };
    house
        .write(move |tx| {
            add(tx, OBSERVATION, "mine", Subject::COMMON, &index(0));
            add(tx, OBSERVATION + 1, "other", Subject::COMMON, &index(10));
            Ok(())
        })
        .await;
    let day = Condition::Date { params: vec![DATE], any: vec![DateTest { op: Op::Eq, lo: 1, hi: 2 }] };
    let words = Condition::Words { field: Field::Content, any: vec![vec!["fever".into()]] };
    let near = Condition::Near { x: 1.0, y: 0.0, z: 0.0, least: 0.9 };
    for condition in [any_system("x"), day, words, near, Condition::Who(vec![Subject::COMMON])] {
        let search = Search { conditions: vec![condition], ..all(OBSERVATION) };
        assert_eq!(ids(&house, &search), ["mine"]);
    }
    assert_eq!(ids(&house, &all(OBSERVATION)), ["mine"]);
    assert!(ids(&house, &Search { scope: Scope::Nothing, ..all(OBSERVATION) }).is_empty());
    assert!(ids(&house, &Search { scope: Scope::Only(Vec::new()), ..all(OBSERVATION) }).is_empty());
    assert!(ids(&house, &Search { who: Some(Vec::new()), ..all(OBSERVATION) }).is_empty());
}

#[tokio::test]
async fn what_comes_back_after_its_deletion_is_found_again() {
    let house = house();
    let (subject, key) = house
        .write(|tx| {
            let subject = source(tx, "p1");
            Ok((subject, add(tx, OBSERVATION, "o1", subject, &Index::default())))
        })
        .await;
    let search = Search { who: Some(vec![subject]), ..all(OBSERVATION) };
    assert_eq!(ids(&house, &search), ["o1"]);
    house.write(move |tx| change(tx, key, &Index::default(), None)).await;
    assert!(ids(&house, &search).is_empty());
    house.write(move |tx| change(tx, key, &Index::default(), Some((subject, &Index::default())))).await;
    assert_eq!(ids(&house, &search), ["o1"]);
}

#[tokio::test]
async fn a_member_who_joins_brings_the_whole_record() {
    let house = house();
    let (a, b) = house
        .write(|tx| {
            let (a, b) = (source(tx, "a"), source(tx, "b"));
            for (nth, subject) in [a, b].into_iter().enumerate() {
                add(tx, OBSERVATION, &format!("o{nth}"), subject, &Index::default());
                tx.join(subject, a)?;
            }
            Ok((a, b))
        })
        .await;
    let record = |house: &House| {
        let who = house.store.read(|sight| sight.same_person(b)).unwrap();
        let mut found = ids(house, &Search { who: Some(who), ..all(OBSERVATION) });
        found.sort();
        found
    };
    assert_eq!(record(&house), ["o0", "o1"]);
    house.write(move |tx| tx.join(b, b)).await;
    assert_eq!(record(&house), ["o1"]);
    house.write(move |tx| tx.join(b, a)).await;
    assert_eq!(record(&house), ["o0", "o1"]);
}

#[tokio::test]
async fn a_short_and_a_long_date_are_one_match() {
    let house = house();
    let year = 366 * 86_400_000;
    house
        .write(move |tx| {
            let dates = vec![(DATE, 0, 86_400_000), (DATE, -year, year)];
            add(tx, OBSERVATION, "o1", Subject::COMMON, &Index { dates, ..Index::default() });
            Ok(())
        })
        .await;
    for op in [Op::Overlaps, Op::Ge, Op::Gt, Op::Ne] {
        let any = vec![DateTest { op, lo: 1000, hi: 2000 }];
        let search = Search { conditions: vec![Condition::Date { params: vec![DATE], any }], ..all(OBSERVATION) };
        assert_eq!(ids(&house, &search), ["o1"], "{op:?}");
    }
}

#[tokio::test]
async fn what_is_foreseen_finds_what_was_written_since_under_a_new_system() {
    let house = house();
    let found = house.write(|tx| {
        let subject = source(tx, "p");
        let search = |code: &str| {
            let any = vec![TokenTest { system: SystemTest::Uri("urn:new".into()), code: Some(code.into()) }];
            Search {
                conditions: vec![Condition::Token { params: vec![CODE], any, selective: false }],
                ..all(OBSERVATION)
            }
        };
        let searches = ["a", "b", "c"].map(search);
        tx.foresee(searches.to_vec())?;
        let before = tx.search(&searches[0])?.rows.len();
        let tokens = vec![(CODE, token("urn:new", "b"))];
        add(tx, OBSERVATION, "o", subject, &Index { tokens, ..Index::default() });
        tx.flush()?;
        Ok([before, tx.search(&searches[1])?.rows.len(), tx.search(&searches[2])?.rows.len()])
    });
    assert_eq!(found.await, [0, 1, 0]);
}

#[tokio::test]
async fn a_place_on_the_meridian_is_one_whatever_sign_its_zero_has() {
    let house = house();
    let at = house.write(|tx| {
        let subject = source(tx, "p");
        let places = vec![[1.0, 0.0, 0.0], [1.0, -0.0, 0.0]];
        Ok(add(tx, OBSERVATION, "o", subject, &Index { places, ..Index::default() }))
    });
    at.await;
    assert_eq!(house.rows("place"), 1);
}
