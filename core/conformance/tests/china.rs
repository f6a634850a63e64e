//! The examples for China: what is called valid keeps its profile, what is called invalid does not.
#![cfg(test)]

use std::path::Path;

use meridian_conformance::structure::Structures;
use meridian_conformance::terms::Terms;
use meridian_conformance::validate::{Habits, Limits, Nowhere, Validator, validate};
use meridian_fhirpath::Moment;
use meridian_model::Value;
use meridian_model::outcome::Severity;

#[test]
fn every_example_is_what_it_is_called() {
    let folder = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../definitions/cn/examples"));
    let read = |name: &str| -> Value { serde_json::from_slice(&std::fs::read(folder.join(name)).unwrap()).unwrap() };
    let mut wrong = Vec::new();
    let index = read("index.json");
    let rows = index.as_array().unwrap();
    for row in rows {
        let (file, profile) = (row["file"].as_str().unwrap(), row["profile"].as_str().unwrap());
        let with = Validator {
            structures: Structures::embedded(),
            codes: Terms::embedded(),
            lookup: &Nowhere,
            now: Moment { millis: 1_798_761_600_000, offset_minutes: 480 },
            limits: Limits::default(),
            habits: Habits::default(),
        };
        let issues = validate(&read(file), &[profile], &with);
        let errors: Vec<String> = issues
            .iter()
            .filter(|issue| issue.severity == Severity::Error)
            .map(|issue| format!("{} @ {}", issue.diagnostics, issue.expression.join(" ")))
            .collect();
        let is_valid = row["verdict"] == "valid";
        if errors.is_empty() != is_valid {
            wrong.push(format!("{file} is called {}: {errors:#?}", row["verdict"]));
        } else if let Some(key) = row["constraint"].as_str()
            && !errors.iter().any(|error| error.starts_with(&format!("{key}:")))
        {
            wrong.push(format!("{file} breaks {key}, and we say {errors:#?}"));
        }
    }
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), rows.len(), wrong.join("\n"));
}
