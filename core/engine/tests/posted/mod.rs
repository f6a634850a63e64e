//! A store with posted search parameters: written, indexed, searched and looked at.
#![allow(dead_code)] // each test file uses its part

use meridian_engine::operations::{Call, table};
use meridian_engine::{Caller, Engine, EngineError, Request, Role, search, settle_search_parameters, update};
use meridian_model::language::Language;
use meridian_store::{Home, Store, StoreOptions};
use meridian_testkit::postgres::schema_for;
use serde_json::Value;

pub(crate) fn store(dir: &tempfile::TempDir) -> Store {
    let home = schema_for(dir.path()).map_or_else(|| Home::from(dir.path()), Home::Postgres);
    Store::open(home, &StoreOptions::default()).unwrap()
}

pub(crate) fn open(dir: &tempfile::TempDir) -> Engine {
    Engine::new(store(dir), Vec::new())
}

pub(crate) fn operator() -> Caller {
    Caller { role: Role::Operator, ..Caller::system("test", "CJ01", "t-1") }
}

pub(crate) async fn find(engine: &Engine, kind: &str, query: &str) -> Result<Vec<String>, EngineError> {
    let params = meridian_engine::split_query(query)?;
    let request = Request { kind: kind.into(), params, lenient: false };
    let answer = search(engine, &operator(), &request).await?;
    let bundle: Value = serde_json::from_slice(&answer.bundle("http://x/fhir", Language::English)).unwrap();
    let entries = bundle["entry"].as_array().cloned().unwrap_or_default();
    let mut ids: Vec<_> = entries.iter().map(|e| e["resource"]["id"].as_str().unwrap().to_owned()).collect();
    ids.sort();
    Ok(ids)
}

pub(crate) async fn put(engine: &Engine, resource: Value) -> Result<(), EngineError> {
    let (kind, id) =
        (resource["resourceType"].as_str().unwrap().to_owned(), resource["id"].as_str().unwrap().to_owned());
    let kind = meridian_model::definitions::Definitions::r4().resource_types().find(|one| *one == kind).unwrap();
    update(engine, &operator(), kind, &id, resource, None).await.map(|_| ())
}

pub(crate) async fn settle(engine: &Engine) -> u64 {
    settle_search_parameters(engine, &operator(), |_, _| {}).await.unwrap()
}

/// Code, state and number of each posted parameter.
pub(crate) async fn shown(engine: &Engine) -> Vec<(String, String, i64)> {
    let all = table();
    let operation = all.iter().find(|operation| operation.name == "search-parameters").unwrap();
    let answer = operation.act.run(engine, &operator(), Call::default()).await.unwrap();
    let lines = answer["parameter"].as_array().cloned().unwrap_or_default();
    let part = |line: &Value, name: &str, key: &str| {
        line["part"].as_array().unwrap().iter().find(|part| part["name"] == name).unwrap()[key].clone()
    };
    let text = |value: Value| value.as_str().unwrap().to_owned();
    lines
        .iter()
        .map(|line| {
            let (code, state) = (part(line, "code", "valueCode"), part(line, "state", "valueCode"));
            (text(code), text(state), part(line, "number", "valueInteger").as_i64().unwrap())
        })
        .collect()
}
