//! Views over a whole district: what they show is what a search of the same caller shows, whole, in every form, in bounded
//! memory; and whoever was shown knows of it.

use std::collections::BTreeSet;
use std::time::Duration;

use anyhow::{Context as _, ensure};
use meridian_testkit::{Answer, Fhir, Options, Server, eventually, resident_bytes, say};
use serde_json::{Value, json};

fn view(kind: &str, columns: &[(&str, &str)]) -> Value {
    let columns: Vec<Value> = columns.iter().map(|(name, path)| json!({"name": name, "path": path})).collect();
    json!({"resourceType": "ViewDefinition", "name": "told", "status": "active", "resource": kind,
        "select": [{"column": columns}]})
}

async fn run(fhir: &Fhir, view: &Value, query: &str) -> anyhow::Result<Answer> {
    let body = json!({"resourceType": "Parameters", "parameter": [{"name": "viewResource", "resource": view}]});
    fhir.post(&format!("ViewDefinition/$run?{query}"), &body).await
}

/// The first column of each line.
fn ids(answer: &Answer) -> anyhow::Result<Vec<String>> {
    let line = |line: &str| {
        let row: Value = serde_json::from_str(line).with_context(|| line.to_owned())?;
        Ok(row.get("id").and_then(Value::as_str).unwrap_or_default().to_owned())
    };
    answer.text.lines().map(line).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_view_shows_what_a_search_shows() -> anyhow::Result<()> {
    let server = Server::start(Options { residents: 60, ..Options::default() }).await?;
    let fhir = server.operator();
    the_same_as_a_search(&fhir).await?;
    in_every_form(&fhir).await?;
    of_one_person(&server, &fhir).await?;
    only_operators(&server).await?;
    bounded(&server, &fhir).await
}

async fn the_same_as_a_search(fhir: &Fhir) -> anyhow::Result<()> {
    for kind in ["Patient", "Observation", "Encounter", "Condition", "Organization", "Task", "Group", "Basic"] {
        let found = fhir.all(&format!("{kind}?_elements=id&_count=500")).await?;
        let id = |one: &Value| one.get("id").and_then(Value::as_str).unwrap_or_default().to_owned();
        let found: BTreeSet<String> = found.iter().map(id).collect();
        let answer = run(fhir, &view(kind, &[("id", "id")]), "_format=ndjson").await?;
        let shown = ids(answer.expect(200)?)?;
        let once: BTreeSet<String> = shown.iter().cloned().collect();
        ensure!(once.len() == shown.len(), "{kind}: {} of {} rows come twice", shown.len() - once.len(), shown.len());
        let more: Vec<&String> = once.difference(&found).take(5).collect();
        ensure!(more.is_empty(), "{kind}: the view shows more than the search: {more:?}");
        let less: Vec<&String> = found.difference(&once).take(5).collect();
        ensure!(less.is_empty(), "{kind}: the view shows less than the search: {less:?}");
        say(format_args!("  {kind}: {} rows", shown.len()));
    }
    Ok(())
}

async fn in_every_form(fhir: &Fhir) -> anyhow::Result<()> {
    let all = fhir.count("Observation").await?;
    let one = view("Observation", &[("id", "id"), ("status", "status"), ("value", "value.ofType(Quantity).value")]);
    let csv = run(fhir, &one, "_format=csv").await?;
    ensure!(csv.header("content-type").is_some_and(|kind| kind.starts_with("text/csv")), "{csv}");
    ensure!(csv.text.starts_with("id,status,value\n"), "{csv}");
    let lines = csv.text.lines().count() as u64;
    ensure!(lines == all + 1, "{lines} lines of CSV, {all} Observations");
    let list = run(fhir, &one, "_format=json").await?.good()?;
    ensure!(list.as_array().map(Vec::len) == usize::try_from(all).ok(), "the JSON is not of {all} rows");
    let table = run(fhir, &one, "_format=parquet").await?;
    ensure!(table.text.starts_with("PAR1") && table.text.ends_with("PAR1"), "no Parquet");
    let few = run(fhir, &one, "_format=ndjson&_limit=7").await?;
    ensure!(few.text.lines().count() == 7, "{few}");
    // A fault that shows at the first rows has a status of its own.
    let several = view("Patient", &[("id", "id"), ("who", "name.given | name.family | id")]);
    let answer = run(fhir, &several, "_format=csv").await?;
    ensure!(answer.expect(422)?.text.contains("select[0].column[1].path"), "{answer}");
    Ok(())
}

async fn of_one_person(server: &Server, fhir: &Fhir) -> anyhow::Result<()> {
    // Somebody with registrations at several institutions.
    let golden = fhir.all("Patient?link:missing=false&_count=50").await?;
    let id = golden.first().and_then(|one| one.get("id")?.as_str()).context("nobody has two registrations")?;
    let found = fhir.all(&format!("Observation?patient=Patient/{id}&_count=500")).await?;
    let answer = run(fhir, &view("Observation", &[("id", "id")]), &format!("patient=Patient/{id}")).await?;
    let shown = ids(answer.expect(200)?)?;
    ensure!(shown.len() == found.len(), "{} rows of this person, the search finds {}", shown.len(), found.len());
    // What the view showed of him, he finds in his own list: once for the begin of the walk and for each page.
    let looks = |text: &str| text.matches("viewdefinition-run").count();
    let before = looks(&fhir.get(&format!("Patient/{id}/$who-looked")).await?.text);
    let doctor = server.signed_in("doctor", None).await?;
    let denied = run(&doctor, &view("Patient", &[("id", "id")]), &format!("patient=Patient/{id}")).await?;
    denied.expect(403)?;
    run(fhir, &view("Patient", &[("id", "id")]), "").await?.expect(200)?;
    let after = eventually("the look is in his list", || async {
        let after = looks(&fhir.get(&format!("Patient/{id}/$who-looked")).await?.text);
        Ok((after > before).then_some(after))
    })
    .await?;
    say(format_args!("  looks by views at one resident: {before} before, {after} after"));
    // What the view does not come to is no look at him.
    let other = run(fhir, &view("Organization", &[("id", "id")]), "").await?;
    other.expect(200)?;
    let now = looks(&fhir.get(&format!("Patient/{id}/$who-looked")).await?.text);
    ensure!(now == after, "a view of institutions is a look at a resident");
    Ok(())
}

async fn only_operators(server: &Server) -> anyhow::Result<()> {
    let any = view("Patient", &[("id", "id")]);
    run(&server.nobody(), &any, "").await?.expect(401)?;
    for role in ["doctor", "nurse"] {
        let fhir = server.signed_in(role, None).await?;
        run(&fhir, &any, "").await?.expect(403)?;
        for path in ["$viewdefinition-run?viewReference=Library/x", "ViewDefinition/x/$run"] {
            fhir.get(path).await?.expect(403)?;
        }
        let body = json!({"resourceType": "Bundle", "type": "batch", "entry": [
            {"request": {"method": "GET", "url": "ViewDefinition/x/$run"}}]});
        let answer = fhir.bundle(&body).await?;
        ensure!(!answer.text.contains("\"200"), "in a batch: {answer}");
    }
    Ok(())
}

/// Rows beyond all memory are sent as they come, and a listener who goes away stops the walk.
async fn bounded(server: &Server, fhir: &Fhir) -> anyhow::Result<()> {
    let process = server.id().context("the process")?;
    let before = resident_bytes(process)?;
    let long = "x".repeat(900);
    let columns: Vec<Value> =
        (0..400).map(|n| json!({"name": format!("c{n}"), "path": format!("'{n}{long}'"), "type": "string"})).collect();
    let wide = json!({"resourceType": "ViewDefinition", "status": "active", "resource": "Observation",
        "select": [{"column": columns}]});
    let whole = fhir.count("Observation").await? * 400 * 900;
    for format in ["ndjson", "csv", "parquet"] {
        // Nobody reads it to its end.
        let cut =
            tokio::time::timeout(Duration::from_millis(1_500), run(fhir, &wide, &format!("_format={format}"))).await;
        let now = resident_bytes(process)?;
        let (grown, whole) = (now.saturating_sub(before) >> 20, whole >> 20);
        say(format_args!(
            "  {format}: a table of some {whole} MB, cut off: {}; the server grew by {grown} MB",
            cut.is_err()
        ));
        ensure!(grown < 300, "{format}: the server grew by {grown} MB");
    }
    fhir.get("metadata").await?.expect(200)?;
    Ok(())
}
