//! Reading queues of jobs as a whole: which there are, what stands in them, and jobs that fit a description.

use rusqlite::OptionalExtension;
use sea_query::{Cond, Expr, ExprTrait, Order, Query, SqliteQueryBuilder};

use crate::sql::{self, Sql};
use crate::{Counts, Job, JobState, Reader, StoreError};

/// A queue and what stands in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QueueLine {
    pub queue: String,
    pub counts: Counts,
    /// When the oldest waiting job came in, in milliseconds since 1970 UTC.
    pub oldest: Option<i64>,
}

/// Which way a queue is walked.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Walk {
    /// The newest below this number, newest first.
    Down(Option<i64>),
    /// The oldest above this number, oldest first.
    Up(i64),
}

static QUEUES: Sql = Sql::new(|| {
    let mut select = Query::select();
    select.columns(["queue", "state"]).expr(Expr::cust("COUNT(*)")).from("job");
    select.group_by_columns(["queue", "state"]).order_by("queue", Order::Asc).build(SqliteQueryBuilder).0
});
static OLDEST: Sql = Sql::new(|| sql::select_ordered("job", &["at"], &["queue", "state"], "id", Order::Asc));
static WRITTEN_AT: Sql = Sql::new(|| sql::select("tx", &["at"], &["id"]));

impl Reader<'_> {
    /// Every queue that ever held a job.
    pub fn queue_lines(&self) -> Result<Vec<QueueLine>, StoreError> {
        let mut statement = self.conn.prepare_cached(&QUEUES)?;
        let mut rows = statement.query([])?;
        let mut queues: Vec<QueueLine> = Vec::new();
        while let Some(row) = rows.next()? {
            let queue: String = row.get(0)?;
            if queues.last().is_none_or(|last| last.queue != queue) {
                queues.push(QueueLine { queue, counts: Counts::default(), oldest: None });
            }
            if let Some(last) = queues.last_mut() {
                let count = row.get(2)?;
                match crate::job::state(row.get(1)?) {
                    JobState::Waiting => last.counts.waiting = count,
                    JobState::Done => last.counts.done = count,
                    JobState::Parked => last.counts.parked = count,
                }
            }
        }
        for line in queues.iter_mut().filter(|line| line.counts.waiting > 0) {
            let mut oldest = self.conn.prepare_cached(&OLDEST)?;
            let found = oldest.query_row((&line.queue, JobState::Waiting as i64, 1), |row| row.get(0));
            line.oldest = found.optional()?;
        }
        Ok(queues)
    }

    /// Walks the jobs of a queue (of one state, or of all) and shows each, without its body, to `see` until it says that
    /// it has enough.
    pub fn walk_jobs(
        &self,
        queue: &str,
        state: Option<JobState>,
        walk: Walk,
        mut see: impl FnMut(Job) -> bool,
    ) -> Result<(), StoreError> {
        let mut conditions = Cond::all().add(Expr::col("queue").eq(queue));
        if let Some(state) = state {
            conditions = conditions.add(Expr::col("state").eq(state as i64));
        }
        let order = match walk {
            Walk::Down(None) => Order::Desc,
            Walk::Down(Some(below)) => {
                conditions = conditions.add(Expr::col("id").lt(below));
                Order::Desc
            }
            Walk::Up(above) => {
                conditions = conditions.add(Expr::col("id").gt(above));
                Order::Asc
            }
        };
        let mut select = crate::job::bodiless();
        select.cond_where(conditions).order_by("id", order);
        let (text, values) = select.build(SqliteQueryBuilder);
        let mut statement = self.conn.prepare_cached(&text)?;
        let mut rows = statement.query(rusqlite::params_from_iter(sql::bind(values)))?;
        while let Some(row) = rows.next()? {
            if !see(crate::job::read(row)?) {
                break;
            }
        }
        Ok(())
    }

    /// When a transaction was written, in milliseconds since 1970 UTC.
    pub fn written_at(&self, tx: i64) -> Result<Option<i64>, StoreError> {
        Ok(self.conn.prepare_cached(&WRITTEN_AT)?.query_row([tx], |row| row.get(0)).optional()?)
    }
}
