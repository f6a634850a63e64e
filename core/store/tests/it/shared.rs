//! Two processes over one store: here two openings of it in one process, which share nothing but the server.

use std::time::Duration;

use meridian_store::search::{Condition, Search, SystemTest, TokenTest};
use meridian_store::{Body, Home, Index, Lane, NewResource, Store, StoreError, Verified};

use crate::common::{OBSERVATION, add, home, house, letters, open, origin, source, token};

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

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_reading_after_its_connection_was_ended_has_a_new_one() {
    let house = house();
    if !house.store.is_shared() {
        return;
    }
    let own = || {
        let who = "SELECT DISTINCT pid FROM pg_locks WHERE relation = 'setting'::regclass AND pid <> pg_backend_pid()";
        house.store.read(|sight| sight.setting("x").map(|_| house.ask("meridian.db", who)))
    };
    let pids = own().unwrap();
    house.number(&format!("SELECT count(pg_terminate_backend({}, 5000))", pids[0]));
    assert_ne!(own().unwrap(), pids, "another connection, and nobody noticed");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_reading_that_ended_holds_nothing_for_long() {
    let house = house();
    if !house.store.is_shared() {
        return;
    }
    let held = || house.number("SELECT count(*) FROM pg_locks WHERE relation = 'setting'::regclass");
    let within = house.store.read(|sight| sight.setting("x").map(|_| held())).unwrap();
    assert!(within > 0, "its moment is kept");
    for _ in 0..200 {
        if held() == 0 {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("nobody ended it");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_writes_while_the_server_goes_is_told_so() {
    let house = house();
    if !house.store.is_shared() {
        return;
    }
    let end = "SELECT count(pg_terminate_backend(pid, 5000)) FROM pg_locks WHERE locktype = 'advisory' AND granted
               AND classid = 1296388689 AND objid = (hashtext(current_schema())::bigint & 4294967295)::oid";
    let hold = house.hold(Lane::Interactive).await;
    let mut acts = Vec::new();
    for nth in 0..3 {
        let store = house.store.clone();
        let Home::Postgres(url) = home(house.dir.path()) else { panic!("it is shared") };
        let act = move |tx: &mut meridian_store::WriteTx<'_>| {
            let number = tx.next("line")?;
            if nth == 1 {
                assert_eq!(meridian_testkit::postgres::ask(&url, end).unwrap(), "1", "the writer's connection");
            }
            Ok(number)
        };
        acts.push(tokio::spawn(async move { store.write::<_, StoreError>(Lane::Interactive, origin(), act).await }));
        house.until_waiting(nth + 1, 0).await;
    }
    drop(hold);
    let mut answers = Vec::new();
    for act in acts {
        answers.push(act.await.unwrap());
    }
    let [first, second, third] = &answers[..] else { panic!("{answers:?}") };
    for one in [first, second] {
        assert!(matches!(one, Err(StoreError::Unavailable(why)) if why.contains("undone")), "{answers:?}");
    }
    assert!(matches!(third, Ok(1)), "{answers:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn long_questions_with_long_answers_travel_together() {
    let house = house();
    house
        .write(|tx| {
            let index = Index { tokens: vec![(1, token("s", "a"))], ..Index::default() };
            let body = Body::of(letters(1, 1 << 20).as_bytes());
            let (kind, subject) = (OBSERVATION, source(tx, "p"));
            let new = NewResource { kind, name: "Observation", id: "o", subject, at: 1, body: &body, index: &index };
            tx.insert(&new, false).map(|_| ())
        })
        .await;
    let search = |nth: u64| {
        let codes = (0..400).map(|code| letters(nth * 1000 + code, 100)).chain(["a".to_owned()]);
        let any = codes.map(|code| TokenTest { system: SystemTest::Any, code: Some(code) }).collect();
        let token = Condition::Token { params: vec![1], any, selective: false };
        Search { conditions: vec![token], ..crate::search::all(OBSERVATION) }
    };
    let searches: Vec<_> = (0..12).map(search).collect();
    let found = house.store.read(|sight| {
        sight.foresee(searches.clone())?;
        let found = searches.iter().map(|search| Ok(sight.search(search)?.rows.len()));
        found.collect::<Result<Vec<_>, StoreError>>()
    });
    assert_eq!(found.unwrap(), [1; 12]);
}
