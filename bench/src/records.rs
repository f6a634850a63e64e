//! The first screen of the 360 view, asked for as the page asks: one batch of all its parts, for the largest records.

use std::path::Path;
use std::time::Instant;

use anyhow::{Context, bail};
use serde_json::{Value, json};

use crate::args::Args;
use crate::harvest::Harvest;
use crate::http::Client;
use crate::program::Server;
use crate::report::{Budget, Report};
use crate::times::Times;

/// The page's own table of what it reads.
const SECTIONS: &str = include_str!("../../web/src/residents/record/sections.ts");
/// A record of this many results has 2,000 resources and more in the materials.
const LARGE: u64 = 1000;
/// The most records that take part.
const MOST: usize = 40;

pub(crate) async fn run(args: &Args, data: &Path, harvest: &Harvest, report: &mut Report) -> anyhow::Result<()> {
    let server = Server::start(&args.program, data).await?;
    let mut client = Client::connect(&server.target).await?;
    let large = largest(&mut client, &harvest.patients).await?;
    let Some((_, most)) = large.first() else { bail!("nobody has a result") };
    let least = large.last().map_or(*most, |(_, least)| *least);
    let batches: Vec<Vec<u8>> = large.iter().map(|(patient, _)| batch(patient)).collect::<Result<_, _>>()?;
    report.watch();
    let (mut times, mut bytes, mut parts) = (Times::default(), 0, 0);
    let until = Instant::now() + args.warm_up() + args.run_for();
    let from = Instant::now() + args.warm_up();
    for body in batches.iter().cycle() {
        let began = Instant::now();
        if began >= until {
            break;
        }
        let answer = client.post("/fhir", body).await?;
        let took = began.elapsed();
        if answer.status != 200 {
            bail!("the batch was answered {}", answer.status);
        }
        if began >= from {
            times.add(took);
        }
        bytes = answer.body.len();
        parts = failed(answer.body)?;
    }
    report.watch();
    if parts > 0 {
        report.errors("first screens", u64::from(parts), Some("a part of the batch was refused"));
    }
    let says = format!(
        "p50 / p95 / p99 {}; {} first screens of {} records with {least} to {most} results each; one batch, {bytes} bytes",
        times.line(),
        times.count(),
        large.len(),
    );
    report.figure(
        "360 view, first screen of the largest records, p95",
        times.within(0.95),
        "ms",
        Some(Budget::AtMost(300.0)),
        &says,
    );
    server.stop().await
}

/// Those with the most results, and how many they have.
async fn largest(client: &mut Client, patients: &[String]) -> anyhow::Result<Vec<(String, u64)>> {
    let mut all = Vec::with_capacity(patients.len());
    for patient in patients {
        let path = format!("/fhir/Observation?patient=Patient/{patient}&_summary=count");
        let total = client.json(&path).await?.get("total").and_then(Value::as_u64).unwrap_or_default();
        all.push((patient.clone(), total));
    }
    all.sort_by_key(|(_, total)| std::cmp::Reverse(*total));
    let large = all.iter().filter(|(_, total)| *total >= LARGE).count().max(1);
    all.truncate(large.min(MOST));
    Ok(all)
}

fn batch(patient: &str) -> anyhow::Result<Vec<u8>> {
    let mut entries = vec![json!({"request": {"method": "GET", "url": format!("Patient/{patient}")}})];
    for (kind, query) in sections() {
        let query = query.replace("$today", "2026-01-01").replace('|', "%7C");
        let url = format!("{kind}?patient=Patient/{patient}&{query}");
        entries.push(json!({"request": {"method": "GET", "url": url}}));
    }
    if entries.len() < 8 {
        bail!("the page's table of sections is written in another way than this bench reads");
    }
    let bundle = json!({"resourceType": "Bundle", "type": "batch", "entry": entries});
    serde_json::to_vec(&bundle).context("the batch")
}

/// Type and query of each row `name: { type: "…", query: "…" }`.
fn sections() -> impl Iterator<Item = (&'static str, &'static str)> {
    fn quoted(line: &'static str, key: &str) -> Option<&'static str> {
        let rest = line.split_once(key)?.1.trim_start().strip_prefix('"')?;
        Some(rest.split_once('"')?.0)
    }
    SECTIONS.lines().filter_map(|line| Some((quoted(line, "type:")?, quoted(line, "query:")?)))
}

/// How many parts of the answer are no success.
fn failed(body: &[u8]) -> anyhow::Result<u32> {
    let answer: Value = serde_json::from_slice(body)?;
    let entries = answer.get("entry").and_then(Value::as_array).context("an answer without entries")?;
    let status =
        |entry: &&Value| entry.pointer("/response/status").and_then(Value::as_str).unwrap_or_default().to_owned();
    Ok(u32::try_from(entries.iter().filter(|entry| !status(entry).starts_with('2')).count())?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pages_table_is_read() {
        let all: Vec<_> = sections().collect();
        assert!(all.len() >= 8, "{all:?}");
        assert!(all.iter().any(|(kind, query)| *kind == "Condition" && query.contains("_count")), "{all:?}");
        assert!(batch("a").is_ok());
    }
}
