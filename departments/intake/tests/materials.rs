//! Every ADT A01/A04/A08 and ORU^R01 of two public collections: mapped, or parked with a reason; each mapped
//! resource passes the structural check; chosen fields agree with another project's mapping.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::print_stdout)]

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use meridian_hl7v2::{Limits, Message, charset, parse_batch};
use meridian_intake::map::{FeedConfig, Mapped, Mapper, Park};
use meridian_model::{
    check::check,
    date::{DateRange, Zone},
};
use serde_json::Value;

const IN_SCOPE: [&str; 4] = ["ADT^A01", "ADT^A04", "ADT^A08", "ORU^R01"];

fn folder(archive: &str) -> Option<PathBuf> {
    let found =
        std::env::var_os("MERIDIAN_MATERIALS").map(|root| Path::new(&root).join(archive)).filter(|p| p.is_dir());
    if found.is_none() {
        println!("SKIPPED {archive}: not under MERIDIAN_MATERIALS");
    }
    found
}

fn hl7_files(root: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    let mut folders = vec![root.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
            if entry.is_dir() {
                folders.push(entry);
            } else if entry.extension().is_some_and(|e| e == "hl7") {
                files.push(entry);
            }
        }
    }
    files.sort();
    files
}

fn feed() -> FeedConfig {
    FeedConfig::for_institution("CJ01")
}

fn messages(path: &Path) -> Vec<Message> {
    let (text, _) = charset::decode(&fs::read(path).unwrap(), charset::Assumed::Nothing);
    parse_batch(&text, &Limits::default()).unwrap_or_default()
}

fn faults(mapped: &Mapped) -> Vec<String> {
    let entries = mapped.bundle["entry"].as_array().unwrap();
    let mut out = Vec::new();
    for entry in entries {
        for issue in check(&entry["resource"]) {
            out.push(format!("{issue:?}"));
        }
    }
    out.extend(check(&mapped.bundle).iter().map(|issue| format!("{issue:?}")));
    out
}

#[derive(Default)]
struct Tally {
    mapped: usize,
    parked: BTreeMap<&'static str, usize>,
}

#[test]
fn public_messages_are_mapped_or_parked_with_a_reason() {
    let mapper = Mapper::load().unwrap();
    let mut table: BTreeMap<String, Tally> = BTreeMap::new();
    let (mut warnings, mut resources) = (BTreeMap::<String, usize>::new(), BTreeMap::<String, usize>::new());
    let mut bad = Vec::new();
    let mut seen = false;
    for archive in ["hl7v2_linuxforhealth", "ms_fhir_converter", "hl7v2_santempi_ohie"] {
        let Some(root) = folder(archive) else { continue };
        seen = true;
        for path in hl7_files(&root) {
            for message in messages(&path) {
                let (code, event) = message.kind();
                let tally = table.entry(format!("{code}^{event}")).or_default();
                match mapper.map(&message, &feed()) {
                    Ok(mapped) => {
                        tally.mapped += 1;
                        assert_eq!(mapper.map(&message, &feed()).unwrap(), mapped, "the same message maps the same");
                        bad.extend(faults(&mapped).into_iter().map(|fault| format!("{}: {fault}", path.display())));
                        for warning in &mapped.warnings {
                            *warnings.entry(format!("{} {}", warning.at, warning.what)).or_default() += 1;
                        }
                        for entry in mapped.bundle["entry"].as_array().unwrap() {
                            let kind = entry["resource"]["resourceType"].as_str().unwrap();
                            *resources.entry(kind.to_owned()).or_default() += 1;
                        }
                    }
                    Err(Park { reason, .. }) => *tally.parked.entry(reason.as_str()).or_default() += 1,
                }
            }
        }
    }
    if !seen {
        return;
    }
    println!("{:10} {:>7} {:>7}  reasons", "message", "mapped", "parked");
    for (kind, tally) in &table {
        let parked: usize = tally.parked.values().sum();
        println!("{kind:10} {:>7} {parked:>7}  {:?}", tally.mapped, tally.parked);
    }
    println!("resources: {resources:?}\nwarnings: {warnings:#?}");
    assert!(bad.is_empty(), "{} faults, first: {:#?}", bad.len(), &bad[..bad.len().min(20)]);
    let of = |count: &dyn Fn(&Tally) -> usize| IN_SCOPE.iter().filter_map(|k| table.get(*k)).map(count).sum::<usize>();
    let (mapped, parked) = (of(&|t| t.mapped), of(&|t| t.parked.values().sum()));
    println!("in scope: {mapped} of {} mapped", mapped + parked);
    assert!(mapped * 100 >= (mapped + parked) * 95, "{mapped} mapped, {parked} parked");
    // Mapped since: all but orders of other kinds than OBR, and orders without a resident.
    let since = |kind: &str| {
        let adt = matches!(kind.strip_prefix("ADT^A"), Some(n) if ["02", "03", "05", "06", "07", "09", "10", "11", "13", "18", "28", "31", "34", "40"].contains(&n));
        adt || ["ORM^O01", "OML^O21", "OMG^O19", "OMP^O09", "RDE^O11"].contains(&kind) || kind.starts_with("SIU^")
    };
    let all: Vec<&Tally> = table.iter().filter(|(kind, _)| since(kind)).map(|(_, tally)| tally).collect();
    let (mapped, parked) =
        (all.iter().map(|t| t.mapped).sum::<usize>(), all.iter().flat_map(|t| t.parked.values()).sum::<usize>());
    println!("mapped since: {mapped} of {}", mapped + parked);
    assert!(mapped * 100 >= (mapped + parked) * 90, "{mapped} mapped, {parked} parked");
}

/// How often two mappings say the same of a field.
#[derive(Default)]
struct Agreement(BTreeMap<&'static str, (usize, usize, Vec<String>)>);

impl Agreement {
    fn count(&mut self, field: &'static str, file: &str, theirs: Option<String>, ours: &[String]) {
        let Some(theirs) = theirs else { return };
        let (same, all, differ) = self.0.entry(field).or_default();
        *all += 1;
        if ours.contains(&theirs) {
            *same += 1;
        } else {
            differ.push(format!("{file}: {theirs} not in {ours:?}"));
        }
    }
}

fn all<'v>(bundle: &'v Value, kind: &str) -> Vec<&'v Value> {
    let entries = bundle["entry"].as_array().unwrap();
    entries.iter().map(|entry| &entry["resource"]).filter(|r| r["resourceType"] == kind).collect()
}

fn strings(resources: &[&Value], pointer: &str) -> Vec<String> {
    let text = |v: &Value| v.as_str().map(str::to_owned).or_else(|| v.as_number().map(ToString::to_string));
    resources.iter().filter_map(|r| r.pointer(pointer).and_then(text)).collect()
}

fn each(resources: &[&Value], list: &str, field: &str) -> Vec<String> {
    resources
        .iter()
        .flat_map(|r| r[list].as_array().cloned().unwrap_or_default())
        .filter_map(|item| item[field].as_str().map(str::to_owned))
        .collect()
}

/// A time as the milliseconds at which it begins, anything else as it is: zones are written differently.
fn comparable(text: &str) -> String {
    let range = text.contains('T').then(|| DateRange::parse(text, Zone::CHINA)).flatten();
    range.map_or_else(|| text.to_owned(), |range| range.lo.to_string())
}

#[test]
fn chosen_fields_agree_with_another_mapping() {
    let Some(root) = folder("ms_fhir_converter") else { return };
    let mapper = Mapper::load().unwrap();
    let mut agreement = Agreement::default();
    let expected = root.join("src/Microsoft.Health.Fhir.Liquid.Converter.FunctionalTests/TestData/Expected/Hl7v2");
    for path in hl7_files(&root) {
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        for message in messages(&path) {
            let (code, event) = message.kind();
            let file = expected.join(format!("{code}_{event}/{name}-expected.json"));
            let (Ok(mapped), Ok(text)) = (mapper.map(&message, &feed()), fs::read_to_string(file)) else { continue };
            let theirs: Value = serde_json::from_str(text.trim_start_matches('\u{feff}')).unwrap();
            let (our_patient, their_patient) = (all(&mapped.bundle, "Patient"), all(&theirs, "Patient"));
            // They write a Patient for other roles as well; the resident is the first.
            let their_patient: Vec<&Value> = their_patient.into_iter().take(1).collect();
            // They also give the resident the numbers of guarantor and insured: only what PID-3 says is compared.
            for sent in message.first("PID").field(3).reps().filter_map(|rep| rep.text()) {
                if each(&their_patient, "identifier", "value").iter().any(|value| *value == sent) {
                    let sent = Some(sent.trim().to_owned());
                    agreement.count("Patient.identifier", &name, sent, &each(&our_patient, "identifier", "value"));
                }
            }
            for (field, pointer) in [
                ("Patient.name.family", "/name/0/family"),
                ("Patient.birthDate", "/birthDate"),
                ("Patient.gender", "/gender"),
            ] {
                let theirs = strings(&their_patient, pointer).pop();
                agreement.count(field, &name, theirs, &strings(&our_patient, pointer));
            }
            let (ours, theirs_all) = (all(&mapped.bundle, "Encounter"), all(&theirs, "Encounter"));
            for (field, pointer) in [("Encounter.class", "/class/code"), ("Encounter.start", "/period/start")] {
                let ours: Vec<String> = strings(&ours, pointer).iter().map(|text| comparable(text)).collect();
                let theirs = strings(&theirs_all, pointer).first().map(|text| comparable(text));
                agreement.count(field, &name, theirs.filter(|_| !ours.is_empty()), &ours);
            }
            let (ours, theirs_all) = (all(&mapped.bundle, "Observation"), all(&theirs, "Observation"));
            for (field, pointer) in [
                ("Observation.valueQuantity", "/valueQuantity/value"),
                ("Observation.code", "/code/coding/0/code"),
                ("Observation.status", "/status"),
            ] {
                // They make Observations of other segments too: each of ours must be among theirs.
                for value in strings(&ours, pointer) {
                    agreement.count(field, &name, Some(value), &strings(&theirs_all, pointer));
                }
            }
            let (ours, theirs_all) = (all(&mapped.bundle, "AllergyIntolerance"), all(&theirs, "AllergyIntolerance"));
            for value in strings(&theirs_all, "/code/coding/0/code") {
                agreement.count("AllergyIntolerance.code", &name, Some(value), &strings(&ours, "/code/coding/0/code"));
            }
            let (ours, theirs_all) = (all(&mapped.bundle, "Condition"), all(&theirs, "Condition"));
            for value in strings(&ours, "/code/coding/0/code") {
                agreement.count("Condition.code", &name, Some(value), &strings(&theirs_all, "/code/coding/0/code"));
            }
        }
    }
    for (field, (same, all, differ)) in &agreement.0 {
        println!("{field:28} {same:>3} of {all:>3}  {}", differ.join("; ").chars().take(400).collect::<String>());
    }
    for field in ["Patient.name.family", "Patient.birthDate", "Patient.gender", "Observation.valueQuantity"] {
        let (same, all, _) = &agreement.0[field];
        assert!(same * 100 >= all * 90, "{field}: {same} of {all}");
    }
}
