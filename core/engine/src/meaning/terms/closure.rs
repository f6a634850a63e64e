//! `$closure`: a table of its own for a client, of which of its codes stands below which; told piece by piece.
//!
//! The state of a table is one setting of the store: its codes, and each pair with the version that told it.

use std::collections::BTreeMap;

use meridian_access::{Act as Right, Caller, decide};
use meridian_conformance::terms::SystemCode;
use meridian_store::{Lane, WriteTx};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::answer::EVERYBODY;
use super::{in_force, refused};
use crate::engine::{instant, now};
use crate::operations::{Act, Answering, Call, Effect, Level, Operation};
use crate::write::origin;
use crate::{Engine, EngineError};

/// Most codes of one table, and most tables.
const MOST_CODES: usize = 5_000;
const MOST_TABLES: usize = 1_000;
const LONGEST_NAME: usize = 64;
/// The setting that holds the names of all tables.
const NAMES: &str = "closures";

#[derive(Default, Serialize, Deserialize)]
struct Table {
    version: u64,
    codes: Vec<SystemCode>,
    /// The places of a code and of a more general one, and the version that told it.
    pairs: Vec<(u32, u32, u64)>,
}

pub(super) fn operation() -> Operation {
    Operation {
        on: "",
        name: "closure",
        level: Level::System,
        effect: Effect::Changes,
        roles: EVERYBODY,
        input: &[("name", "string", true), ("concept", "Coding", false), ("version", "string", false)],
        output: "ConceptMap",
        says: "Keeps a table of which of a client's codes stands below which: with `name` alone begins it, with `concept` \
               adds codes and tells the new pairs, with `version` tells all pairs since then.",
        versions: false,
        act: Box::new(Closure),
    }
}

struct Closure;

impl Act for Closure {
    fn run<'a>(&'a self, engine: &'a Engine, caller: &'a Caller, call: Call) -> Answering<'a> {
        Box::pin(async move {
            decide(caller, Right::Look, "ConceptMap")?;
            let name = call.param("name").unwrap_or_default().to_owned();
            if name.is_empty() || name.len() > LONGEST_NAME || !name.bytes().all(|b| b.is_ascii_graphic()) {
                return Err(EngineError::invalid("name", format!("1 to {LONGEST_NAME} letters without blanks")));
            }
            let since = call.param("version").map(|version| {
                version.parse::<u64>().map_err(|_| EngineError::invalid("version", "none that this server gave"))
            });
            let since = since.transpose()?;
            let codings = call.values.iter().filter(|(of, _)| of == "concept").map(|(_, coding)| coding);
            let codes = codings.map(code_of).collect::<Result<Vec<_>, _>>()?;
            if since.is_some() && !codes.is_empty() {
                return Err(EngineError::invalid("version", "either `concept` or `version` is given, not both"));
            }
            let work = move |tx: &mut WriteTx<'_>| answer(tx, &name, &codes, since);
            engine.store().write(Lane::Interactive, origin(caller), work).await
        })
    }
}

fn code_of(coding: &Value) -> Result<SystemCode, EngineError> {
    let part = |key: &str| coding.get(key).and_then(Value::as_str).filter(|text| !text.is_empty()).map(str::to_owned);
    part("system").zip(part("code")).ok_or_else(|| EngineError::invalid("concept", "a Coding with system and code"))
}

fn answer(tx: &mut WriteTx<'_>, name: &str, codes: &[SystemCode], since: Option<u64>) -> Result<Value, EngineError> {
    let setting = format!("closure/{name}");
    let broken = |error: serde_json::Error| EngineError::Internal(format!("the setting {setting}: {error}"));
    let kept: Option<Table> = match tx.setting(&setting)? {
        Some(bytes) => Some(serde_json::from_slice(&bytes).map_err(broken)?),
        None => None,
    };
    if let Some(since) = since {
        let table = kept.ok_or_else(|| EngineError::Absent(format!("the closure table {name} is not here")))?;
        let pairs = table.pairs.iter().filter(|(_, _, told)| *told > since);
        return Ok(shown(name, &table, pairs));
    }
    let mut table = match (kept, codes.is_empty()) {
        // Begun, or begun anew.
        (None, true) => {
            register(tx, name)?;
            Table::default()
        }
        (Some(_), true) => Table::default(),
        (Some(table), false) => table,
        (None, false) => return Err(EngineError::Absent(format!("the closure table {name} is not here"))),
    };
    if !codes.is_empty() {
        add(tx, name, codes, &mut table)?;
    }
    tx.put_setting(&setting, &serde_json::to_vec(&table).map_err(broken)?)?;
    let told = table.version;
    Ok(shown(name, &table, table.pairs.iter().filter(|(_, _, version)| *version == told)))
}

fn add(tx: &WriteTx<'_>, name: &str, codes: &[SystemCode], table: &mut Table) -> Result<(), EngineError> {
    let mut new: Vec<SystemCode> = Vec::new();
    for code in codes {
        if !table.codes.contains(code) && !new.contains(code) {
            new.push(code.clone());
        }
    }
    if table.codes.len() + new.len() > MOST_CODES {
        return Err(EngineError::invalid("concept", format!("{name} would have more than {MOST_CODES} codes")));
    }
    let pairs = in_force(tx)?.closed(&table.codes, &new).map_err(refused)?;
    table.version += 1;
    table.codes.extend(new);
    let places: BTreeMap<&SystemCode, u32> = table.codes.iter().zip(0..).collect();
    let place = |code: &SystemCode| places.get(code).copied();
    let version = table.version;
    let pairs = pairs.iter().filter_map(|pair| Some((place(&pair.code)?, place(&pair.below)?, version)));
    let pairs: Vec<(u32, u32, u64)> = pairs.collect();
    table.pairs.extend(pairs);
    Ok(())
}

/// Notes a new table; there are so many, and no more.
fn register(tx: &mut WriteTx<'_>, name: &str) -> Result<(), EngineError> {
    let broken = |error: serde_json::Error| EngineError::Internal(format!("the setting {NAMES}: {error}"));
    let mut names: Vec<String> = match tx.setting(NAMES)? {
        Some(bytes) => serde_json::from_slice(&bytes).map_err(broken)?,
        None => Vec::new(),
    };
    if names.len() >= MOST_TABLES {
        return Err(EngineError::NotSupported(format!("{MOST_TABLES} closure tables are all that one store has")));
    }
    names.push(name.to_owned());
    Ok(tx.put_setting(NAMES, &serde_json::to_vec(&names).map_err(broken)?)?)
}

/// Pairs as a ConceptMap: each code with those that are more general.
fn shown<'p>(name: &str, table: &Table, pairs: impl Iterator<Item = &'p (u32, u32, u64)>) -> Value {
    // By system, then by code.
    let mut groups: BTreeMap<(&str, &str), BTreeMap<&str, Vec<Value>>> = BTreeMap::new();
    for (code, below, _) in pairs {
        let of = |place: u32| table.codes.get(place as usize);
        let (Some((system, code)), Some((target, below))) = (of(*code), of(*below)) else { continue };
        let target = groups.entry((system.as_str(), target.as_str())).or_default().entry(code.as_str()).or_default();
        target.push(json!({"code": below, "equivalence": "subsumes"}));
    }
    let groups: Vec<Value> = groups
        .into_iter()
        .map(|((source, target), elements)| {
            let elements: Vec<Value> =
                elements.into_iter().map(|(code, targets)| json!({"code": code, "target": targets})).collect();
            json!({"source": source, "target": target, "element": elements})
        })
        .collect();
    let mut map = json!({
        "resourceType": "ConceptMap",
        "name": name,
        "title": format!("Closure table {name}"),
        "version": table.version.to_string(),
        "status": "active",
        "experimental": true,
        "date": instant(now()),
    });
    if let Some(members) = map.as_object_mut().filter(|_| !groups.is_empty()) {
        members.insert("group".to_owned(), Value::Array(groups));
    }
    map
}
