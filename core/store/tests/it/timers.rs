//! Timers: due work is given to one, again if he is lost, and done once for each time.

use std::collections::BTreeMap;

use meridian_store::{Lane, NewTimer, Store, StoreError, Timer, WriteTx};

use crate::common::{House, house, open, origin};

const HOUR: i64 = 3_600_000;

fn new(key: &str, due: i64) -> NewTimer {
    NewTimer { kind: "follow-up".into(), key: key.into(), due, what: format!("CarePlan/{key}") }
}

async fn set(house: &House, key: &'static str, due: i64) {
    house.write(move |tx| tx.set_timer(&new(key, due))).await;
}

async fn take(store: &Store, holder: &'static str, time: i64, limit: u32) -> Vec<Timer> {
    let act = move |tx: &mut WriteTx<'_>| tx.take_due("follow-up", holder, time, limit);
    store.write::<_, StoreError>(Lane::Interactive, origin(), act).await.unwrap()
}

fn keys(timers: &[Timer]) -> Vec<&str> {
    timers.iter().map(|timer| timer.key.as_str()).collect()
}

fn waiting(house: &House) -> Vec<(String, i64)> {
    let all = house.store.read(|sight| sight.timers("follow-up", None, 100)).unwrap();
    all.into_iter().map(|timer| (timer.key, timer.due)).collect()
}

#[tokio::test]
async fn what_is_due_is_given_out_oldest_first() {
    let house = house();
    let now = house.write(|tx| Ok(tx.at())).await;
    for (key, due) in [("late", now + HOUR), ("b", now - 5), ("a", now - 5), ("first", now - HOUR)] {
        set(&house, key, due).await;
    }
    house.write(move |tx| tx.set_timer(&NewTimer { kind: "other".into(), ..new("x", now - HOUR) })).await;
    let taken = take(&house.store, "one", HOUR, 2).await;
    assert_eq!(keys(&taken), ["first", "a"]);
    assert_eq!((taken[0].what.as_str(), taken[0].attempts), ("CarePlan/first", 1));
    assert_eq!(keys(&take(&house.store, "other", HOUR, 9).await), ["b"], "nobody else gets what was taken");
    assert!(take(&house.store, "one", HOUR, 9).await.is_empty());
    assert_eq!(waiting(&house).len(), 4, "what was taken is not done");
    let page = house.store.read(|sight| sight.timers("follow-up", Some((now - 5, "a")), 9)).unwrap();
    assert_eq!(keys(&page), ["b", "late"]);
}

#[tokio::test]
async fn a_timer_is_done_once_for_each_time() {
    let house = house();
    let now = house.write(|tx| Ok(tx.at())).await;
    set(&house, "a", now - 10).await;
    let taken = take(&house.store, "one", HOUR, 9).await.pop().unwrap();
    let end = |timer: &Timer| {
        let timer = timer.clone();
        house.write(move |tx| tx.end_timer(&timer))
    };
    assert!(end(&taken).await);
    assert!(!end(&taken).await, "somebody else did it");
    assert_eq!(waiting(&house), []);
    set(&house, "a", now - 10).await;
    assert_eq!(waiting(&house), [], "it was done at that time");
    set(&house, "a", now - 9).await;
    let again = take(&house.store, "one", HOUR, 9).await.pop().unwrap();
    assert_eq!((again.due, again.attempts), (now - 9, 1));
    assert_ne!(again.mark(), taken.mark());
    set(&house, "a", now + HOUR).await;
    assert!(!end(&again).await, "it was set to another time since");
    assert_eq!(waiting(&house), [("a".into(), now + HOUR)]);
    house.write(|tx| tx.drop_timer("follow-up", "a")).await;
    assert_eq!(waiting(&house), []);
}

#[tokio::test]
async fn setting_it_again_takes_it_from_nobody() {
    let house = house();
    let now = house.write(|tx| Ok(tx.at())).await;
    set(&house, "a", now - 10).await;
    take(&house.store, "one", HOUR, 9).await;
    house.write(move |tx| tx.set_timer(&NewTimer { what: "more".into(), ..new("a", now - 10) })).await;
    assert!(take(&house.store, "other", HOUR, 9).await.is_empty());
    let there = house.store.read(|sight| sight.timer("follow-up", "a")).unwrap().unwrap();
    assert_eq!((there.what.as_str(), there.attempts), ("more", 1));
}

#[tokio::test]
async fn what_was_taken_by_one_who_is_lost_is_given_out_again() {
    let house = house();
    set(&house, "a", 1).await;
    let lost = take(&house.store, "lost", 40, 9).await;
    assert!(take(&house.store, "other", HOUR, 9).await.is_empty());
    tokio::time::sleep(std::time::Duration::from_millis(80)).await;
    let dir = house.dir;
    drop(house.store); // and the program was stopped meanwhile
    let store = open(dir.path()).unwrap();
    let again = take(&store, "other", HOUR, 9).await;
    assert_eq!((keys(&again), again[0].attempts), (vec!["a"], 2));
    assert_eq!(again[0].mark(), lost[0].mark(), "what was done outside is known by it");
    let (first, put_off) = (again[0].clone(), again[0].clone());
    let act = move |tx: &mut WriteTx<'_>| tx.put_off_timer(&put_off, 40);
    store.write::<_, StoreError>(Lane::Interactive, origin(), act).await.unwrap();
    assert!(take(&store, "other", HOUR, 9).await.is_empty(), "not at once");
    tokio::time::sleep(std::time::Duration::from_millis(80)).await;
    assert_eq!(take(&store, "third", HOUR, 9).await[0].mark(), first.mark());
}

/// Several processes where the store can have them; some give up in the middle, some lose what they took.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn each_is_done_once_however_many_take() {
    let house = house();
    let other = if house.store.is_shared() { open(house.dir.path()).unwrap() } else { house.store.clone() };
    house.write(|tx| (0..60).try_for_each(|nth| tx.set_timer(&new(&format!("t{nth:02}"), 1 + nth % 7)))).await;
    let worker = |who: usize| {
        let store = if who.is_multiple_of(2) { house.store.clone() } else { other.clone() };
        tokio::spawn(async move {
            let mut did = Vec::new();
            let mut empty = 0;
            while empty < 40 {
                let taken = take(&store, ["a", "b", "c", "d", "e", "f"][who], 30, 7).await;
                if taken.is_empty() {
                    empty += 1;
                    tokio::time::sleep(std::time::Duration::from_millis(5)).await;
                    continue;
                }
                for (nth, timer) in taken.into_iter().enumerate() {
                    if (nth + who).is_multiple_of(5) && timer.attempts < 3 {
                        continue; // lost
                    }
                    let fails = (nth + who).is_multiple_of(3) && timer.attempts < 2;
                    let act = move |tx: &mut WriteTx<'_>| {
                        if !tx.end_timer(&timer)? {
                            return Ok(None);
                        }
                        tx.next(&format!("done {}", timer.key))?;
                        if fails { Err(StoreError::Stopping) } else { Ok(Some(timer.mark())) }
                    };
                    did.extend(store.write(Lane::Interactive, origin(), act).await.ok().flatten());
                }
            }
            did
        })
    };
    let workers: Vec<_> = (0..6).map(worker).collect();
    let mut done: BTreeMap<String, usize> = BTreeMap::new();
    for worker in workers {
        for mark in worker.await.unwrap() {
            *done.entry(mark).or_default() += 1;
        }
    }
    assert_eq!(done.len(), 60, "{done:?}");
    assert!(done.values().all(|times| *times == 1), "{done:?}");
    assert_eq!(house.number("SELECT count(*) FROM sequence WHERE scope LIKE 'done %' AND next = 2"), 60);
    assert_eq!(house.number("SELECT count(*) FROM timer WHERE due IS NOT NULL OR fired IS NULL"), 0);
}

#[tokio::test]
async fn one_that_fails_again_and_again_is_given_out_ever_more_seldom() {
    let house = house();
    set(&house, "a", 1).await;
    let until = || house.number("SELECT until FROM timer");
    let mut times = Vec::new();
    for _ in 0..70 {
        house.try_ask("UPDATE timer SET until = 0").unwrap();
        let now = house.write(|tx| Ok(tx.at())).await;
        assert_eq!(take(&house.store, "one", 1000, 9).await.len(), 1);
        times.push((until() - now) / 1000);
    }
    assert_eq!(times[..4], [1, 2, 4, 8]);
    assert!(times[12..].iter().all(|time| *time == 3600), "an hour at most, however often: {times:?}");
}

#[tokio::test]
async fn what_was_taken_before_the_clock_was_put_back_is_not_kept_from_others() {
    let house = house();
    set(&house, "a", 1).await;
    assert!(house.write(|tx| tx.take_lease("line", "gone", HOUR)).await);
    assert_eq!(take(&house.store, "gone", HOUR, 9).await.len(), 1);
    assert!(!house.write(|tx| tx.take_lease("line", "other", HOUR)).await);
    assert!(take(&house.store, "other", HOUR, 9).await.is_empty());
    for table in ["timer", "lease"] {
        house.try_ask(&format!("UPDATE {table} SET until = until + 86400000")).unwrap();
    }
    assert!(house.write(|tx| tx.take_lease("line", "other", HOUR)).await, "nobody takes it for a day");
    assert_eq!(take(&house.store, "other", HOUR, 9).await.len(), 1);
}
