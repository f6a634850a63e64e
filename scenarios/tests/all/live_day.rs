//! Ten hours of a living district through the doors, stopped once on the way: nothing is lost, nothing is there twice,
//! and the server's memory stays where it is.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context, ensure};
use meridian_population::live::{Event, Fault, Live, LiveConfig};
use meridian_population::{Feed, Moment, Region, RegionConfig};
use meridian_testkit::{Fhir, Options, Server, meridian, resident_bytes, say};
use serde_json::Value;
use tokio::process::Command;

const RESIDENTS: u64 = 40;
const ARRIVALS: u32 = 110;
const HOURS: f64 = 10.0;
/// A simulated hour in half a second.
const SPEED: u32 = 7_200;
const SEED: u64 = 42;
/// What the record may not hold more of after everything was sent once more.
const TYPES: [&str; 6] = ["Patient", "Encounter", "Observation", "DiagnosticReport", "Condition", "ServiceRequest"];

#[tokio::test(flavor = "multi_thread")]
async fn ten_live_hours_lose_nothing_and_double_nothing() -> anyhow::Result<()> {
    let server = Server::start(Options::default()).await?;
    let position = server.folder().join("position.json");
    let pid = server.id().context("the server has ended")?;
    let before = resident_bytes(pid)?;

    // Stopped in the middle, and gone on with.
    let stopped = simulate(&server, Some(&position), Some(Duration::from_secs(2))).await?;
    let middle = resident_bytes(pid)?;
    let rest = simulate(&server, Some(&position), None).await?;
    let after = resident_bytes(pid)?;
    for ledger in [&stopped, &rest] {
        let lag = |name: &str| ledger.get(name).and_then(Value::as_f64).unwrap_or_default();
        say(format_args!("lag p50 {:.0} ms, p95 {:.0} ms: {ledger}", lag("lagP50Ms"), lag("lagP95Ms")));
        for nothing in ["refused", "lost", "unanswered", "acceptedWithFault"] {
            ensure!(number(ledger, nothing) == 0, "{nothing}: {ledger}");
        }
    }
    say(format_args!("memory: {} MiB, {} MiB, {} MiB", before >> 20, middle >> 20, after >> 20));
    ensure!(after < middle * 2 + (128 << 20), "memory grew from {middle} to {after} bytes");

    let events = events();
    let sent = number(&stopped, "sent") + number(&rest, "sent");
    ensure!(number(&stopped, "sent") > 0 && number(&rest, "sent") > 0, "both parts send: {stopped} {rest}");
    ensure!(sent >= events.len() as u64, "{sent} sent of {} events", events.len());
    let fhir = server.operator();
    messages_are_there_once(&fhir, &events).await?;
    visits_are_there_once(&fhir, &events).await?;

    // All of it once more: nothing changes.
    let counts = counts(&fhir).await?;
    let again = simulate(&server, None, None).await?;
    ensure!(number(&again, "sent") == events.len() as u64, "{again}");
    ensure!(counts == self::counts(&fhir).await?, "what was sent twice is there twice");
    Ok(())
}

/// Runs the real command; interrupts it after a while when one is given. Its ledger.
async fn simulate(server: &Server, position: Option<&Path>, interrupt: Option<Duration>) -> anyhow::Result<Value> {
    let mut command = Command::new(meridian()?);
    command
        .args(["simulate", "--http", &server.ready().http, "--mllp", &server.ready().mllp])
        .env("MERIDIAN_TOKEN", &server.ready().token)
        .args(["--residents", &RESIDENTS.to_string(), "--seed", &SEED.to_string(), "--today", "2026-01-05"])
        .args(["--from", "2026-01-05T07:00", "--hours", &HOURS.to_string(), "--speed", &SPEED.to_string()])
        .args(["--arrivals", &ARRIVALS.to_string(), "--json"]);
    if let Some(position) = position {
        command.arg("--position").arg(position);
    }
    let child = command.stdout(Stdio::piped()).stderr(Stdio::inherit()).kill_on_drop(true).spawn()?;
    if let Some(after) = interrupt {
        let id = child.id().context("it ended at once")?;
        tokio::time::sleep(after).await;
        Command::new("kill").args(["-INT", &id.to_string()]).status().await?;
    }
    let ended = tokio::time::timeout(Duration::from_secs(120), child.wait_with_output()).await??;
    let said = String::from_utf8_lossy(&ended.stdout);
    ensure!(ended.status.success(), "simulate ended with {}: {said}", ended.status);
    said.lines().last().and_then(|line| serde_json::from_str(line).ok()).with_context(|| format!("it said {said}"))
}

/// The same life, made here.
fn events() -> Vec<Event> {
    let today = jiff::civil::date(2026, 1, 5);
    let region = Region::new(RegionConfig { seed: SEED, residents: RESIDENTS, today });
    let from = Moment::new(region.today(), 7 * 60);
    let life = LiveConfig { seed: SEED, arrivals: ARRIVALS, from };
    let (_, mut events) = Live::new(&region, life, region.today()).next_day();
    events.retain(|event| event.at < from.plus_minutes((HOURS * 60.0) as i32));
    events
}

/// Every message is in the inbox, once, and committed or parked as its fault wants.
async fn messages_are_there_once(fhir: &Fhir, events: &[Event]) -> anyhow::Result<()> {
    let mut wanted = BTreeMap::new();
    for event in events {
        if let Feed::Hl7v2 { control_id, .. } = &event.feed {
            let state = if event.fault.is_some_and(Fault::parks) { "parked" } else { "committed" };
            wanted.insert(control_id.clone(), state.to_owned());
        }
    }
    let mut found = BTreeMap::new();
    let mut before = String::new();
    loop {
        let page = fhir.get(&format!("$inbox?state=all&_count=500{before}")).await?;
        let page = page.good()?;
        let list = page.get("parameter").and_then(Value::as_array).cloned().unwrap_or_default();
        let messages: Vec<&Value> = list.iter().filter(|p| p.get("name") == Some(&Value::from("message"))).collect();
        for message in &messages {
            let once = found.insert(part(message, "control"), part(message, "state")).is_none();
            ensure!(once, "message {} is in the inbox twice", part(message, "control"));
        }
        let Some(last) = messages.last() else { break };
        before = format!("&before={}", part(last, "id"));
    }
    ensure!(found == wanted, "the inbox holds {} messages of {}", found.len(), wanted.len());
    say(format_args!("{} messages are in the inbox, each once", found.len()));
    Ok(())
}

fn part(parameter: &Value, name: &str) -> String {
    let parts = parameter.get("part").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let found = parts.iter().find(|part| part.get("name").and_then(Value::as_str) == Some(name));
    found.and_then(|part| part.get("valueString")?.as_str()).unwrap_or_default().to_owned()
}

/// Every visit is in the record, once: those of the centres by their identifier, those of the hospitals by their number.
async fn visits_are_there_once(fhir: &Fhir, events: &[Event]) -> anyhow::Result<()> {
    let mut visits = BTreeSet::new();
    for event in events.iter().filter(|event| !event.fault.is_some_and(Fault::parks)) {
        match &event.feed {
            Feed::Fhir { bundle, .. } => {
                let entries = bundle.get("entry").and_then(Value::as_array).cloned().unwrap_or_default();
                let encounters = entries
                    .iter()
                    .filter(|entry| entry.pointer("/request/url").and_then(Value::as_str) == Some("Encounter"));
                visits.extend(encounters.filter_map(|e| Some(e.pointer("/request/ifNoneExist")?.as_str()?.to_owned())));
            }
            Feed::Hl7v2 { institution, bytes, .. } => {
                let segments = bytes.split(|byte| *byte == b'\r');
                let visit = segments.filter(|segment| segment.starts_with(b"PV1|")).find_map(|segment| {
                    let number = segment.split(|byte| *byte == b'|').nth(19)?;
                    let number = number.split(|byte| *byte == b'^').next()?;
                    Some(String::from_utf8_lossy(number).into_owned()).filter(|number| !number.is_empty())
                });
                visits.extend(visit.map(|n| format!("identifier=https://meridian.example/id/visit/{institution}|{n}")));
            }
        }
    }
    for visit in &visits {
        let count = fhir.count(&format!("Encounter?{visit}")).await?;
        ensure!(count == 1, "{count} × Encounter?{visit}");
    }
    say(format_args!("{} visits are in the record, each once", visits.len()));
    Ok(())
}

async fn counts(fhir: &Fhir) -> anyhow::Result<Vec<u64>> {
    let mut counts = Vec::new();
    for kind in TYPES {
        counts.push(fhir.count(kind).await?);
    }
    Ok(counts)
}

fn number(ledger: &Value, name: &str) -> u64 {
    ledger.get(name).and_then(Value::as_u64).unwrap_or_default()
}
