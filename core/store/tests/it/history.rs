//! Nothing is overwritten: versions, deletion, return, and a move to another subject.

use meridian_store::search::Scope;
use meridian_store::{Index, Span, StoreError, Subject};

use crate::common::{House, OBSERVATION, add, change, house, json, source, token};

fn versions(house: &House) -> Vec<(i64, bool)> {
    let all = house.store.read(|sight| {
        let key = sight.locate(OBSERVATION, "o1")?.unwrap();
        sight.history(key, 100)
    });
    all.unwrap().into_iter().map(|line| (line.version, line.deleted)).collect()
}

#[tokio::test]
async fn every_version_is_kept_through_deletion_return_and_move() {
    let house = house();
    let index = Index::default;
    let (a, b) = house.write(|tx| Ok((source(tx, "a"), source(tx, "b")))).await;
    let key = house.write(move |tx| Ok(add(tx, OBSERVATION, "o1", a, &index()))).await;
    house.write(move |tx| change(tx, key, &index(), Some((a, &index())))).await;
    house.write(move |tx| change(tx, key, &index(), None)).await;
    let gone = house.store.read(|sight| sight.find(OBSERVATION, "o1")).unwrap().unwrap();
    assert!(gone.deleted && gone.body.is_empty() && gone.body.json().unwrap().is_empty());
    house.write(move |tx| change(tx, key, &index(), Some((a, &index())))).await;
    let moved = house.write(move |tx| change(tx, key, &index(), Some((b, &index())))).await;
    assert_eq!((key.subject(), moved.subject()), (a, b));
    assert_eq!(versions(&house), [(5, false), (4, false), (3, true), (2, false), (1, false)]);

    let (old, version, newest) = house
        .store
        .read(|sight| {
            Ok::<_, meridian_store::StoreError>((
                sight.current(key)?,
                sight.version(moved, 2)?,
                sight.version(moved, 5)?,
            ))
        })
        .unwrap();
    assert!(old.is_none(), "nothing stands under the old number");
    assert_eq!(version.unwrap().body.json().unwrap(), json("o1", 2));
    assert_eq!(newest.unwrap().body.json().unwrap(), json("o1", 5));
    assert!(house.store.read(|sight| sight.version(moved, 6)).unwrap().is_none());
    let two = house.store.read(|sight| sight.history(moved, 2)).unwrap();
    assert_eq!(two.iter().map(|line| line.version).collect::<Vec<_>>(), [5, 4]);

    let next = house.write(move |tx| Ok(add(tx, OBSERVATION, "o2", a, &index()))).await;
    assert_ne!(next, key, "the number that was left is not given to another");
    let next = house.write(move |tx| Ok(add(tx, OBSERVATION, "o3", b, &index()))).await;
    assert_ne!(next, moved);
}

#[tokio::test]
async fn transactions_grow_with_time_and_every_version_knows_its_own() {
    let house = house();
    let index = Index::default;
    let key = house.write(move |tx| Ok(add(tx, OBSERVATION, "o1", Subject::COMMON, &index()))).await;
    for _ in 0..5 {
        house.write(move |tx| change(tx, key, &index(), Some((Subject::COMMON, &index())))).await;
    }
    let all = house.store.read(|sight| sight.history(key, 100)).unwrap();
    let numbers: Vec<i64> = all.iter().map(|line| line.tx).collect();
    assert!(numbers.windows(2).all(|pair| pair[0] == pair[1] + 1), "{numbers:?}");
    assert_eq!(house.number("SELECT count(*) FROM tx WHERE actor = 'li'"), 6);
}

#[tokio::test]
async fn a_move_is_told_in_both_records() {
    let house = house();
    let index = Index::default;
    let (a, b) = house.write(|tx| Ok((source(tx, "a"), source(tx, "b")))).await;
    let key = house.write(move |tx| Ok(add(tx, OBSERVATION, "o1", a, &index()))).await;
    house.write(move |tx| change(tx, key, &index(), Some((b, &index())))).await;
    let told = house.ask("meridian.db", "SELECT subject, rtrim(what, '\n') FROM audit_write ORDER BY seq");
    let line = |subject: Subject, what: &str| format!("{}|{what}", subject.0);
    let expected = [line(a, "C Observation/o1/1"), line(a, "U Observation/o1/2"), line(b, "U Observation/o1/2")];
    assert_eq!(told, expected);
}

#[tokio::test]
async fn a_caller_may_see_as_many_records_as_there_are() {
    let house = house();
    let index = || Index { tokens: vec![(1, token("urn:a", "x"))], ..Index::default() };
    let (a, b) = house.write(|tx| Ok((source(tx, "a"), source(tx, "b")))).await;
    let key = house.write(move |tx| Ok(add(tx, OBSERVATION, "o1", a, &index()))).await;
    house.write(move |tx| change(tx, key, &index(), Some((a, &index())))).await;
    house.write(move |tx| Ok(add(tx, OBSERVATION, "o2", b, &index()))).await;
    let scope = Scope::Only((0..20_000).map(|nth| Subject(a.0 + 2 * nth)).collect());
    let kinds: Vec<_> = (100..108).map(|kind| (kind, scope.clone())).collect();
    let (rows, codes) = house
        .store
        .read(|sight| {
            let (rows, _) = sight.changes(&kinds, Span::default(), None, 10)?;
            Ok::<_, StoreError>((rows, sight.codes_in_use(&[1], &scope, None)?))
        })
        .unwrap();
    assert!((b.0 - a.0) % 2 == 1, "the one is among them, the other is not");
    assert_eq!(rows.iter().map(|row| (row.id.as_str(), row.version)).collect::<Vec<_>>(), [("o1", 2), ("o1", 1)]);
    assert_eq!(codes, [token("urn:a", "x")]);
}
