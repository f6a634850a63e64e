//! Searches and transactions that are wrong, endless, too wide, contradictory or given up by who asked: a clear 4xx or
//! 503 with an OperationOutcome, nothing half written, memory bounded.
#![allow(clippy::indexing_slicing)] // members of JSON objects are set

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context as _, ensure};
use futures_util::{StreamExt as _, stream};
use meridian_testkit::{Answer, Fhir, Server, resident_bytes, say};
use serde_json::{Value, json};

use crate::stores::grounds;

/// What the server may hold at any moment of this, beyond what it held before.
const BOUND: u64 = 450 << 20;
/// No answer takes longer: the store gives a search ten seconds.
const SLOWEST: Duration = Duration::from_secs(25);
/// Observations that all point to each other's neighbours, in circles.
const RING: usize = 300;
const SPOKES: usize = 40;
const SYSTEM: &str = "urn:test:wrong";

#[tokio::test(flavor = "multi_thread")]
async fn what_is_wrong_is_refused_and_what_is_endless_ends() -> anyhow::Result<()> {
    for ground in grounds().await? {
        let server = ground.start().await?;
        let fhir = server.operator();
        let process = server.id().context("no process")?;
        ring(&fhir).await?;
        let before = resident_bytes(process)?;
        let peak = Arc::new(AtomicU64::new(before));
        let watcher = tokio::spawn(watch(process, Arc::clone(&peak)));

        let mut wrong = Vec::new();
        for (name, search) in malformed() {
            wrong.extend(refused(&fhir, &search).await.with_context(|| name.to_owned()).err());
        }
        bytes(&fhir, &mut wrong).await?;
        let storms = stream::iter(storms()).map(|search| {
            let fhir = fhir.clone();
            async move { ends(&fhir, &search).await }
        });
        wrong.extend(storms.buffer_unordered(4).filter_map(async |ended| ended.err()).collect::<Vec<_>>().await);
        contradictions(&fhir, &mut wrong).await?;
        given_up(&server).await?;
        watcher.abort();

        let peak = peak.load(Ordering::Relaxed);
        say(format_args!("{}: memory {} MB before, {} MB at most", ground.name(), before >> 20, peak >> 20));
        for error in &wrong {
            say(format_args!("  {error:#}"));
        }
        ensure!(wrong.is_empty(), "{} were not answered as they should be", wrong.len());
        ensure!(peak - before < BOUND, "the server took {} MB more", (peak - before) >> 20);
        fhir.create(&json!({"resourceType": "Basic", "code": {"text": "x"}})).await?.expect(201)?;
    }
    Ok(())
}

async fn watch(process: u32, peak: Arc<AtomicU64>) {
    while let Ok(now) = resident_bytes(process) {
        peak.fetch_max(now, Ordering::Relaxed);
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

async fn ring(fhir: &Fhir) -> anyhow::Result<()> {
    let entries = (0..RING).map(|nth| {
        let members: Vec<Value> = (1..=SPOKES)
            .map(|step| json!({"reference": format!("Observation/ring-{}", (nth + step) % RING)}))
            .collect();
        let observation = json!({"resourceType": "Observation", "id": format!("ring-{nth}"), "status": "final",
            "code": {"coding": [{"system": SYSTEM, "code": "ring"}]}, "hasMember": members});
        json!({"resource": observation, "request": {"method": "PUT", "url": format!("Observation/ring-{nth}")}})
    });
    let bundle = json!({"resourceType": "Bundle", "type": "transaction", "entry": entries.collect::<Vec<_>>()});
    fhir.bundle(&bundle).await?.expect(200)?;
    Ok(())
}

/// Every one of them says something that R4 does not allow, or asks for more than anybody may.
fn malformed() -> Vec<(&'static str, String)> {
    let mut all: Vec<(&'static str, String)> = [
        "Patient?birthdate=yesterday",
        "Patient?birthdate=ge",
        "Patient?birthdate=2024-13",
        "Patient?birthdate=2023-02-29",
        "Patient?birthdate=xx2024",
        "Patient?birthdate=99999999999999999999",
        "Patient?_lastUpdated=2024-01-01T25:00:00Z",
        "RiskAssessment?probability=abc",
        "RiskAssessment?probability=1e999999",
        "RiskAssessment?probability=-1e999999999999999999999",
        "RiskAssessment?probability=NaN",
        "RiskAssessment?probability=Infinity",
        "RiskAssessment?probability=0x10",
        "RiskAssessment?probability=gt",
        "RiskAssessment?probability=1,,2",
        "Observation?value-quantity=|||||",
        "Observation?value-quantity=5|a",
        "Observation?value-quantity=five|http://unitsofmeasure.org|mg",
        "Observation?value-quantity=1e999999|http://unitsofmeasure.org|mg",
        "Observation?code-value-quantity=a",
        "Observation?code-value-quantity=a$b",
        "Observation?code-value-quantity=a$5$7",
        "Observation?code-value-quantity:exact=a$5",
        "Observation?code=a|b|c",
        "Observation?code=|",
        "Observation?code=",
        "Location?near=here",
        "Location?near=91|0|1|km",
        "Location?near=0|181|1|km",
        "Location?near=0|0|-1|km",
        "Location?near=0|0|1|parsec",
        "Location?near=1|2|3|km|5",
        "Patient?_filter=",
        "Patient?_filter=name",
        "Patient?_filter=name eq",
        "Patient?_filter=name eq \"x",
        "Patient?_filter=(name eq x",
        "Patient?_filter=name like x",
        "Patient?_filter=nothing eq x",
        "Patient?_filter=name eq x and",
        "Patient?_filter=birthdate gt soon",
        "Patient?_has:::=",
        "Patient?_has:Observation:patient=x",
        "Patient?_has:Dog:patient:code=x",
        "Patient?_has:Observation:nothing:code=x",
        "Patient?_has:Observation:code:code=x",
        "Patient?_has:Observation:performer:nothing=x",
        "Observation?subject:Dog.name=x",
        "Observation?subject:Patient.nothing=x",
        "Observation?code.text=x",
        "Observation?patient:Group=1",
        "Observation?patient=a b",
        "Patient?name:foo=x",
        "Patient?name:in=x",
        "Patient?gender:exact=male",
        "Patient?birthdate:contains=2024",
        "Patient?name:missing=perhaps",
        "Patient?identifier:of-type=a|b",
        "Patient?identifier:of-type=a|b|",
        "Patient?nothing=x",
        "Patient?_sort=nothing",
        "Patient?_sort=-",
        "Patient?_count=-1",
        "Patient?_count=many",
        "Patient?_total=sure",
        "Patient?_summary=perhaps",
        "Patient?_include=Dog:x",
        "Patient?_include=Patient:name",
        "Patient?_include=Patient",
        "Patient?_revinclude=Observation:subject:Dog",
        "Patient?_include:iterated=Patient:organization",
        "Patient?_id=a/b",
        "Patient?_list=a/b/c",
        "Patient?_cursor=00",
        "Patient?_cursor=7b7d",
        "Dog?_id=1",
        "?_type=Dog",
        "?_type=Patient&birthplace=x",
        "?name=x",
        "Patient/x/Dog",
        "Dog/x/Observation",
    ]
    .into_iter()
    .map(|search| ("malformed", search.to_owned()))
    .collect();
    all.push(("a chain of 100", format!("Observation?{}code=x", "has-member.".repeat(100))));
    all.push(("a _has of 100", format!("Observation?{}code=x", "_has:Observation:has-member:".repeat(100))));
    all.push(("5,000 parentheses", format!("Patient?_filter={}name eq x{}", "(".repeat(5000), ")".repeat(5000))));
    all.push(("5,000 negations", format!("Patient?_filter={}name eq x{}", "not (".repeat(1000), ")".repeat(1000))));
    all.push(("a name of 5,000", format!("Patient?{}=x", "n".repeat(5000))));
    all.push(("an id of 5,000", format!("Patient?_id={}", "i".repeat(5000))));
    all.push(("a date of 5,000", format!("Patient?birthdate={}", "2".repeat(5000))));
    all.push(("a number of 5,000", format!("RiskAssessment?probability=1e{}", "9".repeat(5000))));
    all.push(("3,000 parameters", format!("Patient?{}", "active=true&".repeat(3000))));
    all.push(("20,000 values", format!("Patient?_tag={}", "t,".repeat(20_000))));
    all.push(("200 sort keys", format!("Patient?_sort={}", "name,".repeat(200))));
    all.push(("200 includes", format!("Observation?{}", "_include=Observation:has-member&".repeat(200))));
    all
}

/// What an address may not hold stands encoded in it.
fn address(search: &str) -> String {
    let mut out = String::from("/fhir/");
    for byte in search.bytes() {
        match byte {
            b'?' | b'&' | b'=' | b'/' | b':' | b',' | b'.' | b'-' | b'_' | b'%' => out.push(char::from(byte)),
            byte if byte.is_ascii_alphanumeric() => out.push(char::from(byte)),
            byte => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out.replace("/fhir/?", "/fhir?")
}

async fn get(fhir: &Fhir, search: &str) -> anyhow::Result<Answer> {
    fhir.request("GET", &address(search), &[("Accept", "application/fhir+json")], None).await
}

fn short(text: &str) -> String {
    text.chars().take(80).collect()
}

fn is_outcome(answer: &Answer) -> anyhow::Result<()> {
    let body = answer.json()?;
    ensure!(body.get("resourceType") == Some(&json!("OperationOutcome")), "no OperationOutcome: {answer}");
    let says = body.pointer("/issue/0/diagnostics").and_then(Value::as_str).unwrap_or_default();
    ensure!(says.len() > 5 && says.len() < 2000, "it says {says:?}");
    Ok(())
}

async fn refused(fhir: &Fhir, search: &str) -> anyhow::Result<()> {
    let answer = get(fhir, search).await.with_context(|| short(search))?;
    ensure!(
        (400..500).contains(&answer.status),
        "{} answered {}: {}",
        short(search),
        answer.status,
        short(&answer.text)
    );
    // An address may be too long for the protocol itself.
    if !matches!(answer.status, 414 | 431) {
        is_outcome(&answer).with_context(|| short(search))?;
    }
    Ok(())
}

/// Bytes that are no text.
async fn bytes(fhir: &Fhir, wrong: &mut Vec<anyhow::Error>) -> anyhow::Result<()> {
    for search in
        ["name=%ff%fe", "name=%00", "%ff=x", "name=%c3%28", "_filter=name%20eq%20%ff", "_sort=%00", "name=%ed%a0%80"]
    {
        let answer = fhir.request("GET", &format!("/fhir/Patient?{search}"), &[], None).await?;
        if answer.status != 400 || is_outcome(&answer).is_err() {
            wrong.push(anyhow::anyhow!("{search} answered {}", answer.status));
        }
    }
    let form = [("Content-Type", "application/x-www-form-urlencoded")];
    let answer = fhir.request("POST", "/fhir/Patient/_search", &form, Some(b"name=\xff\xfe".to_vec())).await?;
    if answer.status != 400 || is_outcome(&answer).is_err() {
        wrong.push(anyhow::anyhow!("a form of no text answered {}", answer.status));
    }
    Ok(())
}

/// What would run for ever, or bring everything.
fn storms() -> Vec<String> {
    let ring = "Observation:has-member";
    let deep = format!("Observation?{}code=nobody", "_has:Observation:has-member:".repeat(6));
    let chain = format!("Observation?{}code=nobody", "has-member.".repeat(6));
    let nested =
        format!("Observation?_filter={}", ["has-member.has-member.has-member.code eq nobody"; 10].join(" or "));
    let long = "x".repeat(5000);
    vec![
        format!("Observation?_count=1000&_include:iterate={ring}&_revinclude:iterate={ring}"),
        format!("Observation?_id=ring-0&_include:iterate={ring}&_revinclude:iterate={ring}&_include=*&_revinclude=*"),
        "Observation?_count=1000&_include=*&_revinclude=*".to_owned(),
        "Observation?_count=1000&_include:iterate=*&_revinclude:iterate=*".to_owned(),
        deep,
        chain,
        nested,
        format!("Patient?name={long}"),
        format!("Patient?name:contains={long}"),
        format!("Patient?identifier=urn:x|{long}"),
        format!("Patient?_content={}", "word ".repeat(1000)),
        format!("Observation?code={}", vec!["nobody"; 500].join(",")),
        format!("Observation?_tag={}", vec!["urn:x|nobody"; 500].join(",")),
        "Observation?value-quantity=1e300|http://unitsofmeasure.org|mg".to_owned(),
    ]
}

/// It is answered, or refused, or was too costly; in time, and never with a fault of the server.
async fn ends(fhir: &Fhir, search: &str) -> anyhow::Result<()> {
    let begun = Instant::now();
    let answer = get(fhir, search).await.with_context(|| short(search))?;
    let took = begun.elapsed();
    if took > Duration::from_secs(3) {
        say(format_args!("{} answered {} after {took:.1?}", short(search), answer.status));
    }
    ensure!(took < SLOWEST, "{} took {took:?}", short(search));
    if answer.status == 200 {
        let entries = answer.json()?.pointer("/entry").and_then(Value::as_array).map_or(0, Vec::len);
        ensure!(entries <= 2100, "{} brought {entries} resources", short(search));
        return Ok(());
    }
    ensure!((400..500).contains(&answer.status) || answer.status == 503, "{} answered {answer}", short(search));
    is_outcome(&answer).with_context(|| short(search))
}

fn entry(method: &str, url: &str, resource: Option<Value>) -> Value {
    let mut entry = json!({"request": {"method": method, "url": url}});
    if let Some(resource) = resource {
        entry["resource"] = resource;
    }
    entry
}

fn basic(id: &str, number: &str) -> Value {
    json!({"resourceType": "Basic", "id": id, "code": {"text": "x"}, "identifier": [{"system": SYSTEM, "value": number}]})
}

/// Transactions that cannot be true: refused whole.
async fn contradictions(fhir: &Fhir, wrong: &mut Vec<anyhow::Error>) -> anyhow::Result<()> {
    fhir.put("Basic/here", &basic("here", "before")).await?.expect(201)?;
    let mut stale = entry("PUT", "Basic/here", Some(basic("here", "stale")));
    stale["request"]["ifMatch"] = "W/\"99\"".into();
    let mut unclear = entry("POST", "Basic", Some(basic("x", "half")));
    unclear["request"]["ifNoneExist"] = "nothing=x".into();
    let bad: Vec<(&str, Vec<Value>)> = vec![
        (
            "written twice",
            vec![
                entry("PUT", "Basic/twice", Some(basic("twice", "half"))),
                entry("PUT", "Basic/twice", Some(basic("twice", "half"))),
            ],
        ),
        (
            "written and deleted",
            vec![entry("PUT", "Basic/twice", Some(basic("twice", "half"))), entry("DELETE", "Basic/twice", None)],
        ),
        (
            "deleted and written",
            vec![entry("DELETE", "Basic/here", None), entry("PUT", "Basic/here", Some(basic("here", "half")))],
        ),
        ("an old version", vec![entry("POST", "Basic", Some(basic("x", "half"))), stale]),
        ("an unclear condition", vec![entry("POST", "Basic", Some(basic("x", "half"))), unclear]),
        (
            "another id than the address",
            vec![
                entry("POST", "Basic", Some(basic("x", "half"))),
                entry("PUT", "Basic/one", Some(basic("other", "half"))),
            ],
        ),
        (
            "another type than the address",
            vec![entry("POST", "Basic", Some(basic("x", "half"))), entry("POST", "Patient", Some(basic("x", "half")))],
        ),
        ("nothing at the end", vec![entry("POST", "Basic", Some(basic("x", "half"))), entry("PUT", "Basic/x", None)]),
        ("no such method", vec![entry("POST", "Basic", Some(basic("x", "half"))), entry("STEAL", "Basic/here", None)]),
        (
            "a reference to what a condition finds nowhere",
            vec![
                entry("POST", "Basic", Some(basic("x", "half"))),
                entry(
                    "POST",
                    "Basic",
                    Some(json!({"resourceType": "Basic", "code": {"text": "x"},
                "subject": {"reference": format!("Patient?identifier={SYSTEM}|nobody")}})),
                ),
            ],
        ),
    ];
    for (name, entries) in bad {
        let bundle = json!({"resourceType": "Bundle", "type": "transaction", "entry": entries});
        let answer = fhir.bundle(&bundle).await?;
        let outcome = is_outcome(&answer);
        if !(400..500).contains(&answer.status) || outcome.is_err() {
            wrong.push(anyhow::anyhow!("{name}: {answer}"));
        }
        let half = fhir.count(&format!("Basic?identifier={SYSTEM}|half")).await?;
        ensure!(half == 0, "{name}: {half} halves were written");
        let here = fhir.get("Basic/here").await?;
        if here.status != 200 || here.json()?.pointer("/identifier/0/value") != Some(&json!("before")) {
            wrong.push(anyhow::anyhow!("{name}: what was there is changed: {here}"));
            fhir.put("Basic/here", &basic("here", "before")).await?;
        }
    }
    Ok(())
}

/// Four hundred who hang up: the server goes on, and what they sent is there whole or not at all.
async fn given_up(server: &Server) -> anyhow::Result<()> {
    let mut dice = fastrand::Rng::with_seed(11);
    let fhir = server.operator();
    let tasks: Vec<(usize, u64)> = (0..400).map(|nth| (nth, dice.u64(0..40))).collect();
    stream::iter(tasks)
        .for_each_concurrent(32, |(nth, patience)| {
            let fhir = fhir.clone();
            async move {
                let act = async {
                    if nth % 2 == 0 {
                        let search = format!("Observation?{}code=nobody", "has-member.".repeat(3));
                        get(&fhir, &search).await
                    } else {
                        let number = format!("given-up-{nth}");
                        let entries: Vec<Value> =
                            (0..20).map(|_| entry("POST", "Basic", Some(basic("x", &number)))).collect();
                        fhir.bundle(&json!({"resourceType": "Bundle", "type": "transaction", "entry": entries})).await
                    }
                };
                // Whoever does not wait closes the line.
                let _ = tokio::time::timeout(Duration::from_millis(patience), act).await;
            }
        })
        .await;
    // What was under way comes to its end.
    tokio::time::sleep(Duration::from_millis(500)).await;
    let mut whole = 0;
    for nth in (1..400).step_by(2) {
        let count = fhir.count(&format!("Basic?identifier={SYSTEM}|given-up-{nth}")).await?;
        ensure!(count == 0 || count == 20, "transaction {nth} was given up and is there with {count} of 20");
        whole += usize::from(count == 20);
    }
    say(format_args!("400 gave up: {whole} of 200 transactions are there whole, the others not at all"));
    fhir.get("metadata").await?.expect(200)?;
    Ok(())
}
