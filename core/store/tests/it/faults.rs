//! A server that says no and stays, and one whose answer to a commit is lost on the way: each is told what is true.

use std::io::{Read, Write};
use std::net::Shutdown;
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

use meridian_store::{Body, Home, Lane, NewResource, Store, StoreError, StoreOptions, Verified, WriteTx};

use crate::common::{House, OBSERVATION, add, home, house, origin, source};
use crate::together::{Act, found, group, index};

/// Resources that are written at this time are refused.
const REFUSED: i64 = 13;

/// Makes the server say that it has no memory left for what was written at a time.
fn refuse(house: &House, when: &str) {
    let function = "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN IF NEW.at = 13 THEN RAISE \
        EXCEPTION ''no memory'' USING ERRCODE = ''53200''; END IF; RETURN NEW; END'";
    house.try_ask(function).unwrap();
    house.try_ask(&format!("{when} FOR EACH ROW EXECUTE FUNCTION refuse()")).unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_server_has_no_room_for_takes_nobody_with_it() {
    let rows = "CREATE TRIGGER refuse BEFORE INSERT ON resource";
    let commit = "CREATE CONSTRAINT TRIGGER refuse AFTER INSERT ON resource DEFERRABLE INITIALLY DEFERRED";
    for when in [rows, commit] {
        let house = house();
        if !house.store.is_shared() {
            return;
        }
        // A new system would be asked for, and the fault be met by then.
        house
            .write(|tx| {
                let subject = source(tx, "p");
                Ok(add(tx, OBSERVATION, "o", subject, &index("b")))
            })
            .await;
        refuse(&house, when);
        let again = Arc::new(AtomicU32::default());
        let acts = [("o-0", 1), ("o-1", REFUSED), ("o-2", 1)].map(|(id, at)| {
            Box::new(move |tx: &mut WriteTx<'_>| {
                let (subject, body, index) = (source(tx, "p"), Body::of(b"{}"), index("a"));
                let name = "Observation";
                let new = NewResource { kind: OBSERVATION, name, id, subject, at, body: &body, index: &index };
                tx.insert(&new, false).map(|_| ())
            }) as Act<()>
        });
        let answers = group(&house, &again, acts.into()).await;
        assert_eq!(again.load(Ordering::Relaxed), 3, "{when}: each was done over");
        if when == commit {
            continue; // who is done over shares the commit with others, and its fault
        }
        let [Ok(()), Err(StoreError::Unavailable(_)), Ok(())] = answers.as_slice() else { panic!("{answers:?}") };
        assert_eq!((house.rows("resource"), found(&house.store, "a")), (3, 2));
        assert_eq!(house.verified(), Verified { looks: 0, writes: 3, broken: None });
    }
}

/// One who stands between a store and its server and may keep an answer to himself.
struct Between {
    dir: tempfile::TempDir,
    /// The next word that a commit was done is lost, and the connection with it.
    cut: Arc<AtomicBool>,
    server: String,
    socket: PathBuf,
}

/// What a server says when a commit was done.
const DONE: &[u8] = b"C\0\0\0\x0bCOMMIT\0";

impl Between {
    /// None where the tests' server has no socket.
    fn of(house: &House) -> Option<Between> {
        let Home::Postgres(server) = home(house.dir.path()) else { return None };
        let part = |name: &str| {
            let at = server.find(name)? + name.len();
            Some(server.get(at..)?.split('&').next()?.to_owned())
        };
        let Some(folder) = part("host=").filter(|folder| folder.starts_with('/')) else {
            meridian_testkit::say("SKIPPED where the server has no socket: answers that are lost".to_owned());
            return None;
        };
        let name = format!(".s.PGSQL.{}", part("port=").unwrap_or_else(|| "5432".into()));
        let socket = Path::new(&folder).join(&name);
        let dir = tempfile::tempdir().unwrap();
        let cut = Arc::new(AtomicBool::default());
        let listener = UnixListener::bind(dir.path().join(name)).unwrap();
        let (to, armed) = (socket.clone(), Arc::clone(&cut));
        std::thread::spawn(move || {
            for client in listener.incoming().map_while(Result::ok) {
                let Ok(server) = UnixStream::connect(&to) else { return };
                let (from, back) = (client.try_clone().unwrap(), server.try_clone().unwrap());
                std::thread::spawn(move || pass(from, back, &AtomicBool::new(false)));
                let armed = Arc::clone(&armed);
                std::thread::spawn(move || pass(server, client, &armed));
            }
        });
        let server = server.replace(&folder, &dir.path().display().to_string());
        Some(Between { dir, cut, server, socket })
    }

    fn open(&self) -> Store {
        assert!(self.socket.exists() && self.dir.path().exists());
        let options = StoreOptions { readers: 1, cache_mib: 8, ..StoreOptions::default() };
        Store::open(Home::Postgres(self.server.clone()), &options).unwrap()
    }
}

/// Passes on what comes, until the word that is to be lost.
fn pass(mut from: UnixStream, mut to: UnixStream, cut: &AtomicBool) {
    let mut chunk = vec![0; 64 << 10];
    while let Ok(count @ 1..) = from.read(&mut chunk) {
        let said = &chunk[..count];
        let lost = said.windows(DONE.len()).any(|word| word == DONE) && cut.swap(false, Ordering::SeqCst);
        if lost || to.write_all(said).is_err() {
            break;
        }
    }
    let _ = from.shutdown(Shutdown::Both);
    let _ = to.shutdown(Shutdown::Both);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_commit_whose_answer_is_lost_is_told_as_it_became() {
    let house = house();
    let Some(between) = Between::of(&house) else { return };
    let store = between.open();
    let write = |name: &'static str, numbered: bool, cut: bool| {
        let (store, lost) = (store.clone(), Arc::clone(&between.cut));
        async move {
            let act = move |tx: &mut WriteTx<'_>| {
                if numbered {
                    tx.tx()?;
                }
                tx.put_setting(name, b"1")?;
                lost.store(cut, Ordering::SeqCst);
                Ok(())
            };
            store.write::<_, StoreError>(Lane::Interactive, origin(), act).await
        }
    };
    let there = |name: &str| house.store.read(|sight| sight.setting(name)).unwrap().is_some();
    write("whole", true, false).await.unwrap();
    // No resource was changed: the transaction's own row tells.
    write("numbered", true, true).await.unwrap();
    assert!(there("whole") && there("numbered"));
    // Nothing tells.
    let told = write("bare", false, true).await;
    assert!(matches!(&told, Err(StoreError::Unavailable(why)) if why.contains("not known")), "{told:?}");
    assert!(there("bare"), "it would not be true that it was undone");
    // And now the server goes before it is done.
    let leave = "CREATE FUNCTION leave() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM \
        pg_terminate_backend(pg_backend_pid()); RETURN NULL; END'";
    house.try_ask(leave).unwrap();
    let at_the_end = "CREATE CONSTRAINT TRIGGER leave AFTER INSERT ON tx DEFERRABLE INITIALLY DEFERRED FOR EACH ROW \
        EXECUTE FUNCTION leave()";
    house.try_ask(at_the_end).unwrap();
    let told = write("undone", true, false).await;
    assert!(matches!(&told, Err(StoreError::Unavailable(why)) if why.contains("undone")), "{told:?}");
    assert!(!there("undone"));
    house.try_ask("DROP TRIGGER leave ON tx").unwrap();
    write("after", true, false).await.unwrap();
    assert_eq!(house.number("SELECT max(id) - count(*) FROM tx"), 0, "no number is missing");
}

#[test]
fn who_is_no_server_of_records_is_not_asked_again_and_again() {
    for (answer, away) in [(b"H", false), (b"E", true)] {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let stranger = std::thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            stream.read_exact(&mut [0; 8]).unwrap();
            stream.write_all(answer).unwrap();
        });
        let url = format!("postgres://somebody@127.0.0.1:{port}/records?sslmode=require");
        let told = Store::open(Home::Postgres(url), &StoreOptions::default()).map(drop);
        stranger.join().unwrap();
        match told {
            Err(StoreError::Unavailable(_)) => assert!(away),
            Err(StoreError::Place(_)) => assert!(!away),
            other => panic!("{other:?}"),
        }
    }
}
