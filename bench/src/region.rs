//! How fast a region is written to files: lives in NDJSON, and the registrations of a million.

use std::path::Path;

use anyhow::{Context, bail};
use serde_json::Value;
use tokio::process::Command;

use crate::args::Args;
use crate::machine;
use crate::report::{Budget, Report};

pub(crate) async fn run(args: &Args, folder: &Path, report: &mut Report) -> anyhow::Result<()> {
    let place = folder.join("region");
    let residents = if args.quick { 100 } else { 2_000 };
    let (said, processor) = write(args, &place, &["--format", "ndjson", "--residents", &residents.to_string()]).await?;
    report.watch();
    let resources = number(&said, "resources")?;
    let says = format!(
        "{residents} residents, {resources:.0} resources, {:.0} MB of NDJSON in {:.1} s on all cores; {:.1} s of processor",
        number(&said, "bytes")? / 1e6,
        number(&said, "seconds")?,
        processor,
    );
    let rate = resources / processor.max(0.001);
    report.figure("a region generated and written", rate, "resources/s a core", Some(Budget::AtLeast(20_000.0)), &says);

    let people = if args.quick { 20_000 } else { 1_000_000 };
    let wanted = ["--format", "csv", "--truth", "--demographics-only", "--residents", &people.to_string()];
    let (said, processor) = write(args, &place, &wanted).await?;
    report.watch();
    let says = format!(
        "{people} residents, {:.0} registrations and master data as CSV with the truth, {:.0} MB; {processor:.1} s of processor",
        number(&said, "resources")?,
        number(&said, "bytes")? / 1e6,
    );
    report.figure("demographics of a million", number(&said, "seconds")?, "s", Some(Budget::AtMost(120.0)), &says);
    Ok(())
}

/// What `meridian region --json` said, and the seconds of processor that it took. The files go.
async fn write(args: &Args, place: &Path, wanted: &[&str]) -> anyhow::Result<(Value, f64)> {
    let before = machine::used_by_children();
    let done = Command::new(&args.program)
        .arg("region")
        .arg(place)
        .args(["--json", "--seed", "42", "--today", "2026-01-05"])
        .args(wanted)
        .output()
        .await
        .context("cannot start `meridian region`")?;
    let _ = std::fs::remove_dir_all(place);
    if !done.status.success() {
        bail!("`meridian region` failed: {}", String::from_utf8_lossy(&done.stderr));
    }
    let said = serde_json::from_slice(&done.stdout).context("`meridian region --json` said something else")?;
    Ok((said, machine::used_by_children() - before))
}

pub(crate) fn number(said: &Value, name: &str) -> anyhow::Result<f64> {
    said.get(name).and_then(Value::as_f64).with_context(|| format!("no {name} in {said}"))
}
