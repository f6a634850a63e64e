//! The files of an import: all `.json` and `.ndjson` below the given paths, in the order of their names.

use std::path::{Path, PathBuf};

use anyhow::Context;

pub(super) struct File {
    pub(super) path: PathBuf,
    pub(super) bytes: u64,
}

pub(super) fn all(paths: &[PathBuf]) -> anyhow::Result<Vec<File>> {
    let mut files = Vec::new();
    for path in paths {
        collect(path, true, &mut files).with_context(|| format!("cannot read {}", path.display()))?;
    }
    Ok(files)
}

fn collect(path: &Path, named: bool, files: &mut Vec<File>) -> std::io::Result<()> {
    let about = std::fs::metadata(path)?;
    if about.is_dir() {
        let mut inside = std::fs::read_dir(path)?.map(|e| e.map(|e| e.path())).collect::<Result<Vec<_>, _>>()?;
        inside.sort();
        return inside.iter().try_for_each(|path| collect(path, false, files));
    }
    let fits = path.extension().is_some_and(|e| e.eq_ignore_ascii_case("json") || e.eq_ignore_ascii_case("ndjson"));
    if fits || named {
        files.push(File { path: path.to_owned(), bytes: about.len() });
    }
    Ok(())
}
