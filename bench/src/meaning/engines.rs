//! Engines of others, each a program of its own that takes a task as a file and prints what it measured.
//!
//! `scripts/bench-peer engines` puts them into a cache by the locks in `bench/peer`.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, bail};
use serde_json::Value;

use crate::args::root;

#[derive(Clone, Copy)]
pub(crate) enum Engine {
    Python(&'static str),
    Node(&'static str),
}

impl Engine {
    fn script(self) -> PathBuf {
        let (Engine::Python(script) | Engine::Node(script)) = self;
        root().join("bench/peer").join(script)
    }

    /// What runs it; `None` where it is not installed.
    fn program(self) -> Option<PathBuf> {
        let home = home()?;
        match self {
            Engine::Python(_) => Some(home.join("python/bin/python")).filter(|path| path.exists()),
            Engine::Node(_) => home.join("node/node_modules/fhirpath").is_dir().then(|| PathBuf::from("node")),
        }
    }

    pub(crate) fn is_here(self) -> bool {
        self.program().is_some()
    }

    /// Gives it a task and reads what it says.
    pub(crate) fn ask(self, task: &Value, place: &Path) -> anyhow::Result<Value> {
        let program = self.program().context("it is not installed")?;
        let script = self.script();
        let file = place.join("task.json");
        std::fs::write(&file, serde_json::to_vec(task)?)?;
        // A module of Node looks for others beside itself.
        let script = match (self, home()) {
            (Engine::Node(name), Some(home)) => {
                let beside = home.join("node").join(name);
                std::fs::copy(&script, &beside)?;
                beside
            }
            _ => script,
        };
        let done = Command::new(program).env("PYTHONDONTWRITEBYTECODE", "1").arg(&script).arg(&file).output()?;
        if !done.status.success() {
            bail!("{} failed: {}", script.display(), String::from_utf8_lossy(&done.stderr).trim());
        }
        serde_json::from_slice(&done.stdout).with_context(|| format!("{} said something else", script.display()))
    }
}

/// Where `scripts/bench-peer` puts the peers.
fn home() -> Option<PathBuf> {
    let usual = || Some(PathBuf::from(std::env::var_os("HOME")?).join(".cache/meridian-peer"));
    std::env::var_os("MERIDIAN_PEER_HOME").map(PathBuf::from).or_else(usual)
}

/// A number of an answer.
pub(crate) fn number(answer: &Value, path: &str) -> anyhow::Result<f64> {
    answer.pointer(path).and_then(Value::as_f64).with_context(|| format!("no number at {path}"))
}
