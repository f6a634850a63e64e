//! A second server over a folder of its own, which may be killed. The folder goes when the value goes.

use std::path::PathBuf;
use std::process::Stdio;
use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use tokio::process::{Child, Command};

use crate::run_file::{Running, running};

const PATIENCE: Duration = Duration::from_secs(30);

/// A folder and the server over it.
pub(super) struct Scratch {
    folder: PathBuf,
    child: Option<Child>,
    running: Running,
}

impl Scratch {
    pub(super) async fn start() -> anyhow::Result<Scratch> {
        let name = format!("meridian-tour-{}-{}", std::process::id(), jiff::Timestamp::now().as_millisecond());
        let folder = std::env::temp_dir().join(name);
        std::fs::create_dir(&folder).with_context(|| format!("cannot make {}", folder.display()))?;
        let nowhere = Running { http: String::new(), mllp: String::new(), token: String::new() };
        let mut scratch = Scratch { folder, child: None, running: nowhere };
        scratch.restart().await?;
        Ok(scratch)
    }

    pub(super) fn http(&self) -> &str {
        &self.running.http
    }

    pub(super) fn mllp(&self) -> &str {
        &self.running.mllp
    }

    pub(super) fn token(&self) -> &str {
        &self.running.token
    }

    /// SIGKILL: no chance to tidy up.
    pub(super) async fn kill(&mut self) -> anyhow::Result<()> {
        let mut child = self.child.take().context("no server is running")?;
        child.kill().await?;
        // The file of a process that could not tidy up.
        let _ = std::fs::remove_file(self.folder.join("run.json"));
        Ok(())
    }

    /// Starts the server over what the folder holds; returns when its doors are open.
    pub(super) async fn restart(&mut self) -> anyhow::Result<()> {
        let program = std::env::current_exe().context("cannot find the program itself")?;
        let child = Command::new(program)
            .args(["serve", "--http", "127.0.0.1:0", "--mllp", "127.0.0.1:0", "--feed", "CJ01", "--data-dir"])
            .arg(&self.folder)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .context("cannot start a second server")?;
        let child = self.child.insert(child);
        let began = Instant::now();
        loop {
            if let Some(running) = running(&self.folder) {
                self.running = running;
                return Ok(());
            }
            if child.try_wait()?.is_some() {
                bail!("the second server ended at its start");
            }
            if began.elapsed() > PATIENCE {
                bail!("the second server does not open its doors");
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        if let Some(child) = &mut self.child {
            let _ = child.start_kill();
        }
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}
