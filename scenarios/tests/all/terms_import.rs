//! `meridian terms import`: into a folder and into the server that has it open; in force at once, once, and never by half.

use anyhow::{Context as _, ensure};
use meridian_testkit::{Fhir, Options, Server, command};
use serde_json::json;

const SYSTEM: &str = "http://import.example/CodeSystem/wards";
const CSV: &str = "# resourceType: CodeSystem\n# url: http://import.example/CodeSystem/wards\n# version: 1\n# name: Wards\n\
                   # status: active\n# content: complete\n# valueSet: http://import.example/ValueSet/wards\n\
                   # property: beds integer 床位\n\
                   code,display,parent,designation@en,beds\n\
                   in,住院部,,Inpatient,\n\
                   in-1,\"心内科, 一病区\",in,Cardiology 1,40\n\
                   in-2,呼吸科,in,Respiratory,36\n";

async fn looked_up(fhir: &Fhir, code: &str) -> anyhow::Result<bool> {
    let answer = fhir.get(&format!("CodeSystem/$lookup?system={SYSTEM}&code={code}")).await?;
    ensure!(matches!(answer.status, 200 | 404), "{answer}");
    Ok(answer.status == 200)
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_imported_is_in_force_and_comes_once() -> anyhow::Result<()> {
    let mut server = Server::start(Options::default()).await?;
    let fhir = server.operator();
    let data = server.data().to_string_lossy().into_owned();
    let files = server.folder().join("terms");
    std::fs::create_dir_all(files.join("more"))?;
    std::fs::write(files.join("wards.csv"), CSV)?;
    let map = json!({"resourceType": "Bundle", "type": "collection", "entry": [{"resource": {"resourceType": "ConceptMap",
        "url": "http://import.example/ConceptMap/wards", "status": "active", "group": [{"source": SYSTEM,
            "target": "http://import.example/old", "element": [{"code": "in-1",
            "target": [{"code": "0301", "equivalence": "equivalent"}]}]}]}}]});
    std::fs::write(files.join("more/map.json"), map.to_string())?;
    let files = files.to_string_lossy().into_owned();
    ensure!(!looked_up(&fhir, "in-1").await?, "it was there before");

    // Into the server that has the folder open.
    let said = import("--data-dir", &data, &files).await?;
    ensure!(said.contains("3 concepts: written") && said.contains("ConceptMap"), "{said}");
    ensure!(looked_up(&fhir, "in-1").await?, "in-1 is not in force");
    let found = fhir.get("ValueSet/$expand?url=http://import.example/ValueSet/wards&filter=xnk").await?.good()?;
    ensure!(found.pointer("/expansion/contains/0/code") == Some(&json!("in-1")), "{found}");
    let map = "ConceptMap/$translate?url=http://import.example/ConceptMap/wards";
    let answer = fhir.get(&format!("{map}&system={SYSTEM}&code=in-1")).await?;
    ensure!(answer.expect(200)?.text.contains("0301"), "{answer}");
    let said = import("--data-dir", &data, &files).await?;
    ensure!(said.contains("was imported before") && !said.contains(": written"), "{said}");
    let kept = fhir.count(&format!("CodeSystem?url={SYSTEM}")).await?;
    ensure!(kept == 1, "{kept} CodeSystems");

    // Into the folder itself, and from another process than the one that serves it then.
    server.stop().await?;
    let later = server.folder().join("later.csv");
    std::fs::write(&later, CSV.replace("version: 1", "version: 2").replace("in-2", "in-9"))?;
    // On PostgreSQL what is not in the folder is named as the server was told it.
    let store = meridian_testkit::postgres::schema_for(server.folder());
    let (option, home) = store.as_deref().map_or(("--data-dir", data.as_str()), |store| ("--store", store));
    import(option, home, &later.to_string_lossy()).await?;
    server.restart().await?;
    let fhir = server.operator();
    ensure!(looked_up(&fhir, "in-9").await?, "what was imported into the folder is not in force");
    Ok(())
}

async fn import(option: &str, home: &str, path: &str) -> anyhow::Result<String> {
    let output = command(&["terms", "import", option, home, path]).await?;
    let said = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "{said}");
    Ok(said)
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_understood_is_refused_by_name_and_nothing_of_it_is_kept() -> anyhow::Result<()> {
    let server = Server::start(Options::default()).await?;
    let data = server.data().to_string_lossy().into_owned();
    let before = server.operator().count("CodeSystem").await?;
    let latin = [CSV.as_bytes(), b"in-3,caf\xe9,in,,\n"].concat();
    let round = CSV.replace("in,住院部,,", "in,住院部,in-1,");
    let twice = format!("{CSV}in-2,again,in,,\n");
    let short = CSV.replace("in-2,呼吸科,in,Respiratory,36", "in-2,\"呼吸科,in,Respiratory,36");
    let long = format!("{CSV}{},大,in,,\n", "x".repeat(2 << 20));
    let deep = format!("{{\"resourceType\":\"CodeSystem\",\"concept\":{}1{}}}", "[".repeat(50_000), "]".repeat(50_000));
    for (name, bytes, says) in [
        ("latin.csv", latin, "not UTF-8"),
        ("round.csv", round.into_bytes(), ""),
        ("twice.csv", twice.into_bytes(), "in-2"),
        ("short.csv", short.into_bytes(), ""),
        ("long.csv", long.into_bytes(), ""),
        ("deep.json", deep.into_bytes(), ""),
        ("patient.json", b"{\"resourceType\":\"Patient\"}".to_vec(), "Patient"),
        ("empty.csv", Vec::new(), ""),
        (
            "entity.xml",
            b"<!DOCTYPE x [<!ENTITY a SYSTEM \"file:///etc/passwd\">]><ICD10CM.tabular>&a;</ICD10CM.tabular>".to_vec(),
            "",
        ),
    ] {
        let file = server.folder().join(name);
        std::fs::write(&file, &bytes)?;
        let output = command(&["terms", "import", "--data-dir", &data, &file.to_string_lossy()]).await?;
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        ensure!(!output.status.success(), "{name} was taken");
        // What the server refuses is named by its address; what is not read by its file.
        let named = said.contains(name) || said.contains(SYSTEM);
        ensure!(named && said.contains(says) && !said.contains("panicked"), "{name}: {said}");
        ensure!(said.len() < 4_000, "{name}: {} bytes of words", said.len());
    }
    let missing = command(&["terms", "import", "--data-dir", &data, "/nowhere/at-all.csv"]).await?;
    let said = String::from_utf8_lossy(&missing.stderr).into_owned();
    ensure!(!missing.status.success() && said.contains("at-all.csv"), "{said}");
    let after = server.operator().count("CodeSystem").await.context("afterwards")?;
    ensure!(before == after, "{before} CodeSystems before, {after} after");
    Ok(())
}
