//! Terminology over HTTP, on SQLite: `$validate-code` by many, and `$expand` with a text over 70,000 concepts.

use std::path::Path;
use std::sync::Arc;

use anyhow::{Context, bail};
use serde_json::{Value, json};
use tokio::process::Command;

use crate::args::Args;
use crate::http::Client;
use crate::load::{Load, Met, Next};
use crate::program::Server;
use crate::report::{Budget, Report};

const CONCEPTS: usize = 70_000;
const SYSTEM: &str = "https://bench.meridian.example/CodeSystem/diseases";
const SET: &str = "https://bench.meridian.example/CodeSystem/diseases?fhir_vs";
/// What people type: a letter, initials, words in both languages, several, a code, what no concept has.
static FILTERS: [&str; 9] =
    ["g", "gxy", "高血压", "左 骨折", "fracture", "chronic lung", "e", "d01234", "no such thing"];

pub(crate) async fn run(args: &Args, place: &Path, report: &mut Report) -> anyhow::Result<()> {
    let data = place.join("codes");
    let file = place.join("diseases.json");
    std::fs::write(&file, serde_json::to_vec(&system())?)?;
    import(args, &data, &file).await?;
    let server = Server::start(&args.program, &data).await?;
    validate(args, &server, report).await?;
    expand(args, &server, report).await?;
    server.stop().await
}

/// Codes of R4, of China, and of the large system; some of them wrong.
async fn validate(args: &Args, server: &Server, report: &mut Report) -> anyhow::Result<()> {
    let mut questions: Vec<String> = Vec::new();
    for (set, system, code) in [
        ("http://hl7.org/fhir/ValueSet/administrative-gender", "http://hl7.org/fhir/administrative-gender", "male"),
        ("http://hl7.org/fhir/ValueSet/observation-status", "http://hl7.org/fhir/observation-status", "final"),
        ("http://hl7.org/fhir/ValueSet/observation-status", "http://hl7.org/fhir/observation-status", "finished"),
        ("http://hl7.org/fhir/ValueSet/languages", "urn:ietf:bcp:47", "zh-CN"),
        ("http://terminology.hl7.org/ValueSet/v3-ActCode", "http://terminology.hl7.org/CodeSystem/v3-ActCode", "AMB"),
    ] {
        questions.push(format!("/fhir/ValueSet/$validate-code?url={set}&system={system}&code={code}"));
    }
    for nth in 0..40 {
        let code = format!("D{:05}", nth * 1_999);
        questions.push(format!("/fhir/ValueSet/$validate-code?url={}&system={SYSTEM}&code={code}", escaped(SET)));
    }
    let mut client = Client::connect(&server.target).await?;
    for question in &questions {
        let answer = client.json(question).await?;
        if answer.pointer("/parameter/0/valueBoolean").is_none() {
            bail!("{question} was answered {answer}");
        }
    }
    let questions = Arc::new(questions);
    let next: Next = Arc::new(move |rng| (0, questions.get(rng.usize(..questions.len())).cloned().unwrap_or_default()));
    for clients in [8, 64] {
        let met = load(args, server, clients, &next, report).await?;
        #[allow(clippy::cast_precision_loss)]
        let count = met.all().count() as f64;
        let says = format!(
            "p50 / p95 / p99 {}; {} errors; server {:.0} µs and clients {:.0} µs of processor each: alone it has time \
             for {:.0}/s on these cores",
            met.all().line(),
            met.errors,
            met.server * 1e6 / count.max(1.0),
            met.clients * 1e6 / count.max(1.0),
            cores() * count / met.server,
        );
        let name = format!("$validate-code over HTTP, {clients} connections");
        report.figure(&name, count / met.seconds, "answers/s", Some(Budget::AtLeast(20_000.0)), &says);
    }
    Ok(())
}

async fn expand(args: &Args, server: &Server, report: &mut Report) -> anyhow::Result<()> {
    let path =
        |filter: &str| format!("/fhir/ValueSet/$expand?url={}&filter={}&count=20", escaped(SET), escaped(filter));
    let mut client = Client::connect(&server.target).await?;
    let mut found = Vec::new();
    for filter in FILTERS {
        let answer = client.json(&path(filter)).await?;
        found.push(answer.pointer("/expansion/total").and_then(Value::as_u64).context("no total")?);
    }
    let asking = |texts: &'static [&'static str]| -> Next {
        Arc::new(move |rng| {
            let kind = rng.usize(..texts.len());
            (kind, path(texts.get(kind).copied().unwrap_or_default()))
        })
    };
    let met = load(args, server, 1, &asking(&FILTERS), report).await?;
    // What every concept fits costs the most.
    let dear = load(args, server, 1, &asking(FILTERS.get(..1).unwrap_or_default()), report).await?;
    let slowest = met.times.iter().map(|times| times.within(0.95)).fold(0.0, f64::max);
    let says = format!(
        "the slowest of {} texts, first 20 concepts; all texts p50 / p95 / p99 {}; {} errors; server {:.1} ms of \
         processor each, {:.1} ms for one letter alone",
        FILTERS.len(),
        met.all().line(),
        met.errors,
        each(&met),
        each(&dear),
    );
    let name = format!("$expand with a text over {CONCEPTS} concepts, p95");
    report.figure(&name, slowest, "ms", Some(Budget::AtMost(20.0)), &says);
    let rows = FILTERS.iter().zip(&found).zip(&met.times);
    let rows = rows.map(|((filter, found), times)| {
        vec![format!("`{filter}`"), found.to_string(), times.count().to_string(), times.line()]
    });
    let rows = rows.collect();
    report.table("`$expand` by text", &["text", "concepts that fit", "asked", "p50 / p95 / p99"], rows);
    Ok(())
}

/// Milliseconds of the server's processor for each answer.
#[allow(clippy::cast_precision_loss)]
fn each(met: &Met) -> f64 {
    met.server * 1e3 / (met.all().count() as f64).max(1.0)
}

async fn load(args: &Args, server: &Server, clients: u64, next: &Next, report: &mut Report) -> anyhow::Result<Met> {
    report.watch();
    let load =
        Load { target: &server.target, pid: server.pid, clients, warm_up: args.warm_up(), run_for: args.run_for() };
    let met = load.run(next).await?;
    report.watch();
    report.errors("questions", met.errors, met.first_error.as_deref());
    Ok(met)
}

#[allow(clippy::cast_precision_loss)]
fn cores() -> f64 {
    std::thread::available_parallelism().map_or(1.0, |cores| cores.get() as f64)
}

/// Puts the system in force before the server starts.
async fn import(args: &Args, data: &Path, file: &Path) -> anyhow::Result<()> {
    let done = Command::new(&args.program)
        .args(["terms", "import", "--data-dir"])
        .arg(data)
        .arg(file)
        .output()
        .await
        .context("cannot start `meridian terms import`")?;
    if !done.status.success() {
        bail!("`meridian terms import` failed: {}", String::from_utf8_lossy(&done.stderr));
    }
    Ok(())
}

/// Diseases with names in Chinese and English, each under one of a hundred groups.
fn system() -> Value {
    const SIDES: [(&str, &str); 5] =
        [("左", "left "), ("右", "right "), ("双侧", "bilateral "), ("多发性", "multiple "), ("", "")];
    const COURSES: [(&str, &str); 10] = [
        ("急性", "acute "),
        ("慢性", "chronic "),
        ("复发性", "recurrent "),
        ("原发性", "primary "),
        ("继发性", "secondary "),
        ("先天性", "congenital "),
        ("药物性", "drug-induced "),
        ("妊娠期", "gestational "),
        ("老年性", "senile "),
        ("", ""),
    ];
    const PLACES: [(&str, &str); 14] = [
        ("肺", "of the lung"),
        ("肝", "of the liver"),
        ("肾", "of the kidney"),
        ("心", "of the heart"),
        ("胃", "of the stomach"),
        ("股骨", "of the femur"),
        ("桡骨", "of the radius"),
        ("颅骨", "of the skull"),
        ("甲状腺", "of the thyroid"),
        ("乳腺", "of the breast"),
        ("眼", "of the eye"),
        ("耳", "of the ear"),
        ("皮肤", "of the skin"),
        ("血管", "of the vessels"),
    ];
    const KINDS: [(&str, &str); 10] = [
        ("炎", "inflammation"),
        ("骨折", "fracture"),
        ("恶性肿瘤", "malignant neoplasm"),
        ("良性肿瘤", "benign neoplasm"),
        ("高血压", "hypertension"),
        ("功能不全", "insufficiency"),
        ("溃疡", "ulcer"),
        ("出血", "haemorrhage"),
        ("结核", "tuberculosis"),
        ("损伤", "injury"),
    ];
    let pick =
        |words: &[(&'static str, &'static str)], nth: usize| words.get(nth % words.len()).copied().unwrap_or_default();
    let concept = |nth: usize| {
        let (side, left) = pick(&SIDES, nth);
        let (course, long) = pick(&COURSES, nth / 5);
        let (place, of) = pick(&PLACES, nth / 50);
        let (kind, what) = pick(&KINDS, nth / 700);
        let class = nth / 7_000 + 1;
        let mut one = json!({"code": format!("D{nth:05}"), "display": format!("{side}{course}{place}{kind} {class}型"),
            "designation": [{"language": "en", "value": format!("{left}{long}{what} {of}, type {class}")}]});
        if let (true, Some(one)) = (nth >= 100, one.as_object_mut()) {
            one.insert("property".to_owned(), json!([{"code": "parent", "valueCode": format!("D{:05}", nth % 100)}]));
        }
        one
    };
    json!({"resourceType": "CodeSystem", "url": SYSTEM, "version": "1", "name": "Diseases", "status": "active",
        "content": "complete", "caseSensitive": true, "hierarchyMeaning": "is-a",
        "property": [{"code": "parent", "uri": "http://hl7.org/fhir/concept-properties#parent", "type": "code"}],
        "concept": (0..CONCEPTS).map(concept).collect::<Vec<_>>()})
}

/// Text as it stands in an address.
fn escaped(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~:/".contains(&byte);
    let one = |byte: u8| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") };
    text.bytes().map(one).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_large_system_has_as_many_codes_as_it_says_and_no_name_twice() {
        let system = system();
        let concepts = system["concept"].as_array().unwrap();
        let names: std::collections::HashSet<&str> =
            concepts.iter().filter_map(|one| one["display"].as_str()).collect();
        assert_eq!((concepts.len(), names.len()), (CONCEPTS, CONCEPTS));
    }

    #[test]
    fn addresses_are_escaped() {
        assert_eq!(escaped("a b?高"), "a%20b%3F%E9%AB%98");
    }
}
