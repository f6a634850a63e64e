//! Transactions: one moment to read from, a group of acts to write.

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
    pub(crate) fn of(link: &'c Link) -> Result<Snapshot<'c>, StoreError> {
        match link {
            Link::Lite(conn) => conn.execute_batch("BEGIN")?,
            Link::Pg(conn) => conn.begin_reading()?,
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
            Link::Pg(conn) => {
                let _ = conn.end_reading(); // a connection that broke is made anew before it is lent again
            }
        }
    }
}

impl Conn<'_> {
    /// Keeps what the act did, with the group; tells what went wrong with what it sent and did not wait for.
    pub(crate) fn keep_act(self, together: bool) -> Result<(), StoreError> {
        match self {
            Conn::Lite(conn) => Ok(conn.execute_batch("RELEASE act")?),
            Conn::Pg(conn) => conn.keep_act(together),
        }
    }
}

impl Link {
    /// Begins a group of acts, once every other writer of its kind has ended its own.
    pub(crate) fn begin(&self, writing: Writing) -> Result<(), StoreError> {
        match self {
            Link::Lite(conn) => Ok(conn.execute_batch("BEGIN IMMEDIATE")?),
            Link::Pg(conn) => conn.begin(writing),
        }
    }

    /// Makes the group durable.
    pub(crate) fn commit(&self) -> Result<(), StoreError> {
        match self {
            Link::Lite(conn) => Ok(conn.execute_batch("COMMIT")?),
            Link::Pg(conn) => conn.commit(),
        }
    }

    /// Whether who is at the other end is still there, as far as is known: what he says against something is no sign that
    /// he has gone.
    pub(crate) fn stands(&self) -> bool {
        match self {
            Link::Lite(_) => true,
            Link::Pg(conn) => conn.stands(),
        }
    }

    /// Undoes the group.
    pub(crate) fn rollback(&self) {
        match self {
            Link::Lite(conn) => {
                let _ = conn.execute_batch("ROLLBACK");
            }
            Link::Pg(conn) => conn.rollback(),
        }
    }

    /// Begins an act within a group.
    pub(crate) fn begin_act(&self, together: bool) -> Result<(), StoreError> {
        match self {
            Link::Lite(conn) => Ok(conn.execute_batch("SAVEPOINT act")?),
            Link::Pg(conn) => conn.begin_act(together),
        }
    }

    /// Undoes the act alone.
    pub(crate) fn undo_act(&self) -> Result<(), StoreError> {
        match self {
            Link::Lite(conn) => Ok(conn.execute_batch("ROLLBACK TO act; RELEASE act")?),
            Link::Pg(conn) => conn.undo_act(),
        }
    }
}
