//! `meridian import`: Bundles, NDJSON and folders of them, into a data folder or into the server that has it open.
//!
//! Every unit (a Bundle, or some hundred lines) is one transaction that carries the hash of its bytes as a key, so that
//! an import that was stopped goes on where it stopped, and one that is repeated writes nothing twice.

mod files;
mod sink;
mod units;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;

use anyhow::{Context, bail};
use indicatif::{ProgressBar, ProgressStyle};
use serde_json::json;
use tokio::task::JoinSet;

use crate::cli::ImportArgs;
use crate::{logging, say};
use sink::{Sink, Written};
use units::Unit;

/// Units that are worked on side by side.
const AT_ONCE: usize = 6;

/// What an import did.
#[derive(Default, Debug)]
struct Counts {
    files: u64,
    resources: u64,
    skipped: u64,
    failed: Vec<String>,
}

pub(crate) async fn import(args: ImportArgs) -> anyhow::Result<()> {
    logging::start(false);
    let began = Instant::now();
    let files = files::all(&args.paths)?;
    if files.is_empty() {
        bail!("there is no .json or .ndjson file in {:?}", args.paths);
    }
    let bytes = files.iter().map(|file| file.bytes).sum();
    let bar = bar(bytes, args.json);
    let sink = Arc::new(Sink::open(&args.data_dir, &args.institution).await?);
    let mut counts = Counts::default();
    let mut again = Vec::new();
    let paths = files.iter().map(|file| file.path.clone()).collect();
    pass(&sink, paths, &bar, &mut counts, Some(&mut again)).await?;
    // What pointed to something that came later is tried once more, now that everything is there.
    pass(&sink, again, &bar, &mut counts, None).await?;
    bar.finish_and_clear();
    counts.files = files.len() as u64;
    report(&counts, began.elapsed().as_secs_f64(), bytes, args.json);
    if counts.failed.is_empty() { Ok(()) } else { bail!("{} units could not be written", counts.failed.len()) }
}

/// Works through `paths` in their order. Files with a unit that did not find what it refers to go to `again`.
async fn pass(
    sink: &Arc<Sink>,
    paths: Vec<PathBuf>,
    bar: &ProgressBar,
    counts: &mut Counts,
    mut again: Option<&mut Vec<PathBuf>>,
) -> anyhow::Result<()> {
    let mut working: JoinSet<(PathBuf, anyhow::Result<Written>)> = JoinSet::new();
    for path in paths {
        let size = std::fs::metadata(&path).map(|m| m.len()).unwrap_or_default();
        for unit in units::of(&path)? {
            while working.len() >= AT_ONCE {
                settle(working.join_next().await, counts, again.as_deref_mut())?;
            }
            let (sink, path) = (Arc::clone(sink), path.clone());
            working.spawn(async move {
                let written = write(&sink, unit).await;
                (path, written)
            });
        }
        bar.inc(size);
        bar.set_message(format!("{} resources", counts.resources));
    }
    while let Some(done) = working.join_next().await {
        settle(Some(done), counts, again.as_deref_mut())?;
    }
    Ok(())
}

async fn write(sink: &Sink, unit: anyhow::Result<Unit>) -> anyhow::Result<Written> {
    let unit = unit?;
    sink.write(unit).await
}

type Done = Option<Result<(PathBuf, anyhow::Result<Written>), tokio::task::JoinError>>;

fn settle(done: Done, counts: &mut Counts, again: Option<&mut Vec<PathBuf>>) -> anyhow::Result<()> {
    let Some(done) = done else { return Ok(()) };
    let (path, written) = done.context("a worker of the import failed")?;
    match written {
        Ok(Written::New(resources)) => counts.resources += resources,
        Ok(Written::Before) => counts.skipped += 1,
        Ok(Written::Dangling(says)) => match again {
            Some(again) => {
                if again.last() != Some(&path) {
                    again.push(path);
                }
            }
            None => counts.failed.push(format!("{}: {says}", path.display())),
        },
        Err(error) => counts.failed.push(format!("{}: {error:#}", path.display())),
    }
    Ok(())
}

fn bar(bytes: u64, quiet: bool) -> ProgressBar {
    if quiet {
        return ProgressBar::hidden();
    }
    let bar = ProgressBar::new(bytes);
    let style = ProgressStyle::with_template("{bar:40} {bytes}/{total_bytes} {msg} {eta}");
    if let Ok(style) = style {
        bar.set_style(style);
    }
    bar
}

fn report(counts: &Counts, seconds: f64, bytes: u64, as_json: bool) {
    #[allow(clippy::cast_precision_loss)] // a rate for people
    let rate = counts.resources as f64 / seconds.max(0.001);
    if as_json {
        say(json!({
            "files": counts.files, "bytes": bytes, "resources": counts.resources, "unitsAlreadyThere": counts.skipped,
            "failed": counts.failed, "seconds": seconds, "resourcesPerSecond": rate
        }));
        return;
    }
    say(format!(
        "{} resources from {} files in {seconds:.1} s ({rate:.0}/s); {} units were there already",
        counts.resources, counts.files, counts.skipped
    ));
    for failed in &counts.failed {
        say(format!("not written: {failed}"));
    }
}
