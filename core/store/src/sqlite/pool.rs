//! Connections for reading, lent out one reader at a time.

use std::cell::Cell;
use std::ops::Deref;
use std::path::Path;
use std::sync::{Condvar, Mutex, PoisonError};
use std::time::{Duration, Instant};

use rusqlite::Connection;

use super::connect;
use crate::StoreError;

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

    fn is_over() -> bool {
        DEADLINE.get().is_some_and(|deadline| Instant::now() > deadline)
    }
}

impl Drop for Deadline {
    fn drop(&mut self) {
        DEADLINE.set(None);
    }
}

pub(crate) struct Pool {
    size: usize,
    free: Mutex<Vec<Connection>>,
    back: Condvar,
}

/// A connection on loan.
pub(crate) struct Lent<'p> {
    pool: &'p Pool,
    conn: Option<Connection>,
}

impl Pool {
    pub(crate) fn open(path: &Path, size: usize) -> Result<Pool, StoreError> {
        let size = size.max(1);
        let mut free = Vec::with_capacity(size);
        for _ in 0..size {
            let mut conn = connect(path, CACHE_MIB)?;
            conn.pragma_update(None, "query_only", "ON")?;
            conn.progress_handler(STEPS, Some(Deadline::is_over))?;
            free.push(conn);
        }
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
            if let Some(conn) = free.pop() {
                return Ok(Lent { pool: self, conn: Some(conn) });
            }
            free = self.back.wait(free).unwrap_or_else(PoisonError::into_inner);
        }
    }
}

impl Deref for Lent<'_> {
    type Target = Connection;

    #[allow(clippy::expect_used)] // the connection leaves only in `drop`
    fn deref(&self) -> &Connection {
        self.conn.as_ref().expect("lent until dropped")
    }
}

impl Drop for Lent<'_> {
    fn drop(&mut self) {
        if let Some(conn) = self.conn.take() {
            self.pool.free.lock().unwrap_or_else(PoisonError::into_inner).push(conn);
            self.pool.back.notify_one();
        }
    }
}
