//! `meridian region`: writes a synthetic region into a folder, on all cores, in bounded memory; goes on where it stopped.

mod out;
mod workers;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use indicatif::{ProgressBar, ProgressStyle};
use meridian_population::write::{Format, Wanted, Writer};
use meridian_population::{Region, RegionConfig};
use serde::{Deserialize, Serialize};

use crate::cli::{RegionArgs, Written};
use crate::{clock, say};
use out::Out;

/// Between two marks from which a stopped run goes on.
const MARK: Duration = Duration::from_secs(3);

/// What a folder holds: the same description gives the same bytes.
#[derive(Serialize, Deserialize, PartialEq, Eq, Clone, Debug)]
pub(crate) struct Description {
    pub(crate) synthetic: bool,
    pub(crate) seed: u64,
    pub(crate) residents: u64,
    pub(crate) today: String,
    pub(crate) formats: Vec<Written>,
    pub(crate) truth: bool,
    pub(crate) demographics_only: bool,
}

/// What a run came to.
struct Done {
    resources: u64,
    bytes: u64,
    /// Residents that an earlier run had written.
    before: u64,
}

pub(crate) async fn region(args: RegionArgs) -> anyhow::Result<()> {
    let stop = Arc::new(AtomicBool::new(false));
    let stopping = Arc::clone(&stop);
    tokio::spawn(async move {
        if tokio::signal::ctrl_c().await.is_ok() {
            stopping.store(true, Ordering::Relaxed);
        }
    });
    tokio::task::spawn_blocking(move || write(args, &stop)).await?
}

fn write(args: RegionArgs, stop: &AtomicBool) -> anyhow::Result<()> {
    let began = Instant::now();
    let today = args.today.unwrap_or_else(clock::today);
    let mut formats = args.format;
    formats.sort_unstable();
    formats.dedup();
    if args.demographics_only && formats.contains(&Written::Hl7v2) {
        bail!("messages tell of visits: hl7v2 goes without --demographics-only");
    }
    let description = Description {
        synthetic: true,
        seed: args.seed,
        residents: args.residents,
        today: today.to_string(),
        formats,
        truth: args.truth,
        demographics_only: args.demographics_only,
    };
    let region = Region::new(RegionConfig { seed: args.seed, residents: args.residents, today });
    let wanted = Wanted {
        formats: description.formats.iter().map(|format| (*format).into()).collect(),
        truth: args.truth,
        demographics_only: args.demographics_only,
    };
    let writer = Writer::new(&region, wanted);
    let Some(mut out) = Out::open(&args.folder, &description)? else {
        say(format!("{} holds this region already", args.folder.display()));
        return Ok(());
    };
    let bar = bar(args.residents, args.json);
    let done = fill(&writer, &mut out, args.residents, stop, &bar);
    bar.finish_and_clear();
    let Some(done) = done? else {
        say(format!("stopped after {} residents; the same command goes on from here", out.next()));
        return Ok(());
    };
    report(&args.folder, &description, &done, began.elapsed().as_secs_f64(), args.json);
    Ok(())
}

/// Writes what is missing; nothing when it was stopped before the end.
fn fill(
    writer: &Writer<'_>,
    out: &mut Out,
    residents: u64,
    stop: &AtomicBool,
    bar: &ProgressBar,
) -> anyhow::Result<Option<Done>> {
    let before = out.next();
    if before == 0 {
        out.put(writer.beginning(), 0)?;
    }
    bar.set_position(before);
    let mut marked = Instant::now();
    workers::blocks(writer, before, residents, stop, |next, pieces| {
        out.put(pieces, next)?;
        bar.set_position(next);
        if marked.elapsed() > MARK {
            marked = Instant::now();
            out.mark()?;
        }
        anyhow::Ok(())
    })?;
    out.mark()?;
    if out.next() < residents {
        return Ok(None);
    }
    let (resources, bytes) = out.complete()?;
    Ok(Some(Done { resources, bytes, before }))
}

fn bar(residents: u64, quiet: bool) -> ProgressBar {
    if quiet {
        return ProgressBar::hidden();
    }
    let bar = ProgressBar::new(residents);
    if let Ok(style) = ProgressStyle::with_template("{bar:40} {pos}/{len} residents, {per_sec} (left: {eta})") {
        bar.set_style(style);
    }
    bar
}

#[allow(clippy::cast_precision_loss)] // rates for people
fn report(folder: &Path, description: &Description, done: &Done, seconds: f64, as_json: bool) {
    let residents = description.residents - done.before;
    let rate = done.resources as f64 / seconds.max(0.001);
    if as_json {
        say(serde_json::json!({
            "residents": residents, "resources": done.resources, "bytes": done.bytes, "seconds": seconds,
            "resourcesPerSecond": rate,
        }));
        return;
    }
    say(format!(
        "{}: {residents} residents, {} resources, {:.1} MB in {seconds:.1} s ({rate:.0} resources/s)",
        folder.display(),
        done.resources,
        done.bytes as f64 / 1e6,
    ));
}

impl From<Written> for Format {
    fn from(written: Written) -> Self {
        match written {
            Written::Bundles => Self::Bundles,
            Written::Ndjson => Self::Ndjson,
            Written::Hl7v2 => Self::Hl7v2,
            Written::Csv => Self::Csv,
        }
    }
}

/// The manifest of a whole region.
pub(crate) fn manifest(folder: &Path) -> PathBuf {
    folder.join("region.json")
}

fn read<T: serde::de::DeserializeOwned>(path: &Path) -> anyhow::Result<Option<T>> {
    match std::fs::read(path) {
        Ok(bytes) => {
            Ok(Some(serde_json::from_slice(&bytes).with_context(|| format!("cannot read {}", path.display()))?))
        }
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error).with_context(|| format!("cannot read {}", path.display())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn args(folder: &Path) -> RegionArgs {
        RegionArgs {
            folder: folder.to_owned(),
            format: vec![Written::Csv, Written::Bundles],
            residents: 30,
            seed: 7,
            today: Some(jiff::civil::date(2026, 1, 5)),
            truth: true,
            demographics_only: true,
            json: true,
        }
    }

    fn files(folder: &Path, found: &mut Vec<(PathBuf, Vec<u8>)>, root: &Path) {
        let mut entries: Vec<PathBuf> = std::fs::read_dir(folder).unwrap().map(|e| e.unwrap().path()).collect();
        entries.sort();
        for path in entries {
            if path.is_dir() {
                files(&path, found, root);
            } else {
                found.push((path.strip_prefix(root).unwrap().to_owned(), std::fs::read(&path).unwrap()));
            }
        }
    }

    fn all(folder: &Path) -> Vec<(PathBuf, Vec<u8>)> {
        let mut found = Vec::new();
        files(folder, &mut found, folder);
        found
    }

    #[test]
    fn a_run_that_was_killed_goes_on_and_ends_with_the_same_files() {
        let root = std::env::temp_dir().join(format!("meridian-region-{}", std::process::id()));
        let _ = std::fs::remove_dir_all(&root);
        let (whole, killed) = (root.join("whole"), root.join("killed"));
        write(args(&whole), &AtomicBool::new(false)).unwrap();

        // The beginning, eleven residents, a mark, and half a line more that no mark knows of.
        let region = Region::new(RegionConfig { seed: 7, residents: 30, today: jiff::civil::date(2026, 1, 5) });
        let formats = vec![Format::Csv, Format::Bundles];
        let writer = Writer::new(&region, Wanted { formats, truth: true, demographics_only: true });
        let description = Description {
            synthetic: true,
            seed: 7,
            residents: 30,
            today: "2026-01-05".to_owned(),
            formats: vec![Written::Bundles, Written::Csv],
            truth: true,
            demographics_only: true,
        };
        let mut out = Out::open(&killed, &description).unwrap().unwrap();
        out.put(writer.beginning(), 0).unwrap();
        out.put(writer.residents(0, 11), 11).unwrap();
        out.mark().unwrap();
        drop(out);
        let growing = killed.join("csv/patients.csv.part");
        let mut bytes = std::fs::read(&growing).unwrap();
        bytes.extend_from_slice(b"half a li");
        std::fs::write(&growing, bytes).unwrap();

        write(args(&killed), &AtomicBool::new(false)).unwrap();
        assert_eq!(all(&whole), all(&killed));
        assert!(Out::open(&killed, &description).unwrap().is_none(), "it is complete");
        let other = Description { seed: 8, ..description };
        assert!(Out::open(&killed, &other).is_err(), "another region does not go into the same folder");
        std::fs::remove_dir_all(&root).unwrap();
    }
}
