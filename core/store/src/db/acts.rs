//! Transactions: one moment to read from, a group of acts to write.

use std::time::Duration;

use super::{Conn, Link};
use crate::StoreError;

/// Which of the two writers a transaction belongs to. Of each there is one at a time, whatever the number of processes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Writing {
    Record,
    Looks,
}

/// One moment, until dropped.
pub(crate) struct Snapshot<'c> {
    link: &'c Link,
}

impl<'c> Snapshot<'c> {
    /// `limit` is for each statement; a file looks at its thread's [`super::Deadline`] instead.
    pub(crate) fn of(link: &'c Link, limit: Option<Duration>) -> Result<Snapshot<'c>, StoreError> {
        let _ = limit;
        match link {
            Link::Lite(conn) => conn.execute_batch("BEGIN")?,
        }
        Ok(Snapshot { link })
    }

    pub(crate) fn conn(&self) -> Conn<'_> {
        self.link.conn()
    }
}

impl Drop for Snapshot<'_> {
    fn drop(&mut self) {
        match self.link {
            Link::Lite(conn) => {
                if let Err(error) = conn.execute_batch("ROLLBACK") {
                    tracing::warn!(%error, "a snapshot could not be let go");
                }
            }
        }
    }
}

impl Link {
    /// Begins a group of acts, once every other writer of its kind has ended its own.
    pub(crate) fn begin(&self, _writing: Writing) -> Result<(), StoreError> {
        match self {
            Link::Lite(conn) => Ok(conn.execute_batch("BEGIN IMMEDIATE")?),
        }
    }

    /// Makes the group durable.
    pub(crate) fn commit(&self) -> Result<(), StoreError> {
        match self {
            Link::Lite(conn) => Ok(conn.execute_batch("COMMIT")?),
        }
    }

    /// Undoes the group.
    pub(crate) fn rollback(&self) {
        match self {
            Link::Lite(conn) => {
                let _ = conn.execute_batch("ROLLBACK");
            }
        }
    }

    /// Begins an act within a group.
    pub(crate) fn begin_act(&self) -> Result<(), StoreError> {
        match self {
            Link::Lite(conn) => Ok(conn.execute_batch("SAVEPOINT act")?),
        }
    }

    /// Keeps what the act did, with the group.
    pub(crate) fn keep_act(&self) -> Result<(), StoreError> {
        match self {
            Link::Lite(conn) => Ok(conn.execute_batch("RELEASE act")?),
        }
    }

    /// Undoes the act alone.
    pub(crate) fn undo_act(&self) -> Result<(), StoreError> {
        match self {
            Link::Lite(conn) => Ok(conn.execute_batch("ROLLBACK TO act; RELEASE act")?),
        }
    }
}
