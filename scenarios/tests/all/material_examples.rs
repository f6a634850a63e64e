//! The official R4 examples, 2,906 of them: created, and read back unchanged.

use std::collections::BTreeMap;

use anyhow::ensure;
use futures_util::{StreamExt as _, stream};
use meridian_testkit::{Fhir, Options, Server, differences, materials, say};
use serde_json::Value;

#[tokio::test(flavor = "multi_thread")]
async fn material_official_examples_come_back_as_they_were_sent() -> anyhow::Result<()> {
    let Some(folder) = materials::folder("fhir_r4_examples") else { return Ok(()) };
    let files = materials::files(&folder, ".json")?;
    let server = Server::start(Options::default()).await?;
    let (fhir, doctor) = (server.operator(), server.signed_in("doctor", Some("CJ01")).await?);

    let told: Vec<(String, anyhow::Result<()>)> = stream::iter(files)
        .map(|path| {
            let (fhir, doctor) = (fhir.clone(), doctor.clone());
            async move {
                let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
                let outcome = async { round_trip(&fhir, &doctor, std::fs::read(&path)?).await }.await;
                (name, outcome)
            }
        })
        .buffer_unordered(8)
        .collect()
        .await;

    let all = told.len();
    let failed: BTreeMap<String, String> =
        told.into_iter().filter_map(|(name, outcome)| Some((name, format!("{:#}", outcome.err()?)))).collect();
    for (name, error) in failed.iter().take(40) {
        say(format_args!("  {name}: {}", error.chars().take(400).collect::<String>()));
    }
    say(format_args!("fhir_r4_examples: {} passed of {all}", all - failed.len()));
    ensure!(failed.is_empty(), "{} of {all} examples did not come back", failed.len());
    Ok(())
}

async fn round_trip(operator: &Fhir, doctor: &Fhir, text: Vec<u8>) -> anyhow::Result<()> {
    let sent: Value = serde_json::from_slice(&text)?;
    let Some(kind) = sent.get("resourceType").and_then(Value::as_str) else {
        // One file is a package list and no resource: it must be refused.
        let refused =
            operator.request("POST", "/fhir/Basic", &[("Content-Type", "application/fhir+json")], Some(text)).await?;
        ensure!(refused.status == 400, "no resource, but {refused}");
        return Ok(());
    };
    // What is restricted an operator neither writes nor sees: one of them, a Condition.
    let labels = sent.pointer("/meta/security").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    let restricted = labels.iter().any(|label| matches!(label["code"].as_str(), Some("R" | "V" | "TBOO")));
    let fhir = if restricted { doctor } else { operator };
    let at = ("X-Meridian-Institution", "CJ01"); // which only an operator may name
    let headers: Vec<_> =
        [("Content-Type", "application/fhir+json")].into_iter().chain((!restricted).then_some(at)).collect();
    let created = fhir.request("POST", &format!("/fhir/{kind}"), &headers, Some(text)).await?;
    let id = created.expect(201)?.id()?;
    let got = fhir.get(&format!("{kind}/{id}")).await?.expect(200)?.json()?;
    let wrong = differences(&sent, &got, &|a, b| a == b);
    ensure!(wrong.is_empty(), "{}", wrong.join("; "));
    Ok(())
}
