//! What `docs/fhir.md` claims is proved by tests that exist.

use std::path::Path;

use anyhow::{Context as _, ensure};

#[test]
fn every_cell_of_the_tables_names_a_test_that_exists() -> anyhow::Result<()> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().context("no root")?;
    let text = std::fs::read_to_string(root.join("docs/fhir.md"))?;
    let mut code = String::new();
    for folder in [
        "core/conformance",
        "core/engine",
        "core/fhirpath/tests",
        "core/model",
        "core/store/tests",
        "departments",
        "formats/xml",
        "scenarios/tests",
        "scenarios/outside",
        "doors/http/src",
    ] {
        gather(&root.join(folder), &mut code)?;
    }
    let mut named = 0;
    for line in text.lines().filter(|line| line.starts_with('|')) {
        let Some(cell) = line.split('|').nth(2) else { continue };
        let mut here = 0;
        for name in cell.split('`').skip(1).step_by(2) {
            if let Some(told) = name.strip_prefix("told/") {
                ensure!(root.join(format!("scenarios/told/{told}.yaml")).is_file(), "{name} is not there");
            } else if name.contains('_') && !name.contains([' ', '=', ':']) && !name.starts_with('_') {
                ensure!(code.contains(&format!("fn {name}(")), "{name} is not there");
            } else if name != "model" {
                continue;
            }
            here += 1;
        }
        let is_head = cell.contains("---") || cell.trim() == "Meridian";
        ensure!(is_head || here > 0, "no test is named: {}", line.chars().take(80).collect::<String>());
        named += here;
    }
    ensure!(named > 40, "only {named} tests are named");
    Ok(())
}

fn gather(folder: &Path, code: &mut String) -> anyhow::Result<()> {
    let Ok(entries) = std::fs::read_dir(folder) else { return Ok(()) };
    for entry in entries {
        let path = entry?.path();
        if path.is_dir() {
            gather(&path, code)?;
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            code.push_str(&std::fs::read_to_string(&path)?);
        }
    }
    Ok(())
}
