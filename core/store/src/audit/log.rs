//! Appends looks in groups and tells who looked at a subject.

use std::fs::File;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError, mpsc};
use std::time::Duration;

use rusqlite::{Connection, OptionalExtension};
use sea_query::{Expr, ExprTrait, Order, Query, SqliteQueryBuilder};
use tokio::sync::{Semaphore, oneshot};

use super::chain;
use crate::schema::{AUDIT_INDEXES, AUDIT_TABLES};
use crate::sql::{self, Sql};
use crate::sqlite::pool::{Deadline, Pool};
use crate::sqlite::{connect, now};
use crate::{StoreError, Subject};

/// The name of the audit file inside a data folder.
pub(crate) const FILE: &str = "audit.db";

pub(super) const COLUMNS: &[&str] = &[
    "seq",
    "at",
    "actor",
    "display",
    "role",
    "institution",
    "act",
    "type",
    "id",
    "query",
    "request",
    "subjects",
    "hash",
];

static ADD: Sql = Sql::new(|| sql::insert("look", COLUMNS));
static ADD_SUBJECT: Sql = Sql::new(|| sql::insert_new("look_subject", &["subject", "seq"]));
static LAST: Sql = Sql::new(|| sql::select_ordered("look", &["seq", "hash"], &[], "seq", Order::Desc));

/// Looks that may wait for the disk; more callers wait outside.
const WAITING: usize = 8192;
/// Looks that share a commit at most.
const GROUP: usize = 1024;

/// Somebody looked at something.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Look {
    pub actor: String,
    pub display: String,
    pub role: String,
    pub institution: String,
    /// `read`, `vread`, `history`, `search`, or the name of an operation.
    pub act: String,
    /// The resource type.
    pub kind: String,
    /// The logical id, empty for searches.
    pub id: String,
    /// The raw query of a search.
    pub query: String,
    /// The request id.
    pub request: String,
    /// Whose record was seen.
    pub subjects: Vec<Subject>,
}

/// A look as it stands in the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LookRow {
    pub seq: i64,
    /// Milliseconds since 1970 UTC.
    pub at: i64,
    pub look: Look,
}

type Waiting = (Look, oneshot::Sender<bool>);

/// The open audit file. Clones share it; when the last goes, what waits is written and the file is closed.
#[derive(Clone)]
pub struct AuditLog {
    inner: Arc<Inner>,
}

struct Inner {
    /// There until dropped.
    queue: Option<mpsc::Sender<Waiting>>,
    places: Semaphore,
    reading: Mutex<Connection>,
    /// For questions that take their time; who looked at one resident does not wait for them.
    searching: Pool,
    thread: Option<std::thread::JoinHandle<()>>,
}

impl AuditLog {
    /// `lock` is held until the last look is written.
    pub(crate) fn open(dir: &Path, lock: Arc<File>) -> Result<AuditLog, StoreError> {
        let path = dir.join(FILE);
        let conn = connect(&path, 16)?;
        for table in AUDIT_TABLES {
            conn.execute(&table.create().if_not_exists().to_string(SqliteQueryBuilder), [])?;
        }
        for index in AUDIT_INDEXES {
            conn.execute(&index.create().if_not_exists().to_string(SqliteQueryBuilder), [])?;
        }
        let last = conn.prepare_cached(&LAST)?.query_row([1], |row| Ok((row.get(0)?, row.get::<_, [u8; 32]>(1)?)));
        let (seq, hash) = last.optional()?.unwrap_or((0, chain::START));
        let (queue, waiting) = mpsc::channel();
        let mut keeper = Keeper { conn, seq, hash, _lock: lock };
        let thread = std::thread::Builder::new().name("audit".into()).spawn(move || keeper.work(&waiting));
        let thread = Some(thread.map_err(|e| StoreError::file(&path, e))?);
        let reading = Mutex::new(connect(&path, 4)?);
        let searching = Pool::open(&path, 1)?;
        let places = Semaphore::new(WAITING);
        Ok(AuditLog { inner: Arc::new(Inner { queue: Some(queue), places, reading, searching, thread }) })
    }

    /// Asks the file something that takes its time, on a thread that may block and within `limit`.
    pub(super) fn searching<T>(
        &self,
        limit: Duration,
        look: impl FnOnce(&Connection) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let conn = self.inner.searching.take()?;
        let _deadline = Deadline::after(limit);
        look(&conn)
    }

    /// How many looks there are: the number of the newest.
    pub(crate) fn length(&self) -> Result<i64, StoreError> {
        let conn = self.inner.reading.lock().unwrap_or_else(PoisonError::into_inner);
        let last = conn.prepare_cached(&LAST)?.query_row([1], |row| row.get(0)).optional()?;
        Ok(last.unwrap_or_default())
    }

    pub(crate) fn rows_of(&self, table: &'static str, limit: Duration) -> Result<i64, StoreError> {
        self.searching(limit, |conn| Ok(conn.query_row(&sql::count(table), [], |row| row.get(0))?))
    }

    /// Writes the look down; returns once it is on disk.
    ///
    /// # Errors
    /// `Stopping` when it could not be written: the answer must not leave then.
    pub async fn looked(&self, look: Look) -> Result<(), StoreError> {
        let _place = self.inner.places.acquire().await.map_err(|_| StoreError::Stopping)?;
        let (done, written) = oneshot::channel();
        let queue = self.inner.queue.as_ref().ok_or(StoreError::Stopping)?;
        queue.send((look, done)).map_err(|_| StoreError::Stopping)?;
        match written.await {
            Ok(true) => Ok(()),
            _ => Err(StoreError::Stopping),
        }
    }

    /// The newest `limit` looks at any of `subjects`, newest first.
    pub fn looks_at(&self, subjects: &[Subject], limit: u32) -> Result<Vec<LookRow>, StoreError> {
        let mut which = Query::select();
        which.column("seq").from("look_subject").and_where(Expr::col("subject").is_in(subjects.iter().map(|s| s.0)));
        let mut select = Query::select();
        select.columns(COLUMNS.iter().copied()).from("look").and_where(Expr::col("seq").in_subquery(which));
        let (text, values) = select.order_by("seq", Order::Desc).limit(u64::from(limit)).build(SqliteQueryBuilder);
        let conn = self.inner.reading.lock().unwrap_or_else(PoisonError::into_inner);
        let mut statement = conn.prepare_cached(&text)?;
        let rows =
            statement.query_map(rusqlite::params_from_iter(sql::bind(values)), |row| row_of(row).map(|r| r.0))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }
}

/// Reads the columns of a look, with the bytes of its subjects and its hash.
pub(super) fn row_of(row: &rusqlite::Row<'_>) -> rusqlite::Result<(LookRow, Vec<u8>, [u8; 32])> {
    let packed: Vec<u8> = row.get(11)?;
    let subjects = packed.chunks_exact(8).map(|c| Subject(i64::from_be_bytes(c.try_into().unwrap_or_default())));
    let look = Look {
        actor: row.get(2)?,
        display: row.get(3)?,
        role: row.get(4)?,
        institution: row.get(5)?,
        act: row.get(6)?,
        kind: row.get(7)?,
        id: row.get(8)?,
        query: row.get(9)?,
        request: row.get(10)?,
        subjects: subjects.collect(),
    };
    Ok((LookRow { seq: row.get(0)?, at: row.get(1)?, look }, packed, row.get(12)?))
}

/// All looks in their order, for verification.
pub(super) fn all_looks() -> String {
    let mut select = Query::select();
    select.columns(COLUMNS.iter().copied()).from("look").order_by("seq", Order::Asc).build(SqliteQueryBuilder).0
}

impl Drop for Inner {
    fn drop(&mut self) {
        self.queue.take();
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

struct Keeper {
    conn: Connection,
    seq: i64,
    hash: [u8; 32],
    _lock: Arc<File>,
}

impl Keeper {
    fn work(&mut self, waiting: &mpsc::Receiver<Waiting>) {
        while let Ok(first) = waiting.recv() {
            let mut group = vec![first];
            group.extend(waiting.try_iter().take(GROUP - 1));
            let before = (self.seq, self.hash);
            let written = self.write(&group);
            if let Err(error) = &written {
                tracing::error!(%error, "looks could not be written down; their answers are withheld");
                let _ = self.conn.execute_batch("ROLLBACK");
                (self.seq, self.hash) = before;
            }
            for (_, done) in group {
                let _ = done.send(written.is_ok());
            }
        }
    }

    fn write(&mut self, group: &[Waiting]) -> Result<(), StoreError> {
        self.conn.execute_batch("BEGIN IMMEDIATE")?;
        {
            let mut add = self.conn.prepare_cached(&ADD)?;
            let mut add_subject = self.conn.prepare_cached(&ADD_SUBJECT)?;
            let at = now();
            for (look, _) in group {
                let subjects: Vec<u8> = look.subjects.iter().flat_map(|s| s.0.to_be_bytes()).collect();
                let seq = self.seq + 1;
                let hash = chain::link(&self.hash, &chain::look_fields(seq, at, look, &subjects));
                add.execute(rusqlite::params![
                    seq,
                    at,
                    look.actor,
                    look.display,
                    look.role,
                    look.institution,
                    look.act,
                    look.kind,
                    look.id,
                    look.query,
                    look.request,
                    subjects,
                    hash
                ])?;
                for subject in &look.subjects {
                    add_subject.execute((subject.0, seq))?;
                }
                (self.seq, self.hash) = (seq, hash);
            }
        }
        Ok(self.conn.execute_batch("COMMIT")?)
    }
}
