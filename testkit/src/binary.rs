//! Finds the binary under test and runs its commands.

use std::path::PathBuf;
use std::process::Output;

use anyhow::{Context as _, bail};

/// The binary `meridian`: what `MERIDIAN_BIN` names, else the one built beside the running test.
///
/// # Errors
/// When neither is there; the message says how to build it.
pub fn meridian() -> anyhow::Result<PathBuf> {
    if let Some(named) = std::env::var_os("MERIDIAN_BIN") {
        let path = PathBuf::from(named);
        if !path.is_file() {
            bail!("MERIDIAN_BIN names {}, which is no file", path.display());
        }
        return Ok(path);
    }
    let test = std::env::current_exe().context("where this test runs from")?;
    // target/<profile>/deps/<test>: the binary lies in target/<profile>.
    let beside = test.ancestors().skip(1).take(2).map(|folder| folder.join("meridian")).find(|path| path.is_file());
    beside.context("no binary `meridian` beside this test: run `cargo build -p meridian-server`, or set MERIDIAN_BIN")
}

/// Runs `meridian ARGUMENTS` to its end.
///
/// # Errors
/// When it can't be started; what it answers with is in the output.
pub async fn command(arguments: &[&str]) -> anyhow::Result<Output> {
    let binary = meridian()?;
    tokio::process::Command::new(&binary)
        .args(arguments)
        .stdin(std::process::Stdio::null())
        .kill_on_drop(true)
        .output()
        .await
        .with_context(|| format!("starting {} {}", binary.display(), arguments.join(" ")))
}
