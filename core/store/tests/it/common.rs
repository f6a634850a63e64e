//! A fresh store, and short ways to put things into it.

use std::path::Path;
use std::time::Duration;

use meridian_store::{Body, Home, Index, Key, Lane, NewResource, Origin, Replacement, Store, StoreError, StoreOptions};
use meridian_store::{Subject, SubjectKind, Text, Token, TypeCode, Verified, WriteTx};

pub(crate) const PATIENT: TypeCode = 107;
pub(crate) const OBSERVATION: TypeCode = 102;

pub(crate) struct House {
    pub(crate) store: Store,
    pub(crate) dir: tempfile::TempDir,
}

pub(crate) fn house() -> House {
    let dir = tempfile::tempdir().unwrap();
    House { store: open(dir.path()).unwrap(), dir }
}

/// Where the store of a folder lives: there, or on the server that tests were given.
pub(crate) fn home(dir: &Path) -> Home {
    Home::either(dir, meridian_testkit::postgres::schema_for(dir))
}

/// Whether this run is about a server; says then that a test of files alone is left out.
pub(crate) fn is_about_files(what: &str) -> bool {
    let server = matches!(home(Path::new("/")), Home::Postgres(_));
    if server {
        meridian_testkit::say(format!("SKIPPED on PostgreSQL: {what}"));
    }
    server
}

pub(crate) fn open(dir: &Path) -> Result<Store, StoreError> {
    Store::open(home(dir), &StoreOptions { readers: 3, cache_mib: 8, ..StoreOptions::default() })
}

pub(crate) fn origin() -> Origin {
    Origin { actor: "li".into(), role: "doctor".into(), institution: "CJ01".into(), request: "r-1".into() }
}

pub(crate) fn token(system: &str, code: &str) -> Token {
    Token { system: (!system.is_empty()).then(|| system.to_owned()), code: code.to_owned() }
}

/// A text that is written as it is folded.
pub(crate) fn text(folded: &str) -> Text {
    Text { folded: folded.to_owned(), raw: None }
}

pub(crate) fn json(id: &str, version: i64) -> Vec<u8> {
    let filler = "synthetic ".repeat(20);
    format!(r#"{{"resourceType":"Observation","id":"{id}","meta":{{"versionId":"{version}"}},"note":"{filler}"}}"#)
        .into()
}

/// So many letters without any order.
pub(crate) fn letters(seed: u64, count: usize) -> String {
    let mut state = seed;
    let mut letter = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        char::from(b'a' + u8::try_from((state >> 33) % 26).unwrap())
    };
    (0..count).map(|_| letter()).collect()
}

pub(crate) fn source(tx: &mut WriteTx<'_>, id: &str) -> Subject {
    tx.subject_of(PATIENT, id, SubjectKind::Source).unwrap()
}

pub(crate) fn add(tx: &mut WriteTx<'_>, kind: TypeCode, id: &str, subject: Subject, index: &Index) -> Key {
    let body = Body::of(&json(id, 1));
    let new = NewResource { kind, name: "Observation", id, subject, at: 1000, body: &body, index };
    tx.insert(&new, false).unwrap()
}

/// The next version of what stands under `key`; without `new` its deletion.
pub(crate) fn change(
    tx: &mut WriteTx<'_>,
    key: Key,
    old: &Index,
    new: Option<(Subject, &Index)>,
) -> Result<Key, StoreError> {
    let there = tx.current(key)?.unwrap();
    let version = there.version + 1;
    let body = Body::of(&json(&there.id, version));
    let new = new.map(|(subject, index)| (subject, &body, index));
    let name = "Observation";
    tx.replace(&Replacement { key, kind: there.kind, name, id: &there.id, version, at: 2000, old, new })
}

impl House {
    pub(crate) async fn write<T: Send + 'static>(
        &self,
        act: impl FnOnce(&mut WriteTx<'_>) -> Result<T, StoreError> + Send + 'static,
    ) -> T {
        self.store.write(Lane::Interactive, origin(), act).await.unwrap()
    }

    /// A connection of the test's own, for looking behind the store's back and for tampering.
    pub(crate) fn raw(&self, file: &str) -> rusqlite::Connection {
        let conn = rusqlite::Connection::open(self.dir.path().join(file)).unwrap();
        conn.busy_timeout(Duration::from_secs(10)).unwrap();
        conn
    }

    /// All cells of an answer as texts, a row a line and parted by bars: `ask` looks behind the store's back.
    pub(crate) fn ask(&self, file: &str, sql: &str) -> Vec<String> {
        if let Home::Postgres(url) = home(self.dir.path()) {
            let said = meridian_testkit::postgres::ask(&url, sql).unwrap();
            return said.lines().map(ToOwned::to_owned).collect();
        }
        let conn = self.raw(file);
        let mut statement = conn.prepare(sql).unwrap();
        let width = statement.column_count();
        let cell = |row: &rusqlite::Row<'_>, nth: usize| match row.get::<_, rusqlite::types::Value>(nth).unwrap() {
            rusqlite::types::Value::Integer(number) => number.to_string(),
            rusqlite::types::Value::Text(text) => text,
            other => format!("{other:?}"),
        };
        let rows =
            statement.query_map([], |row| Ok((0..width).map(|nth| cell(row, nth)).collect::<Vec<_>>().join("|")));
        rows.unwrap().map(Result::unwrap).collect()
    }

    /// A statement that may fail; what the database said against it.
    pub(crate) fn try_ask(&self, sql: &str) -> Result<(), String> {
        if let Home::Postgres(url) = home(self.dir.path()) {
            return meridian_testkit::postgres::ask(&url, sql).map(|_| ()).map_err(|error| error.to_string());
        }
        self.raw("meridian.db").execute(sql, []).map(|_| ()).map_err(|error| error.to_string())
    }

    pub(crate) fn number(&self, sql: &str) -> i64 {
        self.ask("meridian.db", sql)[0].parse().unwrap()
    }

    pub(crate) fn rows(&self, table: &str) -> i64 {
        self.number(&format!("SELECT count(*) FROM {table}"))
    }

    pub(crate) fn verified(&self) -> Verified {
        Verified::of(home(self.dir.path())).unwrap()
    }

    /// Returns once so many acts wait for the writer.
    pub(crate) async fn until_waiting(&self, interactive: usize, bulk: usize) {
        for _ in 0..5000 {
            if self.store.waiting() == (interactive, bulk) {
                return;
            }
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        panic!("waiting: {:?}, expected {:?}", self.store.waiting(), (interactive, bulk));
    }

    /// Holds the writer in an act of `lane` until the sender is dropped.
    pub(crate) async fn hold(&self, lane: Lane) -> std::sync::mpsc::Sender<()> {
        let (release, held) = std::sync::mpsc::channel::<()>();
        let (began, begun) = tokio::sync::oneshot::channel();
        let store = self.store.clone();
        tokio::spawn(async move {
            let act = move |_: &mut WriteTx<'_>| {
                let _ = began.send(());
                let _ = held.recv();
                Ok::<_, StoreError>(())
            };
            store.write(lane, origin(), act).await
        });
        begun.await.unwrap();
        release
    }
}
