//! Whole Synthea histories as transactions: nothing lost, and each resource read back is what was sent.

use std::collections::HashMap;
use std::path::PathBuf;

use anyhow::{Context as _, ensure};
use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use meridian_testkit::{Fhir, Options, Server, differences, materials, say};
use serde_json::Value;

#[tokio::test(flavor = "multi_thread")]
async fn material_synthea_bundles_import_whole() -> anyhow::Result<()> {
    let Some(folder) = materials::folder("synthea_r4_bundles") else { return Ok(()) };
    import("synthea_r4_bundles", materials::files(&folder, ".json")?).await
}

#[tokio::test(flavor = "multi_thread")]
async fn material_synthea_with_conditional_references_imports_whole() -> anyhow::Result<()> {
    let Some(folder) = materials::folder("synthea_r4_blaze") else { return Ok(()) };
    // By name the hospitals and practitioners (`0-…`) come first, as the transactions refer to them.
    import("synthea_r4_blaze", materials::files(&folder, ".json")?).await
}

/// What one bundle became.
struct Sent {
    /// Each entry's resource with the reference under which it is stored.
    resources: Vec<(Value, String)>,
    /// `urn:uuid:…` to `Patient/1`. Bundles of different patients name the same practitioner by the same url.
    by_url: HashMap<String, String>,
}

/// `Practitioner?identifier=system|value` to `Practitioner/1`, over all bundles.
#[derive(Default)]
struct Conditional(HashMap<String, String>);

impl Conditional {
    fn learn(&mut self, entry: &Value, stored: &str) {
        let kind = entry.pointer("/resource/resourceType").and_then(Value::as_str).unwrap_or_default();
        for identifier in entry.pointer("/resource/identifier").and_then(Value::as_array).into_iter().flatten() {
            let part = |name: &str| identifier.get(name).and_then(Value::as_str).unwrap_or_default();
            let search = format!("{kind}?identifier={}|{}", part("system"), part("value"));
            self.0.entry(search).or_insert_with(|| stored.to_owned());
        }
    }
}

async fn import(name: &str, files: Vec<PathBuf>) -> anyhow::Result<()> {
    let server = Server::start(Options::default()).await?;
    let fhir = server.operator().at("CJ01");
    let mut conditional = Conditional::default();
    let mut bundles = Vec::new();
    let begun = std::time::Instant::now();
    for path in &files {
        let bundle = send(&fhir, path, &mut conditional).await.with_context(|| path.display().to_string())?;
        bundles.push(bundle);
    }
    let count: usize = bundles.iter().map(|bundle| bundle.resources.len()).sum();
    let seconds = begun.elapsed().as_secs_f64();
    say(format_args!("{name}: {} bundles, {count} resources in {seconds:.1} s over HTTP, one client", files.len()));

    let wrong: Vec<String> =
        stream::iter(bundles.iter().flat_map(|bundle| bundle.resources.iter().map(move |sent| (bundle, sent))))
            .map(|(bundle, (sent, stored))| read_back(&fhir, sent, stored, &bundle.by_url, &conditional))
            .buffer_unordered(32)
            .try_filter_map(async |wrong| Ok(wrong))
            .try_collect()
            .await?;
    for line in wrong.iter().take(20) {
        say(format_args!("  {line}"));
    }
    say(format_args!("{name}: {} of {count} resources read back as they were sent", count - wrong.len()));
    ensure!(wrong.is_empty(), "{} of {count} resources differ", wrong.len());
    Ok(())
}

async fn send(fhir: &Fhir, path: &std::path::Path, conditional: &mut Conditional) -> anyhow::Result<Sent> {
    let text = std::fs::read(path)?;
    let bundle: Value = serde_json::from_slice(&text)?;
    let answer = fhir.request("POST", "/fhir", &[("Content-Type", "application/fhir+json")], Some(text)).await?;
    let answer = answer.expect(200)?.json()?;
    let entries = bundle.get("entry").and_then(Value::as_array).context("no entry")?;
    let answers = answer.get("entry").and_then(Value::as_array).context("no entry in the answer")?;
    ensure!(entries.len() == answers.len(), "{} entries, {} answers", entries.len(), answers.len());
    let (mut resources, mut by_url) = (Vec::with_capacity(entries.len()), HashMap::new());
    for (entry, answer) in entries.iter().zip(answers) {
        let location = answer.pointer("/response/location").and_then(Value::as_str);
        let location = location.with_context(|| format!("no location: {answer}"))?;
        let stored = location.split("/_history").next().unwrap_or(location);
        let parts: Vec<&str> = stored.rsplit('/').take(2).collect();
        let stored = parts.into_iter().rev().collect::<Vec<_>>().join("/");
        conditional.learn(entry, &stored);
        if let Some(url) = entry.get("fullUrl").and_then(Value::as_str) {
            by_url.insert(url.to_owned(), stored.clone());
        }
        resources.push((entry.get("resource").cloned().context("no resource")?, stored));
    }
    Ok(Sent { resources, by_url })
}

/// What is wrong with one resource, if anything is.
async fn read_back(
    fhir: &Fhir,
    sent: &Value,
    stored: &str,
    by_url: &HashMap<String, String>,
    conditional: &Conditional,
) -> anyhow::Result<Option<String>> {
    let answer = fhir.get(stored).await?;
    if answer.status != 200 {
        return Ok(Some(answer.to_string()));
    }
    let stands_for = |sent: &str, got: &str| {
        sent == got || [by_url, &conditional.0].iter().any(|map| map.get(sent).is_some_and(|stored| stored == got))
    };
    let wrong = differences(sent, &answer.json()?, &stands_for);
    Ok((!wrong.is_empty()).then(|| format!("{stored}: {}", wrong.join("; "))))
}
