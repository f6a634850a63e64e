//! What departments build on besides resources: accounts and timers that move in the transaction of a change.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)] // a fault of the set-up may stop a test

use std::sync::Arc;
use std::time::Duration;

use meridian_engine::{
    Caller, Change, Class, Engine, EngineError, Further, Happened, Lane, Movement, NewTimer, Options, Participant,
    Role, Sight, create, delete, keep_search_parameters, ledgers, run_bundle, timers,
};
use meridian_store::{ERASING, Home, Origin, Store, StoreError, StoreOptions, WriteTx};
use serde_json::{Value, json};

/// A pharmacy: each Medication brings tablets in, each dispensing takes some, and is looked at again when it is over.
struct Pharmacy;

const SHELF: &str = "stock/w1/aspirin";

impl Participant for Pharmacy {
    fn kinds(&self) -> &'static [&'static str] {
        &["SupplyDelivery", "MedicationDispense"]
    }

    fn follow(&self, change: &Change<'_>, sight: &Sight<'_>) -> Result<Vec<Further>, EngineError> {
        let (kind, key) = ("refill".to_owned(), change.id.to_owned());
        if change.happened == Happened::Deleted {
            return Ok(vec![Further::Forget { kind, key }]);
        }
        let quantity = change.after.and_then(|after| {
            after.pointer("/quantity/value").or_else(|| after.pointer("/suppliedItem/quantity/value"))?.as_i64()
        });
        let quantity = quantity.unwrap_or_default();
        let what = format!("{}/{}", change.kind, change.id);
        let amount = if change.kind == "SupplyDelivery" { quantity } else { -quantity };
        assert!(sight.balance(SHELF)? >= 0);
        assert!(sight.timer(&kind, &key)?.is_none());
        let movement = Movement { account: SHELF.into(), amount, key: what.clone(), what: what.clone() };
        Ok(vec![Further::Move(movement), Further::Remind(NewTimer { kind, key, due: 1000, what })])
    }
}

fn house() -> (tempfile::TempDir, Store, Engine) {
    let dir = tempfile::tempdir().unwrap();
    let store = open(&dir);
    (dir, store.clone(), Engine::new(store, vec![Arc::new(Pharmacy)]))
}

fn open(dir: &tempfile::TempDir) -> Store {
    let home = Home::either(dir.path(), meridian_testkit::postgres::schema_for(dir.path()));
    Store::open(home, &StoreOptions::default()).unwrap()
}

fn operator() -> Caller {
    Caller { role: Role::Operator, ..Caller::system("test", "CJ01", "t-1") }
}

fn delivery(quantity: i64) -> Value {
    json!({"resourceType": "SupplyDelivery", "suppliedItem": {"quantity": {"value": quantity}}})
}

fn dispensed(quantity: i64) -> Value {
    json!({"resourceType": "MedicationDispense", "status": "completed", "quantity": {"value": quantity},
        "medicationCodeableConcept": {"text": "aspirin"}})
}

async fn add(engine: &Engine, resource: Value) -> Result<String, EngineError> {
    let delivered = resource["resourceType"] == "SupplyDelivery";
    let kind = if delivered { "SupplyDelivery" } else { "MedicationDispense" };
    Ok(create(engine, &operator(), kind, resource, None).await?.served.id)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn an_act_that_takes_more_than_there_is_leaves_nothing() {
    let (_dir, store, engine) = house();
    add(&engine, delivery(10)).await.unwrap();
    let takers: Vec<_> = (0..30)
        .map(|_| {
            let engine = engine.clone();
            tokio::spawn(async move { add(&engine, dispensed(3)).await })
        })
        .collect();
    let mut made = 0;
    for taker in takers {
        match taker.await.unwrap() {
            Ok(_) => made += 1,
            Err(error) => {
                assert_eq!(error.class(), Class::Conflict);
                assert!(error.to_string().contains("holds less than -3 takes"), "{error}");
            }
        }
    }
    assert_eq!((made, ledgers::balance(&engine, &operator(), SHELF).await.unwrap()), (3, 1));
    let moved = ledgers::movements(&engine, &operator(), SHELF, None, 10).await.unwrap();
    assert_eq!(
        moved.iter().map(|one| (one.amount, one.balance)).collect::<Vec<_>>(),
        [(-3, 1), (-3, 4), (-3, 7), (10, 10)]
    );
    assert_eq!(store.read(|sight| sight.timers("refill", None, 100)).unwrap().len(), 4, "nor a timer");

    // Of a transaction all goes or nothing.
    let entry =
        |resource: Value| json!({"request": {"method": "POST", "url": resource["resourceType"]}, "resource": resource});
    let bundle =
        json!({"resourceType": "Bundle", "type": "transaction", "entry": [entry(dispensed(1)), entry(dispensed(1))]});
    run_bundle(&engine, &operator(), bundle, Options::default()).await.unwrap_err();
    assert_eq!(ledgers::balance(&engine, &operator(), SHELF).await.unwrap(), 1);
    let doctor = Caller { role: Role::Doctor, ..operator() };
    assert_eq!(timers::next(&engine, &doctor, "refill").unwrap_err().class(), Class::Denied);
}

#[tokio::test]
async fn who_looks_into_an_account_is_written_down() {
    let (_dir, store, engine) = house();
    add(&engine, delivery(10)).await.unwrap();
    let patient = json!({"resourceType": "Patient", "name": [{"family": "Wang"}]});
    let patient = create(&engine, &operator(), "Patient", patient, None).await.unwrap().served.id;
    let mut given = dispensed(3);
    given["subject"] = json!({"reference": format!("Patient/{patient}")});
    let given = add(&engine, given).await.unwrap();
    let code = |kind: &str| meridian_model::definitions::Definitions::r4().type_code(kind).unwrap();
    let whose = store.read::<_, StoreError>(|sight| sight.locate(code("MedicationDispense"), &given));
    let whose = whose.unwrap().unwrap().subject();
    let looks = || {
        let looks = store.audit().looks_at(&[whose], 100).unwrap().into_iter();
        looks.filter(|row| row.look.id == SHELF).map(|row| row.look.act).collect::<Vec<_>>()
    };
    assert_eq!(looks(), Vec::<String>::new());
    ledgers::balance(&engine, &operator(), SHELF).await.unwrap();
    ledgers::movements(&engine, &operator(), SHELF, None, 1).await.unwrap();
    assert_eq!(looks(), ["movements", "balance"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_timer_writes_once_however_often_it_is_given_out() {
    let (dir, store, engine) = house();
    add(&engine, delivery(10)).await.unwrap();
    let gone = add(&engine, delivery(10)).await.unwrap();
    delete(&engine, &operator(), "SupplyDelivery", &gone, None).await.unwrap();
    assert_eq!(timers::next(&engine, &operator(), "refill").unwrap(), Some(1000));
    let taken = timers::take(&engine, &operator(), "refill", 10).await.unwrap();
    assert_eq!(taken.len(), 1, "the other was forgotten with its delivery");
    assert!(timers::take(&engine, &operator(), "refill", 10).await.unwrap().is_empty(), "one has it");
    let timer = taken[0].clone();
    timers::put_off(&engine, &operator(), timer.clone(), 0).await.unwrap();
    drop((store, engine)); // a stop
    let store = open(&dir);
    let engine = Engine::new(store.clone(), Vec::new());
    let again = timers::take(&engine, &operator(), "refill", 10).await.unwrap();
    assert_eq!((again.len(), again[0].mark()), (1, timer.mark()));

    let tasks: Vec<_> = (0..20)
        .map(|_| {
            let (engine, timer) = (engine.clone(), again[0].clone());
            tokio::spawn(async move {
                let task = json!({"resourceType": "Task", "status": "requested", "intent": "order"});
                let entry = json!({"request": {"method": "POST", "url": "Task"}, "resource": task});
                let bundle = json!({"resourceType": "Bundle", "type": "transaction", "entry": [entry]});
                let options = Options { timer: Some(timer), ..Options::default() };
                run_bundle(&engine, &operator(), bundle, options).await
            })
        })
        .collect();
    let mut made = 0;
    for task in tasks {
        match task.await.unwrap() {
            Ok(_) => made += 1,
            Err(error) => assert_eq!(error.class(), Class::Conflict),
        }
    }
    assert_eq!(made, 1);
    assert_eq!(timers::next(&engine, &operator(), "refill").unwrap(), None);
    assert!(!timers::done(&engine, &operator(), again[0].clone()).await.unwrap());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_erasure_that_a_stop_interrupted_goes_on_at_the_next_start() {
    let (_dir, store, engine) = house();
    let begun = |tx: &mut WriteTx<'_>| tx.put_setting(ERASING, b"7");
    store.write::<_, StoreError>(Lane::Interactive, Origin::default(), begun).await.unwrap();
    let left = || store.read(|sight| sight.setting(ERASING)).unwrap().is_some();
    assert!(left());
    let caller = operator();
    let ended = async {
        while left() {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    tokio::select! {
        () = keep_search_parameters(&engine, &caller) => {}
        ended = tokio::time::timeout(Duration::from_secs(20), ended) => ended.unwrap(),
    }
    assert!(!left());
}
