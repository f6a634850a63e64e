//! Jobs: kept once by their key, counted by their state, listed in pages.

use meridian_store::{Counts, Job, JobState, Lane, NewJob, StoreError};

use crate::common::{House, house, origin};

fn new(queue: &str, key: &str) -> NewJob {
    NewJob {
        queue: queue.into(),
        key: key.into(),
        head: r#"{"kind":"ORU^R01"}"#.into(),
        body: "MSH|^~\\&|".repeat(40).into(),
    }
}

async fn arrive(house: &House, queue: &str, key: &str) -> Result<i64, Job> {
    let job = new(queue, key);
    house.write(move |tx| tx.add_job(&job)).await
}

fn counts(house: &House, queue: &str) -> Counts {
    house.store.read(|sight| sight.job_counts(queue)).unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn what_arrives_twice_is_kept_once() {
    let house = house();
    let arrive = |_| {
        let store = house.store.clone();
        tokio::spawn(
            async move { store.write(Lane::Interactive, origin(), |tx| tx.add_job(&new("inbox", "CJ01/1"))).await },
        )
    };
    let arriving: Vec<_> = (0..50).map(arrive).collect();
    let mut added = 0;
    for one in arriving {
        match one.await.unwrap().unwrap() {
            Ok(id) => {
                assert_eq!(id, 1);
                added += 1;
            }
            Err(there) => assert_eq!((there.id, there.state), (1, JobState::Waiting)),
        }
    }
    assert_eq!(added, 1);
    assert_eq!(counts(&house, "inbox"), Counts { waiting: 1, done: 0, parked: 0 });
}

#[tokio::test]
async fn the_same_key_in_another_queue_is_another_job() {
    let house = house();
    assert_eq!(arrive(&house, "inbox", "k").await.unwrap(), 1);
    assert_eq!(arrive(&house, "outbox", "k").await.unwrap(), 2);
    assert_eq!(arrive(&house, "inbox", "k").await.unwrap_err().id, 1);
}

#[tokio::test]
async fn a_job_goes_through_its_states() {
    let house = house();
    for key in ["a", "b", "c", "d"] {
        arrive(&house, "inbox", key).await.unwrap();
    }
    let job = |key: &str| house.store.read(|sight| sight.job_by_key("inbox", key)).unwrap().unwrap();
    let came = job("a");
    assert_eq!(came.body, new("", "").body, "the bytes as they came");
    assert_eq!((came.attempts, came.tx, came.note.as_str()), (0, None, "{}"));

    let end =
        |job: Job, state: JobState, note: &'static str| house.write(move |tx| tx.end_job(&job, state, "{}", note));
    end(job("a"), JobState::Done, r#"{"made":3}"#).await;
    end(job("b"), JobState::Parked, r#"{"reason":"whose?"}"#).await;
    end(job("c"), JobState::Waiting, r#"{"reason":"later"}"#).await;
    assert_eq!(counts(&house, "inbox"), Counts { waiting: 2, done: 1, parked: 1 });
    assert_eq!((job("a").attempts, job("a").note.as_str()), (1, r#"{"made":3}"#));
    assert!(job("a").tx.is_some() && job("b").tx.is_none());

    let waiting = house.store.read(|sight| sight.waiting_jobs("inbox", 10)).unwrap();
    assert_eq!(waiting.iter().map(|job| job.key.as_str()).collect::<Vec<_>>(), ["c", "d"], "oldest first");
    end(job("b"), JobState::Done, "{}").await;
    assert_eq!(job("b").attempts, 2);
    assert_eq!(counts(&house, "inbox"), Counts { waiting: 2, done: 2, parked: 0 });
    assert_eq!(counts(&house, "nothing here"), Counts::default());
}

#[tokio::test]
async fn lists_are_pages_newest_first() {
    let house = house();
    for n in 1..=7 {
        arrive(&house, "inbox", &n.to_string()).await.unwrap();
        arrive(&house, "other", &n.to_string()).await.unwrap();
    }
    let page = |state, before, limit| {
        let jobs = house.store.read(|sight| sight.jobs("inbox", state, before, limit)).unwrap();
        jobs.into_iter().map(|job| (job.id, job.key)).collect::<Vec<_>>()
    };
    let first = page(None, None, 3);
    assert_eq!(first.iter().map(|(_, key)| key.as_str()).collect::<Vec<_>>(), ["7", "6", "5"]);
    let second = page(None, Some(first[2].0), 3);
    assert_eq!(second.iter().map(|(_, key)| key.as_str()).collect::<Vec<_>>(), ["4", "3", "2"]);
    assert_eq!(page(Some(JobState::Parked), None, 3), []);
    assert_eq!(page(Some(JobState::Waiting), None, 100).len(), 7);
}

#[tokio::test]
async fn what_a_failed_act_did_to_a_job_is_undone() {
    let house = house();
    arrive(&house, "inbox", "a").await.unwrap();
    let job = house.store.read(|sight| sight.job_by_key("inbox", "a")).unwrap().unwrap();
    let act = move |tx: &mut meridian_store::WriteTx<'_>| {
        tx.end_job(&job, JobState::Done, "{}", "{}")?;
        Err::<(), _>(StoreError::Stopping)
    };
    house.store.write(Lane::Interactive, origin(), act).await.unwrap_err();
    assert_eq!(counts(&house, "inbox"), Counts { waiting: 1, done: 0, parked: 0 });
}
