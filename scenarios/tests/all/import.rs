//! `meridian import`: folders of bundles, killed in the middle, and resumed without loss or doubles.

use std::collections::BTreeMap;
use std::time::Duration;

use anyhow::{Context as _, bail, ensure};
use meridian_testkit::{Fhir, Options, Server, command, materials, meridian, say};
use serde_json::Value;

#[tokio::test(flavor = "multi_thread")]
async fn material_import_that_was_killed_goes_on_where_it_was() -> anyhow::Result<()> {
    let Some(folder) = materials::folder("synthea_r4_blaze") else { return Ok(()) };
    // A server makes the data directory and gives it an operator; it is stopped while the import runs.
    let mut server = Server::start(Options::default()).await?;
    let folder = folder.to_string_lossy().into_owned();
    let before = counts(&server.operator(), &folder).await?;
    server.stop().await?;
    let data = server.data().to_string_lossy().into_owned();
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
    are_there(&server.operator(), &folder, &before, &[]).await
}

/// How many resources there are of each type of the files: the district's own staff, places and devices are of such
/// types as well.
pub(crate) async fn counts(fhir: &Fhir, folder: &str) -> anyhow::Result<BTreeMap<String, u64>> {
    let mut counts = BTreeMap::new();
    for kind in expected(folder)?.into_keys() {
        let count = fhir.count(&kind).await?;
        counts.insert(kind, count);
    }
    Ok(counts)
}

/// Every resource of the files is in the record, once, beside what was there before; types that others write at the same
/// time are left out.
pub(crate) async fn are_there(
    fhir: &Fhir,
    folder: &str,
    before: &BTreeMap<String, u64>,
    but: &[&str],
) -> anyhow::Result<()> {
    for (kind, expected) in expected(folder)?.into_iter().filter(|(kind, _)| !but.contains(&kind.as_str())) {
        let (count, before) = (fhir.count(&kind).await?, before.get(&kind).copied().unwrap_or_default());
        if count != before + expected {
            let all = fhir.all(&kind).await?;
            let last = all
                .iter()
                .map(|one| format!("{} {}", one.pointer("/id").unwrap_or(one), one.pointer("/meta").unwrap_or(one)));
            let newest: Vec<String> = last.take(20).collect();
            bail!("{kind}: {count} in the record, {before} before and {expected} in the files; {newest:#?}");
        }
    }
    Ok(())
}

/// How many resources of each type the files hold.
fn expected(folder: &str) -> anyhow::Result<BTreeMap<String, u64>> {
    let mut counts = BTreeMap::new();
    for path in materials::files(std::path::Path::new(folder), ".json")? {
        let bundle: Value = serde_json::from_slice(&std::fs::read(path)?)?;
        for entry in bundle.get("entry").and_then(Value::as_array).into_iter().flatten() {
            let kind = entry.pointer("/resource/resourceType").and_then(Value::as_str).unwrap_or_default();
            *counts.entry(kind.to_owned()).or_default() += 1;
        }
    }
    Ok(counts)
}
