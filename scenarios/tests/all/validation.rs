//! What an institution wants to become of what is not valid, through every door by which it writes: nothing, a mark, or a
//! refusal; and packages that bring profiles.
#![allow(clippy::indexing_slicing)] // members of JSON objects are set

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context as _, ensure};
use meridian_testkit::{Answer, Fhir, Options, Server, command, eventually, identity, meridian, say};
use serde_json::{Value, json};
use tokio::process::{Child, Command};

const TAG: &str = "https://meridian.example/validation";
const PROFILE: &str = "http://packages.example/StructureDefinition/marked";

/// Breaks `pat-1`: a contact with a relationship alone.
fn wrong(number: &str) -> Value {
    json!({"resourceType": "Patient", "identifier": [{"system": "urn:policy", "value": number}],
        "contact": [{"relationship": [{"text": "mother"}]}]})
}

fn good(number: &str) -> Value {
    json!({"resourceType": "Patient", "identifier": [{"system": "urn:policy", "value": number}], "gender": "female"})
}

/// The word of the validation in the tags of a resource.
fn mark(resource: &Value) -> Option<&str> {
    let tags = resource.pointer("/meta/tag")?.as_array()?;
    tags.iter().find(|tag| tag.get("system") == Some(&json!(TAG)))?.get("code")?.as_str()
}

/// A refusal that names the rule and the place.
fn refused(answer: &Answer, at: &str) -> anyhow::Result<()> {
    answer.expect(422)?;
    let text = answer.json()?.to_string();
    ensure!(text.contains("pat-1") && text.contains(at), "neither pat-1 nor {at} is named: {answer}");
    Ok(())
}

async fn none_of(fhir: &Fhir, number: &str) -> anyhow::Result<()> {
    let found = fhir.count(&format!("Patient?identifier=urn:policy|{number}")).await?;
    ensure!(found == 0, "{found} Patients of {number} were written");
    Ok(())
}

fn bundle(kind: &str, entries: &[Value]) -> Value {
    json!({"resourceType": "Bundle", "type": kind, "entry": entries})
}

fn post(resource: &Value) -> Value {
    let kind = resource.get("resourceType").cloned();
    json!({"resource": resource, "request": {"method": "POST", "url": kind}})
}

fn options(words: &[&str]) -> Options {
    let more = words.iter().flat_map(|word| ["--validation".to_owned(), (*word).to_owned()]).collect();
    Options { more, ..Options::default() }
}

#[tokio::test(flavor = "multi_thread")]
async fn each_institution_has_its_policy_at_every_door() -> anyhow::Result<()> {
    let server = Server::start(options(&["CJ01=reject", "CJ02=tag", "CJ11=off"])).await?;
    let at = |code: &str| server.operator().at(code);
    off(&at("CJ11")).await?;
    off(&at("CJ12")).await.context("an institution of which nothing is said")?;
    tag(&at("CJ02")).await?;
    reject(&at("CJ01")).await?;
    reject_in_bundles(&at("CJ01")).await?;
    reject_a_patch(&at("CJ01"), &at("CJ11")).await?;
    a_feed_loses_nothing(&server).await
}

/// What is sent is kept as it is.
async fn off(fhir: &Fhir) -> anyhow::Result<()> {
    let kept = fhir.create(&wrong("off")).await?.expect(201)?.json()?;
    ensure!(mark(&kept).is_none(), "{kept}");
    Ok(())
}

/// What is sent is kept, and says what it is, anew with each version.
async fn tag(fhir: &Fhir) -> anyhow::Result<()> {
    let made = fhir.create(&wrong("tag")).await?.expect(201)?.json()?;
    ensure!(mark(&made) == Some("invalid"), "{made}");
    let id = made.get("id").and_then(Value::as_str).context("no id")?.to_owned();
    let mut better = good("tag");
    better["id"] = json!(id);
    // Its old word is sent along, as a client does that changes what it has read.
    better["meta"] = made.get("meta").cloned().unwrap_or_default();
    let changed = fhir.put(&format!("Patient/{id}"), &better).await?.expect(200)?.json()?;
    ensure!(mark(&changed) == Some("valid"), "{changed}");
    let patch = json!([{"op": "add", "path": "/contact", "value": [{"relationship": [{"text": "mother"}]}]}]);
    let headers = [("Content-Type", "application/json-patch+json")];
    let path = format!("/fhir/Patient/{id}");
    let changed = fhir.request("PATCH", &path, &headers, Some(serde_json::to_vec(&patch)?)).await?;
    ensure!(mark(&changed.expect(200)?.json()?) == Some("invalid"), "{changed}");
    let found = fhir.count(&format!("Patient?_tag={TAG}|invalid&identifier=urn:policy|tag")).await?;
    ensure!(found == 1, "{found} are found by the mark");
    Ok(())
}

/// What is not valid is not written.
async fn reject(fhir: &Fhir) -> anyhow::Result<()> {
    refused(&fhir.create(&wrong("create")).await?, "Patient.contact[0]")?;
    none_of(fhir, "create").await?;
    let mut at = wrong("update");
    at["id"] = json!("policy-update");
    refused(&fhir.put("Patient/policy-update", &at).await?, "Patient.contact[0]")?;
    fhir.get("Patient/policy-update").await?.expect(404)?;
    refused(&fhir.put("Patient?identifier=urn:policy|update", &wrong("update")).await?, "Patient.contact[0]")?;
    none_of(fhir, "update").await?;
    let xml = "<Patient xmlns=\"http://hl7.org/fhir\"><identifier><system value=\"urn:policy\"/><value value=\"xml\"/>\
               </identifier><contact><relationship><text value=\"mother\"/></relationship></contact></Patient>";
    let headers = [("Content-Type", "application/fhir+xml"), ("Accept", "application/fhir+json")];
    let answer = fhir.request("POST", "/fhir/Patient", &headers, Some(xml.into())).await?;
    refused(&answer, "Patient.contact[0]")?;
    none_of(fhir, "xml").await?;
    let made = fhir.create(&good("create")).await?.expect(201)?.json()?;
    ensure!(mark(&made) == Some("valid"), "{made}");
    reject_unless_it_is_there(fhir).await
}

/// What would not be written is not refused.
async fn reject_unless_it_is_there(fhir: &Fhir) -> anyhow::Result<()> {
    for (number, status) in [("create", 200), ("nobody", 422)] {
        let query = format!("identifier=urn:policy|{number}");
        let headers = [("Content-Type", "application/fhir+json"), ("If-None-Exist", query.as_str())];
        let body = Some(serde_json::to_vec(&wrong(number))?);
        fhir.request("POST", "/fhir/Patient", &headers, body).await?.expect(status).context(number)?;
        let mut entry = post(&wrong(number));
        entry["request"]["ifNoneExist"] = json!(query);
        fhir.bundle(&bundle("transaction", &[entry])).await?.expect(status).context("in a transaction")?;
    }
    none_of(fhir, "nobody").await
}

async fn reject_in_bundles(fhir: &Fhir) -> anyhow::Result<()> {
    let whole = bundle("transaction", &[post(&good("whole")), post(&wrong("whole"))]);
    refused(&fhir.bundle(&whole).await?, "entry[1]")?;
    none_of(fhir, "whole").await?;
    let each = bundle("batch", &[post(&good("each")), post(&wrong("each")), post(&good("each"))]);
    let answer = fhir.bundle(&each).await?.expect(200)?.json()?;
    let statuses: Vec<&str> = answer
        .get("entry")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(|entry| entry.pointer("/response/status")?.as_str()?.get(..3))
        .collect();
    ensure!(statuses == ["201", "422", "201"], "{answer}");
    let found = fhir.count("Patient?identifier=urn:policy|each").await?;
    ensure!(found == 2, "{found} of the batch were written");
    Ok(())
}

async fn reject_a_patch(fhir: &Fhir, lenient: &Fhir) -> anyhow::Result<()> {
    let id = fhir.create(&good("patch")).await?.expect(201)?.id()?;
    let path = format!("/fhir/Patient/{id}");
    let json_patch = json!([{"op": "add", "path": "/contact", "value": [{"relationship": [{"text": "mother"}]}]}]);
    let fhir_patch = json!({"resourceType": "Parameters", "parameter": [{"name": "operation", "part": [
        {"name": "type", "valueCode": "add"}, {"name": "path", "valueString": "Patient"},
        {"name": "name", "valueString": "contact"},
        {"name": "value", "part": [{"name": "relationship", "valueCodeableConcept": {"text": "mother"}}]}]}]});
    for (kind, patch) in [("application/json-patch+json", &json_patch), ("application/fhir+json", &fhir_patch)] {
        let body = Some(serde_json::to_vec(patch)?);
        let answer = fhir.request("PATCH", &path, &[("Content-Type", kind)], body).await?;
        refused(&answer, "Patient.contact[0]").context(kind)?;
    }
    let entry = json!({"resource": fhir_patch, "request": {"method": "PATCH", "url": format!("Patient/{id}")}});
    refused(&fhir.bundle(&bundle("transaction", &[entry])).await?, "contact[0]").context("in a Bundle")?;
    let now = fhir.get(&format!("Patient/{id}")).await?.good()?;
    ensure!(now.pointer("/meta/versionId") == Some(&json!("1")), "{now}");
    // The policy is that of whoever writes.
    let body = Some(serde_json::to_vec(&json_patch)?);
    let answer = lenient.request("PATCH", &path, &[("Content-Type", "application/json-patch+json")], body).await?;
    answer.expect(200)?;
    Ok(())
}

/// Who rejects at the other doors still keeps what its feed says: it is marked, and the mark is of what stands there.
async fn a_feed_loses_nothing(server: &Server) -> anyhow::Result<()> {
    let number = identity::number(7_001);
    let head = |kind: &str, id: &str| {
        format!(
            "MSH|^~\\&|LIS|CJ01|MERIDIAN|CJ00|20260105083000+0800||{kind}|{id}|P|2.5.1||||||UNICODE UTF-8\n\
             PID|1||POLICY1^^^CJ01^MR~{number}^^^&2.16.156.10011.1.3&ISO^NI||王^试验^^^^^L||19700101|F\n\
             PV1|1|O|^^^CJ01|||||||||||||||||POLICYV1\n"
        )
    };
    let result = head("ORU^R01^ORU_R01", "POLICY1")
        + "OBR|1|POLICYP|POLICYL^LIS|2345-7^葡萄糖^LN|||20260105080000+0800|||||||||||||||20260105083000+0800||LAB|F\n\
           OBX|1|NM|2345-7^葡萄糖^LN||7.80|mmol/L^mmol/L^UCUM|3.9-6.1|H|||F|||20260105080000+0800";
    let send = async |message: &str| {
        let answer = server.mllp().await?.send(message).await?;
        ensure!(answer.code() == "AA", "{}", answer.text);
        Ok::<(), anyhow::Error>(())
    };
    send(&result).await?;
    let fhir = server.operator();
    let patient = "Patient?identifier=https://meridian.example/id/mrn/CJ01|POLICY1";
    let search = format!("{patient}&_revinclude=Observation:subject&_revinclude=DiagnosticReport:subject");
    let found = eventually("the message is in the record", || async {
        let found = fhir.all(&search).await?;
        Ok((found.len() >= 3).then_some(found))
    })
    .await?;
    for resource in &found {
        ensure!(mark(resource) == Some("valid"), "{resource}");
    }
    // Somebody breaks it whose institution is not judged; the next message of the feed leaves that as it is, and says so.
    let is_patient = |one: &&Value| one.get("resourceType") == Some(&json!("Patient"));
    let id = found.iter().find(is_patient).and_then(|one| one.get("id")?.as_str()).context("no Patient")?;
    let patch = json!([{"op": "add", "path": "/contact", "value": [{"relationship": [{"text": "mother"}]}]}]);
    let body = Some(serde_json::to_vec(&patch)?);
    let headers = [("Content-Type", "application/json-patch+json")];
    fhir.clone().at("CJ11").request("PATCH", &format!("/fhir/Patient/{id}"), &headers, body).await?.expect(200)?;
    let again = head("ADT^A08^ADT_A01", "POLICY2").replace("PID|1", "EVN|A08|20260106083000+0800\nPID|1");
    send(&again.replace("20260105083000+0800||ADT", "20260106083000+0800||ADT")).await?;
    let now = fhir.get(&format!("Patient/{id}")).await?.good()?;
    ensure!(now.get("contact").is_some() && mark(&now) == Some("invalid"), "{now}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_whole_district_comes_in_under_a_policy() -> anyhow::Result<()> {
    // What the region's own centres send by FHIR keeps R4: nothing of it is lost where it is judged strictly.
    let mut strict = options(&["reject"]);
    strict.residents = 30;
    let server = Server::start(strict).await?;
    let fhir = server.operator();
    let (valid, invalid) = (
        fhir.count(&format!("Observation?_tag={TAG}|valid")).await?,
        fhir.count(&format!("Observation?_tag={TAG}|invalid")).await?,
    );
    let all = fhir.count("Observation").await?;
    say(format_args!("of {all} Observations {valid} are marked valid and {invalid} invalid"));
    ensure!(all > 100 && valid + invalid == all, "{all} Observations, {valid} valid, {invalid} invalid");
    ensure!(!server.log().contains("refused"), "{}", server.log());
    Ok(())
}

/// `meridian serve` on a folder.
struct Serving {
    process: Child,
    fhir: Fhir,
}

async fn serve(data: &Path, more: &[&str]) -> anyhow::Result<Serving> {
    let _ = std::fs::remove_file(data.join("run.json"));
    let process = Command::new(meridian()?)
        .args(["serve", "--http", "127.0.0.1:0", "--mllp", "127.0.0.1:0", "--data-dir"])
        .arg(data)
        .args(more)
        .stdin(std::process::Stdio::null())
        .stdout(std::process::Stdio::null())
        .kill_on_drop(true)
        .spawn()?;
    let file = data.join("run.json");
    let running = eventually("meridian serve is ready", || async {
        let read = std::fs::read(&file).ok();
        Ok(read.and_then(|bytes| serde_json::from_slice::<Value>(&bytes).ok()))
    })
    .await?;
    let text = |key: &str| running.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
    let fhir = Fhir::new(&text("http")).with_token(&text("token"));
    Ok(Serving { process, fhir })
}

/// A package of these files, as `npm pack` would make it.
async fn package(folder: &Path, name: &str, files: &[(&str, Value)]) -> anyhow::Result<PathBuf> {
    let sources = folder.join(format!("{name}-sources"));
    std::fs::create_dir_all(sources.join("package"))?;
    for (file, value) in files {
        std::fs::write(sources.join("package").join(file), serde_json::to_vec(value)?)?;
    }
    let made = folder.join(format!("{name}.tgz"));
    let tar = Command::new("tar").arg("-czf").arg(&made).arg("-C").arg(&sources).arg("package").status().await?;
    ensure!(tar.success(), "tar ended with {tar}");
    Ok(made)
}

fn manifest(fhir: &str) -> Value {
    json!({"name": "example.marked", "version": "1.0.0", "fhirVersions": [fhir], "dependencies": {"hl7.fhir.r4.core": "4.0.1"}})
}

fn profile() -> Value {
    json!({"resourceType": "StructureDefinition", "url": PROFILE, "name": "Marked", "status": "active", "kind": "resource",
        "abstract": false, "type": "Basic", "baseDefinition": "http://hl7.org/fhir/StructureDefinition/Basic",
        "derivation": "constraint", "differential": {"element": [
            {"id": "Basic.created", "path": "Basic.created", "min": 1},
            {"id": "Basic.code", "path": "Basic.code", "binding": {"strength": "required",
                "valueSet": "http://packages.example/ValueSet/colours"}}]}})
}

fn terms() -> [Value; 2] {
    [
        json!({"resourceType": "CodeSystem", "url": "http://packages.example/CodeSystem/colours", "status": "active",
            "content": "complete", "concept": [{"code": "red", "display": "红"}]}),
        json!({"resourceType": "ValueSet", "url": "http://packages.example/ValueSet/colours", "status": "active",
            "compose": {"include": [{"system": "http://packages.example/CodeSystem/colours"}]}}),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn a_package_brings_profiles_and_terms() -> anyhow::Result<()> {
    let folder = tempfile::tempdir()?;
    let packages = folder.path().join("packages");
    std::fs::create_dir_all(&packages)?;
    let [system, set] = terms();
    let files = [("package.json", manifest("4.0.1")), ("a.json", profile()), ("b.json", system), ("c.json", set)];
    let made = package(folder.path(), "marked", &files).await?;
    std::fs::rename(&made, packages.join("marked.tgz"))?;
    std::fs::write(packages.join("notes.txt"), "no package")?;
    let data = folder.path().join("data");
    let packages = packages.to_string_lossy().into_owned();
    let mut serving = serve(&data, &["--packages", &packages, "--feed", "CJ01", "--validation", "CJ01=reject"]).await?;

    let basic = |code: &str| {
        json!({"resourceType": "Basic", "meta": {"profile": [PROFILE]}, "created": "2026-01-05",
            "code": {"coding": [{"system": "http://packages.example/CodeSystem/colours", "code": code}]}})
    };
    let fhir = serving.fhir.clone().at("CJ01");
    fhir.create(&basic("red")).await?.expect(201)?;
    let answer = fhir.create(&basic("blue")).await?;
    ensure!(answer.expect(422)?.text.contains("Basic.code"), "{answer}");
    let mut late = basic("red");
    late.as_object_mut().context("an object")?.remove("created");
    let answer = fhir.create(&late).await?;
    ensure!(answer.expect(422)?.text.contains("created"), "{answer}");
    ensure!(fhir.count("Basic").await? == 1, "what was refused was written");
    let looked = fhir.get("CodeSystem/$lookup?system=http://packages.example/CodeSystem/colours&code=red").await?;
    ensure!(looked.expect(200)?.text.contains('红'), "{looked}");

    // What is posted goes before what a package brings, and what a package brought stands again when it is deleted.
    let mut own = profile();
    own["id"] = json!("own");
    own["differential"]["element"][0]["min"] = json!(0);
    serving.fhir.put("StructureDefinition/own", &own).await?.expect(201)?;
    fhir.create(&late).await?.expect(201)?;
    ensure!(serving.fhir.delete("StructureDefinition/own").await?.status < 300, "delete");
    fhir.create(&late).await?.expect(422)?;
    serving.process.kill().await?;

    // Without the package its profile is unknown.
    let serving = serve(&data, &["--feed", "CJ01", "--validation", "CJ01=tag"]).await?;
    let asked = serving.fhir.post(&format!("Basic/$validate?profile={PROFILE}"), &basic("blue")).await?;
    ensure!(asked.expect(200)?.text.contains("not known here"), "{asked}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_in_force_is_refused_by_name_at_the_start() -> anyhow::Result<()> {
    let folder = tempfile::tempdir()?;
    let of = |name: &str| folder.path().join(name);
    let whole = package(folder.path(), "whole", &[("package.json", manifest("4.0.1")), ("a.json", profile())]).await?;
    let newer = package(folder.path(), "newer", &[("package.json", manifest("5.0.0")), ("a.json", profile())]).await?;
    let nameless = package(folder.path(), "nameless", &[("a.json", profile())]).await?;
    let bytes = std::fs::read(&whole)?;
    let cut = of("cut.tgz");
    std::fs::write(&cut, bytes.get(..bytes.len() / 2).unwrap_or_default())?;
    let text = of("text.tgz");
    std::fs::write(&text, "this is text")?;
    for (broken, says) in
        [(&newer, "5.0.0"), (&nameless, "package/package.json"), (&cut, "cut.tgz"), (&text, "text.tgz")]
    {
        let name = broken.file_name().context("a name")?;
        let packages = tempfile::tempdir()?;
        std::fs::copy(broken, packages.path().join(name))?;
        let why = start_fails(&of("data"), &["--packages", &packages.path().to_string_lossy()]).await?;
        ensure!(why.contains(&*name.to_string_lossy()) && why.contains(says), "{}: {why}", broken.display());
        ensure!(!why.contains("panicked"), "{why}");
    }
    let why = start_fails(&of("data"), &["--packages", &of("nowhere").to_string_lossy()]).await?;
    ensure!(why.contains("nowhere"), "{why}");
    let why = start_fails(&of("data"), &["--validation", "CJ01=loud"]).await?;
    ensure!(why.contains("loud") && why.contains("off, tag or reject"), "{why}");
    let why = start_fails(&of("data"), &["--feed", "CJ01", "--validation", "CJ1=reject"]).await?;
    ensure!(why.contains("no institution CJ1 is known") && why.contains("CJ01"), "{why}");
    Ok(())
}

/// What a start says that must fail.
async fn start_fails(data: &Path, more: &[&str]) -> anyhow::Result<String> {
    let data = data.to_string_lossy().into_owned();
    let fixed = ["serve", "--http", "127.0.0.1:0", "--mllp", "127.0.0.1:0", "--data-dir", &data];
    let arguments: Vec<&str> = fixed.into_iter().chain(more.iter().copied()).collect();
    let ended = tokio::time::timeout(Duration::from_secs(60), command(&arguments)).await;
    let output = ended.with_context(|| format!("{more:?} did not end"))??;
    let says = String::from_utf8_lossy(&output.stderr).into_owned();
    ensure!(!output.status.success(), "{more:?} started: {says}");
    Ok(says)
}
