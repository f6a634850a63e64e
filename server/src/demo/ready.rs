//! What scripts and examples read of a demo: where the doors are, and who may enter.

use std::path::Path;

use anyhow::Context;
use serde::Serialize;

use super::users::DemoUser;

/// The same in `ready.doors.json`, once the doors are open, and in the ready file, once the district is complete.
#[derive(Serialize, Clone, Debug)]
pub(super) struct Ready {
    pub(super) http: String,
    pub(super) mllp: String,
    pub(super) users: Vec<DemoUser>,
    pub(super) token: String,
    /// Whether everybody has arrived.
    pub(super) complete: bool,
}

impl Ready {
    /// What an earlier start has left: its passwords and its token have ended.
    pub(super) fn forget(ready_file: &Path) {
        let _ = std::fs::remove_file(ready_file);
        let _ = std::fs::remove_file(ready_file.with_extension("doors.json"));
    }

    /// Beside the ready file: `ready.doors.json`.
    pub(super) fn doors_are_open(&self, ready_file: &Path) -> anyhow::Result<()> {
        self.write(&ready_file.with_extension("doors.json"))
    }

    /// The ready file itself.
    pub(super) fn all_is_there(&self, ready_file: &Path) -> anyhow::Result<()> {
        Ready { complete: true, ..self.clone() }.write(ready_file)
    }

    /// Whole or not at all, and readable by its owner alone.
    fn write(&self, file: &Path) -> anyhow::Result<()> {
        use std::io::Write;
        use std::os::unix::fs::OpenOptionsExt;
        let part = file.with_extension("part");
        let _ = std::fs::remove_file(&part);
        let mut out = std::fs::OpenOptions::new().create_new(true).write(true).mode(0o600).open(&part)?;
        out.write_all(&serde_json::to_vec_pretty(self)?)?;
        drop(out);
        std::fs::rename(&part, file).with_context(|| format!("cannot write {}", file.display()))
    }
}
