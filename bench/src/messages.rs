//! HL7 v2 messages at a steady pace while an import runs: how long until a search finds what one said.
//!
//! Every time counts from when a message was due, so that a line that is held up by an answer is not left out.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use meridian_mllp::client::{Client as Line, ack_code};
use meridian_population::{Analyte, Region, RegionConfig, Resident, live};
use tokio::task::JoinSet;

use crate::args::Args;
use crate::harvest::Harvest;
use crate::http::{Client, Target};
use crate::material::Material;
use crate::program::{HOSPITAL, Server, import};
use crate::report::{Budget, Report};
use crate::times::Times;

const A_SECOND: u32 = 50;
const LINES: u32 = 25;
const RESIDENTS: u64 = 200;
/// Between two looks at whether the value is there.
const LOOK: Duration = Duration::from_millis(5);
const PATIENCE: Duration = Duration::from_secs(60);
const LONGEST: Duration = Duration::from_secs(120);
/// HbA1c, what the messages bring.
const CODE: &str = "4548-4";

/// Whom messages are about: the resident, and his Patient as the hospital's messages made it.
type Known = Vec<(Resident, String)>;

#[derive(Default)]
struct Met {
    answered: Times,
    visible: Times,
    refused: Vec<String>,
}

pub(crate) async fn run(
    args: &Args,
    material: &Material,
    folder: &Path,
    data: &Path,
    harvest: &Harvest,
    report: &mut Report,
) -> anyhow::Result<()> {
    let server = Server::start(&args.program, data).await?;
    let run = jiff::Timestamp::now().as_second();
    let region = Arc::new(Region::new(RegionConfig {
        seed: 42,
        residents: if args.quick { 40 } else { RESIDENTS },
        today: jiff::civil::date(2026, 1, 5),
    }));
    let known = Arc::new(introduce(&region, run, &server).await?);
    let copy = folder.join("copy");
    // A folder that was kept has seen other runs: nothing of this one may be a repetition.
    let paths = material.copy(1000 + usize::try_from(run % 10_000)?, &copy)?;
    report.watch();

    let importing = Arc::new(AtomicBool::new(true));
    let least = Duration::from_secs(if args.quick { 3 } else { 20 });
    let began = Instant::now();
    let start = began + Duration::from_secs(1);
    let plan = Plan { run, start, least: start + least, last: start + LONGEST, importing: Arc::clone(&importing) };
    let mut sending = JoinSet::new();
    for line in 0..LINES {
        sending.spawn(send(
            line,
            plan.clone(),
            Arc::clone(&region),
            Arc::clone(&known),
            server.mllp.clone(),
            server.target.clone(),
        ));
    }
    let reading = tokio::spawn(read(plan.clone(), server.target.clone(), harvest.resources.clone()));
    let imported = import(&args.program, data, &paths).await;
    importing.store(false, Ordering::Relaxed);
    let imported = imported?;
    let took = began.elapsed();
    let mut met = Met::default();
    while let Some(done) = sending.join_next().await {
        let done = done??;
        met.answered.append(&done.answered);
        met.visible.append(&done.visible);
        met.refused.extend(done.refused);
    }
    let reads = reading.await??;
    report.watch();
    let _ = std::fs::remove_dir_all(&copy);
    server.stop().await?;

    report.errors("messages", met.refused.len() as u64, met.refused.first().map(String::as_str));
    let says = format!(
        "p50 / p95 / p99 {}; acknowledged {}; {} messages on {LINES} lines, {} refused",
        met.visible.line(),
        met.answered.line(),
        met.visible.count(),
        met.refused.len(),
    );
    let name = format!("HL7 v2 to visible, p95, {A_SECOND} messages/s during an import");
    report.figure(&name, met.visible.within(0.95), "ms", Some(Budget::AtMost(1000.0)), &says);
    let says = format!(
        "{:.0} resources in {:.1} s through the running server; messages ran for {:.1} s",
        imported.resources,
        imported.seconds,
        took.max(least).as_secs_f64()
    );
    let rate = imported.resources / imported.seconds.max(0.001);
    report.figure("import meanwhile", rate, "resources/s", None, &says);
    let says = format!("p50 / p95 / p99 {}; {} reads, {A_SECOND} a second", reads.line(), reads.count());
    report.figure("reads meanwhile, p99", reads.within(0.99), "ms", Some(Budget::AtMost(50.0)), &says);
    Ok(())
}

/// When messages are sent: from `start` until the import has ended, but at least until `least`.
#[derive(Clone)]
struct Plan {
    /// Goes into every control id.
    run: i64,
    start: Instant,
    least: Instant,
    last: Instant,
    importing: Arc<AtomicBool>,
}

impl Plan {
    fn is_over(&self, due: Instant) -> bool {
        due >= self.last || (due >= self.least && !self.importing.load(Ordering::Relaxed))
    }
}

/// The `nth` message of the run that began at `run`, in seconds since 1970 UTC: a result of the second it is sent in.
fn result(region: &Region, resident: &Resident, run: i64, nth: u32, control: &str) -> Option<Vec<u8>> {
    let at = jiff::Timestamp::from_second(run + i64::from(nth / A_SECOND)).ok()?;
    let at = jiff::tz::Offset::constant(8).to_datetime(at);
    live::new_result(region, resident, Analyte::Hba1c, 5.0 + f64::from(nth % 40) / 10.0, at, control)
}

/// Sends a first message about each resident whom the hospital knows, and finds the Patient it made.
async fn introduce(region: &Region, run: i64, server: &Server) -> anyhow::Result<Known> {
    let mut known = Vec::new();
    let mut line = Line::connect(server.mllp.as_str(), PATIENCE).await?;
    let mut client = Client::connect(&server.target).await?;
    for (nth, resident) in (0_u32..).zip(region.residents()) {
        let record = resident.registrations.iter().find(|r| r.institution == HOSPITAL).map(|r| r.record_number.clone());
        let control = format!("BENCH-{nth}");
        let (Some(record), Some(message)) = (record, result(region, &resident, run, 0, &control)) else { continue };
        let answer = line.send(&message).await?;
        if ack_code(&answer) != "AA" {
            bail!("a message was answered {}", String::from_utf8_lossy(&answer).replace('\r', " | "));
        }
        let who = format!("/fhir/Patient?identifier=https://meridian.example/id/mrn/{HOSPITAL}%7C{record}");
        let began = Instant::now();
        let patient = loop {
            if let Some(found) = crate::harvest::references(&client.json(&who).await?).next() {
                break found;
            }
            if began.elapsed() > PATIENCE {
                bail!("no search finds the patient of an acknowledged message");
            }
            tokio::time::sleep(LOOK).await;
        };
        known.push((resident, patient));
    }
    if known.is_empty() { bail!("the hospital knows nobody") } else { Ok(known) }
}

/// One line: sends what is due, waits for the answer, and looks until the value is found.
async fn send(
    line: u32,
    plan: Plan,
    region: Arc<Region>,
    known: Arc<Known>,
    mllp: String,
    target: Target,
) -> anyhow::Result<Met> {
    let mut to_hospital = Line::connect(mllp.as_str(), PATIENCE).await?;
    let mut client = Client::connect(&target).await?;
    let mut met = Met::default();
    for turn in 0.. {
        let nth = turn * LINES + line;
        let due = plan.start + Duration::from_secs(1) * nth / A_SECOND;
        if plan.is_over(due) {
            break;
        }
        tokio::time::sleep_until(due.into()).await;
        let control = format!("B{:x}-{nth:06}", plan.run);
        let (resident, patient) = known.get(nth as usize % known.len()).context("nobody is known")?;
        let message =
            result(&region, resident, plan.run, 1 + nth, &control).context("no message about a known resident")?;
        let answer = to_hospital.send(&message).await?;
        met.answered.add(due.elapsed());
        if ack_code(&answer) != "AA" {
            met.refused.push(String::from_utf8_lossy(&answer).replace('\r', " | "));
            continue;
        }
        let path = format!("/fhir/Observation?patient={patient}&code=http://loinc.org%7C{CODE}&_sort=-date&_count=5");
        let mark = format!("L{control}");
        loop {
            let found = client.get(&path).await?;
            if found.status != 200 {
                bail!("GET {path} was answered {}", found.status);
            }
            if found.body.windows(mark.len()).any(|window| window == mark.as_bytes()) {
                met.visible.add(due.elapsed());
                break;
            }
            if due.elapsed() > PATIENCE {
                bail!("no search finds the value of an acknowledged message");
            }
            tokio::time::sleep(LOOK).await;
        }
    }
    Ok(met)
}

/// A light reader, as many reads a second as there are messages.
async fn read(plan: Plan, target: Target, resources: Vec<String>) -> anyhow::Result<Times> {
    let mut client = Client::connect(&target).await?;
    let mut times = Times::default();
    let mut rng = fastrand::Rng::with_seed(7);
    for nth in 0_u32.. {
        let due = plan.start + Duration::from_secs(1) * nth / A_SECOND;
        if plan.is_over(due) {
            break;
        }
        tokio::time::sleep_until(due.into()).await;
        let which = resources.get(rng.usize(..resources.len())).context("nothing to read")?;
        let answer = client.get(&format!("/fhir/{which}")).await?;
        if answer.status != 200 {
            bail!("GET {which} was answered {}", answer.status);
        }
        times.add(due.elapsed());
    }
    Ok(times)
}
