//! What is validated and viewed: the resources of Synthea's bundles by type, and those of the synthetic district.

use std::collections::BTreeMap;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use anyhow::Context;
use meridian_model::reader;
use meridian_population::{Feed, Region, RegionConfig};
use serde_json::Value;

use crate::args::Args;

/// The types that views are made of.
pub(crate) const TYPES: [&str; 4] = ["Patient", "Encounter", "Condition", "Observation"];
const QUICK_FILES: usize = 4;
/// Residents whose results are validated against the profiles for China, and most of their results.
const RESIDENTS: u64 = 60;
const RESULTS: usize = 3_000;
/// Residents that stand in for Synthea's where its bundles are not there.
const INSTEAD: u64 = 400;

pub(crate) struct Resources {
    /// Files of one resource a line, by type, with how many.
    pub(crate) files: BTreeMap<&'static str, (PathBuf, usize)>,
    /// Laboratory results of the synthetic district.
    pub(crate) results: Vec<Value>,
    pub(crate) says: String,
}

pub(crate) fn find(args: &Args, place: &Path) -> anyhow::Result<Resources> {
    let mut lines = Lines::new(place)?;
    let folder = args.materials.as_ref().map(|at| at.join("synthea_r4_bundles")).filter(|at| at.is_dir());
    let says = match &folder {
        Some(folder) => {
            lines.synthea(folder, args.quick)?;
            "the resources of synthea_r4_bundles, synthetic patients"
        }
        None => {
            let residents = if args.quick { 20 } else { INSTEAD };
            each(residents, |resource| lines.add(&resource))?;
            "SKIPPED synthea_r4_bundles: not there; the resources of the demo district"
        }
    };
    let files = lines.end()?;
    let mut results = Vec::new();
    each(if args.quick { 5 } else { RESIDENTS }, |resource| {
        let is_of = |code: &str| resource.pointer("/category/0/coding/0/code").is_some_and(|found| found == code);
        if is(&resource, "Observation") && is_of("laboratory") && results.len() < RESULTS {
            results.push(resource);
        }
        Ok(())
    })?;
    let counts = files.iter().map(|(kind, (_, count))| format!("{count} {kind}"));
    let says = format!("{says}: {}", counts.collect::<Vec<_>>().join(", "));
    Ok(Resources { files, results, says })
}

impl Resources {
    /// The resources of a type.
    pub(crate) fn read(&self, kind: &str) -> anyhow::Result<Vec<Value>> {
        let Some((file, _)) = self.files.get(kind) else { return Ok(Vec::new()) };
        let limits = reader::Limits::default();
        let bytes = std::fs::read(file)?;
        let lines = bytes.split(|byte| *byte == b'\n').filter(|line| !line.is_empty());
        lines.map(|line| reader::parse(line, &limits).ok().context("a resource cannot be read")).collect()
    }
}

fn is(resource: &Value, kind: &str) -> bool {
    resource.get("resourceType").is_some_and(|found| found == kind)
}

/// Files that grow line by line.
struct Lines {
    files: BTreeMap<&'static str, (PathBuf, usize, BufWriter<std::fs::File>)>,
}

impl Lines {
    fn new(place: &Path) -> anyhow::Result<Lines> {
        let mut files = BTreeMap::new();
        for kind in TYPES {
            let path = place.join(format!("{kind}.ndjson"));
            let file = BufWriter::new(std::fs::File::create(&path)?);
            files.insert(kind, (path, 0, file));
        }
        Ok(Lines { files })
    }

    fn synthea(&mut self, folder: &Path, quick: bool) -> anyhow::Result<()> {
        let mut paths: Vec<PathBuf> =
            std::fs::read_dir(folder)?.map(|entry| entry.map(|entry| entry.path())).collect::<Result<_, _>>()?;
        paths.retain(|path| path.extension().is_some_and(|extension| extension == "json"));
        paths.sort();
        paths.truncate(if quick { QUICK_FILES } else { usize::MAX });
        let limits = reader::Limits { bytes: usize::MAX, ..reader::Limits::default() };
        for path in paths {
            let bundle = reader::parse(&std::fs::read(&path)?, &limits).ok();
            self.bundle(&bundle.with_context(|| format!("{} cannot be read", path.display()))?)?;
        }
        Ok(())
    }

    fn bundle(&mut self, bundle: &Value) -> anyhow::Result<()> {
        let entries = bundle.get("entry").and_then(Value::as_array).into_iter().flatten();
        entries.filter_map(|entry| entry.get("resource")).try_for_each(|resource| self.add(resource))
    }

    fn add(&mut self, resource: &Value) -> anyhow::Result<()> {
        let kind = resource.get("resourceType").and_then(Value::as_str).unwrap_or_default();
        if let Some((_, count, file)) = self.files.get_mut(kind) {
            serde_json::to_writer(&mut *file, resource)?;
            file.write_all(b"\n")?;
            *count += 1;
        }
        Ok(())
    }

    fn end(self) -> anyhow::Result<BTreeMap<&'static str, (PathBuf, usize)>> {
        let mut done = BTreeMap::new();
        for (kind, (path, count, mut file)) in self.files {
            file.flush()?;
            done.insert(kind, (path, count));
        }
        Ok(done)
    }
}

/// Every resource that the institutions of a district send as FHIR.
fn each(residents: u64, mut found: impl FnMut(Value) -> anyhow::Result<()>) -> anyhow::Result<()> {
    let region = Region::new(RegionConfig { seed: 42, residents, today: jiff::civil::date(2026, 1, 5) });
    for feed in region.residents().flat_map(|resident| resident.feeds(&region)) {
        let Feed::Fhir { mut bundle, .. } = feed else { continue };
        for entry in bundle.get_mut("entry").and_then(Value::as_array_mut).into_iter().flatten() {
            if let Some(resource) = entry.get_mut("resource") {
                found(resource.take())?;
            }
        }
    }
    Ok(())
}
