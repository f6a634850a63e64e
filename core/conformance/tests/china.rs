//! What is ours for China holds together: each profile has a snapshot, its invariants are FHIRPath that fits their
//! elements, its value sets are in force; the examples are what they are called, and wrong for the reason that is said;
//! units, check digits and codes of the tables have the form of their systems.
#![cfg(test)]

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use meridian_conformance::structure::{Element, Node, Strength, Structures};
use meridian_conformance::terms::{Coded, Codes, Terms, Verdict};
use meridian_conformance::validate::{Habits, Limits, Nowhere, Validator, validate};
use meridian_fhirpath::Moment;
use meridian_model::outcome::{Issue, Severity};
use meridian_model::{Value, ucum};

fn folder(name: &str) -> PathBuf {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../definitions/cn")).join(name)
}

fn read(path: &Path) -> Value {
    serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
}

fn judged(value: &Value, profiles: &[&str]) -> Vec<Issue> {
    let mut issues = told(value, profiles);
    issues.retain(|issue| issue.severity == Severity::Error);
    issues
}

/// All that is said of a value.
fn told(value: &Value, profiles: &[&str]) -> Vec<Issue> {
    let with = Validator {
        structures: Structures::embedded(),
        codes: Terms::embedded(),
        lookup: &Nowhere,
        now: Moment { millis: 1_798_761_600_000, offset_minutes: 480 },
        limits: Limits::default(),
        habits: Habits::default(),
    };
    validate(value, profiles, &with)
}

/// Who reads a warning on an example takes the example for wrong. What is not here can't be checked, which says nothing of it.
#[test]
fn valid_examples_have_no_warnings() {
    let index = read(&folder("examples").join("index.json"));
    let mut wrong = Vec::new();
    for row in index.as_array().unwrap().iter().filter(|row| row["verdict"] == "valid") {
        let (file, profile) = (row["file"].as_str().unwrap(), row["profile"].as_str().unwrap());
        let issues = told(&read(&folder("examples").join(file)), &[profile]);
        let rest =
            issues.iter().filter(|one| one.severity == Severity::Warning && !one.diagnostics.starts_with("dom-6:"));
        wrong.extend(rest.map(|one| format!("{file}: {} @ {}", one.diagnostics, one.expression.join(" "))));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn files(name: &str, ending: &str) -> Vec<PathBuf> {
    let all = std::fs::read_dir(folder(name)).unwrap().map(|entry| entry.unwrap().path());
    let mut found: Vec<PathBuf> = all.filter(|path| path.to_string_lossy().ends_with(ending)).collect();
    found.sort();
    assert!(!found.is_empty());
    found
}

#[test]
fn every_example_is_what_it_is_called_for_the_reason_that_is_said() {
    let mut wrong = Vec::new();
    let index = read(&folder("examples").join("index.json"));
    let rows = index.as_array().unwrap();
    for row in rows {
        let (file, profile) = (row["file"].as_str().unwrap(), row["profile"].as_str().unwrap());
        let errors = judged(&read(&folder("examples").join(file)), &[profile]);
        let told: Vec<String> =
            errors.iter().map(|one| format!("{} @ {}", one.diagnostics, one.expression.join(" "))).collect();
        if errors.is_empty() != (row["verdict"] == "valid") {
            wrong.push(format!("{file} is called {}: {told:#?}", row["verdict"]));
            continue;
        }
        let key = row["constraint"].as_str();
        let path = row["path"].as_str().unwrap_or_default();
        let is_said = errors.iter().any(|one| match key {
            Some(key) => one.diagnostics.starts_with(&format!("{key}:")),
            // At the element, or at the one that it is missing in.
            None => one.expression.iter().any(|at| at.starts_with(path) || path.starts_with(at.as_str())),
        });
        // Nothing else is broken: no invariant but the one that is said.
        let other = errors.iter().find(|one| {
            let own = one.diagnostics.split(':').next().unwrap_or_default();
            one.code == "invariant" && Some(own) != key
        });
        if row["verdict"] != "valid" && (!is_said || other.is_some()) {
            wrong.push(format!("{file} breaks {key:?} at {path}, and we say {told:#?}"));
        }
    }
    let on_disk: BTreeSet<String> = files("examples", ".json")
        .iter()
        .map(|path| path.file_name().unwrap().to_string_lossy().into_owned())
        .collect();
    let told: BTreeSet<String> = rows.iter().map(|row| row["file"].as_str().unwrap().to_owned()).collect();
    let left: Vec<&String> = on_disk.difference(&told).filter(|name| *name != "index.json").collect();
    assert!(left.is_empty(), "not in the index: {left:?}");
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), rows.len(), wrong.join("\n"));
}

#[test]
fn profiles_are_valid_and_hold_together() {
    let mut wrong = Vec::new();
    let mut invariants = 0;
    for path in files("profiles", ".json") {
        let definition = read(&path);
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let broken = judged(&definition, &[]);
        wrong.extend(broken.iter().map(|issue| format!("{name}: {} @ {:?}", issue.diagnostics, issue.expression)));
        let url = definition["url"].as_str().unwrap();
        let structure = match Structures::embedded().get(url) {
            Ok(structure) => structure,
            Err(missing) => {
                wrong.push(format!("{name}: {missing:?}"));
                continue;
            }
        };
        let mut all = Vec::new();
        gather(&structure.root, &mut all);
        let own: BTreeSet<&str> = definition["differential"]["element"]
            .as_array()
            .unwrap()
            .iter()
            .flat_map(|element| element["constraint"].as_array().into_iter().flatten())
            .map(|one| one["key"].as_str().unwrap())
            .collect();
        for element in all {
            for one in element.constraints.iter().filter(|one| own.contains(one.key.as_str())) {
                invariants += 1;
                let checked = one
                    .compiled()
                    .map_err(|says| says.english.clone())
                    .and_then(|expression| expression.check(&kind(element)).map_err(|fault| fault.says.english));
                if let Err(says) = checked {
                    wrong.push(format!("{name}: {} at {}: {says}", one.key, element.path));
                }
            }
            let binding = element.binding.as_ref().filter(|one| one.strength >= Strength::Extensible);
            let Some(set) = binding.and_then(|one| one.value_set.as_deref()) else { continue };
            let ours = set.contains("meridian.example");
            let said = Terms::embedded().in_value_set(set, Coded { code: "?", ..Coded::default() });
            if ours && matches!(&said, Verdict::Unknown { says } if says.to_string().contains("value set")) {
                wrong.push(format!("{name}: {set} at {} is not in force", element.path));
            }
        }
    }
    assert!(invariants >= 60, "only {invariants} invariants were found");
    assert!(wrong.is_empty(), "{}:\n{}", wrong.len(), wrong.join("\n"));
}

fn gather<'n>(node: &'n Arc<Node>, all: &mut Vec<&'n Element>) {
    all.push(&node.element);
    for below in node.children.iter().chain(&node.slices) {
        gather(below, all);
    }
}

/// The type that an invariant of an element speaks of.
fn kind(element: &Element) -> String {
    match element.types.as_slice() {
        [one] if !matches!(one.code.as_str(), "BackboneElement" | "Element") => one.code.clone(),
        _ => element.path.clone(),
    }
}

/// The rows of a table: the columns by name.
fn table(name: &str) -> Vec<Vec<(String, String)>> {
    let text = std::fs::read_to_string(folder("terms").join(name)).unwrap();
    let mut rows = text.lines().filter(|line| !line.starts_with('#')).map(fields);
    let head = rows.next().unwrap();
    rows.map(|row| head.iter().cloned().zip(row).collect()).collect()
}

/// The fields of a line of CSV; none of ours has a line break within.
fn fields(line: &str) -> Vec<String> {
    let mut found = vec![String::new()];
    let mut is_quoted = false;
    for letter in line.chars() {
        match letter {
            '"' => is_quoted = !is_quoted,
            ',' if !is_quoted => found.push(String::new()),
            _ => found.last_mut().unwrap().push(letter),
        }
    }
    found
}

fn column<'r>(row: &'r [(String, String)], name: &str) -> &'r str {
    row.iter().find(|(own, _)| own == name).map_or("", |(_, value)| value.as_str())
}

#[test]
fn codes_and_units_have_the_form_of_their_systems() {
    let mut wrong = Vec::new();
    let laboratory = table("loinc-common.csv");
    assert!(laboratory.len() >= 200, "{}", laboratory.len());
    for row in &laboratory {
        let (code, unit) = (column(row, "code"), column(row, "unit"));
        if !has_check_digit(code) {
            wrong.push(format!("{code} has not the check digit of LOINC"));
        }
        if let Err(fault) = ucum::validate(unit)
            && !unit.is_empty()
        {
            wrong.push(format!("{code}: {unit} is no unit of UCUM: {fault}"));
        }
    }
    let diagnoses = table("icd-10-common.csv");
    assert!(diagnoses.len() >= 400, "{}", diagnoses.len());
    for row in &diagnoses {
        let code = column(row, "code");
        if !is_icd10(code) {
            wrong.push(format!("{code} has not the form of a code, category or chapter of ICD-10"));
        }
    }
    assert!(!has_check_digit("6690-1") && !has_check_digit("x") && !is_icd10("E119") && !is_icd10("11.9"));
    assert!(wrong.is_empty(), "{}:\n{}", wrong.len(), wrong.join("\n"));
}

/// LOINC's check digit (modulus 10, each second digit from the right doubled).
fn has_check_digit(code: &str) -> bool {
    let Some((number, check)) = code.split_once('-') else { return false };
    let digits: Option<Vec<u32>> = number.chars().rev().map(|c| c.to_digit(10)).collect();
    let Some(digits) = digits.filter(|digits| (1..=7).contains(&digits.len())) else { return false };
    let sum: u32 = digits
        .iter()
        .enumerate()
        .map(|(at, digit)| if at % 2 == 0 { digit * 2 / 10 + digit * 2 % 10 } else { *digit })
        .sum();
    check.parse() == Ok((10 - sum % 10) % 10)
}

/// `E11`, `E11.9`, a block `E10-E14`, or a chapter's Roman number.
fn is_icd10(code: &str) -> bool {
    let category = |text: &str| {
        let bytes = text.as_bytes();
        bytes.len() == 3
            && bytes[0].is_ascii_uppercase()
            && bytes[1].is_ascii_digit()
            && bytes[2].is_ascii_alphanumeric()
    };
    if let Some((from, to)) = code.split_once('-') {
        return category(from) && category(to);
    }
    if code.bytes().all(|b| b"IVX".contains(&b)) {
        return !code.is_empty();
    }
    let (own, part) = code.split_once('.').map_or((code, None), |(own, part)| (own, Some(part)));
    category(own)
        && part.is_none_or(|part| (1..=4).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_alphanumeric()))
}
