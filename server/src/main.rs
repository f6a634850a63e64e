//! `meridian`: the regional health information platform, one program.

mod audit;
mod backup;
mod cli;
mod clock;
mod demo;
mod feeder;
mod feeds;
mod house;
mod import;
mod lines;
mod logging;
mod packages;
mod region;
mod reindex;
mod run_file;
mod sender;
mod serve;
mod simulate;
mod tour;
mod users;

use std::io::Write;
use std::process::ExitCode;

use clap::Parser;

use cli::{Audit, Cli, Command, TermsCommand};

/// A resource is a tree of small pieces: the system's allocator took a fifth of an import.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let cli = Cli::parse();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    let done = match runtime {
        Ok(runtime) => runtime.block_on(run(cli)),
        Err(error) => Err(error.into()),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let _ = writeln!(std::io::stderr(), "meridian: {error:#}");
            ExitCode::FAILURE
        }
    }
}

async fn run(cli: Cli) -> anyhow::Result<()> {
    match cli.command {
        Command::Serve(args) => serve::serve(args).await,
        Command::Demo(args) => demo::demo(args).await,
        Command::Import(args) => import::import(args).await,
        Command::Terms(TermsCommand::Import(args)) => import::terms(args).await,
        Command::Region(args) => region::region(args).await,
        Command::Simulate(args) => simulate::simulate(args).await,
        Command::Backup { kept, target } => backup::backup(&kept.home()?, &target),
        Command::Restore { backup, data_dir, verify } => backup::restore(&backup, data_dir.as_deref(), verify),
        Command::Reindex(kept) => reindex::reindex(&kept.home()?).await,
        Command::Audit(Audit::Verify(kept)) => audit::verify(kept.home()?),
        Command::User(args) => users::user(args).await,
    }
}

/// Prints a line for the person at the terminal.
pub(crate) fn say(line: impl std::fmt::Display) {
    let _ = writeln!(std::io::stdout(), "{line}");
}
