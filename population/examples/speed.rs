//! How fast the region is made, on one core, and what it holds: `cargo run --release -p meridian-population --example
//! speed [residents]`.

use meridian_population::clinic::visit::Visit;
use meridian_population::{Feed, Region, RegionConfig, Resident};
use std::collections::{BTreeMap, HashSet};
use std::io::Write;
use std::time::Instant;

/// What a visit that a hospital tells by HL7 v2 becomes: the encounter, an observation for each item, a report and an
/// order for each panel and examination.
fn records(visit: &Visit) -> usize {
    let vitals: usize = visit
        .vitals
        .iter()
        .map(|one| one.vitals.signs().count() + 2 * usize::from(one.vitals.pressure.is_some()) + 1)
        .sum();
    let reports: usize = visit.reports.iter().map(|report| report.findings.len() + report.tests.len() + 2).sum();
    1 + usize::from(visit.appointment.is_some()) + vitals + reports + 3 * visit.studies.len()
}

/// Resources of one resident in the record: Bundles as they are, messages as what they become.
fn tally(region: &Region, resident: &Resident, feeds: &[Feed]) -> usize {
    let bundles: usize = feeds.iter().filter(|feed| matches!(feed, Feed::Fhir { .. })).map(Feed::resources).sum();
    let mut told = 0;
    let mut conditions = HashSet::new();
    for visit in &resident.visits {
        if region.institution(visit.institution).is_some_and(|one| one.protocol == meridian_population::Protocol::Hl7v2)
        {
            told += records(visit);
            for diagnosis in &visit.diagnoses {
                conditions.insert((
                    visit.institution,
                    diagnosis.icd,
                    diagnosis.onset.is_none().then_some(visit.number),
                ));
            }
        }
    }
    bundles + told + conditions.len()
}

fn main() -> std::io::Result<()> {
    let residents = std::env::args().nth(1).and_then(|count| count.parse().ok()).unwrap_or(2_000);
    let region = Region::new(RegionConfig { seed: 42, residents, today: jiff::civil::date(2026, 1, 5) });
    let mut out = std::io::stdout().lock();
    let start = Instant::now();
    let (mut made, mut bundles, mut messages, mut bytes, mut most) = (0, 0, 0, 0, (0, 0));
    let mut kinds: BTreeMap<String, (usize, usize)> = BTreeMap::new();
    for resident in region.residents() {
        let feeds = resident.feeds(&region);
        for feed in &feeds {
            match feed {
                Feed::Fhir { .. } => bundles += 1,
                Feed::Hl7v2 { bytes: raw, .. } => {
                    messages += 1;
                    bytes += raw.len();
                }
            }
        }
        let count = tally(&region, &resident, &feeds);
        made += count;
        if count > most.0 {
            most = (count, resident.truth.index);
        }
        for visit in &resident.visits {
            let of = kinds.entry(format!("{:?} {:?}", visit.class, visit.purpose)).or_default();
            of.0 += 1;
            of.1 += records(visit);
        }
    }
    let seconds = start.elapsed().as_secs_f64();
    writeln!(out, "{residents} residents in {seconds:.2} s on one core: {:.0} resources/s", made as f64 / seconds)?;
    writeln!(
        out,
        "{made} resources ({:.0} a resident), {bundles} bundles, {messages} messages ({bytes} bytes)",
        made as f64 / residents as f64
    )?;
    writeln!(out, "resident {} has most: {}", most.1, most.0)?;
    for (kind, (visits, records)) in kinds {
        writeln!(out, "{kind:28} {visits:7} visits {records:9} records")?;
    }
    Ok(())
}
