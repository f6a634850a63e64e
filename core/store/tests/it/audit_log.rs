//! Looks are on disk before their answers leave, in one chain, and told to whom they concern.

use meridian_store::{Look, Subject, Verified};

use crate::common::{House, home, house, is_about_files, open};

fn look(id: usize, subjects: &[i64]) -> Look {
    Look {
        actor: "li".into(),
        display: "李医生".into(),
        role: "doctor".into(),
        institution: "CJ01".into(),
        act: "read".into(),
        kind: "Observation".into(),
        id: format!("o{id}"),
        query: String::new(),
        request: format!("r-{id}"),
        subjects: subjects.iter().copied().map(Subject).collect(),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn concurrent_looks_are_all_on_disk_in_one_chain() {
    let house = house();
    // On a server two of its processes take turns.
    let other = if house.store.is_shared() { open(house.dir.path()).unwrap() } else { house.store.clone() };
    let worker = |worker: usize| {
        let log = if worker.is_multiple_of(3) { other.audit().clone() } else { house.store.audit().clone() };
        tokio::spawn(async move {
            for nth in 0..40 {
                let id = worker * 40 + nth;
                log.looked(look(id, &[7, 8 + i64::try_from(worker).unwrap()])).await.unwrap();
                let there = log.looks_at(&[Subject(8 + i64::try_from(worker).unwrap())], 1).unwrap();
                assert_eq!(there[0].look.id, format!("o{id}"), "answered, hence committed");
            }
        })
    };
    let workers: Vec<_> = (0..16).map(worker).collect();
    for worker in workers {
        worker.await.unwrap();
    }
    let expected = Verified { looks: 640, writes: 0, broken: None };
    assert_eq!(house.verified(), expected, "while the store is open");
    let House { store, dir } = house;
    drop((store, other));
    assert_eq!(Verified::of(home(dir.path())).unwrap(), expected);

    let store = open(dir.path()).unwrap();
    store.audit().looked(look(9999, &[7])).await.unwrap();
    assert_eq!(Verified::of(home(dir.path())).unwrap(), Verified { looks: 641, ..expected }, "the chain goes on");
    let newest = store.audit().looks_at(&[Subject(7)], 3).unwrap();
    assert_eq!(newest.iter().map(|row| row.seq).collect::<Vec<_>>(), [641, 640, 639]);
    assert_eq!(newest[0].look, look(9999, &[7]), "as it was written");
}

#[tokio::test]
async fn a_resident_is_told_every_look_once_and_no_other() {
    let house = house();
    for (id, subjects) in [(1, vec![5]), (2, vec![6]), (3, vec![5, 6]), (4, vec![9]), (5, vec![]), (6, vec![5, 5])] {
        house.store.audit().looked(look(id, &subjects)).await.unwrap();
    }
    let ids = |subjects: &[i64], limit| {
        let subjects: Vec<Subject> = subjects.iter().copied().map(Subject).collect();
        let rows = house.store.audit().looks_at(&subjects, limit).unwrap();
        rows.into_iter().map(|row| row.look.id).collect::<Vec<_>>()
    };
    assert_eq!(ids(&[5, 6], 10), ["o6", "o3", "o2", "o1"]);
    assert_eq!(ids(&[9], 10), ["o4"]);
    assert_eq!(ids(&[5, 6], 2), ["o6", "o3"]);
    assert!(ids(&[], 10).is_empty() && ids(&[77], 10).is_empty());
    assert!(house.verified().broken.is_none());
}

#[tokio::test]
async fn a_group_that_fails_leaves_the_chain_whole() {
    if is_about_files("a trigger of SQLite's stands for a disk that is full") {
        return;
    }
    let house = house();
    let conn = house.raw("audit.db");
    let bad = "CREATE TRIGGER no BEFORE INSERT ON look WHEN NEW.id = 'o25' BEGIN SELECT RAISE(ABORT, 'bad'); END";
    conn.execute_batch(bad).unwrap();
    let looking: Vec<_> = (0..50)
        .map(|id| {
            let log = house.store.audit().clone();
            tokio::spawn(async move { log.looked(look(id, &[5])).await.is_ok() })
        })
        .collect();
    let mut written = 0;
    for look in looking {
        written += i64::from(look.await.unwrap());
    }
    assert!(written < 50);
    house.store.audit().looked(look(99, &[5])).await.unwrap();
    assert_eq!(house.verified(), Verified { looks: written + 1, writes: 0, broken: None });
    assert_eq!(house.store.audit().looks_at(&[Subject(5)], 1).unwrap()[0].seq, written + 1);
}

#[tokio::test]
async fn a_look_that_cannot_be_written_is_refused_and_the_next_is_not() {
    if is_about_files("a trigger of SQLite's stands for a disk that is full") {
        return;
    }
    let house = house();
    house.store.audit().looked(look(1, &[5])).await.unwrap();
    let conn = house.raw("audit.db");
    conn.execute_batch("CREATE TRIGGER no BEFORE INSERT ON look BEGIN SELECT RAISE(ABORT, 'full'); END").unwrap();
    assert!(house.store.audit().looked(look(2, &[5])).await.is_err());
    conn.execute_batch("DROP TRIGGER no").unwrap();
    house.store.audit().looked(look(3, &[5])).await.unwrap();
    assert_eq!(house.verified(), Verified { looks: 2, writes: 0, broken: None });
}
