//! Acts that are done together: what each sees of the others, and what is left when one of them fails, at once or only
//! when all of it is written.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use meridian_store::search::{Condition, Search, SystemTest, TokenTest};
use meridian_store::{
    Body, Index, Lane, NewResource, Replacement, Store, StoreError, Subject, SubjectKind, Verified, Want, WriteTx,
};

use crate::common::{House, OBSERVATION, PATIENT, add, change, home, house, letters, open, origin, source, token};

pub(crate) type Done<T> = Result<T, StoreError>;
pub(crate) type Act<T> = Box<dyn Fn(&mut WriteTx<'_>) -> Done<T> + Send + Sync>;

/// Does an act together with others, and over if it is told so. Counts how often it was.
async fn over<T: Send + 'static>(
    store: &Store,
    again: &AtomicU32,
    act: impl Fn(&mut WriteTx<'_>) -> Done<T> + Send + Sync + 'static,
) -> Done<T> {
    let act = Arc::new(act);
    let first = Arc::clone(&act);
    let wants = vec![Want::Place(PATIENT, "p".into()), Want::Place(OBSERVATION, "o-0".into()), Want::Setting("s")];
    match store.write_together(Lane::Interactive, origin(), wants, move |tx| first(tx)).await {
        Err(StoreError::Again) => {
            again.fetch_add(1, Ordering::Relaxed);
            store.write(Lane::Interactive, origin(), move |tx| act(tx)).await
        }
        told => told,
    }
}

/// Runs acts as one group, in their order.
pub(crate) async fn group<T: Send + 'static>(house: &House, again: &Arc<AtomicU32>, acts: Vec<Act<T>>) -> Vec<Done<T>> {
    let hold = house.hold(Lane::Interactive).await;
    let mut running = Vec::new();
    for (nth, act) in acts.into_iter().enumerate() {
        let (store, again) = (house.store.clone(), Arc::clone(again));
        running.push(tokio::spawn(async move { over(&store, &again, act).await }));
        house.until_waiting(nth + 1, 0).await;
    }
    drop(hold);
    let mut answers = Vec::new();
    for act in running {
        answers.push(act.await.unwrap());
    }
    answers
}

pub(crate) fn index(code: &str) -> Index {
    Index { tokens: vec![(1, token("s", code))], ..Index::default() }
}

pub(crate) fn found(store: &Store, code: &str) -> usize {
    store.read(|sight| Ok::<_, StoreError>(sight.search(&search(code))?.rows.len())).unwrap()
}

pub(crate) fn search(code: &str) -> Search {
    let test = TokenTest { system: SystemTest::Uri("s".into()), code: Some(code.into()) };
    let token = Condition::Token { params: vec![1], any: vec![test], selective: false };
    Search { conditions: vec![token], ..crate::search::all(OBSERVATION) }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_that_fails_or_panics_takes_nothing_with_it_and_leaves_nothing() {
    let house = house();
    house.write(|tx| Ok(source(tx, "p"))).await;
    let again = Arc::default();
    let acts = ["good-1", "fails", "good-2", "panics", "asks and fails", "good-3"].map(|name| {
        Box::new(move |tx: &mut WriteTx<'_>| {
            let subject = source(tx, "p");
            add(tx, OBSERVATION, name, subject, &index("a"));
            tx.join(subject, subject)?;
            tx.note_under(7, subject)?;
            if name.starts_with("asks") {
                tx.flush()?;
                assert_eq!(tx.search(&search("a"))?.rows.len(), 3, "the two before it, and its own");
            }
            match name {
                "panics" => panic!("on purpose"),
                name if name.ends_with("fails") => Err(StoreError::Body("on purpose".into())),
                _ => tx.tx(),
            }
        }) as Act<i64>
    });
    let answers = group(&house, &again, acts.into()).await;
    let numbers: Vec<Option<i64>> = answers.iter().map(|answer| answer.as_ref().ok().copied()).collect();
    assert_eq!(numbers, [Some(1), None, Some(2), None, None, Some(3)], "those that failed gave their numbers back");
    assert_eq!(again.load(Ordering::Relaxed), 0);
    assert_eq!(found(&house.store, "a"), 3);
    assert_eq!((house.rows("resource"), house.rows("tx"), house.rows("block")), (3, 3, 1));
    assert_eq!(house.verified(), Verified { looks: 0, writes: 3, broken: None });
    let slots = house.ask("meridian.db", "SELECT next_slot FROM subject WHERE id = 2");
    assert_eq!(slots, ["5"], "three were given out behind the Patient's own");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_fault_that_is_met_when_all_is_written_is_told_to_whose_it_is() {
    let house = house();
    // A new system would be asked for, and the fault be met by then.
    house
        .write(|tx| {
            let subject = source(tx, "p");
            Ok(add(tx, OBSERVATION, "o-3", subject, &index("b")))
        })
        .await;
    let again = Arc::default();
    let acts = ["o-0", "o-1", "o-0", "o-2"].map(|id| {
        Box::new(move |tx: &mut WriteTx<'_>| {
            let subject = source(tx, "p");
            let body = Body::of(b"{}");
            let (name, index) = ("Observation", index("a"));
            let new = NewResource { kind: OBSERVATION, name, id, subject, at: 1, body: &body, index: &index };
            tx.insert(&new, false).map(|_| ())
        }) as Act<()>
    });
    let answers = group(&house, &again, acts.into()).await;
    // Whoever of the two comes first when they are done over.
    let [Ok(()) | Err(StoreError::Database(_)), Ok(()), Ok(()) | Err(StoreError::Database(_)), Ok(())] =
        answers.as_slice()
    else {
        panic!("{answers:?}")
    };
    assert!(answers.first().is_some_and(Result::is_ok) != answers.get(2).is_some_and(Result::is_ok), "{answers:?}");
    let all = if house.store.is_shared() { 4 } else { 0 };
    assert_eq!(again.load(Ordering::Relaxed), all, "a server tells it at the end: each is done over alone");
    assert_eq!((house.rows("resource"), house.rows("tx"), found(&house.store, "a")), (4, 4, 3));
    assert_eq!(house.verified(), Verified { looks: 0, writes: 4, broken: None });
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_fault_that_nobody_met_yet_is_not_undone_by_the_next_that_fails() {
    let house = house();
    house
        .write(|tx| {
            let subject = source(tx, "p");
            Ok(add(tx, OBSERVATION, "o-0", subject, &index("b")))
        })
        .await;
    let again = Arc::default();
    // The first is there already, and so heavy that it is sent at once; who asks next is told of it.
    let acts = [("o-0", 9 << 20, "s"), ("o-1", 2, "a new system"), ("o-2", 2, "s")].map(|(id, size, system)| {
        Box::new(move |tx: &mut WriteTx<'_>| {
            let subject = source(tx, "p");
            let body = Body::of(letters(7, size).as_bytes());
            let index = Index { tokens: vec![(1, token(system, "a"))], ..Index::default() };
            let name = "Observation";
            let new = NewResource { kind: OBSERVATION, name, id, subject, at: 1, body: &body, index: &index };
            tx.insert(&new, false).map(|_| ())
        }) as Act<()>
    });
    let answers = group(&house, &again, acts.into()).await;
    let [Err(StoreError::Database(_)), Ok(()), Ok(())] = answers.as_slice() else { panic!("{answers:?}") };
    assert_eq!((house.rows("resource"), house.rows("tx"), found(&house.store, "a")), (3, 3, 1));
    assert_eq!(house.verified(), Verified { looks: 0, writes: 3, broken: None });
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_one_wrote_the_next_sees_and_changes() {
    let house = house();
    let again = Arc::default();
    let step = |expected: Option<i64>, from: &'static str, to: Option<&'static str>| {
        Box::new(move |tx: &mut WriteTx<'_>| {
            assert_eq!(tx.version_of(OBSERVATION, "o-0")?, expected);
            let subject = source(tx, "p");
            match tx.locate(OBSERVATION, "o-0")? {
                None => add(tx, OBSERVATION, "o-0", subject, &index(to.unwrap_or_default())),
                Some(key) => {
                    let new = to.map(index);
                    change(tx, key, &index(from), new.as_ref().map(|new| (subject, new)))?
                }
            };
            assert_eq!(tx.version_of(OBSERVATION, "o-0")?, Some(expected.unwrap_or_default() + 1));
            Ok(())
        }) as Act<()>
    };
    let other = |id: &'static str| {
        Box::new(move |tx: &mut WriteTx<'_>| {
            let subject = source(tx, "q");
            assert!(tx.person(subject)?.is_none_or(|person| person == subject));
            tx.join(subject, subject)?;
            assert_eq!(tx.person(subject)?, Some(subject));
            add(tx, OBSERVATION, id, subject, &index("z"));
            Ok(())
        }) as Act<()>
    };
    let looks = Box::new(|tx: &mut WriteTx<'_>| {
        assert_eq!((tx.search(&search("b"))?.rows.len(), tx.search(&search("a"))?.rows.len()), (1, 0));
        Ok(())
    }) as Act<()>;
    let acts = vec![
        step(None, "", Some("a")),
        other("x-1"),
        step(Some(1), "a", Some("b")),
        looks,
        step(Some(2), "b", None),
        other("x-2"),
        step(Some(3), "", Some("c")),
        step(Some(4), "c", Some("c")),
    ];
    for answer in group(&house, &again, acts).await {
        answer.unwrap();
    }
    assert_eq!(again.load(Ordering::Relaxed), 0);
    assert_eq!(["a", "b", "c", "z"].map(|code| found(&house.store, code)), [0, 0, 1, 2]);
    assert_eq!((house.rows("past"), house.rows("token"), house.rows("held")), (4, 3, 3));
    assert_eq!(house.rows("membership"), 2, "each membership but the last has ended");
    assert_eq!(house.number("SELECT count(*) FROM membership WHERE to_tx IS NULL"), 1);
    assert!(house.verified().broken.is_none());
}

/// What stands under an id: its version and its code, none when it is deleted.
type Model = BTreeMap<String, (i64, Option<String>)>;

/// What the acts that were kept say, each under its transaction.
type Told = Arc<Mutex<BTreeMap<i64, Model>>>;

/// Writes the next version of a resource whose body is its code; without a code its deletion.
fn put(tx: &mut WriteTx<'_>, id: &str, subject: Subject, code: Option<&str>) -> Done<i64> {
    let (name, kind) = ("Observation", OBSERVATION);
    let (body, new) = (Body::of(code.unwrap_or_default().as_bytes()), code.map_or_else(Index::default, index));
    let Some(there) = tx.find(kind, id)? else {
        let index = &new;
        tx.insert(&NewResource { kind, name, id, subject, at: 1, body: &body, index }, false)?;
        return Ok(1);
    };
    assert_eq!(tx.version_of(kind, id)?, Some(there.version), "what was looked up before is still so");
    let (key, version) = (there.key, there.version + 1);
    let old = if there.deleted { Index::default() } else { index(&String::from_utf8(there.body.json()?).unwrap()) };
    let new = code.map(|_| (subject, &body, &new));
    tx.replace(&Replacement { key, kind, name, id, version, at: 2, old: &old, new })?;
    Ok(version)
}

/// One act of many: it writes here and there, asks, joins and parts, and fails now and then when it has.
fn some_act(tx: &mut WriteTx<'_>, seed: usize, told: &Told) -> Done<()> {
    let mut state = seed as u64;
    let mut dice = |sides: u64| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % sides
    };
    let mut wrote = Model::new();
    for _ in 0..=dice(3) {
        let (id, code) = (format!("o-{}", dice(6)), format!("c{}", dice(4)));
        let subject = source(tx, &format!("p-{}", dice(3)));
        let code = (dice(4) > 0).then_some(code);
        let code =
            if tx.locate(OBSERVATION, &id)?.is_none() { Some(code.unwrap_or_else(|| "c0".into())) } else { code };
        let version = put(tx, &id, subject, code.as_deref())?;
        wrote.insert(id, (version, code));
        match dice(5) {
            0 => {
                let person = source(tx, "p-0");
                tx.join(subject, person)?;
                assert_eq!(tx.person(subject)?, Some(person));
            }
            1 => tx.leave(subject)?,
            2 => {
                tx.flush()?;
                let there = wrote.values().filter(|(_, code)| code.as_deref() == Some("c1")).count();
                assert!(tx.search(&search("c1"))?.rows.len() >= there, "a search sees what the act wrote");
            }
            3 => tx.note_under(9, subject)?,
            _ => tx.drop_under(9, subject)?,
        }
    }
    if dice(5) == 0 {
        return Err(StoreError::Body("on purpose".into()));
    }
    let tx = tx.tx()?;
    told.lock().unwrap().insert(tx, wrote);
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn whatever_is_done_together_leaves_what_would_be_there_one_by_one() {
    let house = house();
    let mut stores = vec![house.store.clone()];
    if house.store.is_shared() {
        stores.push(open(house.dir.path()).unwrap());
    }
    let (told, again) = (Told::default(), Arc::new(AtomicU32::default()));
    let mut running = Vec::new();
    for seed in 0..240 {
        let (store, told, again) = (stores[seed % stores.len()].clone(), Arc::clone(&told), Arc::clone(&again));
        running.push(tokio::spawn(async move {
            let act = move |tx: &mut WriteTx<'_>| some_act(tx, seed, &told);
            match over(&store, &again, act).await {
                Ok(()) | Err(StoreError::Body(_)) => {}
                Err(error) => panic!("{seed}: {error}"),
            }
        }));
    }
    for act in running {
        act.await.unwrap();
    }
    assert_eq!(again.load(Ordering::Relaxed), 0, "no fault was met at the end");
    let told = std::mem::take(&mut *told.lock().unwrap());
    let count = i64::try_from(told.len()).unwrap();
    let (mut last, mut versions) = (Model::new(), 0);
    for (tx, wrote) in told {
        for (id, (version, code)) in wrote {
            let before = last.get(&id).map_or(0, |(version, _)| *version);
            assert!(version > before, "{id} in {tx}: {version} after {before}");
            versions += version - before;
            last.insert(id, (version, code));
        }
    }
    for (id, (version, code)) in &last {
        let now = house.store.read(|sight| sight.find(OBSERVATION, id)).unwrap().unwrap();
        assert_eq!((now.version, now.deleted), (*version, code.is_none()), "{id}");
    }
    for code in ["c0", "c1", "c2", "c3"] {
        let there = last.values().filter(|(_, now)| now.as_deref() == Some(code)).count();
        assert_eq!(found(&house.store, code), there, "{code}");
    }
    let (all, alive) = (last.len(), last.values().filter(|(_, code)| code.is_some()).count());
    let rows = ["directory", "resource", "token", "held"].map(|table| house.rows(table));
    let patients = house.number("SELECT count(*) FROM subject WHERE id > 1");
    let [all, alive] = [all, alive].map(|count| i64::try_from(count).unwrap());
    assert_eq!(rows, [all + patients, all, alive, alive]);
    assert_eq!(house.rows("past") + all, versions, "every version is there");
    assert_eq!(house.number("SELECT max(id) - min(id) + 1 - count(*) FROM tx"), 0);
    assert_eq!(house.rows("tx"), count);
    assert_eq!(house.number("SELECT count(*) - count(DISTINCT subject) FROM membership WHERE to_tx IS NULL"), 0);
    let late = "SELECT count(*) FROM subject AS s WHERE next_slot <= (SELECT max(r.key & 16777215) FROM resource AS r \
        WHERE r.key / 16777216 = s.id)";
    assert_eq!(house.number(late), 0, "no slot is given out twice");
    assert!(Verified::of(home(house.dir.path())).unwrap().broken.is_none());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_an_act_wrote_and_then_asked_for_it_may_still_change() {
    let house = house();
    let again = Arc::default();
    let acts = [false, true].map(|big| {
        Box::new(move |tx: &mut WriteTx<'_>| {
            let subject = source(tx, "p");
            // A system that nobody knows yet, a search, and more than is kept waiting: each sends what waits.
            let (name, kind, id) = ("Observation", OBSERVATION, if big { "o-1" } else { "o-0" });
            let body = Body::of(&if big { letters(7, 9 << 20).into_bytes() } else { b"{}".to_vec() });
            let new = Index { tokens: vec![(1, token("s", "a")), (1, token(id, "x"))], ..Index::default() };
            let key = tx.insert(&NewResource { kind, name, id, subject, at: 1, body: &body, index: &new }, false)?;
            assert_eq!(tx.search(&search("nothing"))?.rows.len(), 0);
            let next = index("b");
            let mut to = Replacement { key, kind, name, id, version: 2, at: 2, old: &new, new: None };
            to.new = Some((subject, &body, &next));
            tx.replace(&to)?;
            let last =
                Index { tokens: vec![(1, token("s", "c")), (1, token(&format!("{id}-2"), "x"))], ..Index::default() };
            tx.replace(&Replacement { version: 3, old: &next, new: Some((subject, &body, &last)), ..to })?;
            let gone = Replacement { version: 4, old: &last, new: None, ..to };
            if big { tx.replace(&gone).map(|_| ()) } else { Ok(()) }
        }) as Act<()>
    });
    for answer in group(&house, &again, acts.into()).await {
        answer.unwrap();
    }
    assert_eq!(again.load(Ordering::Relaxed), 0);
    assert_eq!(["a", "b", "c"].map(|code| found(&house.store, code)), [0, 0, 1]);
    assert_eq!((house.rows("resource"), house.rows("past"), house.rows("token")), (2, 5, 2));
    assert!(house.verified().broken.is_none());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn who_is_told_that_it_is_kept_finds_it_however_often_the_connection_ends() {
    let house = house();
    if !house.store.is_shared() {
        return;
    }
    let end = "SELECT count(pg_terminate_backend(pid)) FROM pg_locks WHERE locktype = 'advisory' AND granted \
               AND classid = 1296388689 AND objid = (hashtext(current_schema())::bigint & 4294967295)::oid";
    let other = open(house.dir.path()).unwrap();
    let mut running = Vec::new();
    for worker in 0..8 {
        let store = if worker % 2 == 0 { house.store.clone() } else { other.clone() };
        running.push(tokio::spawn(async move {
            let (mut kept, mut undone) = (Vec::new(), Vec::new());
            for nth in 0..40 {
                let id = format!("w-{worker}-{nth}");
                let own = id.clone();
                let act = move |tx: &mut WriteTx<'_>| {
                    let subject = tx.subject_of(PATIENT, &format!("p-{worker}"), SubjectKind::Source)?;
                    put(tx, &own, subject, Some("k"))
                };
                match over(&store, &AtomicU32::default(), act).await {
                    Ok(_) => kept.push(id),
                    Err(StoreError::Unavailable(why)) if why.contains("undone") => undone.push(id),
                    Err(error) => panic!("{id}: {error}"),
                }
            }
            (kept, undone)
        }));
    }
    let mut ended = 0;
    while running.iter().any(|one| !one.is_finished()) {
        ended += house.number(end);
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let (mut kept, mut undone) = (Vec::new(), Vec::new());
    for one in running {
        let (some, others) = one.await.unwrap();
        kept.extend(some);
        undone.extend(others);
    }
    assert!(ended > 0 && kept.len() + undone.len() == 320, "{ended} ended, {} kept", kept.len());
    let there = |id: &String| house.store.read(|sight| sight.find(OBSERVATION, id)).unwrap().is_some();
    assert!(kept.iter().all(&there));
    assert!(!undone.iter().any(&there));
    assert_eq!(house.rows("token"), i64::try_from(kept.len()).unwrap());
    let writes = i64::try_from(kept.len()).unwrap();
    assert_eq!(house.verified(), Verified { looks: 0, writes, broken: None });
}
