//! The demo's district: how long until everybody has come in through the doors, and how it lives on.

use std::path::Path;
use std::process::Stdio;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use serde_json::Value;
use tokio::process::{Child, Command};

use crate::args::Args;
use crate::http::{Client, Target};
use crate::machine;
use crate::region::number;
use crate::report::{Budget, Report};
use crate::times::Times;

const LOOK: Duration = Duration::from_millis(100);
const PATIENCE: Duration = Duration::from_secs(900);
/// Between two looks of somebody who looks while it streams in.
const READS: Duration = Duration::from_millis(50);
/// Ten hours in a minute.
const HOURS: u32 = 10;
const SPEED: u32 = 600;
/// What a district is made of.
const TYPES: [&str; 12] = [
    "Patient",
    "Encounter",
    "Observation",
    "DiagnosticReport",
    "Condition",
    "ServiceRequest",
    "MedicationRequest",
    "DocumentReference",
    "Immunization",
    "AllergyIntolerance",
    "Appointment",
    "Procedure",
];

pub(crate) async fn run(args: &Args, folder: &Path, report: &mut Report) -> anyhow::Result<()> {
    let residents = if args.quick { 50 } else { 2_000 };
    let began = Instant::now();
    let mut demo = start(args, folder, residents)?;
    let pid = demo.id().context("the demo ended before it began")?;
    let doors = told(&mut demo, &folder.join("ready.doors.json")).await?;
    let text = |name: &str| doors.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
    let address = text("http").trim_start_matches("http://").parse().context("no address of the demo")?;
    let target = Target::new(address, &text("token"));
    let loading = Arc::new(AtomicBool::new(true));
    let reading = tokio::spawn(read(target.clone(), Arc::clone(&loading)));
    told(&mut demo, &folder.join("ready.json")).await?;
    let seconds = began.elapsed().as_secs_f64();
    loading.store(false, Ordering::Relaxed);
    let reads = reading.await??;
    report.watch();
    let mut client = Client::connect(&target).await?;
    let mut resources = 0.0;
    for kind in TYPES {
        resources += number(&client.json(&format!("/fhir/{kind}?_summary=count")).await?, "total")?;
    }
    let says = format!(
        "{residents} residents, {resources:.0} resources through the doors, {:.0} resources/s; {:.1} s of processor \
         (senders and server)",
        resources / seconds,
        machine::used_by(pid),
    );
    report.figure("the district streamed in", seconds, "s", Some(Budget::AtMost(180.0)), &says);
    let says = format!("p50 / p95 / p99 {}; {} searches by name, 20 a second", reads.line(), reads.count());
    report.figure("searches meanwhile, p95", reads.within(0.95), "ms", None, &says);

    live(args, &text("http"), &text("mllp"), &text("token"), (residents, pid), report).await?;
    demo.start_kill()?;
    let _ = demo.wait().await;
    Ok(())
}

async fn live(
    args: &Args,
    http: &str,
    mllp: &str,
    token: &str,
    (residents, pid): (u64, u32),
    report: &mut Report,
) -> anyhow::Result<()> {
    let before = machine::memory(pid).context("the demo has ended")?;
    let mut simulating = Command::new(&args.program)
        .args(["simulate", "--json", "--http", http, "--mllp", mllp, "--residents", &residents.to_string()])
        .args(["--hours", &HOURS.to_string(), "--speed", &SPEED.to_string(), "--from", "2026-01-05T07:30"])
        .args(["--today", "2026-01-05"])
        .env("MERIDIAN_TOKEN", token)
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()?;
    let mut most = before;
    let status = loop {
        tokio::select! {
            status = simulating.wait() => break status?,
            () = tokio::time::sleep(LOOK) => most = most.max(machine::memory(pid).unwrap_or_default()),
        }
    };
    let mut said = String::new();
    if let Some(mut out) = simulating.stdout.take() {
        tokio::io::AsyncReadExt::read_to_string(&mut out, &mut said).await?;
    }
    if !status.success() {
        bail!("`meridian simulate` failed: {said}");
    }
    report.watch();
    let ledger: Value = serde_json::from_str(said.trim()).context("`meridian simulate --json` said something else")?;
    let says = format!(
        "{HOURS} hours at {SPEED} times their speed: {:.0} sent, {:.0} accepted, {:.0} parked as planned, {:.0} refused, \
         {:.0} lost; p50 {:.0} ms from when it was due to its acknowledgement",
        number(&ledger, "sent")?,
        number(&ledger, "accepted")?,
        number(&ledger, "parkedAsPlanned")?,
        number(&ledger, "refused")?,
        number(&ledger, "lost")?,
        number(&ledger, "lagP50Ms")?,
    );
    report.figure("live day, p95", number(&ledger, "lagP95Ms")?, "ms", Some(Budget::AtMost(1000.0)), &says);
    let says = format!("{before:.0} MiB before the live day, at most {most:.0} MiB in it");
    report.figure("memory in the live day", most - before, "MiB more", None, &says);
    Ok(())
}

fn start(args: &Args, folder: &Path, residents: u64) -> anyhow::Result<Child> {
    let data = folder.join("district");
    let _ = std::fs::remove_dir_all(&data);
    Command::new(&args.program)
        .args(["demo", "--no-open", "--live", "off", "--seed", "42", "--residents", &residents.to_string()])
        .args(["--http", "127.0.0.1:0", "--mllp", "127.0.0.1:0", "--data-dir"])
        .arg(&data)
        .arg("--ready-file")
        .arg(folder.join("ready.json"))
        .env("MERIDIAN_LOG", "warn")
        .stdout(Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .context("cannot start `meridian demo`")
}

/// Waits for a file that the demo writes, and reads it.
async fn told(demo: &mut Child, file: &Path) -> anyhow::Result<Value> {
    let began = Instant::now();
    loop {
        if let Some(said) = std::fs::read(file).ok().and_then(|bytes| serde_json::from_slice(&bytes).ok()) {
            let _ = std::fs::remove_file(file);
            return Ok(said);
        }
        if let Some(status) = demo.try_wait()? {
            bail!("the demo ended with {status}");
        }
        if began.elapsed() > PATIENCE {
            bail!("the demo did not write {}", file.display());
        }
        tokio::time::sleep(LOOK).await;
    }
}

/// Somebody who looks for people while the others come in.
async fn read(target: Target, loading: Arc<AtomicBool>) -> anyhow::Result<Times> {
    let mut client = Client::connect(&target).await?;
    let mut times = Times::default();
    for name in ["wang", "li", "zhang", "liu", "chen"].iter().cycle() {
        if !loading.load(Ordering::Relaxed) {
            break;
        }
        let began = Instant::now();
        client.json(&format!("/fhir/Patient?pinyin={name}&_count=10")).await?;
        times.add(began.elapsed());
        tokio::time::sleep(READS).await;
    }
    Ok(times)
}
