//! Opening a data folder: the first time, again, twice at once, and one from the future.

use meridian_store::{Body, Index, Lane, StoreError};

use crate::common::{OBSERVATION, add, house, is_about_files, json, open, origin, source, token};

#[tokio::test]
async fn what_was_written_is_there_after_reopening() {
    let house = house();
    let index = || Index { tokens: vec![(1, token("urn:one", "a"))], ..Index::default() };
    let first = house
        .write(move |tx| {
            let subject = source(tx, "p1");
            let key = add(tx, OBSERVATION, "o1", subject, &index());
            Ok((tx.tx()?, subject, key))
        })
        .await;
    let crate::common::House { store, dir } = house;
    drop(store);
    let store = open(dir.path()).unwrap();
    let there = store.read(|sight| sight.find(OBSERVATION, "o1")).unwrap().unwrap();
    assert_eq!((there.key, there.version, there.deleted), (first.2, 1, false));
    assert_eq!(there.body.json().unwrap(), json("o1", 1));
    let second = store
        .write(Lane::Interactive, origin(), move |tx| {
            let subject = source(tx, "p2");
            let first = source(tx, "p1");
            let key = add(tx, OBSERVATION, "o2", first, &index());
            Ok::<_, StoreError>((tx.tx()?, subject, key))
        })
        .await
        .unwrap();
    assert_eq!(second.0, first.0 + 1, "transactions go on");
    assert_eq!(second.1.0, first.1.0 + 1, "subjects go on");
    assert_eq!(second.2.0, first.2.0 + 1, "slots go on");
    let house = crate::common::House { store, dir };
    assert_eq!(house.rows("system"), 1, "a system has one number");
}

#[test]
fn a_folder_is_open_once() {
    if is_about_files("a server is there for several processes") {
        return;
    }
    let house = house();
    assert!(matches!(open(house.dir.path()), Err(StoreError::InUse(_))));
    let clone = house.store.clone();
    drop(house.store);
    assert!(matches!(open(house.dir.path()), Err(StoreError::InUse(_))), "a clone still holds it");
    drop(clone);
    open(house.dir.path()).unwrap();
}

#[test]
fn a_log_that_outlives_the_store_keeps_the_folder() {
    if is_about_files("a server is there for several processes") {
        return;
    }
    let house = house();
    let log = house.store.audit().clone();
    drop(house.store);
    assert!(matches!(open(house.dir.path()), Err(StoreError::InUse(_))));
    drop(log);
    open(house.dir.path()).unwrap();
}

#[test]
fn files_of_a_newer_program_are_refused_and_left_alone() {
    if is_about_files("pragmas") {
        return;
    }
    let house = house();
    let conn = house.raw("meridian.db");
    drop(house.store);
    conn.pragma_update(None, "user_version", 99).unwrap();
    assert!(matches!(open(house.dir.path()), Err(StoreError::TooNew { found: 99, known: 5 })));
    assert_eq!(conn.pragma_query_value(None, "user_version", |row| row.get::<_, i64>(0)).unwrap(), 99);
}

#[tokio::test]
async fn files_of_the_first_program_gain_what_came_since() {
    if is_about_files("the first program knew no server") {
        return;
    }
    let house = house();
    let conn = house.raw("meridian.db");
    house.write(|tx| tx.put_setting("colour", b"red")).await;
    let dir = house.dir;
    drop(house.store);
    conn.execute_batch(
        "DROP TABLE ledger; DROP TABLE timer; DROP TABLE block; DROP INDEX past_changed; ALTER TABLE past DROP COLUMN type",
    )
    .unwrap();
    conn.execute("DROP INDEX audit_write_at", []).unwrap();
    conn.pragma_update(None, "user_version", 1).unwrap();
    let store = open(dir.path()).unwrap();
    assert_eq!(conn.pragma_query_value(None, "user_version", |row| row.get::<_, i64>(0)).unwrap(), 5);
    let due = store.read(|sight| sight.setting(meridian_store::CATCH_UP)).unwrap();
    assert_eq!(due.as_deref(), Some(&b"0"[..]), "what was there is gone through again");
    let there = "SELECT count(*) FROM sqlite_master WHERE type = 'index' AND name = 'audit_write_at'";
    assert_eq!(conn.query_row(there, [], |row| row.get::<_, i64>(0)).unwrap(), 1);
    let note = |tx: &mut meridian_store::WriteTx<'_>| tx.note_under(7, meridian_store::Subject(3));
    store.write(meridian_store::Lane::Interactive, crate::common::origin(), note).await.unwrap();
    assert_eq!(store.read(|sight| sight.noted(7, 9)).unwrap(), [meridian_store::Subject(3)]);
    assert_eq!(store.read(|sight| sight.setting("colour")).unwrap().as_deref(), Some(&b"red"[..]));
}

#[tokio::test]
async fn a_store_of_version_3_gains_ledgers_and_timers() {
    let house = house();
    house.write(|tx| tx.put_setting("colour", b"red")).await;
    let gone = ["DROP TABLE ledger", "DROP TABLE timer", "DROP TABLE guarded"];
    for sql in gone {
        house.try_ask(sql).unwrap();
    }
    if house.store.is_shared() {
        house.try_ask("DROP FUNCTION only_added_to").unwrap();
        house.try_ask("UPDATE schema_version SET version = 3").unwrap();
    } else {
        house.raw("meridian.db").pragma_update(None, "user_version", 3).unwrap();
    }
    let dir = house.dir;
    drop(house.store);
    let store = open(dir.path()).unwrap();
    let act = |tx: &mut meridian_store::WriteTx<'_>| {
        let (account, key, what) = ("a".to_owned(), "k".to_owned(), String::new());
        tx.set_timer(&meridian_store::NewTimer { kind: "k".into(), key: key.clone(), due: 1, what: what.clone() })?;
        tx.move_amount(&meridian_store::Movement { account, amount: 3, key, what }).map(Result::unwrap)
    };
    store.write(meridian_store::Lane::Interactive, crate::common::origin(), act).await.unwrap();
    assert_eq!(store.read(|sight| sight.balance("a")).unwrap(), 3);
    assert_eq!(store.read(|sight| sight.timers("k", None, 9)).unwrap().len(), 1);
    assert_eq!(store.read(|sight| sight.setting("colour")).unwrap().as_deref(), Some(&b"red"[..]));
    drop(store);
    let house = crate::common::House { store: open(dir.path()).unwrap(), dir };
    let refused = house.try_ask("DELETE FROM ledger").unwrap_err();
    assert!(refused.contains("only added to"), "{refused}");
}

#[tokio::test]
async fn a_store_of_version_4_makes_its_rows_again() {
    let house = house();
    house.write(|tx| tx.put_setting("colour", b"red")).await;
    house.try_ask("DROP TABLE guarded").unwrap();
    if house.store.is_shared() {
        house.try_ask("UPDATE schema_version SET version = 4").unwrap();
    } else {
        house.raw("meridian.db").pragma_update(None, "user_version", 4).unwrap();
    }
    let dir = house.dir;
    drop(house.store);
    let store = open(dir.path()).unwrap();
    assert_eq!(store.read(|sight| sight.setting("colour")).unwrap().as_deref(), Some(&b"red"[..]));
    // Until all are made, nothing is found: what is guarded is not known yet.
    assert_eq!(store.read(|sight| sight.setting(meridian_store::REBUILD)).unwrap().as_deref(), Some(&b"0"[..]));
    drop(store);
    let house = crate::common::House { store: open(dir.path()).unwrap(), dir };
    house.try_ask("DELETE FROM guarded").unwrap();
}

#[test]
fn a_folder_of_this_program_has_nothing_to_catch_up_with() {
    assert_eq!(house().store.read(|sight| sight.setting(meridian_store::CATCH_UP)).unwrap(), None);
}

#[test]
fn a_database_syncs_every_commit() {
    if is_about_files("pragmas") {
        return;
    }
    let house = house();
    let mode: String = house.raw("meridian.db").pragma_query_value(None, "journal_mode", |row| row.get(0)).unwrap();
    assert_eq!(mode, "wal");
}

#[tokio::test]
async fn a_read_sees_one_moment() {
    let house = house();
    house.write(|tx| tx.put_setting("colour", b"red")).await;
    let store = house.store.clone();
    let (go, wait) = std::sync::mpsc::channel::<()>();
    let (first_done, first_seen) = tokio::sync::oneshot::channel();
    let reading = tokio::task::spawn_blocking(move || {
        store.read(|sight| {
            let before = sight.setting("colour")?;
            let _ = first_done.send(());
            let _ = wait.recv();
            Ok::<_, StoreError>((before, sight.setting("colour")?))
        })
    });
    first_seen.await.unwrap();
    house.write(|tx| tx.put_setting("colour", b"blue")).await;
    drop(go);
    let (before, after) = reading.await.unwrap().unwrap();
    assert_eq!(before, after);
    assert_eq!(house.store.read(|sight| sight.setting("colour")).unwrap().unwrap(), b"blue");
}

#[tokio::test]
async fn a_reader_cannot_write() {
    let house = house();
    house.write(|tx| Ok(add(tx, OBSERVATION, "o1", meridian_store::Subject::COMMON, &Index::default()))).await;
    let there = house.store.read(|sight| sight.find(OBSERVATION, "o1")).unwrap().unwrap();
    assert_ne!(there.body, Body::default());
}
