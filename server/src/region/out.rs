//! The folder of a region: files grow as `….part` and get their names when all are complete; a mark tells how far they
//! are good, so that a run that was stopped or killed goes on from there.

use std::collections::BTreeMap;
use std::fs::{File, OpenOptions};
use std::io::{BufWriter, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use meridian_population::write::Pieces;
use serde::{Deserialize, Serialize};

use super::{Description, manifest, read};

const MARK: &str = "region.part.json";

/// How far a run has come.
#[derive(Serialize, Deserialize)]
struct Mark {
    description: Description,
    /// The first resident that is not written.
    next: u64,
    resources: u64,
    /// Bytes of each growing file that are good.
    lengths: BTreeMap<String, u64>,
}

/// The manifest.
#[derive(Serialize, Deserialize)]
struct Manifest {
    #[serde(flatten)]
    description: Description,
    resources: u64,
    files: BTreeMap<String, u64>,
}

struct Growing {
    file: BufWriter<File>,
    length: u64,
}

pub(super) struct Out {
    folder: PathBuf,
    mark: Mark,
    growing: BTreeMap<String, Growing>,
}

impl Out {
    /// Nothing when the folder holds this very region already.
    pub(super) fn open(folder: &Path, description: &Description) -> anyhow::Result<Option<Out>> {
        if let Some(there) = read::<Manifest>(&manifest(folder))? {
            if there.description == *description {
                return Ok(None);
            }
            bail!("{} holds another region; name a new folder", folder.display());
        }
        let mark = match read::<Mark>(&folder.join(MARK))? {
            Some(mark) if mark.description == *description => mark,
            Some(_) => bail!("{} holds a part of another region; name a new folder", folder.display()),
            None => {
                if std::fs::read_dir(folder).is_ok_and(|mut entries| entries.next().is_some()) {
                    bail!("{} is not empty; name a new folder", folder.display());
                }
                std::fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))?;
                Mark { description: description.clone(), next: 0, resources: 0, lengths: BTreeMap::new() }
            }
        };
        let mut out = Out { folder: folder.to_owned(), mark, growing: BTreeMap::new() };
        for (name, length) in out.mark.lengths.clone() {
            out.grow(&name, length)?;
        }
        out.mark()?;
        Ok(Some(out))
    }

    /// The first resident that is not written.
    pub(super) fn next(&self) -> u64 {
        self.mark.next
    }

    /// Adds the pieces of all residents before `next`.
    pub(super) fn put(&mut self, pieces: Pieces, next: u64) -> anyhow::Result<()> {
        for (name, bytes) in pieces.streams {
            if !self.growing.contains_key(&name) {
                self.grow(&name, 0)?;
            }
            if let Some(growing) = self.growing.get_mut(&name) {
                growing.file.write_all(&bytes)?;
                growing.length += bytes.len() as u64;
            }
        }
        for (name, bytes) in pieces.files {
            let path = self.folder.join(&name);
            if let Some(parent) = path.parent() {
                std::fs::create_dir_all(parent)?;
            }
            std::fs::write(&path, bytes).with_context(|| format!("cannot write {}", path.display()))?;
        }
        self.mark.next = next;
        self.mark.resources += pieces.resources;
        Ok(())
    }

    /// Opens a growing file at the length to which it is good.
    fn grow(&mut self, name: &str, length: u64) -> anyhow::Result<()> {
        let path = self.folder.join(format!("{name}.part"));
        let cannot = || format!("cannot write {}", path.display());
        if let Some(parent) = path.parent() {
            std::fs::create_dir_all(parent).with_context(cannot)?;
        }
        let mut file = OpenOptions::new().create(true).write(true).truncate(false).open(&path).with_context(cannot)?;
        if file.metadata()?.len() < length {
            bail!("{} is shorter than it was; remove the folder and begin anew", path.display());
        }
        file.set_len(length)?;
        file.seek(SeekFrom::End(0))?;
        let file = BufWriter::with_capacity(1 << 18, file);
        self.growing.insert(name.to_owned(), Growing { file, length });
        Ok(())
    }

    /// Puts on disk how far everything is good.
    pub(super) fn mark(&mut self) -> anyhow::Result<()> {
        self.mark.lengths.clear();
        for (name, growing) in &mut self.growing {
            growing.file.flush()?;
            growing.file.get_ref().sync_data()?;
            self.mark.lengths.insert(name.clone(), growing.length);
        }
        whole(&self.folder.join(MARK), &self.mark)
    }

    /// Gives all files their names and writes the manifest. Returns resources and bytes of the growing files.
    pub(super) fn complete(&mut self) -> anyhow::Result<(u64, u64)> {
        let mut files = BTreeMap::new();
        for (name, mut growing) in std::mem::take(&mut self.growing) {
            growing.file.flush()?;
            std::fs::rename(self.folder.join(format!("{name}.part")), self.folder.join(&name))?;
            files.insert(name, growing.length);
        }
        let bytes = files.values().sum();
        let (description, resources) = (self.mark.description.clone(), self.mark.resources);
        whole(&manifest(&self.folder), &Manifest { description, resources, files })?;
        std::fs::remove_file(self.folder.join(MARK))?;
        Ok((resources, bytes))
    }
}

/// Writes a file whole or not at all.
fn whole(path: &Path, value: &impl Serialize) -> anyhow::Result<()> {
    let part = path.with_extension("new");
    std::fs::write(&part, serde_json::to_vec_pretty(value)?)?;
    std::fs::rename(&part, path).with_context(|| format!("cannot write {}", path.display()))
}
