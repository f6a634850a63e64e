//! The code table of the hospital of Chinese medicine as rows for a feed's configuration:
//! `cargo run -p meridian-population --example chinese_codes`.

use std::io::Write;

fn main() -> std::io::Result<()> {
    let mut out = std::io::stdout().lock();
    for (code, loinc, name) in meridian_population::chinese_items() {
        writeln!(out, "\"{code}\" = [\"{loinc}\", \"{name}\", \"LN\"]")?;
    }
    Ok(())
}
