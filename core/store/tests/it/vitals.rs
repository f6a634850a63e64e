//! What the store tells of itself is what is there.

use meridian_store::{Index, Store};

use crate::common::{OBSERVATION, add, house, is_about_files, source};

#[tokio::test]
async fn sizes_rows_and_commits_are_those_of_the_files() {
    if is_about_files("sizes of files") {
        return;
    }
    let house = house();
    for n in 0..5 {
        house
            .write(move |tx| {
                let subject = source(tx, &format!("p{n}"));
                add(tx, OBSERVATION, &format!("o{n}"), subject, &Index::default());
                Ok(())
            })
            .await;
    }
    house.store.audit().looked(meridian_store::Look { query: "x".into(), ..Default::default() }).await.unwrap();
    let vitals = house.store.vitals().unwrap();
    for name in ["meridian.db", "meridian.db-wal", "audit.db"] {
        let told = vitals.files.iter().find(|(file, _)| file == name).map(|(_, bytes)| *bytes);
        let there = std::fs::metadata(house.dir.path().join(name)).unwrap().len();
        assert_eq!(told, Some(there), "{name}");
    }
    assert_eq!((vitals.looks, vitals.writes), (1, 5));
    assert_eq!(
        vitals.pace.iter().map(|second| (second.commits, second.acts)).fold((0, 0), |a, b| (a.0 + b.0, a.1 + b.1)),
        (5, 5)
    );
    assert!(vitals.desks.iter().all(|(_, size, busy)| *size > 0 && busy <= size));

    let (record, audit) = Store::tables();
    for table in record {
        assert_eq!(house.store.rows_of(table).await.unwrap(), house.rows(table), "{table}");
    }
    assert_eq!(house.store.rows_of(audit[0]).await.unwrap(), 1);
}

#[tokio::test]
async fn a_lent_connection_is_busy() {
    let house = house();
    let busy = |house: &crate::common::House| {
        house.store.vitals().unwrap().desks.iter().find(|(name, ..)| *name == "searches").map(|(.., busy)| *busy)
    };
    let (release, held) = std::sync::mpsc::channel::<()>();
    let (began, begun) = tokio::sync::oneshot::channel();
    let store = house.store.clone();
    let search = tokio::spawn(async move {
        store
            .search::<_, meridian_store::StoreError>(move |_| {
                let _ = began.send(());
                let _ = held.recv();
                Ok(())
            })
            .await
    });
    begun.await.unwrap();
    assert_eq!(busy(&house), Some(1));
    drop(release);
    search.await.unwrap().unwrap();
    assert_eq!(busy(&house), Some(0));
}
