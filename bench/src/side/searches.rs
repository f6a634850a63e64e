//! The mix of searches: strings, dates, tokens, references, quantities and composites, a hundred to a page.

use std::sync::Arc;
use std::time::Instant;

use serde_json::Value;

use super::Figure;
use super::data::Bundles;
use super::hot::{Met, Span, load};
use super::system::Running;
use crate::args::Args;
use crate::http::Client;

/// What is asked: its name, and the search. `{patient}`, `{family}`, `{year}` stand for values of the data.
const MIX: [(&str, &[&str]); 6] = [
    ("string", &["/Patient?family={family}&_count=100", "/Patient?name={family}&_count=100"]),
    (
        "date",
        &[
            "/Observation?date=ge{year}-01-01&date=lt{year}-07-01&_count=100",
            "/Encounter?date=ge{year}-01-01&_count=100",
            "/Patient?birthdate=lt1970-01-01&_count=100",
        ],
    ),
    (
        "token",
        &[
            "/Observation?code=http%3A%2F%2Floinc.org%7C29463-7&_count=100",
            "/Condition?code=http%3A%2F%2Fsnomed.info%2Fsct%7C444814009&_count=100",
            "/Patient?gender=female&_count=100",
        ],
    ),
    (
        "reference",
        &[
            "/Observation?subject=Patient/{patient}&_count=100",
            "/Encounter?subject=Patient/{patient}&_count=100",
            "/Condition?subject=Patient/{patient}&_count=100",
        ],
    ),
    (
        "quantity",
        &[
            "/Observation?value-quantity=gt100&_count=100",
            "/Observation?value-quantity=le50%7Chttp%3A%2F%2Funitsofmeasure.org%7Ckg&_count=100",
        ],
    ),
    (
        "composite",
        &[
            "/Observation?code-value-quantity=http%3A%2F%2Floinc.org%7C29463-7%24gt60&_count=100",
            "/Observation?code-value-quantity=http%3A%2F%2Floinc.org%7C8302-2%24le170&_count=100",
        ],
    ),
];

pub(crate) async fn run(
    args: &Args,
    running: &Running,
    bundles: &Bundles,
    clients: u64,
) -> anyhow::Result<Vec<(String, Figure)>> {
    let words = Arc::new(Words::of(running, bundles).await?);
    let mut all = Vec::new();
    let mut kinds: Vec<(&str, Vec<&str>)> = MIX.iter().map(|(name, asked)| (*name, asked.to_vec())).collect();
    kinds.insert(0, ("all six kinds", MIX.iter().flat_map(|(_, asked)| asked.iter().copied()).collect()));
    if clients > 10 {
        kinds.truncate(1);
    }
    for (name, asked) in kinds {
        let span = Span::of(args.warm_up() / 2, args.run_for() / 2);
        let asked = Arc::new(asked);
        let mut asking = Vec::new();
        for seed in 0..clients {
            let client = Client::connect(&running.target).await?;
            asking.push(ask(client, Arc::clone(&asked), Arc::clone(&words), seed, span));
        }
        all.push((format!("search, {name}, {clients} clients"), load(running, span, asking.into_iter()).await?));
    }
    Ok(all)
}

async fn ask(
    mut client: Client,
    asked: Arc<Vec<&'static str>>,
    words: Arc<Words>,
    seed: u64,
    span: Span,
) -> anyhow::Result<Met> {
    let mut met = Met::default();
    let mut rng = fastrand::Rng::with_seed(seed);
    while !span.over() {
        let Some(search) = rng.choice(asked.iter()) else { break };
        let path = words.fill(search, &mut rng);
        let began = Instant::now();
        let answer = client.send("GET", &path, b"", "").await?;
        if answer.status == 200 {
            let ended = Instant::now();
            if span.counts(began, ended) {
                met.times.add(ended - began);
            }
        } else {
            let (status, said) =
                (answer.status, String::from_utf8_lossy(answer.body).chars().take(300).collect::<String>());
            met.failed(|| format!("{path}: {status}: {said}"));
        }
    }
    Ok(met)
}

/// Values that the data holds.
pub(crate) struct Words {
    pub(crate) patients: Vec<String>,
    families: Vec<String>,
}

impl Words {
    /// Ids are each server's own, so they are asked for; names are those of the bundles.
    pub(crate) async fn of(running: &Running, bundles: &Bundles) -> anyhow::Result<Words> {
        let mut client = Client::connect(&running.target).await?;
        let mut words = Words { patients: Vec::new(), families: Vec::new() };
        for bundle in &bundles.all {
            let bundle: Value = serde_json::from_slice(bundle)?;
            let entries = bundle.get("entry").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
            let patients = entries.iter().filter_map(|entry| entry.get("resource"));
            let patients = patients.filter(|r| r.get("resourceType").and_then(Value::as_str) == Some("Patient"));
            for patient in patients {
                let family = patient.pointer("/name/0/family").and_then(Value::as_str).unwrap_or_default().to_owned();
                let path = format!("/Patient?family={family}&_count=100");
                let answer = client.send("GET", &path, b"", "").await?;
                let found: Value = serde_json::from_slice(answer.body)?;
                let found = found.get("entry").and_then(Value::as_array).cloned().unwrap_or_default();
                let ids = found.iter().filter_map(|entry| entry.pointer("/resource/id")?.as_str().map(str::to_owned));
                words.patients.extend(ids);
                words.families.push(family);
            }
        }
        words.patients.sort();
        words.patients.dedup();
        anyhow::ensure!(!words.patients.is_empty(), "no patient of the bundles is found");
        Ok(words)
    }

    fn fill(&self, search: &str, rng: &mut fastrand::Rng) -> String {
        let one = |all: &[String], rng: &mut fastrand::Rng| rng.choice(all.iter()).cloned().unwrap_or_default();
        let year = rng.u32(2008..2019).to_string();
        search
            .replace("{patient}", &one(&self.patients, rng))
            .replace("{family}", &one(&self.families, rng))
            .replace("{year}", &year)
    }
}
