//! Validation: Observations against R4 itself, and results of the synthetic district against their profile.

use std::hint::black_box;

use anyhow::Context;
use meridian_conformance::structure::Structures;
use meridian_conformance::terms::Terms;
use meridian_conformance::validate::{Habits, Limits, Nowhere, Validator, validate};
use meridian_fhirpath::Moment;
use meridian_model::outcome::{Issue, Severity};
use meridian_model::reader;
use serde_json::Value;

use super::clock;
use super::resources::Resources;
use crate::args::{Args, root};
use crate::report::{Budget, Report};

/// Observations that are validated in turn.
const MOST: usize = 3_000;
const PROFILE: &str = "definitions/cn/profiles/cn-laboratory-result.json";

pub(crate) fn run(args: &Args, resources: &Resources, report: &mut Report) -> anyhow::Result<()> {
    let mut observations = resources.read("Observation")?;
    // Evenly from all patients, not all of the first.
    let step = (observations.len() / MOST).max(1);
    observations = observations.into_iter().step_by(step).take(MOST).collect();
    measure(args, "validation, Observations of R4", &observations, &[], report)?;
    let profile: Value = serde_json::from_slice(&std::fs::read(root().join(PROFILE))?)?;
    let url = profile.get("url").and_then(Value::as_str).context("a profile without url")?;
    measure(args, "validation, laboratory results by the profile for China", &resources.results, &[url], report)
}

fn measure(args: &Args, name: &str, resources: &[Value], profiles: &[&str], report: &mut Report) -> anyhow::Result<()> {
    let with = Validator {
        structures: Structures::embedded(),
        codes: Terms::embedded(),
        lookup: &Nowhere,
        now: Moment { millis: 1_795_000_000_000, offset_minutes: 480 },
        limits: Limits::default(),
        habits: Habits::default(),
    };
    let is_error = |severity: Severity| matches!(severity, Severity::Error | Severity::Fatal);
    let judge = |resource: &Value| validate(resource, profiles, &with).into_iter().find(|one| is_error(one.severity));
    let wrong: Vec<Issue> = resources.iter().filter_map(judge).collect();
    if let Some(first) = wrong.first() {
        let place = first.expression.join(" ");
        report.note(format!("{name}: {} with an error, the first at {place}: {}", wrong.len(), first.diagnostics));
    }
    let plain = clock::best(args, || {
        for resource in resources {
            black_box(validate(resource, profiles, &with));
        }
    });
    report.watch();
    let texts: Vec<String> = resources.iter().map(Value::to_string).collect();
    let limits = reader::Limits::default();
    let whole = clock::best(args, || {
        for text in &texts {
            if let Ok(resource) = reader::parse(text.as_bytes(), &limits) {
                black_box(validate(&resource, profiles, &with));
            }
        }
    });
    let says = format!(
        "{} Observations in turn, {} with an error; with reading their JSON {:.0}/s; by the clock {:.0}/s",
        resources.len(),
        wrong.len(),
        whole.each_second(resources.len()),
        clock::Pace { processor: plain.clock, ..plain }.each_second(resources.len()),
    );
    let rate = plain.each_second(resources.len());
    report.figure(name, rate, "Observations/s a core", Some(Budget::AtLeast(3_000.0)), &says);
    Ok(())
}
