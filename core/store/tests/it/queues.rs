//! Queues as a whole: what stands in them, and walks that end where they are told to.

use meridian_store::{JobState, NewJob, Walk};

use crate::common::{House, house};

async fn filled() -> House {
    let house = house();
    for n in 0..10i64 {
        let queue = if n % 5 == 4 { "outbox/CJ02" } else { "inbox" };
        let new = NewJob { queue: queue.into(), key: format!("k{n}"), head: "{}".into(), body: b"raw".to_vec() };
        house
            .write(move |tx| {
                let id = tx.add_job(&new)?.unwrap();
                let job = tx.job(id)?.unwrap();
                if n < 4 {
                    let state = if n % 2 == 0 { JobState::Done } else { JobState::Parked };
                    tx.end_job(&job, state, "{}", "{}")?;
                }
                Ok(())
            })
            .await;
    }
    house
}

#[tokio::test]
async fn every_queue_is_told_with_its_oldest() {
    let house = filled().await;
    let read = house.store.read::<_, meridian_store::StoreError>(|reader| {
        let about = reader.jobs_keyed("inbox", "k", 2)?.iter().map(|job| job.key.clone()).collect::<Vec<_>>();
        let one = reader.jobs_keyed("inbox", "k3", 2)?.len();
        Ok((reader.queue_names()?, about, one))
    });
    let (names, about, one) = read.unwrap();
    assert_eq!(names, ["inbox", "outbox/CJ02"]);
    assert_eq!((about, one), (vec!["k8".to_owned(), "k7".to_owned()], 1), "the newest whose keys begin so");
    let at = |id: i64| house.store.read(|reader| reader.job(id)).unwrap().unwrap().at;
    let oldest = |queue| house.store.read(|reader| reader.oldest_waiting(queue)).unwrap();
    assert_eq!((oldest("inbox"), oldest("outbox/CJ02"), oldest("elsewhere")), (Some(at(6)), Some(at(5)), None));
}

#[tokio::test]
async fn a_walk_goes_both_ways_and_stops_when_it_has_enough() {
    let house = filled().await;
    let ids = |state, walk, most: usize| {
        let mut ids = Vec::new();
        let walked = house.store.read(|reader| {
            reader.walk_jobs("inbox", state, walk, |job| {
                assert!(job.body.is_empty());
                ids.push(job.id);
                ids.len() < most
            })
        });
        walked.unwrap();
        ids
    };
    assert_eq!(ids(None, Walk::Down(None), 99), [9, 8, 7, 6, 4, 3, 2, 1]);
    assert_eq!(ids(None, Walk::Down(Some(7)), 2), [6, 4]);
    assert_eq!(ids(Some(JobState::Parked), Walk::Up(0), 99), [2, 4]);
    assert_eq!(ids(Some(JobState::Waiting), Walk::Up(6), 99), [7, 8, 9]);
    let done = house.store.read(|reader| reader.job(1)).unwrap().unwrap();
    let at = house.store.read(|reader| reader.written_at(done.tx.unwrap())).unwrap().unwrap();
    assert!((0..60_000).contains(&(at - done.at)));
}
