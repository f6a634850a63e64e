//! What is imported: the Synthea bundles of the materials, or, without them, bundles of the synthetic district.

use std::path::{Path, PathBuf};

use anyhow::Context;
use meridian_population::{Feed, Region, RegionConfig};
use serde_json::Value;

use crate::args::Args;

/// In the order of their import: what the second brings twice, the first refers to as being there once.
const ARCHIVES: [&str; 2] = ["synthea_r4_blaze", "synthea_r4_bundles"];
/// Systems of the identifiers by which bundles refer to what another file brought.
const SYSTEMS: [&str; 2] = ["https://github.com/synthetichealth/synthea", "http://hl7.org/fhir/sid/us-npi"];
/// Residents that make about as many resources as the materials hold.
const RESIDENTS: u64 = 1200;
const QUICK_FILES: usize = 8;

/// Bundles of which any number of copies can be written, each new to the server.
pub(crate) enum Material {
    /// Folders of files.
    Synthea {
        folders: Vec<PathBuf>,
        quick: bool,
    },
    Population {
        residents: u64,
    },
}

pub(crate) fn find(args: &Args) -> anyhow::Result<Material> {
    let folders = args.materials.iter().flat_map(|at| ARCHIVES.iter().map(|name| at.join(name)));
    let folders: Vec<PathBuf> = folders.filter(|folder| folder.is_dir()).collect();
    if folders.len() == ARCHIVES.len() {
        return Ok(Material::Synthea { folders, quick: args.quick });
    }
    Ok(Material::Population { residents: if args.quick { 60 } else { RESIDENTS } })
}

impl Material {
    pub(crate) fn says(&self) -> String {
        match self {
            Material::Synthea { quick: false, .. } => {
                "data: the bundles of synthea_r4_bundles and synthea_r4_blaze, synthetic patients".to_owned()
            }
            Material::Synthea { quick: true, .. } => {
                format!("data: {QUICK_FILES} bundles each of synthea_r4_bundles and synthea_r4_blaze")
            }
            Material::Population { residents } => {
                format!("data: SKIPPED synthea_r4_*: not there; {residents} synthetic residents of the demo district")
            }
        }
    }

    /// Writes the `nth` copy (from 0) to `target` and gives the folders to import, in their order. The first copy of
    /// the materials is the materials themselves.
    pub(crate) fn copy(&self, nth: usize, target: &Path) -> anyhow::Result<Vec<PathBuf>> {
        match self {
            Material::Synthea { folders, quick: false } if nth == 0 => Ok(folders.clone()),
            Material::Synthea { folders, quick } => {
                folders.iter().map(|folder| again(folder, nth, *quick, target)).collect()
            }
            Material::Population { residents } => district(*residents, nth, target),
        }
    }
}

/// The same lives in another region: its identifiers are of other systems, so that nothing of it is there yet, and its
/// people have other names, telephones, streets and days of birth, so that nobody is taken for somebody of the first: a
/// record stays as long as it is, however many copies there are.
fn again(folder: &Path, nth: usize, quick: bool, target: &Path) -> anyhow::Result<PathBuf> {
    let target = target.join(folder.file_name().context("a folder without a name")?);
    std::fs::create_dir_all(&target)?;
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder)?.map(|e| e.map(|e| e.path())).collect::<Result<_, _>>()?;
    files.retain(|path| path.extension().is_some_and(|extension| extension == "json"));
    files.sort();
    if quick {
        files.truncate(QUICK_FILES);
    }
    for path in files {
        let mut text = std::fs::read_to_string(&path)?;
        for system in SYSTEMS {
            text = text.replace(system, &format!("{system}-{nth}"));
        }
        let other = syllables(nth);
        text = text.replace("\"family\": \"", &format!("\"family\": \"{other}"));
        text = text.replace("\"555-", &format!("\"{}-", 600 + nth));
        text = later(&text, nth);
        text = in_lists(&text, "given", &other);
        text = in_lists(&text, "line", &other);
        save(&target.join(path.file_name().unwrap_or_default()), text.as_bytes())?;
    }
    Ok(target)
}

/// Born some weeks later.
fn later(text: &str, nth: usize) -> String {
    const BORN: &str = "\"birthDate\": \"";
    let mut parts = text.split(BORN);
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (day, rest) = part.split_at_checked(10).unwrap_or((part, ""));
        let weeks = jiff::Span::new().try_weeks(i64::try_from(nth).unwrap_or_default() * 5);
        let born = day.parse::<jiff::civil::Date>().and_then(|day| day.checked_add(weeks?));
        out.push_str(BORN);
        out.push_str(&born.map_or_else(|_| day.to_owned(), |born| born.to_string()));
        out.push_str(rest);
    }
    out
}

/// `other` before the first text of each list of this name.
fn in_lists(text: &str, name: &str, other: &str) -> String {
    let list = format!("\"{name}\": [");
    let mut parts = text.split(list.as_str());
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        out.push_str(&list);
        out.push_str(&part.replacen('"', &format!("\"{other}"), 1));
    }
    out
}

/// What begins the names of a copy.
fn syllables(nth: usize) -> String {
    const FIRST: [&str; 10] = ["Ba", "Ce", "Di", "Fo", "Gu", "Ky", "La", "Me", "No", "Ru"];
    let digits = nth.to_string().into_bytes();
    digits.iter().filter_map(|digit| FIRST.get(usize::from(digit - b'0'))).copied().collect()
}

/// Another district for each copy. Conditions of creation go: numbers of records are the same in all districts.
fn district(residents: u64, nth: usize, target: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let seed = 42 + nth as u64;
    let region = Region::new(RegionConfig { seed, residents, today: jiff::civil::date(2026, 1, 5) });
    std::fs::create_dir_all(target)?;
    if nth == 0 {
        for (institution, bundle) in region.set_up() {
            save(&target.join(format!("0-{institution}.json")), &serde_json::to_vec(&bundle)?)?;
        }
    }
    let mut count = 0;
    for resident in region.residents() {
        for feed in resident.feeds(&region) {
            let Feed::Fhir { mut bundle, .. } = feed else { continue };
            for entry in bundle.get_mut("entry").and_then(Value::as_array_mut).into_iter().flatten() {
                if let Some(request) = entry.get_mut("request").and_then(Value::as_object_mut) {
                    request.remove("ifNoneExist");
                }
            }
            count += 1;
            save(&target.join(format!("1-{count:06}.json")), &serde_json::to_vec(&bundle)?)?;
        }
    }
    Ok(vec![target.to_owned()])
}

/// On disk before the clock starts, so that nothing is measured but the import.
fn save(path: &Path, bytes: &[u8]) -> anyhow::Result<()> {
    use std::io::Write;
    let mut file = std::fs::File::create(path)?;
    file.write_all(bytes)?;
    Ok(file.sync_all()?)
}
