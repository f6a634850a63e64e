//! How fast residents without lives are made, and what the hospitals send: `cargo run --release -p meridian-population
//! --example registers [residents]`.

use meridian_population::{Feed, Region, RegionConfig};
use std::collections::BTreeMap;
use std::io::Write;
use std::time::Instant;

fn region(residents: u64) -> Region {
    Region::new(RegionConfig { seed: 42, residents, today: jiff::civil::date(2026, 1, 5) })
}

fn main() -> std::io::Result<()> {
    let people = std::env::args().nth(1).and_then(|count| count.parse().ok()).unwrap_or(100_000);
    let mut out = std::io::stdout().lock();
    let start = Instant::now();
    let registrations: usize = region(people).demographics().map(|one| one.registrations.len()).sum();
    let seconds = start.elapsed().as_secs_f64();
    writeln!(out, "{people} residents without lives, {registrations} registrations: {seconds:.1} s on one core")?;
    let start = Instant::now();
    let set_up = region(1).set_up();
    let entries: usize =
        set_up.iter().map(|(_, bundle)| bundle.get("entry").and_then(|e| e.as_array()).map_or(0, Vec::len)).sum();
    let seconds = start.elapsed().as_secs_f64();
    writeln!(out, "master data: {entries} resources in {} transactions, {seconds:.2} s", set_up.len())?;
    let small = region(500);
    let mut kinds: BTreeMap<(&str, String), u32> = BTreeMap::new();
    for feed in small.residents().flat_map(|resident| resident.feeds(&small)) {
        if let Feed::Hl7v2 { institution, bytes, .. } = feed {
            let kind = String::from_utf8_lossy(&bytes).split('|').nth(8).unwrap_or_default().chars().take(7).collect();
            *kinds.entry((institution, kind)).or_default() += 1;
        }
    }
    for ((institution, kind), count) in kinds {
        writeln!(out, "{institution} {kind} {count} of 500 residents")?;
    }
    Ok(())
}
