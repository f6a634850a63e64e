//! `meridian-bench`: what the real program does in a second, through its doors and its command line; and what its rooms do
//! that others sell as libraries: FHIRPath, validation, views.
//!
//! Every figure is printed beside its budget; nothing here fails because something was slow.

mod args;
mod district;
mod harvest;
mod http;
mod imports;
mod load;
mod machine;
mod material;
mod meaning;
mod messages;
mod program;
mod reads;
mod records;
mod region;
mod report;
mod searches;
mod side;
mod times;

use std::io::Write;
use std::path::Path;
use std::process::ExitCode;

use args::Args;
use report::Report;

/// The program's own: what is measured in this process is measured as in that.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let args = match Args::read() {
        Ok(args) => args,
        Err(error) => {
            let _ = writeln!(std::io::stderr(), "meridian-bench: {error:#}");
            return ExitCode::FAILURE;
        }
    };
    // One thread for the load: it shares the machine with what it measures.
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let done = runtime.map_err(anyhow::Error::from).and_then(|runtime| runtime.block_on(run(&args)));
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let _ = writeln!(std::io::stderr(), "meridian-bench: {error:#}");
            ExitCode::FAILURE
        }
    }
}

async fn run(args: &Args) -> anyhow::Result<()> {
    let folder = args.folder()?;
    let done = measure(args, &folder).await;
    if !args.keep {
        let _ = std::fs::remove_dir_all(&folder);
    }
    done
}

async fn measure(args: &Args, folder: &Path) -> anyhow::Result<()> {
    let mut report = Report::new(args, folder)?;
    if args.wants("region") {
        region::run(args, folder, &mut report).await?;
    }
    if args.wants("district") {
        district::run(args, folder, &mut report).await?;
    }
    if args.wants("side") {
        side::run(args, folder, &mut report).await?;
    }
    if args.wants("meaning") {
        meaning::run(args, folder, &mut report).await?;
    }
    if ["import", "reads", "searches", "records", "messages"].iter().any(|part| args.wants(part)) {
        on_materials(args, folder, &mut report).await?;
    }
    report.finish(args)
}

/// What is measured on the materials, one part after the other in the same folder.
async fn on_materials(args: &Args, folder: &Path, report: &mut Report) -> anyhow::Result<()> {
    let data = folder.join("data");
    let material = material::find(args)?;
    report.note(material.says());
    if args.wants("import") {
        imports::run(args, &material, folder, &data, report).await?;
    }
    let harvest = {
        let server = program::Server::start(&args.program, &data).await?;
        let harvest = harvest::harvest(&server, args.quick).await?;
        server.stop().await?;
        harvest
    };
    report.note(harvest.says());
    if args.wants("reads") {
        reads::run(args, &data, &harvest, report).await?;
    }
    if args.wants("searches") {
        searches::run(args, &data, &harvest, report).await?;
    }
    if args.wants("records") {
        records::run(args, &data, &harvest, report).await?;
    }
    if args.wants("messages") {
        messages::run(args, &material, folder, &data, &harvest, report).await?;
    }
    Ok(())
}

/// Prints a line for the person at the terminal.
pub(crate) fn say(line: impl std::fmt::Display) {
    let _ = writeln!(std::io::stdout(), "{line}");
}
