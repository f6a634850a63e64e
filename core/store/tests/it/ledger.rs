//! Ledgers: movements that are only added to, a balance that is never below nothing, each movement once.

use meridian_store::{Lane, Moved, Movement, Refused, Store, StoreError, WriteTx};

use crate::common::{house, open, origin};

fn movement(amount: i64, key: &str) -> Movement {
    Movement { account: "stock/w1/7".into(), amount, key: key.into(), what: "MedicationDispense/1".into() }
}

async fn moved(store: &Store, movement: Movement) -> Result<Moved, Refused> {
    let act = move |tx: &mut WriteTx<'_>| tx.move_amount(&movement);
    store.write::<_, StoreError>(Lane::Interactive, origin(), act).await.unwrap()
}

#[tokio::test]
async fn what_goes_out_was_there() {
    let house = house();
    let balance = || house.store.read(|sight| sight.balance("stock/w1/7")).unwrap();
    assert_eq!(balance(), 0);
    assert_eq!(moved(&house.store, movement(-1, "a")).await, Err(Refused::Short { balance: 0 }));
    let first = moved(&house.store, movement(10, "b")).await.unwrap();
    assert_eq!((first.nth, first.balance), (1, 10));
    assert_eq!(moved(&house.store, movement(-11, "c")).await, Err(Refused::Short { balance: 10 }));
    assert_eq!(moved(&house.store, movement(-10, "c")).await.unwrap().balance, 0, "to the last one");
    assert_eq!(moved(&house.store, movement(i64::MAX, "d")).await.unwrap().balance, i64::MAX);
    assert_eq!(moved(&house.store, movement(1, "e")).await, Err(Refused::Full { balance: i64::MAX }));
    let other = Movement { account: "deposit/9".into(), ..movement(5, "b") };
    assert_eq!(moved(&house.store, other).await.unwrap().balance, 5, "an account of its own");
    assert_eq!(balance(), i64::MAX);
}

#[tokio::test]
async fn the_same_movement_is_done_once() {
    let house = house();
    let first = moved(&house.store, movement(7, "m-1")).await.unwrap();
    assert_eq!(moved(&house.store, movement(7, "m-1")).await, Ok(first.clone()));
    assert_eq!(moved(&house.store, movement(8, "m-1")).await, Err(Refused::Another(first)));
    let long = "k".repeat(5000);
    assert_eq!(moved(&house.store, movement(1, &long)).await.unwrap().balance, 8);
    assert_eq!(moved(&house.store, movement(1, &long)).await.unwrap().balance, 8, "a long key is a key");
    assert_eq!(house.rows("ledger"), 2);
}

#[tokio::test]
async fn movements_are_pages_newest_first() {
    let house = house();
    for nth in 1..=7 {
        moved(&house.store, movement(nth, &nth.to_string())).await.unwrap();
    }
    let page = |before| {
        let found = house.store.read(|sight| sight.movements("stock/w1/7", before, 3)).unwrap();
        found.into_iter().map(|moved| (moved.nth, moved.balance)).collect::<Vec<_>>()
    };
    assert_eq!(page(None), [(7, 28), (6, 21), (5, 15)]);
    moved(&house.store, movement(1, "later")).await.unwrap();
    assert_eq!(page(Some(5)), [(4, 10), (3, 6), (2, 3)], "what comes in meanwhile moves no page");
    assert_eq!(page(Some(2)), [(1, 1)]);
}

/// Two openings of one store where it can be: then neither knows of the other but by the database.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn many_who_take_at_once_never_take_more_than_there_is() {
    let house = house();
    let other = if house.store.is_shared() { open(house.dir.path()).unwrap() } else { house.store.clone() };
    moved(&house.store, movement(100, "in")).await.unwrap();
    let take = |nth: i64| {
        let store = if nth % 2 == 0 { house.store.clone() } else { other.clone() };
        let lane = if nth % 5 == 0 { Lane::Bulk } else { Lane::Interactive };
        // Each movement is tried by two, of whom one comes upon it.
        let movement = movement(-3, &format!("out-{}", nth / 2));
        tokio::spawn(async move {
            let act = move |tx: &mut WriteTx<'_>| {
                let done = tx.move_amount(&movement)?;
                if nth % 14 < 2 { Err(StoreError::Stopping) } else { Ok(done) }
            };
            store.write(lane, origin(), act).await
        })
    };
    let takers: Vec<_> = (0..200).map(take).collect();
    let mut numbers = std::collections::BTreeSet::new();
    let mut short = 0;
    for taker in takers {
        match taker.await.unwrap() {
            Ok(Ok(done)) => {
                numbers.insert(done.nth);
                assert!(done.balance >= 0 && done.amount == -3);
            }
            Ok(Err(refused)) => {
                assert_eq!(refused, Refused::Short { balance: 1 });
                short += 1;
            }
            Err(error) => assert!(matches!(error, StoreError::Stopping), "{error}"),
        }
    }
    assert_eq!(numbers, (2..=34).collect(), "33 times 3 of 100, each once and without a gap");
    assert!(short > 0);
    let (held, count) = house
        .store
        .read::<_, StoreError>(|sight| {
            Ok((sight.balance("stock/w1/7")?, sight.movements("stock/w1/7", None, 1000)?.len()))
        })
        .unwrap();
    assert_eq!((held, count), (1, 34));
    assert_eq!(house.number("SELECT sum(amount) FROM ledger"), 1, "the balance is the sum");
}

#[tokio::test]
async fn the_database_itself_keeps_a_ledger() {
    let house = house();
    moved(&house.store, movement(5, "a")).await.unwrap();
    let refused = |sql: &str| house.try_ask(sql).unwrap_err().to_lowercase();
    let add = |nth: i64, amount: i64, balance: i64, key: &str| {
        format!(
            "INSERT INTO ledger (account, nth, amount, balance, key, what, at, tx) \
             VALUES ('stock/w1/7', {nth}, {amount}, {balance}, '{key}', '', 1, 1)"
        )
    };
    assert!(refused(&add(2, -6, -1, "b")).contains("check constraint"), "below nothing");
    assert!(refused(&add(1, 1, 6, "b")).contains("constraint"), "a number that is there");
    assert!(refused(&add(2, 1, 6, "a")).contains("unique constraint"), "a key that is there");
    for change in ["UPDATE ledger SET amount = 6, balance = 6", "DELETE FROM ledger"] {
        assert!(refused(change).contains("only added to"), "{change}");
    }
    assert_eq!(house.store.read(|sight| sight.balance("stock/w1/7")).unwrap(), 5);
}
