//! One identity number, first seen two hundred times at once: one person.

use futures_util::future::try_join_all;
use meridian_testkit::{Options, Server, identity, within};
use serde_json::{Value, json};
use std::time::Duration;

const INSTITUTIONS: [&str; 9] = ["CJ01", "CJ02", "CJ03", "CJ11", "CJ12", "CJ13", "CJ14", "CJ15", "CJ16"];
const GOLDEN: &str = "https://meridian.example/record|golden";

#[tokio::test(flavor = "multi_thread")]
async fn two_hundred_first_registrations_of_one_number_leave_one_person() -> anyhow::Result<()> {
    let server = Server::start(Options::default()).await?;
    let number = identity::number(identity::MANY - 1);
    let clerks: Vec<_> = INSTITUTIONS.iter().map(|code| (*code, server.operator().at(code))).collect();

    let registrations = (0..200).map(|n| {
        let (code, clerk) = &clerks[n % clerks.len()];
        let patient = registration(code, n, &number);
        async move { clerk.create(&patient).await?.expect(201)?.id() }
    });
    let sources = try_join_all(registrations).await?;
    assert_eq!(
        sources.iter().collect::<std::collections::BTreeSet<_>>().len(),
        200,
        "each institution's Patient is its own"
    );

    let operator = server.operator();
    let search = format!("Patient?_tag={GOLDEN}&identifier={}|{number}", identity::IDENTITY_NUMBER);
    let person = within(Duration::from_secs(10), "one person with 200 sources", async || {
        let found = operator.all(&search).await?;
        assert!(found.len() <= 1, "{} persons for one number", found.len());
        Ok(found.into_iter().next().filter(|person| links(person).len() == 200))
    })
    .await?;

    let mut expected: Vec<String> = sources.iter().map(|id| format!("Patient/{id}")).collect();
    let mut linked = links(&person);
    expected.sort();
    linked.sort();
    assert_eq!(linked, expected, "every source is linked, once");

    // The record of one is the record of all.
    let observed = json!({"resourceType": "Observation", "status": "final", "code": {"text": "x"},
        "subject": {"reference": expected[0]}});
    operator.create(&observed).await?.expect(201)?;
    for source in [&expected[0], &expected[117], &expected[199]] {
        assert_eq!(operator.count(&format!("Observation?patient={source}")).await?, 1, "{source}");
    }
    Ok(())
}

fn registration(institution: &str, n: usize, number: &str) -> Value {
    json!({
        "resourceType": "Patient",
        "name": [{"text": "王试验"}],
        "gender": "female",
        "birthDate": "1970-01-01",
        "identifier": [
            {"system": identity::IDENTITY_NUMBER, "value": number},
            {"system": format!("https://meridian.example/id/mrn/{institution}"), "value": format!("R{n}")},
        ],
    })
}

fn links(person: &Value) -> Vec<String> {
    let links = person.get("link").and_then(Value::as_array).cloned().unwrap_or_default();
    links.iter().filter_map(|link| link.pointer("/other/reference")?.as_str().map(str::to_owned)).collect()
}
