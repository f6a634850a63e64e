//! Side by side: the same load on Meridian over each of its stores and on a peer over each of its own.
//!
//! The workloads are those that servers of the field publish figures for, told again for a loader of our own: bundles
//! by twenty writers, a life of create, read, update and delete by three hundred clients, a mix of searches by ten and
//! thirty, and the questions by which Blaze is measured. One system runs at a time; all get the same bundles.

mod crud;
mod data;
mod hot;
mod import;
mod questions;
mod searches;
mod system;
mod watch;

use std::collections::BTreeMap;
use std::path::Path;

use crate::args::Args;
use crate::report::Report;
use system::{Kind, Running};

/// A figure of one workload on one system.
#[derive(Clone, Default)]
pub(crate) struct Figure {
    /// Requests (or resources) a second.
    pub(crate) rate: f64,
    /// Milliseconds; of an import, those of a bundle.
    pub(crate) p50: f64,
    pub(crate) p95: f64,
    pub(crate) p99: f64,
    /// Microseconds of processor for each, of the server and its database.
    pub(crate) processor: f64,
    /// The most memory the server and its database held meanwhile, in MiB (proportional shares).
    pub(crate) memory: f64,
    pub(crate) errors: u64,
    pub(crate) first_error: Option<String>,
    /// How many the question found, where that can be compared.
    pub(crate) found: Option<u64>,
}

/// Workload → system → figure.
type Table = BTreeMap<(usize, String), BTreeMap<Kind, Figure>>;

pub(crate) async fn run(args: &Args, folder: &Path, report: &mut Report) -> anyhow::Result<()> {
    let Some(bundles) = data::bundles(args)? else {
        report.note("SKIPPED side by side: MERIDIAN_MATERIALS names no synthea_r4_bundles".to_owned());
        return Ok(());
    };
    report.note(bundles.says());
    let mut table = Table::new();
    let mut disks = BTreeMap::new();
    for kind in Kind::ALL.into_iter().filter(|kind| args.wants_system(kind.folder())) {
        let place = folder.join(kind.folder());
        let _ = std::fs::remove_dir_all(&place);
        match Running::start(args, kind, &place).await? {
            Ok(running) => {
                report.note(format!("{}: {}", kind.name(), running.says));
                let bytes = all(args, &running, &bundles, &mut table, report).await?;
                disks.insert(kind, bytes);
                running.stop().await?;
            }
            Err(missing) => report.note(format!("SKIPPED {}: {missing}", kind.name())),
        }
        if !args.keep {
            let _ = std::fs::remove_dir_all(&place);
        }
    }
    tell(&table, &disks, report);
    Ok(())
}

/// All workloads on one system; gives the bytes on disk a resource after the import.
async fn all(
    args: &Args,
    running: &Running,
    bundles: &data::Bundles,
    table: &mut Table,
    report: &mut Report,
) -> anyhow::Result<f64> {
    let kind = running.kind;
    let mut keep = |order: usize, name: &str, figure: Figure, report: &mut Report| {
        report.errors(&format!("{name} on {}", kind.name()), figure.errors, figure.first_error.as_deref());
        crate::say(format!(
            "    {} · {name}: {:.0}/s, p50 {:.2} p95 {:.2} p99 {:.2} ms, {:.0} µs, {:.0} MiB{}",
            kind.name(),
            figure.rate,
            figure.p50,
            figure.p95,
            figure.p99,
            figure.processor,
            figure.memory,
            figure.found.map_or_else(String::new, |found| format!(", finds {found}"))
        ));
        table.entry((order, name.to_owned())).or_default().insert(kind, figure);
    };
    report.watch();
    let (figure, resources) = import::run(running, bundles).await?;
    keep(0, "import, 20 writers (resources)", figure, report);
    let bytes = running.bytes().await? / resources.max(1.0);
    hot::rest().await;
    for (order, clients) in [(1, 300), (2, 30)].into_iter().filter(|_| args.wants_workload("crud")) {
        report.watch();
        let figure = crud::run(args, running, clients).await?;
        keep(order, &format!("create, read, update, delete, {clients} clients"), figure, report);
    }
    for (order, clients) in [(3, 10), (4, 30)].into_iter().filter(|_| args.wants_workload("searches")) {
        report.watch();
        for (nth, (name, figure)) in searches::run(args, running, bundles, clients).await?.into_iter().enumerate() {
            keep(order * 100 + nth, &name, figure, report);
        }
    }
    if !args.wants_workload("questions") {
        return Ok(bytes);
    }
    for (nth, (name, figure)) in questions::run(args, running, bundles).await?.into_iter().enumerate() {
        report.watch();
        keep(1000 + nth, &name, figure, report);
    }
    Ok(bytes)
}

fn tell(table: &Table, disks: &BTreeMap<Kind, f64>, report: &mut Report) {
    let pairs = [(Kind::MeridianSqlite, Kind::PeerSqlite), (Kind::MeridianPostgres, Kind::PeerPostgres)];
    for (own, peer) in pairs {
        let mut rows = Vec::new();
        for ((_, name), figures) in table {
            let (Some(a), b) = (figures.get(&own), figures.get(&peer)) else { continue };
            let ratio = b.map_or_else(|| "–".to_owned(), |b| format!("{:.1} ×", a.rate / b.rate.max(1e-9)));
            rows.push(vec![name.replace('|', "\\|"), cell(Some(a)), cell(b), ratio]);
        }
        if let Some(bytes) = disks.get(&own) {
            let peer = disks.get(&peer);
            let ratio = peer.map_or_else(|| "–".to_owned(), |peer| format!("{:.2} ×", peer / bytes));
            let text = |bytes: Option<&f64>| bytes.map_or_else(|| "–".to_owned(), |bytes| format!("{bytes:.0} bytes"));
            rows.push(vec!["on disk, a resource".to_owned(), text(Some(bytes)), text(peer), ratio]);
        }
        if !rows.is_empty() {
            let title = format!(
                "{} beside {} (each: a second; p50 / p95 / p99 ms; processor; memory)",
                own.name(),
                peer.name()
            );
            report.table(&title, &["workload", own.name(), peer.name(), "ratio"], rows);
        }
    }
}

fn cell(figure: Option<&Figure>) -> String {
    let Some(f) = figure else { return "–".to_owned() };
    let errors = if f.errors == 0 { String::new() } else { format!("; {} errors", f.errors) };
    let found = f.found.map_or_else(String::new, |found| format!("; finds {found}"));
    format!(
        "{:.0}; {:.2} / {:.2} / {:.2}; {:.0} µs; {:.0} MiB{found}{errors}",
        f.rate, f.p50, f.p95, f.p99, f.processor, f.memory
    )
}
