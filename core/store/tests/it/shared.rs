//! Two processes over one store: here two openings of it in one process, which share nothing but the server.

use std::time::Duration;

use meridian_store::{Index, Lane, Store, StoreError, Verified};

use crate::common::{OBSERVATION, add, home, house, open, origin, source};

async fn write(store: &Store, id: String) -> i64 {
    let act = move |tx: &mut meridian_store::WriteTx<'_>| {
        let subject = source(tx, &format!("p-{id}"));
        add(tx, OBSERVATION, &id, subject, &Index::default());
        tx.tx()
    };
    store.write::<_, StoreError>(Lane::Interactive, origin(), act).await.unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn what_others_wrote_is_heard_once_and_in_order() {
    let house = house();
    if !house.store.is_shared() {
        assert!(house.store.hear().is_none(), "a folder is one process's own");
        return;
    }
    let other = open(house.dir.path()).unwrap();
    let mut words = house.store.hear().unwrap();
    let writers = [(&house.store, "own"), (&other, "other")].map(|(store, who)| {
        let store = store.clone();
        tokio::spawn(async move {
            for nth in 0..60 {
                write(&store, format!("{who}-{nth}")).await;
            }
        })
    });
    let (mut last, mut heard) = (0, Vec::new());
    while heard.len() < 60 {
        let found = house.store.others_after(last, 7).unwrap();
        heard.extend(found.rows.iter().map(|row| (row.seq, row.what.clone())));
        if found.last == last {
            let _ = tokio::time::timeout(Duration::from_secs(1), words.recv()).await;
        }
        last = found.last;
    }
    for writer in writers {
        writer.await.unwrap();
    }
    assert!(heard.is_sorted() && heard.iter().all(|(_, what)| what.contains("/other-")), "{heard:?}");
    let rest = house.store.others_after(last, 1000).unwrap();
    assert!(rest.rows.is_empty(), "everything was heard");
    let whole = Verified { looks: 0, writes: 120, broken: None };
    assert_eq!(Verified::of(home(house.dir.path())).unwrap(), whole, "one chain, without a gap");
}

#[tokio::test]
async fn words_go_to_the_others_alone() {
    let house = house();
    if !house.store.is_shared() {
        return;
    }
    let other = open(house.dir.path()).unwrap();
    let (mut own, mut theirs) = (house.store.hear().unwrap(), other.hear().unwrap());
    for _ in 0..50 {
        house.store.say("j\twaiting\t7\tinbox".into());
        let heard = tokio::time::timeout(Duration::from_millis(200), theirs.recv()).await;
        if matches!(heard, Ok(Ok(word)) if word == "j\twaiting\t7\tinbox") {
            while let Ok(word) = own.try_recv() {
                assert!(word.is_empty(), "nobody hears himself: {word}");
            }
            return;
        }
    }
    panic!("nothing was heard");
}

#[tokio::test]
async fn a_lease_has_one_holder_until_it_ends() {
    let house = house();
    let take = |who: &'static str, time: i64| house.write(move |tx| tx.take_lease("line", who, time));
    assert!(take("one", 60_000).await && take("one", 50).await, "who has it may have it again");
    assert!(!take("other", 60_000).await);
    tokio::time::sleep(Duration::from_millis(80)).await;
    assert!(take("other", 60_000).await, "a lost one ends by itself");
    assert!(!take("one", 60_000).await);
    house.write(|tx| tx.drop_lease("line", "one")).await;
    assert!(!take("one", 60_000).await, "only the holder lets go");
    house.write(|tx| tx.drop_lease("line", "other")).await;
    assert!(take("one", 60_000).await);
}
