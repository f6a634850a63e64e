//! The real binary, started on a folder of its own, and killed as power or a careless hand would.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};
use tempfile::TempDir;
use tokio::process::{Child, Command};

use crate::{Fhir, Mllp, Ready, meridian};

/// How a demo is started.
#[derive(Debug, Clone)]
pub struct Options {
    /// How many residents stream in; with 0 the institutions alone are there.
    pub residents: u32,
    pub seed: u64,
    /// Further arguments of `meridian demo`.
    pub more: Vec<String>,
    /// How long the start may take.
    pub patience: Duration,
}

impl Default for Options {
    fn default() -> Self {
        Self { residents: 0, seed: 42, more: Vec::new(), patience: Duration::from_secs(120) }
    }
}

/// A running `meridian demo`. Dropping it kills the process and removes its folder.
#[derive(Debug)]
pub struct Server {
    process: Child,
    ready: Ready,
    folder: TempDir,
    options: Options,
    starts: u32,
}

impl Server {
    /// Starts a demo on a new folder and waits until its ready file is there.
    ///
    /// # Errors
    /// When it ends or is not ready in time; the message carries the end of its log.
    pub async fn start(options: Options) -> anyhow::Result<Self> {
        let folder = tempfile::Builder::new().prefix("meridian-test-").tempdir().context("a temporary folder")?;
        let (process, ready) = launch(folder.path(), &options, 1).await?;
        Ok(Self { process, ready, folder, options, starts: 1 })
    }

    /// `kill -9`, and waits until the process is gone.
    ///
    /// # Errors
    /// When the process can't be killed.
    pub async fn kill(&mut self) -> anyhow::Result<()> {
        self.process.kill().await.context("kill -9")
    }

    /// Starts again on the same data, after [`Server::kill`]; ports and token may be others.
    ///
    /// # Errors
    /// As [`Server::start`].
    pub async fn restart(&mut self) -> anyhow::Result<()> {
        self.starts += 1;
        (self.process, self.ready) = launch(self.folder.path(), &self.options, self.starts).await?;
        Ok(())
    }

    /// Asks the process to stop in order (SIGTERM) and waits for its end.
    ///
    /// # Errors
    /// When it does not end within ten seconds.
    pub async fn stop(&mut self) -> anyhow::Result<std::process::ExitStatus> {
        let id = self.process.id().context("the process has ended already")?;
        Command::new("kill").arg(id.to_string()).status().await.context("kill")?;
        let ended = tokio::time::timeout(Duration::from_secs(10), self.process.wait()).await;
        Ok(ended.context("it did not stop within ten seconds")??)
    }

    /// Where the doors are.
    #[must_use]
    pub fn ready(&self) -> &Ready {
        &self.ready
    }

    /// The data directory.
    #[must_use]
    pub fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// A folder for what a test needs beside the data; it goes when the server goes.
    #[must_use]
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// The process id, while it runs.
    #[must_use]
    pub fn id(&self) -> Option<u32> {
        self.process.id()
    }

    /// A FHIR client with the token of the demo operator.
    #[must_use]
    pub fn operator(&self) -> Fhir {
        self.nobody().with_token(&self.ready.token)
    }

    /// A FHIR client that has not signed in.
    #[must_use]
    pub fn nobody(&self) -> Fhir {
        Fhir::new(&self.ready.http)
    }

    /// A FHIR client signed in with the cookie of the first user of a role.
    ///
    /// # Errors
    /// When there is no such user, or the sign-in is refused.
    pub async fn signed_in(&self, role: &str, institution: Option<&str>) -> anyhow::Result<Fhir> {
        let user = self.ready.user(role, institution).with_context(|| format!("no demo user is a {role}"))?;
        self.nobody().sign_in(&user.username, &user.password).await
    }

    /// A connection to the HL7 v2 door.
    ///
    /// # Errors
    /// When it does not accept.
    pub async fn mllp(&self) -> anyhow::Result<Mllp> {
        Mllp::connect(&self.ready.mllp).await
    }

    /// The end of what the server has logged since its last start.
    #[must_use]
    pub fn log(&self) -> String {
        log_end(&log_file(self.folder.path(), self.starts))
    }
}

async fn launch(folder: &Path, options: &Options, start: u32) -> anyhow::Result<(Child, Ready)> {
    let ready_file = folder.join("ready.json");
    if ready_file.exists() {
        std::fs::remove_file(&ready_file).context("removing the last ready file")?;
    }
    let log = log_file(folder, start);
    let written = std::fs::File::create(&log).context("the log")?;
    let mut demo = Command::new(meridian()?);
    demo.arg("demo");
    if let Some(store) =
        crate::postgres::schema_for(folder).filter(|_| !options.more.iter().any(|one| one == "--store"))
    {
        demo.arg("--store").arg(store);
    }
    let mut process = demo
        .arg("--data-dir")
        .arg(folder.join("data"))
        .args(["--residents", &options.residents.to_string(), "--seed", &options.seed.to_string()])
        .args(["--http", "127.0.0.1:0", "--mllp", "127.0.0.1:0", "--no-open", "--live", "off", "--ready-file"])
        .arg(&ready_file)
        .args(&options.more)
        .stdin(Stdio::null())
        .stdout(written.try_clone().context("the log")?)
        .stderr(written)
        .kill_on_drop(true)
        .spawn()
        .context("starting meridian demo")?;
    let begun = Instant::now();
    loop {
        if let Some(ready) = read_ready(&ready_file) {
            return Ok((process, ready));
        }
        if let Some(status) = process.try_wait()? {
            bail!("meridian demo ended with {status}:\n{}", log_end(&log));
        }
        if begun.elapsed() > options.patience {
            bail!("meridian demo was not ready after {:?}:\n{}", options.patience, log_end(&log));
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// The ready file, once it is whole.
fn read_ready(path: &Path) -> Option<Ready> {
    Ready::parse(&std::fs::read_to_string(path).ok()?).ok()
}

fn log_file(folder: &Path, start: u32) -> PathBuf {
    folder.join(format!("log-{start}"))
}

fn log_end(path: &Path) -> String {
    let text = std::fs::read(path).unwrap_or_default();
    let text = String::from_utf8_lossy(&text);
    let lines: Vec<&str> = text.lines().collect();
    lines.iter().skip(lines.len().saturating_sub(40)).map(|line| format!("  | {line}\n")).collect()
}
