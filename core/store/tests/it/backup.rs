//! A copy made while everybody writes can be opened, and a damaged one is found out.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use meridian_store::{Index, Look, Store, StoreError, restore_check};

use crate::common::{House, OBSERVATION, add, house, is_about_files, json, open, source, token};

fn index() -> Index {
    Index { tokens: vec![(1, token("urn:one", "a"))], main: vec![token("urn:one", "a")], ..Index::default() }
}

async fn fill(house: &House, from: usize, to: usize) {
    house
        .write(move |tx| {
            for n in from..to {
                let subject = source(tx, &format!("p{}", n % 7));
                add(tx, OBSERVATION, &format!("o{n}"), subject, &index());
            }
            Ok(())
        })
        .await;
    house.store.audit().looked(Look { actor: "li".into(), ..Look::default() }).await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_copy_made_while_everybody_writes_is_whole() {
    if is_about_files("a server is copied by pg_dump") {
        return;
    }
    let house = house();
    fill(&house, 0, 20_000).await;
    let target = tempfile::tempdir().unwrap();
    let (dir, to) = (house.dir.path().to_owned(), target.path().join("copy"));
    let done = Arc::new(AtomicBool::new(false));
    let copying = {
        let (to, done) = (to.clone(), Arc::clone(&done));
        tokio::task::spawn_blocking(move || {
            let mut told = Vec::new();
            let answer = Store::backup(&dir, &to, |done, all| {
                told.push((done, all));
                // Somebody commits between any two steps.
                std::thread::sleep(std::time::Duration::from_millis(20));
            });
            done.store(true, Ordering::SeqCst);
            answer.map(|()| told)
        })
    };
    let mut written = 20_000;
    while !done.load(Ordering::SeqCst) && written < 40_000 {
        fill(&house, written, written + 10).await;
        written += 10;
    }
    let told = copying.await.unwrap().unwrap();
    assert!(written < 40_000, "the copy began anew with every commit");
    assert!(told.len() > 1, "there was time between two steps");
    assert!(!told.is_empty() && told.iter().all(|(done, all)| done <= all), "{told:?}");
    let restored = restore_check(&to, 1).unwrap();
    assert!((20_000..=i64::try_from(written).unwrap()).contains(&restored.resources), "{restored:?}");
    assert_eq!(restored.bodies_read, restored.resources);
    assert_eq!(restored.audit.broken, None);
    assert!(restored.audit.looks >= 1);

    let copy = open(&to).unwrap();
    let there = copy.read(|sight| sight.find(OBSERVATION, "o19999")).unwrap().unwrap();
    assert_eq!(there.body.json().unwrap(), json("o19999", 1));
    drop(copy);
    assert!(
        matches!(Store::backup(house.dir.path(), &to, |_, _| {}), Err(StoreError::File { .. })),
        "never over a store"
    );
}

#[tokio::test]
async fn a_copy_of_a_sleeping_folder_needs_no_store() {
    if is_about_files("a server is copied by pg_dump") {
        return;
    }
    let house = house();
    fill(&house, 0, 50).await;
    let House { store, dir } = house;
    drop(store);
    let target = tempfile::tempdir().unwrap();
    Store::backup(dir.path(), target.path(), |_, _| {}).unwrap();
    let restored = restore_check(target.path(), 10).unwrap();
    assert_eq!((restored.resources, restored.audit.writes, restored.audit.looks), (50, 7, 1));
    assert!(restored.bodies_read < 50);
}

/// The bytes of a file of a fresh copy, changed by `harm`; what the check says then.
async fn harmed(file: &str, harm: impl FnOnce(&Path, &mut Vec<u8>)) -> Result<meridian_store::Restored, StoreError> {
    let house = house();
    fill(&house, 0, 500).await;
    let target = tempfile::tempdir().unwrap();
    Store::backup(house.dir.path(), target.path(), |_, _| {}).unwrap();
    restore_check(target.path(), 1).unwrap();
    let path = target.path().join(file);
    let mut bytes = std::fs::read(&path).unwrap();
    harm(&path, &mut bytes);
    std::fs::write(&path, bytes).unwrap();
    restore_check(target.path(), 1)
}

#[tokio::test]
async fn a_flipped_bit_in_a_body_is_found() {
    if is_about_files("a server is copied by pg_dump") {
        return;
    }
    let said = harmed("meridian.db", |path, bytes| {
        let conn = rusqlite::Connection::open(path).unwrap();
        let body: Vec<u8> =
            conn.query_row("SELECT body FROM resource WHERE id = CAST('o77' AS BLOB)", [], |row| row.get(0)).unwrap();
        let at = bytes.windows(body.len()).position(|window| window == body).unwrap();
        bytes[at + body.len() / 2] ^= 4;
    });
    let said = said.await;
    assert!(matches!(said, Err(StoreError::Body(_))), "{said:?}");
}

#[tokio::test]
async fn a_file_cut_short_or_overwritten_is_found() {
    if is_about_files("a server is copied by pg_dump") {
        return;
    }
    assert!(harmed("meridian.db", |_, bytes| bytes.truncate(bytes.len() / 2)).await.is_err());
    assert!(harmed("meridian.db", |_, bytes| bytes[5 * 4096..7 * 4096].fill(0)).await.is_err());
    assert!(harmed("audit.db", |_, bytes| bytes.truncate(4096)).await.is_err());
    assert!(harmed("audit.db", |_, bytes| bytes[..16].fill(7)).await.is_err());
}

#[tokio::test]
async fn half_a_copy_is_no_copy() {
    if is_about_files("a server is copied by pg_dump") {
        return;
    }
    let house = house();
    let target = tempfile::tempdir().unwrap();
    Store::backup(house.dir.path(), target.path(), |_, _| {}).unwrap();
    std::fs::remove_file(target.path().join("audit.db")).unwrap();
    assert!(restore_check(target.path(), 1).is_err());
    assert!(restore_check(&target.path().join("nowhere"), 1).is_err());
}
