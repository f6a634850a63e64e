//! `cargo xtask terms`: HL7's own code systems, value sets and concept maps of R4 as the compact file
//! `definitions/terms.json`, one resource a line.
//!
//! The input is the pinned npm package that `cargo xtask definitions` takes too: its plain R4 files and the tables of v2
//! and v3. What only people read about the resource itself (narrative, contacts, numbers of work groups) is left out;
//! what a code means stays. The output is deterministic, and `--check` compares instead of writing.

mod trim;

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Result, bail};
use serde_json::{Value, json};

use crate::definitions::{PACKAGE, entries, fetch, read, text};
use crate::task::Task;

const OUTPUT: &str = "definitions/terms.json";
const FILES: [&str; 4] = ["valuesets.json", "v2-tables.json", "v3-codesystems.json", "conceptmaps.json"];
/// The members of the output, with the type of the resources in each.
const KINDS: [(&str, &str); 3] =
    [("codeSystems", "CodeSystem"), ("valueSets", "ValueSet"), ("conceptMaps", "ConceptMap")];

/// Runs the command. `root` is the workspace root; `args` are `[--from DIR] [--check]`.
///
/// # Errors
/// Unknown arguments, a failing `npm pack`, input of an unexpected shape, or (with `--check`) a stale output file.
pub(crate) fn run(root: &Path, args: &[String]) -> Result<()> {
    let task = Task::read("terms", OUTPUT, args)?;
    let (made, report) = compile(&task.input(|| fetch(root))?)?;
    task.settle(root, &made, &[report])
}

/// The text of the output file, and what is in it.
fn compile(folder: &Path) -> Result<(String, String)> {
    // By type, then by url and version: the order of the lines.
    let mut all: BTreeMap<&str, BTreeMap<(String, String), Value>> = BTreeMap::new();
    for file in FILES {
        let bundle = read(&folder.join(file))?;
        for resource in entries(&bundle) {
            let Some((_, kind)) = KINDS.iter().find(|(_, kind)| *kind == text(resource, "resourceType")) else {
                continue;
            };
            let resource = trim::resource(resource);
            let key = (text(&resource, "url").to_owned(), text(&resource, "version").to_owned());
            if key.0.is_empty() {
                bail!("a {kind} of {file} has no url");
            }
            all.entry(kind).or_default().entry(key).or_insert(resource);
        }
    }
    let source = format!("HL7 FHIR R4 (4.0.1), CC0, from {PACKAGE}");
    let mut out = format!("{{\"source\":{}", json!(source));
    let mut report = Vec::new();
    for (member, kind) in KINDS {
        let lines: Vec<String> = all.entry(kind).or_default().values().map(Value::to_string).collect();
        if lines.is_empty() {
            bail!("{} has no {kind}", folder.display());
        }
        report.push(format!("{} {kind}s", lines.len()));
        out.push_str(&format!(",\n\"{member}\":[\n{}\n]", lines.join(",\n")));
    }
    out.push_str("\n}\n");
    Ok((out, report.join(", ")))
}
