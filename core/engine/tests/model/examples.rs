//! HL7's 2,906 official examples: written, read back unchanged, and found by every search parameter of their type for
//! which the expression in HL7's own list gives a value.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use meridian_engine::{Request, create, read};
use meridian_model::definitions::Definitions;
use serde_json::Value;
use tokio::task::JoinSet;

use crate::house::{House, open};
use crate::path::evaluate;
use crate::sought::{Sought, composite, sought};

/// Examples that go on at once.
const AT_ONCE: usize = 8;
/// Parameters in one search; with the `_id` fewer than a search may have.
const TOGETHER: usize = 20;

fn materials(archive: &str) -> Option<PathBuf> {
    let folder = std::env::var_os("MERIDIAN_MATERIALS").map(|root| Path::new(&root).join(archive));
    let found = folder.filter(|folder| folder.is_dir());
    if found.is_none() {
        meridian_testkit::say(format_args!("SKIPPED {archive}: MERIDIAN_MATERIALS does not hold it"));
    }
    found
}

fn json(path: &Path) -> Value {
    serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
}

/// HL7's search parameters by type.
struct Listed {
    params: BTreeMap<String, Vec<Value>>,
    by_url: BTreeMap<String, Value>,
}

fn listed(folder: &Path) -> Listed {
    let bundle = json(&folder.join("r4/search-parameters.json"));
    let (mut params, mut by_url) = (BTreeMap::<String, Vec<Value>>::new(), BTreeMap::new());
    for entry in bundle["entry"].as_array().unwrap() {
        let param = &entry["resource"];
        by_url.insert(param["url"].as_str().unwrap().to_owned(), param.clone());
        for base in param["base"].as_array().unwrap().iter().filter_map(Value::as_str) {
            params.entry(base.to_owned()).or_default().push(param.clone());
        }
    }
    Listed { params, by_url }
}

impl Listed {
    /// What finds this resource: by each of its parameters that has a value in it.
    fn sought(&self, resource: &Value) -> Vec<(String, Sought)> {
        let kind = resource["resourceType"].as_str().unwrap();
        let all = [kind, "Resource", "DomainResource"].into_iter().filter_map(|base| self.params.get(base)).flatten();
        let mut found = Vec::new();
        for param in all {
            let (code, shape) = (param["code"].as_str().unwrap(), param["type"].as_str().unwrap());
            let Some(expression) = param["expression"].as_str().filter(|_| !matches!(code, "_id" | "_lastUpdated"))
            else {
                continue;
            };
            let Some(nodes) = evaluate(expression, resource) else { continue };
            let value = if shape == "composite" {
                nodes.iter().find_map(|node| composite(param, node.value, &self.by_url))
            } else {
                nodes.iter().find_map(|node| sought(shape, node))
            };
            found.extend(value.map(|value| (code.to_owned(), value)));
        }
        found
    }
}

#[derive(Default)]
struct Told {
    resources: usize,
    searched: BTreeMap<String, usize>,
    wrong: Vec<String>,
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn material_official_examples_are_found_by_what_they_say() {
    let (Some(folder), Some(definitions)) = (materials("fhir_r4_examples"), materials("fhir_r4_definitions")) else {
        return;
    };
    let listed = Arc::new(listed(&definitions));
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.retain(|path| path.extension().is_some_and(|ending| ending == "json"));
    files.sort();
    let (_folder, house) = open();
    let files = Arc::new(files);
    let mut running = JoinSet::new();
    for first in 0..AT_ONCE {
        let (house, listed, files) = (house.clone(), Arc::clone(&listed), Arc::clone(&files));
        running.spawn(async move {
            let mut told = Told::default();
            for path in files.iter().skip(first).step_by(AT_ONCE) {
                let resource = json(path);
                // One file is a list of packages and no resource.
                let Some(kind) = resource["resourceType"].as_str().and_then(static_kind) else { continue };
                let name = path.file_name().unwrap().to_string_lossy().into_owned();
                told.resources += 1;
                if let Err(text) = one(&house, &listed, kind, &resource, &mut told.searched).await {
                    told.wrong.push(format!("{name}: {text}"));
                }
            }
            told
        });
    }
    let mut all = Told::default();
    while let Some(told) = running.join_next().await {
        let told = told.unwrap();
        all.resources += told.resources;
        all.wrong.extend(told.wrong);
        for (shape, count) in told.searched {
            *all.searched.entry(shape).or_default() += count;
        }
    }
    all.wrong.sort();
    for text in all.wrong.iter().take(40) {
        println!("  {}", text.chars().take(600).collect::<String>());
    }
    let searched: usize = all.searched.values().sum();
    println!("fhir_r4_examples: {} resources, {searched} searches by {:?}", all.resources, all.searched);
    println!("fhir_r4_examples: {} passed of {}", all.resources - all.wrong.len(), all.resources);
    assert!(all.wrong.is_empty(), "{} examples", all.wrong.len());
}

fn static_kind(kind: &str) -> Option<&'static str> {
    let r4 = Definitions::r4();
    r4.type_code(kind).and_then(|code| r4.type_name(code))
}

async fn one(
    house: &House,
    listed: &Listed,
    kind: &'static str,
    resource: &Value,
    searched: &mut BTreeMap<String, usize>,
) -> Result<(), String> {
    let told = |error: meridian_engine::EngineError| format!("{:?}", error.issues());
    let made = create(&house.engine, &house.viewer, kind, resource.clone(), None).await.map_err(told)?;
    let id = made.served.id.clone();
    let got = read(&house.engine, &house.viewer, kind, &id).await.map_err(told)?;
    let mut got: Value = serde_json::from_slice(&got.body).map_err(|error| error.to_string())?;
    same(resource, &mut got)?;

    let wanted = listed.sought(resource);
    for part in wanted.chunks(TOGETHER) {
        if found(house, kind, &id, part).await.unwrap_or(false) {
            for (_, sought) in part {
                *searched.entry(sought.shape.clone()).or_default() += 1;
            }
            continue;
        }
        let mut missed = Vec::new();
        for alone in part {
            let single = std::slice::from_ref(alone);
            match found(house, kind, &id, single).await {
                Ok(true) => {}
                Ok(false) => missed.push(format!("not found by {}{}={}", alone.0, alone.1.modifier, alone.1.value)),
                Err(error) => missed.push(format!("{}{}={}: {error}", alone.0, alone.1.modifier, alone.1.value)),
            }
        }
        if missed.is_empty() {
            missed.push("found by each parameter, but not by all of them together".into());
        }
        return Err(missed.join("; "));
    }
    Ok(())
}

/// What was sent is there, but for the id and what the server says in `meta`.
fn same(sent: &Value, got: &mut Value) -> Result<(), String> {
    let mut sent = sent.clone();
    for resource in [&mut sent, got] {
        let members = resource.as_object_mut().unwrap();
        members.remove("id");
        if let Some(meta) = members.get_mut("meta").and_then(Value::as_object_mut) {
            meta.remove("versionId");
            meta.remove("lastUpdated");
            if let Some(tags) = meta.get_mut("tag").and_then(Value::as_array_mut) {
                tags.retain(|tag| tag["system"] != "https://meridian.example/institution");
            }
            meta.retain(|_, value| !value.as_array().is_some_and(Vec::is_empty));
        }
        if members.get("meta").and_then(Value::as_object).is_some_and(serde_json::Map::is_empty) {
            members.remove("meta");
        }
    }
    if sent == *got { Ok(()) } else { Err("read back otherwise than it was sent".into()) }
}

async fn found(house: &House, kind: &str, id: &str, by: &[(String, Sought)]) -> Result<bool, String> {
    let mut params = vec![("_id".to_owned(), id.to_owned())];
    params.extend(by.iter().map(|(code, sought)| (format!("{code}{}", sought.modifier), sought.value.clone())));
    let request = Request { kind: kind.to_owned(), params, lenient: false };
    let page = house.page(&request.into()).await.map_err(|error| format!("{:?}", error.issues()))?;
    Ok(page.matches.len() == 1)
}
