//! `kill -9` while a posted search parameter is being indexed: it goes on, and until all is indexed nobody finds less.

use std::time::{Duration, Instant};

use anyhow::ensure;
use meridian_testkit::{Fhir, Options, Server, say};
use serde_json::{Value, json};

/// Resources that are there before the parameter.
const THERE: u32 = 24_000;
/// How long it may take with all the kills.
const LONGEST: Duration = Duration::from_secs(60);

#[tokio::test(flavor = "multi_thread")]
async fn a_search_parameter_survives_kills_and_never_finds_less() -> anyhow::Result<()> {
    let mut server = Server::start(Options::default()).await?;
    let fhir = server.operator();
    for first in (0..THERE).step_by(1_000) {
        let entry = |nth: u32| {
            json!({"request": {"method": "POST", "url": "Basic"}, "resource": {"resourceType": "Basic",
                "code": {"text": "x"}, "extension": [{"url": "urn:round", "valueString": format!("r{}", nth % 3)}]}})
        };
        let entries: Vec<Value> = (first..first + 1_000).map(entry).collect();
        let written = fhir.bundle(&json!({"resourceType": "Bundle", "type": "transaction", "entry": entries})).await?;
        ensure!(written.status == 200, "{}", written.status);
    }
    let posted = fhir
        .put("SearchParameter/round", &json!({"resourceType": "SearchParameter", "id": "round", "url": "urn:p:round",
            "name": "Round", "status": "active", "description": "x", "code": "round", "base": ["Basic"], "type": "string",
            "expression": "Basic.extension('urn:round').value.ofType(string)"}))
        .await?;
    ensure!(posted.status == 201, "{}", posted.status);
    let began = Instant::now();
    let (mut kills, mut refused) = (0, 0);
    let mut dice = fastrand::Rng::with_seed(5);
    loop {
        if kills < 6 {
            tokio::time::sleep(Duration::from_millis(dice.u64(5..60))).await;
            server.kill().await?;
            server.restart().await?;
            kills += 1;
        }
        match count(&server.operator()).await? {
            Some(found) => {
                ensure!(found == u64::from(THERE / 3), "found {found} of {}", THERE / 3);
                break;
            }
            None => refused += 1,
        }
        ensure!(began.elapsed() < LONGEST, "not indexed after {LONGEST:?}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    say(format_args!("indexed after {kills} kills; refused {refused} times before"));
    server.stop().await?;
    Ok(())
}

/// How many are found; None while the server says that it is still indexing.
async fn count(fhir: &Fhir) -> anyhow::Result<Option<u64>> {
    let answer = fhir.get("Basic?round=r1&_summary=count").await?;
    match answer.status {
        200 => Ok(answer.json()?.get("total").and_then(serde_json::Value::as_u64)),
        503 => Ok(None),
        other => anyhow::bail!("{other}: {}", answer.text),
    }
}
