//! `meridian import`: Bundles, NDJSON and folders of them, into a data folder or into the server that has it open.
//!
//! Every unit (a Bundle, or some hundred lines) is one transaction that carries the hash of its bytes as a key, so that
//! an import that was stopped goes on where it stopped, and one that is repeated writes nothing twice.

mod files;
mod sink;
mod terms;
mod units;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

use anyhow::{Context, bail};
use indicatif::{ProgressBar, ProgressStyle};
use serde_json::json;
use tokio::task::JoinSet;

use crate::cli::ImportArgs;
use crate::{logging, say};
use sink::{Sink, Written};
pub(crate) use terms::terms;
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
    let sink = Arc::new(Sink::open(&args.kept, &args.institution).await?);
    let paths = files.iter().map(|file| file.path.clone()).collect();
    let mut work = Work { sink, bar: bar.clone(), counts: Counts::default(), missed: Vec::new(), late: Vec::new() };
    work.all(paths).await?;
    let mut counts = work.counts;
    bar.finish_and_clear();
    counts.files = files.len() as u64;
    report(&counts, began.elapsed().as_secs_f64(), bytes, args.json);
    if counts.failed.is_empty() { Ok(()) } else { bail!("{} units could not be written", counts.failed.len()) }
}

type Working = JoinSet<(PathBuf, anyhow::Result<Written>)>;

/// An import under way.
struct Work {
    sink: Arc<Sink>,
    bar: ProgressBar,
    counts: Counts,
    /// Files with a unit that did not find what it refers to: it may still be under way beside them.
    missed: Vec<PathBuf>,
    /// The same, after all before them was written: it may come later.
    late: Vec<PathBuf>,
}

impl Work {
    /// Works through `paths` in their order, some units side by side.
    async fn all(&mut self, paths: Vec<PathBuf>) -> anyhow::Result<()> {
        let mut working = Working::new();
        for path in paths {
            for unit in units::of(&path)? {
                while working.len() >= AT_ONCE {
                    self.settle(working.join_next().await)?;
                }
                if !self.missed.is_empty() {
                    self.catch_up(&mut working).await?;
                }
                let (sink, path) = (Arc::clone(&self.sink), path.clone());
                working.spawn(async move {
                    let written = write(&sink, unit).await;
                    (path, written)
                });
            }
            self.bar.inc(std::fs::metadata(&path).map(|m| m.len()).unwrap_or_default());
            self.bar.set_message(format!("{} resources", self.counts.resources));
        }
        self.catch_up(&mut working).await?;
        for path in std::mem::take(&mut self.late) {
            if let Some(says) = self.again(&path).await? {
                self.counts.failed.push(format!("{}: {says}", path.display()));
            }
        }
        Ok(())
    }

    /// Waits for what is under way, then tries what missed something once more, before later files bring others that
    /// answer to the same condition.
    async fn catch_up(&mut self, working: &mut Working) -> anyhow::Result<()> {
        while let Some(done) = working.join_next().await {
            self.settle(Some(done))?;
        }
        for path in std::mem::take(&mut self.missed) {
            if self.again(&path).await?.is_some() {
                self.late.push(path);
            }
        }
        Ok(())
    }

    /// Tries a file alone; gives what it still refers to in vain.
    async fn again(&mut self, path: &Path) -> anyhow::Result<Option<String>> {
        let mut missing = None;
        for unit in units::of(path)? {
            match write(&self.sink, unit).await {
                Ok(Written::Dangling(says)) => missing = Some(says),
                other => self.count(path, other),
            }
        }
        Ok(missing)
    }

    fn settle(&mut self, done: Done) -> anyhow::Result<()> {
        let Some(done) = done else { return Ok(()) };
        match done.context("a worker of the import failed")? {
            (path, Ok(Written::Dangling(_))) if self.missed.contains(&path) => {}
            (path, Ok(Written::Dangling(_))) => self.missed.push(path),
            (path, written) => self.count(&path, written),
        }
        Ok(())
    }

    fn count(&mut self, path: &Path, written: anyhow::Result<Written>) {
        match written {
            Ok(Written::New(resources)) => self.counts.resources += resources,
            Ok(Written::Before) => self.counts.skipped += 1,
            Ok(Written::Dangling(says)) => self.counts.failed.push(format!("{}: {says}", path.display())),
            Err(error) => self.counts.failed.push(format!("{}: {error:#}", path.display())),
        }
    }
}

async fn write(sink: &Sink, unit: anyhow::Result<Unit>) -> anyhow::Result<Written> {
    sink.write(unit?).await
}

type Done = Option<Result<(PathBuf, anyhow::Result<Written>), tokio::task::JoinError>>;

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
