//! Files of other kinds → FHIR resources. Pure: bytes in, a resource out; what is broken is refused by name.

pub mod csv;
mod gb2260;
mod icd10cm;
mod loinc;
mod rf2;
mod table;

use meridian_model::both;
use meridian_model::language::Both;

use serde_json::Value;

use super::fault::{Fault, shown};

/// A file that is to be imported, with its name, by whose end and content its kind is told.
#[derive(Clone, Copy)]
pub struct File<'a> {
    pub name: &'a str,
    pub bytes: &'a [u8],
}

/// Reads files that belong together, and gives the resources that they make: FHIR JSON (one resource or a Bundle), CSV
/// with a head, ICD-10-CM's tabular XML, LOINC's `Loinc.csv` with its hierarchy and translations, SNOMED CT's RF2 snapshot
/// files, and the division codes of GB/T 2260.
///
/// # Errors
/// `Invalid` naming the file and what is wrong with it.
pub fn read(files: &[File<'_>]) -> Result<Vec<Value>, Fault> {
    let mut resources = Vec::new();
    let (mut snomed, mut loinc) = (rf2::Snapshot::default(), loinc::Release::default());
    let mut divisions = gb2260::Divisions::default();
    for file in files {
        let of = |fault: Fault| Fault { says: both!("{}: {}", "{}：{}", shown(file.name), fault.says), ..fault };
        let text = std::str::from_utf8(file.bytes)
            .map_err(|error| of(invalid(format!("not UTF-8 from byte {} on", error.valid_up_to()))))?;
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let start = text.trim_start();
        if rf2::is_one(text) {
            snomed.add(text).map_err(of)?;
        } else if loinc::is_one(text) {
            loinc.add(file.name, text).map_err(of)?;
        } else if start.starts_with('<') {
            resources.push(icd10cm::read(text).map_err(of)?);
        } else if start.starts_with('[') {
            divisions.add(text).map_err(of)?;
        } else if start.starts_with('{') {
            resources.extend(fhir(file.bytes).map_err(of)?);
        } else if start.starts_with('#') {
            resources.push(csv::read(text).map_err(of)?);
        } else {
            let says = "neither FHIR JSON, a CSV with a head, ICD-10-CM, LOINC, RF2 nor GB/T 2260";
            return Err(of(invalid(says)));
        }
    }
    resources.extend(snomed.finish()?);
    resources.extend(loinc.finish()?);
    resources.extend(divisions.finish());
    Ok(resources)
}

/// The terminology of a FHIR resource or Bundle.
fn fhir(bytes: &[u8]) -> Result<Vec<Value>, Fault> {
    let value: Value = serde_json::from_slice(bytes).map_err(|error| invalid(format!("broken JSON: {error}")))?;
    let kind = |value: &Value| super::json::text(value, "resourceType").map(str::to_owned);
    match kind(&value).as_deref() {
        Some("CodeSystem" | "ValueSet" | "ConceptMap") => Ok(vec![value]),
        Some("Bundle") => {
            let entries = super::json::list(&value, "entry").iter().filter_map(|entry| entry.get("resource"));
            let is_one = |one: &&Value| matches!(kind(one).as_deref(), Some("CodeSystem" | "ValueSet" | "ConceptMap"));
            let found: Vec<Value> = entries.filter(is_one).cloned().collect();
            if found.is_empty() { Err(invalid("the Bundle holds no terminology")) } else { Ok(found) }
        }
        other => Err(invalid(format!("{} is no terminology", shown(other.unwrap_or("this JSON"))))),
    }
}

/// What the command line tells, in the one language that it has.
fn invalid(says: impl Into<String>) -> Fault {
    Fault::invalid(Both::alike(says))
}

fn too_costly(says: impl Into<String>) -> Fault {
    Fault::too_costly(Both::alike(says))
}

#[cfg(test)]
mod tests;
