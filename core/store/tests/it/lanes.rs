//! Two lanes: whoever waits for an answer overtakes imports.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use meridian_store::{Lane, StoreError, WriteTx};

use crate::common::{house, origin};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn interactive_acts_overtake_waiting_bulk_acts() {
    let house = house();
    let ran: Arc<Mutex<Vec<String>>> = Arc::default();
    let hold = house.hold(Lane::Bulk).await;
    let mut acts = Vec::new();
    let mut waiting = (0, 0);
    for (lane, name) in [
        (Lane::Bulk, "b1"),
        (Lane::Bulk, "b2"),
        (Lane::Interactive, "i1"),
        (Lane::Bulk, "b3"),
        (Lane::Interactive, "i2"),
    ] {
        let (store, ran) = (house.store.clone(), Arc::clone(&ran));
        acts.push(tokio::spawn(async move {
            let act = move |_: &mut WriteTx<'_>| {
                if lane == Lane::Bulk {
                    std::thread::sleep(Duration::from_millis(60));
                }
                ran.lock().unwrap().push(name.to_owned());
                Ok::<_, StoreError>(())
            };
            store.write(lane, origin(), act).await
        }));
        match lane {
            Lane::Interactive => waiting.0 += 1,
            Lane::Bulk => waiting.1 += 1,
        }
        house.until_waiting(waiting.0, waiting.1).await;
    }
    drop(hold);
    let last = acts.pop().unwrap();
    last.await.unwrap().unwrap();
    let so_far = ran.lock().unwrap().len();
    assert!(so_far <= 3, "the interactive acts were committed without the bulk acts: {so_far} had run");
    for act in acts {
        act.await.unwrap().unwrap();
    }
    assert_eq!(*ran.lock().unwrap(), ["i1", "i2", "b1", "b2", "b3"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_more_acts_than_places_are_all_done() {
    let house = house();
    let write = |n: usize| {
        let store = house.store.clone();
        let lane = if n.is_multiple_of(3) { Lane::Bulk } else { Lane::Interactive };
        tokio::spawn(async move { store.write(lane, origin(), |tx| tx.next("n")).await })
    };
    let acts: Vec<_> = (0..3000).map(write).collect();
    let mut numbers = Vec::new();
    for act in acts {
        numbers.push(act.await.unwrap().unwrap());
    }
    numbers.sort_unstable();
    assert_eq!(numbers, (1..=3000).collect::<Vec<i64>>());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_refusal_is_not_told_before_what_it_rests_on_is_on_disk() {
    let house = house();
    let hold = house.hold(Lane::Interactive).await;
    let ended: Arc<Mutex<Vec<&str>>> = Arc::default();
    let mut acts = Vec::new();
    for (nth, name) in ["refused", "slow"].into_iter().enumerate() {
        let (store, ended) = (house.store.clone(), Arc::clone(&ended));
        acts.push(tokio::spawn(async move {
            let log = Arc::clone(&ended);
            let act = move |tx: &mut WriteTx<'_>| {
                if name == "refused" {
                    return Err(StoreError::Stopping);
                }
                std::thread::sleep(Duration::from_millis(200));
                tx.next("n")?;
                log.lock().unwrap().push("written");
                Ok(())
            };
            let _ = store.write(Lane::Interactive, origin(), act).await;
            ended.lock().unwrap().push(name);
        }));
        house.until_waiting(nth + 1, 0).await;
    }
    drop(hold);
    for act in acts {
        act.await.unwrap();
    }
    assert_eq!(ended.lock().unwrap()[0], "written", "one group is answered together");
}
