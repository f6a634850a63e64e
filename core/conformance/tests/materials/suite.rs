//! The validator's suite of HL7: the cases for R4 that need no package that is not here. The verdict (errors or none) is
//! compared with that of the reference validator.

use std::collections::BTreeMap;
use std::path::Path;

use meridian_conformance::structure::Structures;
use meridian_conformance::terms::Terms;
use meridian_conformance::validate::{Habits, Lookup};
use meridian_model::Value;
use meridian_model::outcome::Severity;

use super::{archive, by_habits, errors, line, parse};

/// What stands beside a case.
struct Beside {
    all: Vec<Value>,
    /// The files that references lead to, where the case asks for them: by the name that the reference's own tests use.
    targets: Vec<(String, Value)>,
}

impl Lookup for Beside {
    fn resolve(&self, reference: &str) -> Option<&Value> {
        let name = reference.replace('/', "-").to_lowercase();
        let tail = reference.split_once('/').map(|(_, id)| id.replace('/', "-").to_lowercase());
        let is_it = |own: &str| own == name || Some(own) == tail.as_deref();
        self.targets.iter().find(|(own, _)| is_it(own)).map(|(_, value)| value)
    }

    fn canonical(&self, address: &str) -> Option<&Value> {
        let (url, version) = address.split_once('|').map_or((address, None), |(url, version)| (url, Some(version)));
        let is_it = |one: &&Value| one["url"] == url && version.is_none_or(|version| one["version"] == version);
        self.all.iter().find(is_it)
    }
}

#[test]
fn the_verdicts_are_those_of_the_reference() {
    let Some(folder) = archive("fhir_test_cases") else { return };
    let folder = folder.join("validator");
    let manifest: Value = parse(&std::fs::read(folder.join("manifest.json")).unwrap()).unwrap();
    let only = std::env::var("ONLY").unwrap_or_default();
    let (mut count, mut same, mut left) = (0, 0, BTreeMap::<&str, usize>::new());
    let mut told = Vec::new();
    for case in manifest["test-cases"].as_array().unwrap() {
        let name = case["name"].as_str().unwrap();
        let version = case["version"].as_str().unwrap_or("5.0");
        if !version.starts_with("4.0") || !name.contains(&only) {
            continue;
        }
        if case.get("packages").is_some() {
            *left.entry("packages").or_default() += 1;
            continue;
        }
        if case["use-test"] == false {
            *left.entry("not used by the reference").or_default() += 1;
            continue;
        }
        let file = folder.join(case["file"].as_str().unwrap());
        let beside = beside(&folder, case, &[]);
        let habits = habits(case);
        let input = read(&file);
        if matches!(input, Input::Absent) {
            *left.entry("file absent or not JSON").or_default() += 1;
            continue;
        }
        if let Some(expected) = expected(&folder, case.get("java")) {
            let found = verdict(&input, &beside, None, habits);
            count += 1;
            tally(name, "base", expected, &found, &mut same, &mut told);
        } else {
            *left.entry("no outcome").or_default() += 1;
        }
        let Some(profile) = case.get("profile") else { continue };
        let Some(source) = profile["source"].as_str() else { continue };
        let Input::Value(definition) = read(&folder.join(source)) else { continue };
        if let Some(expected) = expected(&folder, profile.get("java")) {
            let url = definition["url"].as_str().unwrap_or_default().to_owned();
            let mut extra = vec![definition];
            extra.extend(beside_of(&folder, profile));
            let beside = self::beside(&folder, case, &extra);
            let found = verdict(&input, &beside, Some(&url), habits);
            count += 1;
            tally(name, "profile", expected, &found, &mut same, &mut told);
        }
    }
    for line in &told {
        println!("{line}");
    }
    println!("{same} of {count} verdicts are those of the reference; left out: {left:?}");
    assert!(!only.is_empty() || same * 100 >= count * 85, "{same} of {count}");
}

fn tally(name: &str, which: &str, expected: bool, found: &[String], same: &mut usize, told: &mut Vec<String>) {
    if found.is_empty() == expected {
        *same += 1;
    } else {
        let says = found.first().map_or("we find no error", String::as_str);
        told.push(format!("{name} ({which}): the reference says {}: {says}", if expected { "valid" } else { "wrong" }));
    }
}

enum Input {
    Value(Value),
    Broken(String),
    Absent,
}

fn read(path: &Path) -> Input {
    let Ok(bytes) = std::fs::read(path) else { return Input::Absent };
    match path.extension().and_then(|ext| ext.to_str()) {
        Some("json") => match parse(&bytes) {
            Ok(value) => Input::Value(value),
            Err(says) => Input::Broken(says),
        },
        Some("xml") => match meridian_xml::read(&bytes, &meridian_xml::Limits::default()) {
            Ok(value) => Input::Value(value),
            Err(fault) => Input::Broken(format!("{fault:?}")),
        },
        _ => Input::Absent,
    }
}

fn beside_of(folder: &Path, case: &Value) -> Vec<Value> {
    let mut all = Vec::new();
    for key in ["supporting", "profiles"] {
        for file in case[key].as_array().into_iter().flatten().filter_map(Value::as_str) {
            if let Input::Value(value) = read(&folder.join(file)) {
                all.push(value);
            }
        }
    }
    all
}

fn beside(folder: &Path, case: &Value, extra: &[Value]) -> Beside {
    let mut all = beside_of(folder, case);
    all.extend(extra.iter().cloned());
    let targets = if is_asked(case) { targets(folder) } else { Vec::new() };
    Beside { all, targets }
}

/// Does the case ask what references lead to?
fn is_asked(case: &Value) -> bool {
    case.get("validateReference").is_some_and(|asked| asked != "IGNORE")
}

/// All files of the folder by name: few cases ask for them.
fn targets(folder: &Path) -> Vec<(String, Value)> {
    let files = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut found = Vec::new();
    for path in files {
        let name = path.file_stem().and_then(|name| name.to_str()).unwrap_or_default().to_lowercase();
        if let Input::Value(value) = read(&path)
            && value.get("resourceType").is_some()
        {
            found.push((name, value));
        }
    }
    found
}

/// As the reference is set for the case.
fn habits(case: &Value) -> Habits {
    let error = |is_set: bool| is_set.then_some(Severity::Error);
    Habits {
        unknown_extensions: Severity::Error,
        wrong_displays: Severity::Error,
        missing_targets: error(is_asked(case)),
        example_addresses: error(case["examples"] == false),
        tags_in_texts: error(case["security-checks"] == true),
    }
}

fn verdict(input: &Input, beside: &Beside, profile: Option<&str>, habits: Habits) -> Vec<String> {
    let value = match input {
        Input::Value(value) => value,
        Input::Broken(says) => return vec![says.clone()],
        Input::Absent => return Vec::new(),
    };
    let structures = Structures::r4().with(&beside.all);
    let is_term = |one: &&Value| matches!(one["resourceType"].as_str(), Some("CodeSystem" | "ValueSet" | "ConceptMap"));
    let terms = Terms::embedded().with(beside.all.iter().filter(is_term)).unwrap_or_else(|_| Terms::embedded().clone());
    let profiles: Vec<&str> = profile.into_iter().collect();
    errors(&by_habits(value, &profiles, &structures, &terms, beside, habits)).into_iter().map(line).collect()
}

/// Whether the reference finds no error; `None` where its outcome is not here.
fn expected(folder: &Path, outcome: Option<&Value>) -> Option<bool> {
    let outcome = match outcome? {
        Value::String(file) => match read(&folder.join("outcomes").join(file)) {
            Input::Value(value) => value,
            _ => return None,
        },
        other => other.clone(),
    };
    if let Some(count) = outcome.get("errorCount").and_then(Value::as_u64) {
        return Some(count == 0);
    }
    let outcome = outcome.get("outcome").cloned().unwrap_or(outcome);
    if outcome["resourceType"] != "OperationOutcome" {
        return None;
    }
    let mut issues = outcome["issue"].as_array().into_iter().flatten();
    Some(!issues.any(|issue| matches!(issue["severity"].as_str(), Some("error" | "fatal"))))
}
