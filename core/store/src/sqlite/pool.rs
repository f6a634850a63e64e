//! Connections for reading, lent out one reader at a time.

use std::ops::Deref;
use std::path::Path;
use std::sync::{Condvar, Mutex, PoisonError};

use rusqlite::Connection;

use super::connect;
use crate::StoreError;

const CACHE_MIB: u32 = 16;
const MAPPED: i64 = 4 << 30;

pub(super) struct Pool {
    free: Mutex<Vec<Connection>>,
    back: Condvar,
}

/// A connection on loan.
pub(super) struct Lent<'p> {
    pool: &'p Pool,
    conn: Option<Connection>,
}

impl Pool {
    pub(super) fn open(path: &Path, size: usize) -> Result<Pool, StoreError> {
        let mut free = Vec::with_capacity(size);
        for _ in 0..size.max(1) {
            let conn = connect(path, CACHE_MIB)?;
            conn.pragma_update(None, "mmap_size", MAPPED)?;
            conn.pragma_update(None, "query_only", "ON")?;
            free.push(conn);
        }
        Ok(Pool { free: Mutex::new(free), back: Condvar::new() })
    }

    /// Waits for a free connection.
    pub(super) fn take(&self) -> Result<Lent<'_>, StoreError> {
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
