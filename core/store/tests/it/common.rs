//! A fresh store, and short ways to put things into it.

use std::path::Path;
use std::time::Duration;

use meridian_store::{Body, Index, Key, Lane, NewResource, Origin, Replacement, Store, StoreError, StoreOptions};
use meridian_store::{Subject, SubjectKind, Text, Token, TypeCode, WriteTx};

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

pub(crate) fn open(dir: &Path) -> Result<Store, StoreError> {
    Store::open(dir, &StoreOptions { readers: 3, cache_mib: 8, ..StoreOptions::default() })
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

    pub(crate) fn rows(&self, table: &str) -> i64 {
        self.raw("meridian.db").query_row(&format!("SELECT count(*) FROM {table}"), [], |row| row.get(0)).unwrap()
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
