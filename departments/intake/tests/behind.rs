//! What a passing fault leaves behind: order is kept, nothing acknowledged is lost, nothing waits for ever.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)]

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use meridian_engine::{
    Caller, Change, Engine, EngineError, Further, Participant, Request, Role, Sight,
    jobs::{self, Job, JobState},
    search, split_query,
};
use meridian_intake::{FeedConfig, Inbox, operations};
use meridian_store::{Store, StoreOptions};
use serde_json::Value;

const NOW: i64 = 1_767_571_800_000;

/// Refuses residents of this name for a reason of the house's own, as long as it is on.
struct Fault {
    name: &'static str,
    on: Arc<AtomicBool>,
}

impl Participant for Fault {
    fn kinds(&self) -> &'static [&'static str] {
        &["Patient"]
    }

    fn follow(&self, change: &Change<'_>, _: &Sight<'_>) -> Result<Vec<Further>, EngineError> {
        let name = change.after.and_then(|patient| patient.pointer("/name/0/text")).and_then(Value::as_str);
        if self.on.load(Ordering::SeqCst) && name == Some(self.name) {
            return Err(EngineError::Busy);
        }
        Ok(Vec::new())
    }
}

struct House {
    _folder: tempfile::TempDir,
    engine: Engine,
    inbox: Inbox,
    fault: Arc<AtomicBool>,
}

/// A house that cannot write a resident called 王故障.
fn house() -> House {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(
        meridian_store::Home::either(folder.path(), meridian_testkit::postgres::schema_for(folder.path())),
        &StoreOptions::default(),
    )
    .unwrap();
    let fault = Arc::new(AtomicBool::new(true));
    let engine = Engine::new(store, vec![Arc::new(Fault { name: "王故障", on: Arc::clone(&fault) })]);
    let inbox = inbox(&engine);
    House { _folder: folder, engine, inbox, fault }
}

fn inbox(engine: &Engine) -> Inbox {
    Inbox::new(
        engine.clone(),
        vec![FeedConfig::for_institution("CJ01"), {
            let mut other = FeedConfig::for_institution("CJ02");
            other.facility = Some("CJ02".into());
            other
        }],
    )
}

fn operator() -> Caller {
    Caller { role: Role::Operator, ..Caller::system("test", "CJ00", "t-1") }
}

/// An update of the resident H1 of an institution.
fn update(institution: &str, control: &str, time: &str, name: &str, rest: &str) -> String {
    format!(
        "MSH|^~\\&|HIS|{institution}|M|CJ00|{time}||ADT^A31|{control}|P|2.5.1||||||UNICODE UTF-8\rEVN||{time}\r\
         PID|1||H1^^^{institution}^MR||{name}||19570304|F{rest}\r"
    )
}

impl House {
    async fn send(&self, message: &str) -> String {
        let answer = String::from_utf8(self.inbox.receive(message.as_bytes(), NOW).await).unwrap();
        answer.split('\r').find(|line| line.starts_with("MSA")).unwrap_or_default().to_owned()
    }

    async fn resident(&self, institution: &str) -> Option<Value> {
        let query = format!("identifier=https://meridian.example/id/mrn/{institution}|H1");
        let request = Request { kind: "Patient".into(), params: split_query(&query).unwrap(), lenient: false };
        let answer = search(&self.engine, &operator(), &request).await.unwrap();
        answer.hits.first().map(|hit| serde_json::from_slice(&hit.served.body).unwrap())
    }

    fn job(&self, id: i64) -> Job {
        jobs::message(&self.engine, &operator(), id).unwrap()
    }

    async fn until(&self, id: i64, state: JobState) -> bool {
        for _ in 0..100 {
            if self.job(id).state == state {
                return true;
            }
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        }
        false
    }
}

#[tokio::test]
async fn what_is_newer_waits_behind_what_was_acknowledged() {
    let house = house();
    let (first, second) = (
        update("CJ01", "1", "20260105080000", "王^故障", "|||江北路1号"),
        update("CJ01", "2", "20260105090000", "王^秀英", ""),
    );
    assert_eq!(house.send(&first).await, "MSA|AA|1", "it is safe");
    assert_eq!(house.send(&second).await, "MSA|AA|2");
    assert_eq!((house.job(1).state, house.job(2).state), (JobState::Waiting, JobState::Waiting));
    assert!(house.resident("CJ01").await.is_none(), "the second did not overtake");
    // Another institution is not held up.
    assert_eq!(house.send(&update("CJ02", "3", "20260105090000", "李^四", "")).await, "MSA|AA|3");
    assert!(house.resident("CJ02").await.is_some());
    // Neither is tried out of its turn, whoever asks.
    let row = operations(&house.inbox).into_iter().find(|row| row.name == "inbox-replay").unwrap();
    let params = vec![("id".to_owned(), "2".to_owned())];
    row.act
        .run(&house.engine, &operator(), meridian_engine::operations::Call { params, ..Default::default() })
        .await
        .unwrap();
    assert_eq!((house.job(1).state, house.job(2).state), (JobState::Waiting, JobState::Waiting));
    // The fault passes: both are applied by themselves, in their order.
    house.fault.store(false, Ordering::SeqCst);
    assert!(house.until(2, JobState::Done).await);
    let resident = house.resident("CJ01").await.unwrap();
    assert_eq!((&resident["name"][0]["text"], &resident["meta"]["versionId"]), (&"王秀英".into(), &"2".into()));
    assert!(resident["address"].is_array(), "what only the first said is there");
    assert!(!house.job(2).note.contains("late"));
    assert_eq!(house.send(&update("CJ01", "4", "20260105100000", "王^秀英", "")).await, "MSA|AA|4");
    assert_eq!(house.job(4).attempts, 1, "in one commit again");
}

#[tokio::test]
async fn a_fault_that_lasts_does_not_hold_the_line_for_ever() {
    let house = house();
    house.send(&update("CJ01", "1", "20260105080000", "王^故障", "")).await;
    house.send(&update("CJ01", "2", "20260105090000", "王^秀英", "")).await;
    for _ in 0..110 {
        house.inbox.recover().await;
    }
    let given_up = house.job(1);
    assert_eq!(given_up.state, JobState::Parked);
    assert!(given_up.note.contains("internal") && given_up.attempts > 100, "{given_up:?}");
    assert_eq!(house.job(2).state, JobState::Done);
}

#[tokio::test]
async fn what_was_set_aside_waits_again_when_its_sender_hears_that_it_is_safe() {
    let house = house();
    let message = update("CJ01", "1", "20260105080000", "王^故障", "");
    // Parked while nobody knew the sender.
    let closed = Inbox::new(house.engine.clone(), Vec::new());
    closed.receive(message.as_bytes(), NOW).await;
    let key = house.job(1).key;
    assert_eq!(house.job(1).state, JobState::Parked);
    let caller = Caller::system("intake", "CJ01", "x");
    // The same under the key that the configured feed gives it.
    assert_eq!(house.send(&message).await, "MSA|AA|1");
    let id = house.job(2).id;
    assert_ne!(house.job(id).key, key);
    jobs::park(&house.engine, &caller, id, house.job(id).head, "{}".into()).await.unwrap();
    assert_eq!(house.send(&message).await, "MSA|AA|1");
    assert_eq!(house.job(id).state, JobState::Waiting);
    house.fault.store(false, Ordering::SeqCst);
    assert!(house.until(id, JobState::Done).await);
}

#[tokio::test]
async fn what_a_start_cannot_work_off_is_tried_again_by_itself() {
    let house = house();
    // As a kill leaves it: kept, and nobody of this life knows of it.
    let (caller, body) = (Caller::system("intake", "CJ01", "x"), update("CJ01", "1", "20260105080000", "王^故障", ""));
    jobs::receive(&house.engine, &caller, "k1".into(), "{}".into(), body.into_bytes()).await.unwrap();
    assert_eq!(house.inbox.recover().await, 0);
    house.fault.store(false, Ordering::SeqCst);
    assert!(house.until(1, JobState::Done).await);
}
