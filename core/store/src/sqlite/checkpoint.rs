//! Moves committed pages from the write-ahead log into the database while the writer goes on writing.

use std::path::{Path, PathBuf};
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::time::{Duration, Instant};

use super::connect;
use crate::StoreError;

/// The log is moved once it is larger than this.
const WORTH_MOVING: u64 = 16 << 20;
const EVERY: Duration = Duration::from_millis(200);
/// The log is cut by the writer itself when the checkpointer can't keep up.
const LOG_LIMIT: u64 = 512 << 20;
const CUT_EVERY: Duration = Duration::from_secs(2);
/// How long the writer waits for readers then.
const CUT_WAIT: Duration = Duration::from_millis(100);

/// Stops its thread when dropped.
pub(crate) struct Checkpointer {
    stop: Option<Sender<()>>,
    thread: Option<std::thread::JoinHandle<()>>,
}

impl Checkpointer {
    pub(crate) fn start(path: &Path) -> Result<Checkpointer, StoreError> {
        let conn = connect(path, 8)?;
        let log = log_path(path);
        let (stop, stopped) = mpsc::channel();
        let work = move || {
            while matches!(stopped.recv_timeout(EVERY), Err(RecvTimeoutError::Timeout)) {
                let size = std::fs::metadata(&log).map(|m| m.len()).unwrap_or_default();
                if size > WORTH_MOVING
                    && let Err(error) = conn.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |_| Ok(()))
                {
                    tracing::warn!(%error, "the log could not be moved into the database");
                }
            }
        };
        let thread = std::thread::Builder::new().name("checkpoint".into()).spawn(work);
        let thread = thread.map_err(|e| StoreError::file(path, e))?;
        Ok(Checkpointer { stop: Some(stop), thread: Some(thread) })
    }
}

/// The write-ahead log beside a database.
fn log_path(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push("-wal");
    PathBuf::from(name)
}

impl Drop for Checkpointer {
    fn drop(&mut self) {
        self.stop.take();
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// What the writer does for its log between two groups, and at its end.
pub(crate) struct LogCut {
    last: Instant,
}

impl LogCut {
    pub(crate) fn new() -> LogCut {
        LogCut { last: Instant::now() }
    }

    /// A reader that keeps an old snapshot (a backup) keeps the log too: it is asked for seldom, and not for long.
    pub(crate) fn after_group(&mut self, conn: &rusqlite::Connection) {
        let Some(path) = conn.path() else { return };
        let size = std::fs::metadata(log_path(path.as_ref())).map(|m| m.len()).unwrap_or_default();
        if size > LOG_LIMIT && self.last.elapsed() > CUT_EVERY {
            let _ = conn.busy_timeout(CUT_WAIT);
            let _ = conn.query_row("PRAGMA wal_checkpoint(RESTART)", [], |_| Ok(()));
            let _ = conn.busy_timeout(super::BUSY);
            self.last = Instant::now();
        }
    }

    pub(crate) fn at_end(conn: &rusqlite::Connection) {
        let _ = conn.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()));
    }
}
