//! The life of a resource, over and over: created, read, updated, read, deleted; nine types in turn.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::Figure;
use super::hot::{Met, Span, load};
use super::system::Running;
use crate::args::Args;
use crate::http::{Client, Target};

const FHIR: &str = "application/fhir+json";

pub(crate) async fn run(args: &Args, running: &Running, clients: u64) -> anyhow::Result<Figure> {
    let patient = patient(&running.target).await?;
    let span = Span::of(args.warm_up(), args.run_for());
    let mut connected = Vec::new();
    for _ in 0..clients {
        connected.push(Client::connect(&running.target).await?);
    }
    let lives = connected.into_iter().zip(0..).map(|(client, nth)| lives(client, patient.clone(), nth, span));
    load(running, span, lives).await
}

/// Somebody whom the resources are about.
async fn patient(target: &Target) -> anyhow::Result<String> {
    let mut client = Client::connect(target).await?;
    let body = json!({"resourceType": "Patient", "gender": "female", "name": [{"family": "Load"}]}).to_string();
    let answer = client.send("POST", "/Patient", body.as_bytes(), FHIR).await?;
    let made: Value = serde_json::from_slice(answer.body)?;
    Ok(made.get("id").and_then(Value::as_str).unwrap_or_default().to_owned())
}

async fn lives(mut client: Client, patient: String, nth: u64, span: Span) -> anyhow::Result<Met> {
    let mut met = Met::default();
    let mut rng = fastrand::Rng::with_seed(nth);
    let mut round = rng.usize(..TYPES);
    while !span.over() {
        let (kind, resource) = resource(round, &patient, &mut rng);
        round += 1;
        let body = resource.to_string();
        let Some(made) = act(&mut client, "POST", &format!("/{kind}"), body.as_bytes(), 201, span, &mut met).await?
        else {
            tokio::time::sleep(Duration::from_millis(10)).await;
            continue;
        };
        let Some(id) = made.get("id").and_then(Value::as_str) else { continue };
        let place = format!("/{kind}/{id}");
        act(&mut client, "GET", &place, b"", 200, span, &mut met).await?;
        let mut changed = resource;
        if let Some(members) = changed.as_object_mut() {
            members.insert("id".into(), id.into());
            members.insert("language".into(), "zh".into());
        }
        act(&mut client, "PUT", &place, changed.to_string().as_bytes(), 200, span, &mut met).await?;
        act(&mut client, "GET", &place, b"", 200, span, &mut met).await?;
        act(&mut client, "DELETE", &place, b"", 0, span, &mut met).await?;
    }
    Ok(met)
}

/// One request; `expected` 0 takes 200 and 204.
async fn act(
    client: &mut Client,
    method: &str,
    path: &str,
    body: &[u8],
    expected: u16,
    span: Span,
    met: &mut Met,
) -> anyhow::Result<Option<Value>> {
    let began = Instant::now();
    let answer = client.send(method, path, body, FHIR).await?;
    let fits = answer.status == expected || (expected == 0 && matches!(answer.status, 200 | 204));
    if !fits {
        let (status, said) =
            (answer.status, String::from_utf8_lossy(answer.body).chars().take(300).collect::<String>());
        met.failed(|| format!("{method} {path}: {status}: {said}"));
        return Ok(None);
    }
    let ended = Instant::now();
    if span.counts(began, ended) {
        met.times.add(ended - began);
    }
    Ok(if method == "POST" { serde_json::from_slice(answer.body).ok() } else { None })
}

const TYPES: usize = 9;

fn resource(nth: usize, patient: &str, rng: &mut fastrand::Rng) -> (&'static str, Value) {
    let subject = json!({"reference": format!("Patient/{patient}")});
    let day = format!("20{:02}-{:02}-{:02}", rng.u32(10..26), rng.u32(1..13), rng.u32(1..29));
    let coded = |system: &str, code: &str| json!({"coding": [{"system": system, "code": code}], "text": code});
    let loinc = "http://loinc.org";
    match nth % TYPES {
        0 => {
            let name = json!([{"family": format!("Family{}", rng.u32(..5000)), "given": ["Given"]}]);
            let number = json!([{"system": "https://meridian.example/id/bench", "value": rng.u64(..).to_string()}]);
            (
                "Patient",
                json!({"resourceType": "Patient", "identifier": number, "name": name, "gender": "male", "birthDate": day}),
            )
        }
        1 => {
            let value =
                json!({"value": rng.u32(50..200), "unit": "kg", "system": "http://unitsofmeasure.org", "code": "kg"});
            (
                "Observation",
                json!({"resourceType": "Observation", "status": "final", "code": coded(loinc, "29463-7"),
                "subject": subject, "effectiveDateTime": day, "valueQuantity": value}),
            )
        }
        2 => (
            "Condition",
            json!({"resourceType": "Condition", "code": coded("http://snomed.info/sct", "44054006"),
            "subject": subject, "onsetDateTime": day}),
        ),
        3 => {
            let class = json!({"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": "AMB"});
            (
                "Encounter",
                json!({"resourceType": "Encounter", "status": "finished", "class": class, "subject": subject,
                "period": {"start": day, "end": day}}),
            )
        }
        4 => (
            "Procedure",
            json!({"resourceType": "Procedure", "status": "completed", "subject": subject,
            "code": coded("http://snomed.info/sct", "80146002"), "performedDateTime": day}),
        ),
        5 => (
            "MedicationRequest",
            json!({"resourceType": "MedicationRequest", "status": "active", "intent": "order",
            "medicationCodeableConcept": coded("http://www.nlm.nih.gov/research/umls/rxnorm", "860975"),
            "subject": subject, "authoredOn": day}),
        ),
        6 => (
            "Immunization",
            json!({"resourceType": "Immunization", "status": "completed", "patient": subject,
            "vaccineCode": coded("http://hl7.org/fhir/sid/cvx", "140"), "occurrenceDateTime": day}),
        ),
        7 => (
            "DiagnosticReport",
            json!({"resourceType": "DiagnosticReport", "status": "final", "subject": subject,
            "code": coded(loinc, "58410-2"), "effectiveDateTime": day}),
        ),
        _ => (
            "AllergyIntolerance",
            json!({"resourceType": "AllergyIntolerance", "patient": subject,
            "code": coded("http://snomed.info/sct", "91936005"), "recordedDate": day}),
        ),
    }
}
