//! `cargo xtask`: the tools of the house itself, in Rust so that they run wherever the house builds.
//!
//! `check` proves the rules of `ARCHITECTURE.md`; `definitions` compiles the R4 definition tables, `structures` the
//! StructureDefinitions, `ucum` that of the units.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context as _;

mod check;
mod definitions;
mod floors;
mod structures;
mod task;
mod terms;
mod ucum;

const USAGE: &str = "\
cargo xtask check                                prove the walls, the rooms and the house measures
cargo xtask definitions [--from DIR] [--check]   compile the R4 definition tables, or compare them
cargo xtask floors LOG                           compare what the suites of others gave with their floors
cargo xtask structures [--from DIR] [--check]    compile the R4 structures, or compare them
cargo xtask terms [--from DIR] [--check]         compile R4's code systems and value sets, or compare them
cargo xtask ucum [--from FILE] [--check]         compile the UCUM table, or compare it
cargo xtask help                                 this text";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match run(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let _ = writeln!(std::io::stderr(), "xtask: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &[String]) -> anyhow::Result<()> {
    match arguments.split_first().map(|(task, rest)| (task.as_str(), rest)) {
        Some(("check", [])) => check::run(),
        Some(("definitions", rest)) => definitions::run(&root()?, rest),
        Some(("floors", rest)) => floors::run(&root()?, rest),
        Some(("structures", rest)) => structures::run(&root()?, rest),
        Some(("terms", rest)) => terms::run(&root()?, rest),
        Some(("ucum", rest)) => ucum::run(&root()?, rest),
        None | Some(("help" | "--help" | "-h", _)) => Ok(writeln!(std::io::stdout(), "{USAGE}")?),
        Some((other, _)) => anyhow::bail!("no task is called `{other}`\n{USAGE}"),
    }
}

/// The root of the checkout that this program was built from.
fn root() -> anyhow::Result<PathBuf> {
    let home = Path::new(env!("CARGO_MANIFEST_DIR"));
    home.parent().map(Path::to_path_buf).context("xtask has no folder above it")
}
