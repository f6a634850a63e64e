//! What is brought in: the Synthea bundles of one archive, as they are.

use std::path::PathBuf;
use std::sync::Arc;

use serde_json::Value;

use crate::args::Args;

/// The archive whose bundles refer to nothing outside themselves, so that every server can take them.
const ARCHIVE: &str = "synthea_r4_bundles";
const QUICK: usize = 6;

/// The transactions, in an order that is the same in every run.
pub(crate) struct Bundles {
    pub(crate) all: Vec<Arc<Vec<u8>>>,
    pub(crate) resources: usize,
}

/// None where the archive is not there.
pub(crate) fn bundles(args: &Args) -> anyhow::Result<Option<Bundles>> {
    let folder = args.materials.as_ref().map(|at| at.join(ARCHIVE)).filter(|folder| folder.is_dir());
    let Some(folder) = folder else { return Ok(None) };
    let mut files: Vec<PathBuf> = std::fs::read_dir(&folder)?.map(|e| e.map(|e| e.path())).collect::<Result<_, _>>()?;
    files.retain(|path| path.extension().is_some_and(|extension| extension == "json"));
    files.sort();
    if args.quick {
        files.truncate(QUICK);
    }
    let (mut all, mut resources) = (Vec::new(), 0);
    for path in files {
        let bundle: Value = serde_json::from_slice(&std::fs::read(&path)?)?;
        resources += bundle.get("entry").and_then(Value::as_array).map_or(0, Vec::len);
        all.push(Arc::new(serde_json::to_vec(&bundle)?));
    }
    Ok(Some(Bundles { all, resources }))
}

impl Bundles {
    pub(crate) fn says(&self) -> String {
        format!("side by side: {} transactions of {ARCHIVE}, {} resources", self.all.len(), self.resources)
    }
}
