//! The program under test: its import, and its server.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context, bail};
use serde_json::Value;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, BufReader};
use tokio::process::{Child, Command};

use crate::http::Target;
use crate::machine;

const LOOK: Duration = Duration::from_millis(50);
/// How long a server may take to open its doors.
const READY: Duration = Duration::from_secs(60);
/// The institution whose messages the HL7 v2 door takes.
pub(crate) const HOSPITAL: &str = "CJ01";

/// What an import said of itself, and what it took.
#[derive(Default)]
pub(crate) struct Imported {
    pub(crate) resources: f64,
    pub(crate) bytes: f64,
    pub(crate) seconds: f64,
    /// Processor seconds, user and system.
    pub(crate) processor: f64,
    pub(crate) peak_mib: f64,
}

/// Imports one folder after the other: what a later one brings twice, an earlier one refers to as being there once.
pub(crate) async fn import(program: &Path, data: &Path, folders: &[PathBuf]) -> anyhow::Result<Imported> {
    let mut all = Imported::default();
    for folder in folders {
        let one = import_one(program, data, folder).await?;
        all.resources += one.resources;
        all.bytes += one.bytes;
        all.seconds += one.seconds;
        all.processor += one.processor;
        all.peak_mib = all.peak_mib.max(one.peak_mib);
    }
    Ok(all)
}

/// Runs `meridian import` to its end.
async fn import_one(program: &Path, data: &Path, folder: &Path) -> anyhow::Result<Imported> {
    let before = machine::used_by_children();
    let mut child = Command::new(program)
        .args(["import", "--json", "--data-dir"])
        .arg(data)
        .arg(folder)
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .with_context(|| format!("cannot start {}", program.display()))?;
    let pid = child.id().context("the import ended before it began")?;
    let mut out = child.stdout.take().context("the import has no output")?;
    let printing = tokio::spawn(async move {
        let mut text = String::new();
        out.read_to_string(&mut text).await.map(|_| text)
    });
    let mut peak_mib: f64 = 0.0;
    let status = loop {
        tokio::select! {
            status = child.wait() => break status?,
            () = tokio::time::sleep(LOOK) => peak_mib = machine::peak_memory(pid).unwrap_or(0.0).max(peak_mib),
        }
    };
    let text = printing.await??;
    if !status.success() {
        bail!("the import failed ({status}): {text}");
    }
    let said: Value = serde_json::from_str(text.trim()).with_context(|| format!("the import said: {text}"))?;
    let number = |name: &str| said.get(name).and_then(Value::as_f64).with_context(|| format!("no {name} in {text}"));
    Ok(Imported {
        resources: number("resources")?,
        bytes: number("bytes")?,
        seconds: number("seconds")?,
        processor: machine::used_by_children() - before,
        peak_mib,
    })
}

/// A running `meridian serve`.
pub(crate) struct Server {
    child: Child,
    pub(crate) pid: u32,
    pub(crate) target: Target,
    pub(crate) mllp: String,
}

impl Server {
    /// Starts it on free ports of loopback and waits until it listens.
    pub(crate) async fn start(program: &Path, data: &Path) -> anyhow::Result<Server> {
        Server::start_on(program, data, None).await
    }

    /// The same with its record in a PostgreSQL database.
    pub(crate) async fn start_on(program: &Path, data: &Path, store: Option<&str>) -> anyhow::Result<Server> {
        std::fs::create_dir_all(data)?;
        let mut child = Command::new(program)
            .args(["serve", "--http", "127.0.0.1:0", "--mllp", "127.0.0.1:0", "--feed", HOSPITAL, "--data-dir"])
            .arg(data)
            .args(store.iter().flat_map(|url| ["--store", url]))
            .env("MERIDIAN_LOG", "warn")
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .with_context(|| format!("cannot start {}", program.display()))?;
        let pid = child.id().context("the server ended before it began")?;
        let lines = BufReader::new(child.stdout.take().context("the server has no output")?);
        let opened = tokio::time::timeout(READY, doors(lines)).await.context("the server did not open its doors")?;
        let (http, mllp) = opened?;
        let run: Value = serde_json::from_slice(&std::fs::read(data.join("run.json"))?)?;
        let token = run.get("token").and_then(Value::as_str).context("run.json holds no token")?;
        Ok(Server { child, pid, target: Target::new(http, token), mllp })
    }

    /// Asks it to stop and waits for it.
    pub(crate) async fn stop(mut self) -> anyhow::Result<()> {
        let asked = Command::new("kill").args(["-TERM", &self.pid.to_string()]).status().await?;
        if !asked.success() {
            bail!("the server could not be asked to stop");
        }
        let status = tokio::time::timeout(READY, self.child.wait()).await.context("the server does not stop")??;
        if status.success() { Ok(()) } else { bail!("the server ended with {status}") }
    }
}

/// Reads where the doors are from what the server prints; what it prints later is read and let go.
async fn doors(lines: BufReader<tokio::process::ChildStdout>) -> anyhow::Result<(SocketAddr, String)> {
    let mut lines = lines.lines();
    let (mut http, mut mllp) = (None, None);
    while let Some(line) = lines.next_line().await? {
        if let Some((_, at)) = line.split_once("http://") {
            http = at.trim().trim_end_matches('/').parse().ok();
        } else if line.contains("MLLP") {
            mllp = line.split_whitespace().next_back().map(str::to_owned);
        }
        if let (Some(http), Some(mllp)) = (http, mllp.clone()) {
            tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
            return Ok((http, mllp));
        }
    }
    bail!("the server ended before its doors were open")
}
