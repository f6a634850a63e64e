//! The questions by which Blaze publishes its figures: counts by code, by code and value, by code and date, by two
//! tokens, and everything about one patient.

use std::time::Instant;

use serde_json::Value;

use super::Figure;
use super::data::Bundles;
use super::hot::{Met, Span, load};
use super::searches::Words;
use super::system::Running;
use crate::args::Args;
use crate::http::Client;

const CLIENTS: u64 = 4;

/// Name and path; `{patient}` is drawn anew for each request.
const ASKED: [(&str, &str); 6] = [
    ("count of a code", "/Observation?code=http%3A%2F%2Floinc.org%7C29463-7&_summary=count"),
    (
        "count of code and value",
        "/Observation?code=http%3A%2F%2Floinc.org%7C29463-7&value-quantity=gt80%7Chttp%3A%2F%2Funitsofmeasure.org%7Ckg&_summary=count",
    ),
    ("count of code and date", "/Observation?code=http%3A%2F%2Floinc.org%7C29463-7&date=2013&_summary=count"),
    ("count of two tokens", "/Observation?category=vital-signs&status=final&_summary=count"),
    ("count of a category and date", "/Observation?category=laboratory&date=ge2010&date=lt2015&_summary=count"),
    ("$everything", "/Patient/{patient}/$everything?_count=1000"),
];

pub(crate) async fn run(args: &Args, running: &Running, bundles: &Bundles) -> anyhow::Result<Vec<(String, Figure)>> {
    let words = Words::of(running, bundles).await?;
    let mut all = Vec::new();
    for (name, asked) in ASKED {
        let span = Span::of(args.warm_up() / 2, args.run_for() / 2);
        let mut asking = Vec::new();
        for seed in 0..CLIENTS {
            asking.push(ask(Client::connect(&running.target).await?, asked, words.patients.clone(), seed, span));
        }
        all.push((format!("{name}, {CLIENTS} clients"), load(running, span, asking.into_iter()).await?));
    }
    Ok(all)
}

async fn ask(
    mut client: Client,
    asked: &'static str,
    patients: Vec<String>,
    seed: u64,
    span: Span,
) -> anyhow::Result<Met> {
    let mut met = Met::default();
    let mut rng = fastrand::Rng::with_seed(seed);
    while !span.over() {
        let patient = rng.choice(patients.iter()).cloned().unwrap_or_default();
        let path = asked.replace("{patient}", &patient);
        let began = Instant::now();
        let answer = client.send("GET", &path, b"", "").await?;
        if answer.status != 200 {
            let (status, said) =
                (answer.status, String::from_utf8_lossy(answer.body).chars().take(300).collect::<String>());
            met.failed(|| format!("{path}: {status}: {said}"));
            continue;
        }
        let ended = Instant::now();
        // What differs from patient to patient is not compared.
        if met.found.is_none() && path == asked {
            let bundle: Value = serde_json::from_slice(answer.body)?;
            met.found = bundle.get("total").and_then(Value::as_u64);
        }
        if span.counts(began, ended) {
            met.times.add(ended - began);
        }
    }
    Ok(met)
}
