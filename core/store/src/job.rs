//! Jobs: work that must survive a stop. A queue's key makes an entry unique, so what arrives twice is kept once.
//!
//! The inbox of every door is such a queue (its bodies are the raw bytes), and so will be the outbox.

use sea_query::{Cond, Expr, ExprTrait, Order, Query, SelectStatement};

use crate::db::{Row, args};
use crate::sql::{self, Sql};
use crate::tame::{LONG, tame};
use crate::{Body, Reader, StoreError, WriteTx};

/// Where a job stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum JobState {
    Waiting = 0,
    Done = 1,
    /// Set aside for a person, with a reason.
    Parked = 2,
}

/// A job that comes in.
#[derive(Clone, Debug)]
pub struct NewJob {
    pub queue: String,
    /// A long one is kept as its beginning and a hash.
    pub key: String,
    /// Small facts as JSON text, for lists.
    pub head: String,
    pub body: Vec<u8>,
}

/// A job as it stands.
#[derive(Clone, Debug)]
pub struct Job {
    pub id: i64,
    pub queue: String,
    pub key: String,
    pub state: JobState,
    /// When it came in, in milliseconds since 1970 UTC.
    pub at: i64,
    pub attempts: i64,
    pub head: String,
    pub body: Vec<u8>,
    /// What became of it, as JSON text.
    pub note: String,
    /// The transaction that did it.
    pub tx: Option<i64>,
}

/// How many jobs of a queue stand where.
#[derive(Clone, Copy, Default, PartialEq, Eq, Debug)]
pub struct Counts {
    pub waiting: i64,
    pub done: i64,
    pub parked: i64,
}

const COLUMNS: &[&str] = &["id", "queue", "key", "state", "at", "attempts", "head", "body", "note", "tx"];

static ADD: Sql = Sql::new(|| sql::insert("job", COLUMNS));
static BY_ID: Sql = Sql::new(|| sql::select("job", COLUMNS, &["id"]));
static BY_KEY: Sql = Sql::new(|| sql::select("job", COLUMNS, &["queue", "key"]));
static LAST: Sql = Sql::new(|| sql::select_ordered("job", &["id"], &[], "id", Order::Desc));
static END: Sql = Sql::new(|| sql::update("job", &["state", "attempts", "head", "note", "tx"], &["id"]));

impl Reader<'_> {
    pub fn job(&self, id: i64) -> Result<Option<Job>, StoreError> {
        self.conn.row(&BY_ID, args![id], read)
    }

    pub fn job_by_key(&self, queue: &str, key: &str) -> Result<Option<Job>, StoreError> {
        self.conn.row(&BY_KEY, args![queue, &*tame(key, LONG)], read)
    }

    /// The newest `limit` jobs below `before`, newest first, of one state or of all; without their bodies.
    pub fn jobs(
        &self,
        queue: &str,
        state: Option<JobState>,
        before: Option<i64>,
        limit: u32,
    ) -> Result<Vec<Job>, StoreError> {
        let mut conditions = Cond::all().add(Expr::col("queue").eq(queue));
        if let Some(state) = state {
            conditions = conditions.add(Expr::col("state").eq(state as i64));
        }
        if let Some(before) = before {
            conditions = conditions.add(Expr::col("id").lt(before));
        }
        self.select(conditions, Order::Desc, limit, false)
    }

    /// The oldest `limit` waiting jobs, oldest first.
    pub fn waiting_jobs(&self, queue: &str, limit: u32) -> Result<Vec<Job>, StoreError> {
        let waiting = Expr::col("state").eq(JobState::Waiting as i64);
        self.select(Cond::all().add(Expr::col("queue").eq(queue)).add(waiting), Order::Asc, limit, true)
    }

    fn select(&self, conditions: Cond, order: Order, limit: u32, whole: bool) -> Result<Vec<Job>, StoreError> {
        let mut select =
            if whole { Query::select().columns(COLUMNS.iter().copied()).from("job").take() } else { bodiless() };
        select.cond_where(conditions).order_by("id", order).limit(u64::from(limit));
        self.conn.ask(&select, read)
    }

    /// The newest job of a queue that is done, without its body.
    pub fn last_done(&self, queue: &str) -> Result<Option<Job>, StoreError> {
        Ok(self.jobs(queue, Some(JobState::Done), None, 1)?.pop())
    }

    pub fn job_counts(&self, queue: &str) -> Result<Counts, StoreError> {
        let mut select = Query::select();
        select.column("state").expr(Expr::col("id").count()).from("job").and_where(Expr::col("queue").eq(queue));
        let mut counts = Counts::default();
        for (state, count) in
            self.conn.ask(select.group_by_col("state"), |row| Ok((state(row.get(0)?), row.get(1)?)))?
        {
            match state {
                JobState::Waiting => counts.waiting = count,
                JobState::Done => counts.done = count,
                JobState::Parked => counts.parked = count,
            }
        }
        Ok(counts)
    }
}

impl WriteTx<'_> {
    /// Puts a job back among those that wait, as if it had not been tried.
    pub fn reopen_job(&mut self, job: &Job, note: &str) -> Result<(), StoreError> {
        self.conn.execute(&END, args![JobState::Waiting as i64, 0, &job.head, note, None::<i64>, job.id])
    }

    /// Adds a job, or gives the one that has its key already.
    pub fn add_job(&mut self, new: &NewJob) -> Result<Result<i64, Job>, StoreError> {
        if let Some(there) = self.job_by_key(&new.queue, &new.key)? {
            return Ok(Err(there));
        }
        let last: Option<i64> = self.conn.row(&LAST, args![1], |row| row.get(0))?;
        let id = last.unwrap_or_default() + 1;
        let body = Body::of(&new.body);
        let state = JobState::Waiting as i64;
        let key = tame(&new.key, LONG);
        let row = args![id, &new.queue, &*key, state, self.at(), 0, &new.head, body.bytes(), "{}", None::<i64>];
        self.conn.execute(&ADD, row)?;
        Ok(Ok(id))
    }

    /// Adds a job together with what it did. `at` is when it came in. Its key is known to be free.
    pub fn add_done_job(
        &mut self,
        queue: &str,
        key: &str,
        at: i64,
        head: &str,
        body: &[u8],
        note: &str,
    ) -> Result<i64, StoreError> {
        let last: Option<i64> = self.conn.row(&LAST, args![1], |row| row.get(0))?;
        let (id, tx, body) = (last.unwrap_or_default() + 1, self.tx()?, Body::of(body));
        let key = tame(key, LONG);
        let row = args![id, queue, &*key, JobState::Done as i64, at, 1, head, body.bytes(), note, Some(tx)];
        self.conn.execute(&ADD, row)?;
        Ok(id)
    }

    /// Writes what became of a job, in the transaction of what it did.
    pub fn end_job(&mut self, job: &Job, state: JobState, head: &str, note: &str) -> Result<(), StoreError> {
        let tx = if state == JobState::Done { Some(self.tx()?) } else { None };
        self.conn.execute(&END, args![state as i64, job.attempts + 1, head, note, tx, job.id])
    }
}

/// All columns of a job but its body, which is empty here.
pub(crate) fn bodiless() -> SelectStatement {
    let mut select = Query::select();
    for column in COLUMNS {
        match *column {
            "body" => select.expr(Expr::cust("NULL")),
            column => select.column(column),
        };
    }
    select.from("job").take()
}

pub(crate) fn state(number: i64) -> JobState {
    match number {
        1 => JobState::Done,
        2 => JobState::Parked,
        _ => JobState::Waiting,
    }
}

pub(crate) fn read(row: &Row<'_>) -> Result<Job, StoreError> {
    Ok(Job {
        id: row.get(0)?,
        queue: row.get(1)?,
        key: row.get(2)?,
        state: state(row.get(3)?),
        at: row.get(4)?,
        attempts: row.get(5)?,
        head: row.get(6)?,
        body: row.get::<Option<Vec<u8>>>(7)?.map_or(Ok(Vec::new()), |body| Body::stored(body).json())?,
        note: row.get(8)?,
        tx: row.get(9)?,
    })
}
