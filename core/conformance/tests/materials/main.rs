//! Real resources and HL7's own suite: every official example is valid, the validator's verdicts are those of the
//! reference, snapshots made from differentials are those that HL7 published.
#![cfg(test)]

mod definitions;
mod examples;
mod snapshots;
mod suite;

use std::path::{Path, PathBuf};

use meridian_conformance::structure::Structures;
use meridian_conformance::terms::Terms;
use meridian_conformance::validate::{Habits, Limits, Lookup, Nowhere, Validator, validate};
use meridian_fhirpath::Moment;
use meridian_model::Value;
use meridian_model::outcome::{Issue, Severity};
use meridian_model::reader;

/// The folder of an archive, or `None` with a word about it.
fn archive(name: &str) -> Option<PathBuf> {
    let folder =
        std::env::var_os("MERIDIAN_MATERIALS").map(|root| PathBuf::from(root).join(name)).filter(|f| f.is_dir());
    if folder.is_none() {
        println!("SKIPPED {name}: MERIDIAN_MATERIALS does not hold it");
    }
    folder
}

/// The `.json` files of a folder, in order.
fn files(folder: &Path) -> Vec<PathBuf> {
    let paths = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut found: Vec<_> = paths.filter(|path| path.extension().is_some_and(|ext| ext == "json")).collect();
    found.sort();
    found
}

fn parse(bytes: &[u8]) -> Result<Value, String> {
    let limits = reader::Limits { bytes: 64 << 20, ..reader::Limits::default() };
    reader::parse(bytes, &limits).map_err(|fault| fault.message.english.clone())
}

/// 2026-01-01, for `now()` and `today()`.
const NOW: Moment = Moment { millis: 1_767_225_600_000, offset_minutes: 0 };

fn judged(value: &Value, profiles: &[&str], structures: &Structures, terms: &Terms, lookup: &dyn Lookup) -> Vec<Issue> {
    by_habits(value, profiles, structures, terms, lookup, Habits::default())
}

fn by_habits(
    value: &Value,
    profiles: &[&str],
    structures: &Structures,
    terms: &Terms,
    lookup: &dyn Lookup,
    habits: Habits,
) -> Vec<Issue> {
    validate(
        value,
        profiles,
        &Validator { structures, codes: terms, lookup, now: NOW, limits: Limits::default(), habits },
    )
}

fn errors(issues: &[Issue]) -> Vec<&Issue> {
    issues.iter().filter(|issue| matches!(issue.severity, Severity::Error | Severity::Fatal)).collect()
}

fn line(issue: &Issue) -> String {
    let says: String = issue.diagnostics.chars().take(220).collect();
    format!("{} at {}", says, issue.expression.join(", "))
}

/// Some thousand Observations a second on one core: printed, never asserted.
#[test]
fn the_speed_of_a_plain_observation_is_told() {
    let Some(folder) = archive("fhir_r4_examples") else { return };
    let names =
        ["observation-example.json", "observation-example-f001-glucose.json", "observation-example-bloodpressure.json"];
    for name in names {
        let value = parse(&std::fs::read(folder.join(name)).unwrap()).unwrap();
        let mut plain = value.clone();
        plain["meta"]["profile"] = Value::Array(Vec::new());
        plain.as_object_mut().unwrap().shift_remove("meta");
        let run = |value: &Value| judged(value, &[], Structures::r4(), Terms::embedded(), &Nowhere);
        run(&plain);
        let start = std::time::Instant::now();
        let mut count = 0_u32;
        while start.elapsed().as_millis() < 500 {
            run(&plain);
            count += 1;
        }
        println!("{name}: {:.0}/s against its base", f64::from(count) / start.elapsed().as_secs_f64());
    }
}
