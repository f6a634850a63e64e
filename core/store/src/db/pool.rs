//! Connections for reading, lent out one reader at a time.

use std::cell::Cell;
use std::ops::Deref;
use std::path::PathBuf;
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::Conn;
use crate::postgres::{Config, PgConn, Role};
use crate::{StoreError, sqlite};

/// Small, because there are many and the system's own page cache stands behind them.
const CACHE_MIB: u32 = 8;
/// Steps of the database's machine between two looks at the clock: some tenths of a millisecond.
const STEPS: i32 = 20_000;

thread_local! {
    static DEADLINE: Cell<Option<Instant>> = const { Cell::new(None) };
}

/// While it lives, statements on this thread are given up when the time is over.
pub(crate) struct Deadline;

impl Deadline {
    pub(crate) fn after(limit: Duration) -> Deadline {
        DEADLINE.set(Instant::now().checked_add(limit));
        Deadline
    }

    pub(crate) fn is_over() -> bool {
        DEADLINE.get().is_some_and(|deadline| Instant::now() > deadline)
    }
}

impl Drop for Deadline {
    fn drop(&mut self) {
        DEADLINE.set(None);
    }
}

/// Where connections come from.
#[derive(Clone, Debug)]
pub(crate) enum Source {
    File(PathBuf),
    Server(Arc<Config>),
}

impl Source {
    /// A connection that writes.
    pub(crate) fn writing(&self, cache_mib: u32) -> Result<Link, StoreError> {
        match self {
            Source::File(path) => Ok(Link::Lite(sqlite::connect(path, cache_mib)?)),
            Source::Server(config) => Ok(Link::Pg(Box::new(PgConn::open(config, Role::Writing)?))),
        }
    }

    /// A connection that only reads. `limit` is for each of its statements; a file looks at the [`Deadline`] of the
    /// thread instead.
    pub(crate) fn reading(&self, limit: Option<Duration>) -> Result<Link, StoreError> {
        match self {
            Source::File(path) => {
                let mut conn = sqlite::connect(path, CACHE_MIB)?;
                conn.pragma_update(None, "query_only", "ON")?;
                conn.progress_handler(STEPS, Some(Deadline::is_over))?;
                Ok(Link::Lite(conn))
            }
            Source::Server(config) => Ok(Link::Pg(Box::new(PgConn::open(config, Role::Reading(limit))?))),
        }
    }
}

/// A connection of its owner's own.
pub(crate) enum Link {
    Lite(rusqlite::Connection),
    Pg(Box<PgConn>),
}

impl Link {
    pub(crate) fn conn(&self) -> Conn<'_> {
        match self {
            Link::Lite(conn) => Conn::Lite(conn),
            Link::Pg(conn) => Conn::Pg(conn),
        }
    }
}

pub(crate) struct Pool {
    size: usize,
    free: Mutex<Vec<Link>>,
    back: Condvar,
}

/// A connection on loan.
pub(crate) struct Lent<'p> {
    pool: &'p Pool,
    link: Option<Link>,
}

impl Pool {
    pub(crate) fn open(source: &Source, size: usize, limit: Option<Duration>) -> Result<Pool, StoreError> {
        let size = size.max(1);
        let free = (0..size).map(|_| source.reading(limit)).collect::<Result<_, _>>()?;
        Ok(Pool { size, free: Mutex::new(free), back: Condvar::new() })
    }

    /// How many connections there are, and how many are lent out now.
    pub(crate) fn use_of(&self) -> (usize, usize) {
        let free = self.free.lock().unwrap_or_else(PoisonError::into_inner).len();
        (self.size, self.size.saturating_sub(free))
    }

    /// Waits for a free connection.
    pub(crate) fn take(&self) -> Result<Lent<'_>, StoreError> {
        let mut free = self.free.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            if let Some(link) = free.pop() {
                return Ok(Lent { pool: self, link: Some(link) });
            }
            free = self.back.wait(free).unwrap_or_else(PoisonError::into_inner);
        }
    }
}

impl Deref for Lent<'_> {
    type Target = Link;

    #[allow(clippy::expect_used)] // the connection leaves only in `drop`
    fn deref(&self) -> &Link {
        self.link.as_ref().expect("lent until dropped")
    }
}

impl Drop for Lent<'_> {
    fn drop(&mut self) {
        if let Some(link) = self.link.take() {
            self.pool.free.lock().unwrap_or_else(PoisonError::into_inner).push(link);
            self.pool.back.notify_one();
        }
    }
}
