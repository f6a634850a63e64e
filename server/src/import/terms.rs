//! `meridian terms import`: terminology in the forms that its keepers publish.

use std::path::{Path, PathBuf};

use anyhow::{Context, anyhow, bail};
use meridian_conformance::terms::import::{File, read};
use serde_json::Value;

use super::sink::{Sink, Written};
use super::units;
use crate::cli::TermsArgs;
use crate::{logging, say};

/// The longest file that is read, in bytes: SNOMED CT's descriptions are some hundred megabytes.
const LONGEST: u64 = 2 << 30;

pub(crate) async fn terms(args: TermsArgs) -> anyhow::Result<()> {
    logging::start(false);
    let mut paths = Vec::new();
    for path in &args.paths {
        gather(path, &mut paths)?;
    }
    if paths.is_empty() {
        bail!("there is no .json, .csv, .xml or .txt file in {:?}", args.paths);
    }
    let resources = tokio::task::spawn_blocking(move || understood(&paths)).await??;
    let sink = Sink::open(&args.kept, &args.institution).await?;
    for resource in resources {
        let part = |key: &str| resource.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
        let (kind, url, version) = (part("resourceType"), part("url"), part("version"));
        let concepts = resource.get("concept").and_then(Value::as_array).map_or(0, Vec::len);
        let bytes = serde_json::to_vec(&resource)?;
        drop(resource);
        if let Some(longest) = sink.longest().filter(|longest| bytes.len() > *longest) {
            bail!(
                "{kind} {url} has {} bytes, and a running server takes {longest}: stop the server, import, and start it again",
                bytes.len()
            );
        }
        let unit = units::resource(bytes);
        let says = match sink.write(unit).await.with_context(|| format!("{kind} {url}"))? {
            Written::New(_) => "written",
            Written::Before => "was imported before",
            Written::Dangling(says) => bail!("{kind} {url}: {says}"),
        };
        let version = if version.is_empty() { String::new() } else { format!("|{version}") };
        let count = if concepts == 0 { String::new() } else { format!(", {concepts} concepts") };
        say(format!("{kind} {url}{version}{count}: {says}"));
    }
    Ok(())
}

/// The files of a path; of a folder those whose names end as terminology does.
fn gather(path: &Path, into: &mut Vec<PathBuf>) -> anyhow::Result<()> {
    if !path.is_dir() {
        into.push(path.to_owned());
        return Ok(());
    }
    let cannot = || format!("cannot read {}", path.display());
    let mut inside: Vec<PathBuf> = Vec::new();
    for entry in std::fs::read_dir(path).with_context(cannot)? {
        inside.push(entry.with_context(cannot)?.path());
    }
    inside.sort();
    let ends = |path: &PathBuf| {
        let end = path.extension().and_then(|end| end.to_str()).map(str::to_ascii_lowercase);
        path.is_dir() || matches!(end.as_deref(), Some("json" | "csv" | "xml" | "txt"))
    };
    inside.into_iter().filter(ends).try_for_each(|path| gather(&path, into))
}

/// The resources that the files make.
fn understood(paths: &[PathBuf]) -> anyhow::Result<Vec<Value>> {
    let mut files = Vec::with_capacity(paths.len());
    for path in paths {
        let cannot = || format!("cannot read {}", path.display());
        if std::fs::metadata(path).with_context(cannot)?.len() > LONGEST {
            bail!("{} is longer than 2 GB", path.display());
        }
        files.push((path.display().to_string(), std::fs::read(path).with_context(cannot)?));
    }
    let files: Vec<File<'_>> = files.iter().map(|(name, bytes)| File { name, bytes }).collect();
    read(&files).map_err(|fault| anyhow!(fault.says.english))
}
