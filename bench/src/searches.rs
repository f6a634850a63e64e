//! What a doctor's screen asks of one patient's record.

use std::path::Path;
use std::sync::Arc;

use crate::args::Args;
use crate::harvest::Harvest;
use crate::http::Client;
use crate::load::{Load, Next};
use crate::program::Server;
use crate::report::{Budget, Report};

const CLIENTS: u64 = 8;

/// Type, and what follows `patient=`. `{code}` is one of [`CODES`].
const QUESTIONS: [(&str, &str); 8] = [
    ("Observation", "&category=laboratory&_sort=-date&_count=50"),
    ("Observation", "&code=http://loinc.org|{code}&_sort=-date&_count=50"),
    ("Observation", "&code=http://loinc.org|{code}&date=ge2012-01-01&date=lt2020-01-01&_sort=date"),
    ("Condition", ""),
    ("Encounter", "&_sort=-date"),
    ("MedicationRequest", "&status=active"),
    ("DiagnosticReport", "&_sort=-date&_count=20"),
    ("Immunization", "&_sort=-date"),
];

/// Body weight, heart rate, HbA1c, glucose, cholesterol, creatinine.
const CODES: [&str; 6] = ["29463-7", "8867-4", "4548-4", "2339-0", "2093-3", "38483-4"];

pub(crate) async fn run(args: &Args, data: &Path, harvest: &Harvest, report: &mut Report) -> anyhow::Result<()> {
    let server = Server::start(&args.program, data).await?;
    let patients = Arc::new(harvest.patients.clone());
    let next: Next = Arc::new(move |rng| {
        let nth = rng.usize(..QUESTIONS.len());
        let (kind, rest) = QUESTIONS.get(nth).copied().unwrap_or_default();
        let code = CODES.get(rng.usize(..CODES.len())).copied().unwrap_or_default();
        let patient = patients.get(rng.usize(..patients.len())).map(String::as_str).unwrap_or_default();
        let rest = rest.replace("{code}", code).replace('|', "%7C");
        (nth, format!("/fhir/{kind}?patient=Patient/{patient}{rest}"))
    });
    report.watch();
    let load = Load {
        target: &server.target,
        pid: server.pid,
        clients: CLIENTS,
        warm_up: args.warm_up(),
        run_for: args.run_for(),
    };
    let met = load.run(&next).await?;
    report.watch();
    report.errors("searches", met.errors, met.first_error.as_deref());
    let inside = inside(&mut Client::connect(&server.target).await?).await?;
    let all = met.all();
    #[allow(clippy::cast_precision_loss)]
    let count = all.count() as f64;
    let says = format!(
        "p50 / p95 / p99 {}, at the client; in the server {inside:.2} ms on average; {:.0} searches/s; {} errors; \
         server {:.0} µs of processor a search",
        all.line(),
        count / met.seconds,
        met.errors,
        met.server * 1e6 / count.max(1.0),
    );
    let name = format!("searches of one patient, p95, {CLIENTS} clients");
    report.figure(&name, all.within(0.95), "ms", Some(Budget::AtMost(10.0)), &says);
    let rows = QUESTIONS.iter().zip(&met.times).map(|((kind, rest), times)| {
        vec![format!("`{kind}?patient=…{}`", rest.replace('|', "\\|")), times.count().to_string(), times.line()]
    });
    report.table("Searches of one patient, at the client", &["search", "asked", "p50 / p95 / p99"], rows.collect());
    server.stop().await
}

/// How long the server itself says that it took for an answer under `/fhir`, on average, in milliseconds.
async fn inside(client: &mut Client) -> anyhow::Result<f64> {
    let answer = client.get("/metrics").await?;
    let text = String::from_utf8_lossy(answer.body);
    let value = |name: &str| {
        let ours = |line: &&str| line.starts_with(name) && line.contains(r#"route="fhir""#) && line.contains("2xx");
        let line = text.lines().find(ours)?;
        line.split_whitespace().next_back()?.parse::<f64>().ok()
    };
    let (sum, count) = (value("meridian_http_seconds_sum"), value("meridian_http_seconds_count"));
    Ok(sum.zip(count).map_or(f64::NAN, |(sum, count)| sum * 1e3 / count))
}
