//! Moves committed pages from the write-ahead log into the database while the writer goes on writing.

use std::path::{Path, PathBuf};
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::time::Duration;

use super::connect;
use crate::StoreError;

/// The log is moved once it is larger than this.
const WORTH_MOVING: u64 = 16 << 20;
const EVERY: Duration = Duration::from_millis(200);

/// Stops its thread when dropped.
pub(super) struct Checkpointer {
    stop: Option<Sender<()>>,
    thread: Option<std::thread::JoinHandle<()>>,
}

impl Checkpointer {
    pub(super) fn start(path: &Path) -> Result<Checkpointer, StoreError> {
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
pub(super) fn log_path(path: &Path) -> PathBuf {
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
