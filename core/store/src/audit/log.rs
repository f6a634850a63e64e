//! Appends looks in groups and tells who looked at a subject.

use std::fs::File;
use std::sync::{Arc, LazyLock, Mutex, PoisonError, mpsc};
use std::time::Duration;

use sea_query::{Expr, ExprTrait, Order, Query};
use tokio::sync::{Semaphore, oneshot};

use super::chain::{self, Nul};
use crate::db::{Conn, Deadline, Dialect, Link, Pool, Row, Snapshot, Source, Value, Writing, args};
use crate::postgres::PgConn;
use crate::sql::{self, Many, Sql};
use crate::writer::now;
use crate::{StoreError, Subject, sqlite};

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

static ADD: Many = Many::new(|| sql::many_fresh("look", COLUMNS));
static ADD_SUBJECT: Many = Many::new(|| sql::many_new("look_subject", &["subject", "seq"]));
/// Both on a server, if the head of the chain is the one that is named last; tells which it is.
static ADD_BEHIND: LazyLock<String> = LazyLock::new(|| {
    let columns = COLUMNS.iter().map(|column| format!("\"{column}\"")).collect::<Vec<_>>().join(", ");
    let (looks, all) = (ADD.kinds(), ADD.kinds().len() + ADD_SUBJECT.kinds().len());
    let array = |(nth, kind): (usize, &&str)| format!("${}::{kind}[]", nth + 1);
    let arrays: Vec<String> = looks.iter().chain(ADD_SUBJECT.kinds()).enumerate().map(array).collect();
    let (looks, subjects) = arrays.split_at(looks.len());
    let still = format!("WHERE (SELECT hash FROM last) IS NOT DISTINCT FROM ${}::bytea", all + 1);
    format!(
        "WITH last AS (SELECT seq, hash FROM look ORDER BY seq DESC LIMIT 1), \
        looks AS (INSERT INTO look ({columns}) SELECT * FROM UNNEST({}) AS u {still}), \
        subjects AS (INSERT INTO look_subject (subject, seq) SELECT * FROM UNNEST({}) AS u {still} \
        ON CONFLICT DO NOTHING) SELECT seq, hash FROM last",
        looks.join(", "),
        subjects.join(", ")
    )
});
static LAST: Sql = Sql::new(|| sql::select_ordered("look", &["seq", "hash"], &[], "seq", Order::Desc));

/// Number, how many: the looks behind it in their order, for verification.
pub(super) static BEHIND: Sql = Sql::new(|| {
    let mut select = Query::select();
    select.columns(COLUMNS.iter().copied()).from("look").and_where(Expr::col("seq").gt(0));
    sql::both(select.order_by("seq", Order::Asc).limit(1))
});

/// Looks that may wait for the disk; more callers wait outside.
const WAITING: usize = 8192;
/// Page cache of the keeper of a file.
const WRITING_CACHE_MIB: u32 = 16;
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
    reading: Mutex<Link>,
    dialect: Dialect,
    /// For questions that take their time; who looked at one resident does not wait for them.
    searching: Pool,
    thread: Option<std::thread::JoinHandle<()>>,
}

impl AuditLog {
    /// `lock` is held until the last look is written.
    pub(crate) fn open(source: &Source, lock: Option<Arc<File>>, limit: Duration) -> Result<AuditLog, StoreError> {
        let link = source.writing(WRITING_CACHE_MIB)?;
        match &link {
            Link::Lite(conn) => sqlite::migrate_audit(conn)?,
            Link::Pg(_) => {}
        }
        let (seq, hash) = head(link.conn())?;
        let dialect = link.conn().dialect();
        let (queue, waiting) = mpsc::channel();
        let mut keeper = Keeper { link, seq, hash, others: false, _lock: lock };
        let thread = std::thread::Builder::new().name("audit".into()).spawn(move || keeper.work(&waiting));
        let thread = Some(thread.map_err(|_| StoreError::Stopping)?);
        let reading = Mutex::new(source.reading(None)?);
        let searching = Pool::open(source, 1, Some(limit))?;
        let places = Semaphore::new(WAITING);
        Ok(AuditLog { inner: Arc::new(Inner { dialect, queue: Some(queue), places, reading, searching, thread }) })
    }

    /// Asks the file something that takes its time, on a thread that may block and within `limit`.
    pub(super) fn searching<T>(
        &self,
        limit: Duration,
        look: impl FnOnce(Conn<'_>) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let link = self.inner.searching.take()?;
        let _deadline = Deadline::after(limit);
        look(Snapshot::of(&link)?.conn())
    }

    pub(super) fn dialect(&self) -> Dialect {
        self.inner.dialect
    }

    fn reading<T>(&self, look: impl FnOnce(Conn<'_>) -> Result<T, StoreError>) -> Result<T, StoreError> {
        let link = self.inner.reading.lock().unwrap_or_else(PoisonError::into_inner);
        look(Snapshot::of(&link)?.conn())
    }

    /// How many looks there are: the number of the newest.
    pub(crate) fn length(&self) -> Result<i64, StoreError> {
        self.reading(|conn| Ok(head(conn)?.0))
    }

    pub(crate) fn rows_of(&self, table: &'static str, limit: Duration) -> Result<i64, StoreError> {
        self.searching(limit, |conn| Ok(conn.row(&sql::count(table), args![], |row| row.get(0))?.unwrap_or_default()))
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
        select.order_by("seq", Order::Desc).limit(u64::from(limit));
        self.reading(|conn| conn.ask(&select, |row| row_of(row).map(|r| r.0)))
    }
}

/// Reads the columns of a look, with the bytes of its subjects and its hash.
pub(super) fn row_of(row: &Row<'_>) -> Result<(LookRow, Vec<u8>, [u8; 32]), StoreError> {
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

/// The last number and hash of the chain.
fn head(conn: Conn<'_>) -> Result<(i64, [u8; 32]), StoreError> {
    let last = conn.row(&LAST, args![1], |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(last.unwrap_or((0, chain::START)))
}

impl Drop for Inner {
    fn drop(&mut self) {
        self.queue.take();
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// Looks of a group as links of the chain.
struct Linked<'g> {
    at: i64,
    looks: Vec<(i64, &'g Look, Vec<u8>, [u8; 32])>,
}

impl<'g> Linked<'g> {
    fn behind((mut seq, mut hash): (i64, [u8; 32]), group: &'g [Waiting]) -> Linked<'g> {
        let at = now();
        let looks = group.iter().map(|(look, _)| {
            let subjects: Vec<u8> = look.subjects.iter().flat_map(|s| s.0.to_be_bytes()).collect();
            seq += 1;
            hash = chain::link(&hash, &chain::look_fields(seq, at, look, &subjects, Nul::Replaced));
            (seq, look, subjects, hash)
        });
        Linked { at, looks: looks.collect() }
    }

    fn last(&self, before: (i64, [u8; 32])) -> (i64, [u8; 32]) {
        self.looks.last().map_or(before, |(seq, _, _, hash)| (*seq, *hash))
    }

    fn rows(&self) -> impl Iterator<Item = Vec<Value<'_>>> {
        self.looks.iter().map(|(seq, look, subjects, hash)| {
            let who = [&look.actor, &look.display, &look.role, &look.institution];
            let what = [&look.act, &look.kind, &look.id, &look.query, &look.request];
            let mut row = vec![Value::from(*seq), self.at.into()];
            row.extend(who.into_iter().chain(what).map(Value::from));
            row.extend([Value::from(subjects), Value::from(hash)]);
            row
        })
    }

    fn subjects(&self) -> impl Iterator<Item = [Value<'static>; 2]> {
        let of = |(seq, look, ..): &(i64, &'g Look, _, _)| (*seq, look.subjects.iter().map(|subject| subject.0));
        self.looks.iter().map(of).flat_map(|(seq, subjects)| subjects.map(move |s| [s.into(), seq.into()]))
    }
}

/// Writes looks down in one round with the begin and the end of their transaction, if `before` is still the head of the
/// chain; else nothing, which it tells.
fn at_once(conn: &PgConn, before: (i64, [u8; 32]), linked: &Linked<'_>) -> Result<bool, StoreError> {
    let mut columns = PgConn::columns(ADD.kinds(), linked.rows());
    columns.extend(PgConn::columns(ADD_SUBJECT.kinds(), linked.subjects()));
    let mut values: Vec<Value<'_>> = columns.iter().map(Value::from).collect();
    values.push((before.0 > 0).then_some(&before.1).into());
    let answers = conn.at_once(Writing::Looks, vec![(&ADD_BEHIND, values)])?;
    let mut last = (0, chain::START);
    for answer in answers {
        answer.each(|row| {
            last = (row.get(0)?, row.get(1)?);
            Ok(false)
        })?;
    }
    Ok(last == before)
}

struct Keeper {
    link: Link,
    seq: i64,
    hash: [u8; 32],
    /// Whether another process wrote in between the last time.
    others: bool,
    _lock: Option<Arc<File>>,
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
                self.link.rollback();
                (self.seq, self.hash) = before;
            }
            for (_, done) in group {
                let _ = done.send(written.is_ok());
            }
        }
    }

    fn write(&mut self, group: &[Waiting]) -> Result<(), StoreError> {
        let before = (self.seq, self.hash);
        if let Link::Pg(conn) = &self.link
            && !self.others
        {
            let linked = Linked::behind(before, group);
            let (seq, hash) = linked.last(before);
            if at_once(conn, before, &linked)? {
                (self.seq, self.hash) = (seq, hash);
                return Ok(());
            }
        }
        self.link.begin(Writing::Looks)?;
        if let Link::Pg(_) = &self.link {
            // Another process may have written since.
            (self.seq, self.hash) = head(self.link.conn())?;
            self.others = (self.seq, self.hash) != before;
        }
        let conn = self.link.conn();
        let linked = Linked::behind((self.seq, self.hash), group);
        conn.many(&ADD, linked.rows())?;
        conn.many(&ADD_SUBJECT, linked.subjects())?;
        self.link.commit()?;
        (self.seq, self.hash) = linked.last((self.seq, self.hash));
        Ok(())
    }
}
