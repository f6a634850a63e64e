//! Test materials that nobody here wrote: found by `MERIDIAN_MATERIALS` alone.

use std::path::{Path, PathBuf};

use anyhow::Context as _;

use crate::say;

/// The folder of an unpacked archive, or `None` with a line that says so.
#[must_use]
pub fn folder(archive: &str) -> Option<PathBuf> {
    let found = std::env::var_os("MERIDIAN_MATERIALS").map(|root| PathBuf::from(root).join(archive));
    match found.filter(|folder| folder.is_dir()) {
        Some(folder) => Some(folder),
        None => {
            say(format_args!("SKIPPED {archive}: MERIDIAN_MATERIALS does not hold it"));
            None
        }
    }
}

/// Every file under a folder with this ending, sorted by path.
///
/// # Errors
/// When a folder can't be read.
pub fn files(folder: &Path, ending: &str) -> anyhow::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    let mut open = vec![folder.to_path_buf()];
    while let Some(folder) = open.pop() {
        for entry in std::fs::read_dir(&folder).with_context(|| folder.display().to_string())? {
            let path = entry?.path();
            if path.is_dir() {
                open.push(path);
            } else if path.to_string_lossy().ends_with(ending) {
                found.push(path);
            }
        }
    }
    found.sort();
    Ok(found)
}
