//! `meridian import`: folders of bundles, killed in the middle, and resumed without loss or doubles.

use std::time::Duration;

use anyhow::{Context as _, ensure};
use meridian_testkit::{Fhir, Options, Server, command, materials, meridian, say};
use serde_json::Value;

#[tokio::test(flavor = "multi_thread")]
async fn material_import_that_was_killed_goes_on_where_it_was() -> anyhow::Result<()> {
    let Some(folder) = materials::folder("synthea_r4_blaze") else { return Ok(()) };
    // A server makes the data directory and gives it an operator; it is stopped while the import runs.
    let mut server = Server::start(Options::default()).await?;
    server.stop().await?;
    let (data, folder) = (server.data().to_string_lossy().into_owned(), folder.to_string_lossy().into_owned());
    let arguments = ["import", "--data-dir", &data, &folder, "--json"];

    let mut kills = 0;
    let whole = loop {
        let mut import = tokio::process::Command::new(meridian()?)
            .args(arguments)
            .stdout(std::process::Stdio::piped())
            .kill_on_drop(true)
            .spawn()?;
        if kills < 3 && tokio::time::timeout(Duration::from_millis(900 + 700 * kills), import.wait()).await.is_err() {
            import.kill().await?;
            kills += 1;
            continue;
        }
        let output = import.wait_with_output().await?;
        ensure!(output.status.success(), "import ended with {}", output.status);
        break String::from_utf8_lossy(&output.stdout).into_owned();
    };
    let last = whole.lines().last().context("import --json said nothing")?;
    say(format_args!("after {kills} kills: {last}"));
    let told: Value = serde_json::from_str(last).context("the last line of import --json")?;
    ensure!(told.get("failed").and_then(Value::as_array).is_some_and(Vec::is_empty), "{told}");

    let again = command(&arguments).await?;
    ensure!(again.status.success(), "a second import of the same: {}", String::from_utf8_lossy(&again.stderr));

    server.restart().await?;
    // The district's own staff and places are of these types too.
    are_there(&server.operator(), &folder, &["Organization", "Practitioner", "PractitionerRole", "Location"]).await
}

/// Every resource of the files is in the record, once; types that others write as well are left out.
pub(crate) async fn are_there(fhir: &Fhir, folder: &str, but: &[&str]) -> anyhow::Result<()> {
    for (kind, expected) in expected(folder)?.into_iter().filter(|(kind, _)| !but.contains(&kind.as_str())) {
        let count = fhir.count(&kind).await?;
        ensure!(count == expected, "{kind}: {count} in the record, {expected} in the files");
    }
    Ok(())
}

/// How many resources of each type the files hold.
fn expected(folder: &str) -> anyhow::Result<std::collections::BTreeMap<String, u64>> {
    let mut counts = std::collections::BTreeMap::new();
    for path in materials::files(std::path::Path::new(folder), ".json")? {
        let bundle: Value = serde_json::from_slice(&std::fs::read(path)?)?;
        for entry in bundle.get("entry").and_then(Value::as_array).into_iter().flatten() {
            let kind = entry.pointer("/resource/resourceType").and_then(Value::as_str).unwrap_or_default();
            *counts.entry(kind.to_owned()).or_default() += 1;
        }
    }
    Ok(counts)
}
