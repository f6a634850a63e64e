//! How fast the region is made, on one core: `cargo run --release -p meridian-population --example speed`.

use meridian_population::{Feed, Region, RegionConfig};
use std::io::Write;
use std::time::Instant;

fn main() -> std::io::Result<()> {
    let residents = 2_000;
    let region = Region::new(RegionConfig { seed: 42, residents, today: jiff::civil::date(2026, 1, 5) });
    let mut out = std::io::stdout().lock();
    let start = Instant::now();
    let (mut fhir, mut bundles, mut parts, mut messages, mut bytes) = (0, 0, 0, 0, 0);
    for resident in region.residents() {
        for feed in resident.feeds(&region) {
            match &feed {
                Feed::Fhir { .. } => {
                    fhir += feed.resources();
                    bundles += 1;
                }
                Feed::Hl7v2 { bytes: raw, .. } => {
                    parts += feed.resources();
                    messages += 1;
                    bytes += raw.len();
                }
            }
        }
    }
    let seconds = start.elapsed().as_secs_f64();
    let made = fhir + parts;
    writeln!(out, "{residents} residents in {seconds:.2} s on one core: {:.0} resources/s", made as f64 / seconds)?;
    writeln!(out, "{fhir} FHIR resources in {bundles} bundles; {messages} messages ({bytes} bytes) for {parts} more")
}
