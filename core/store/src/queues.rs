//! Reading queues of jobs as a whole: which there are, what stands in them, and jobs that fit a description.

use sea_query::{Cond, Expr, ExprTrait, Order, Query};

use crate::db::args;
use crate::sql::{self, Sql};
use crate::tame::{LONG, tame_prefix};
use crate::{Job, JobState, Reader, StoreError};

/// Which way a queue is walked.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Walk {
    /// The newest below this number, newest first.
    Down(Option<i64>),
    /// The oldest above this number, oldest first.
    Up(i64),
}

/// A name, how many: the first queue behind it.
static NEXT_QUEUE: Sql = Sql::new(|| {
    let mut select = Query::select();
    select.column("queue").from("job").and_where(Expr::col("queue").gt(""));
    sql::both(select.order_by("queue", Order::Asc).limit(1))
});
static OLDEST: Sql = Sql::new(|| sql::select_ordered("job", &["at"], &["queue", "state"], "id", Order::Asc));
static WRITTEN_AT: Sql = Sql::new(|| sql::select("tx", &["at"], &["id"]));

impl Reader<'_> {
    /// The names of all queues that ever held a job. The index is asked once for each, so jobs are not walked.
    pub fn queue_names(&self) -> Result<Vec<String>, StoreError> {
        let mut names: Vec<String> = Vec::new();
        while let Some(next) =
            self.conn.row(&NEXT_QUEUE, args![names.last().map_or("", String::as_str), 1], |row| row.get(0))?
        {
            names.push(next);
        }
        Ok(names)
    }

    /// When the oldest waiting job of a queue came in, in milliseconds since 1970 UTC.
    pub fn oldest_waiting(&self, queue: &str) -> Result<Option<i64>, StoreError> {
        self.conn.row(&OLDEST, args![queue, JobState::Waiting as i64, 1], |row| row.get(0))
    }

    /// The newest `limit` jobs of a queue whose keys begin with `beginning`, newest first, without their bodies.
    pub fn jobs_keyed(&self, queue: &str, beginning: &str, limit: u32) -> Result<Vec<Job>, StoreError> {
        let beginning = &*tame_prefix(beginning, LONG);
        // In the order of bytes, this is behind every key that begins so.
        let end = format!("{beginning}\u{10ffff}");
        let keys = Expr::col("key").gte(beginning).and(Expr::col("key").lt(end));
        let mut select = crate::job::bodiless();
        // The plus keeps the index of keys in use: that of numbers would walk the whole queue.
        select.and_where(Expr::col("queue").eq(queue)).and_where(keys);
        select.order_by_expr(Expr::cust("+id"), Order::Desc).limit(u64::from(limit));
        self.conn.ask(&select, crate::job::read)
    }

    /// Walks the jobs of a queue (of one state, or of all) and shows each, without its body, to `see` until it says that
    /// it has enough; `see` may ask this reader for what belongs to it.
    pub fn walk_jobs(
        &self,
        queue: &str,
        state: Option<JobState>,
        mut walk: Walk,
        mut see: impl FnMut(Job) -> bool,
    ) -> Result<(), StoreError> {
        const STEP: usize = 200;
        loop {
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
            select.cond_where(conditions).order_by("id", order).limit(STEP as u64);
            let jobs = self.conn.ask(&select, crate::job::read)?;
            let Some(last) = jobs.last().map(|job| job.id).filter(|_| jobs.len() == STEP) else {
                jobs.into_iter().all(see);
                return Ok(());
            };
            if !jobs.into_iter().all(&mut see) {
                return Ok(());
            }
            walk = match walk {
                Walk::Down(_) => Walk::Down(Some(last)),
                Walk::Up(_) => Walk::Up(last),
            };
        }
    }

    /// When a transaction was written, in milliseconds since 1970 UTC.
    pub fn written_at(&self, tx: i64) -> Result<Option<i64>, StoreError> {
        self.conn.row(&WRITTEN_AT, args![tx], |row| row.get(0))
    }
}
