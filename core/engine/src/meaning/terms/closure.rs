//! `$closure`: a table of its own for a client, of which of its codes stands below which; told piece by piece.
//!
//! The state of a table is one setting of the store: its codes, and each pair with the version that told it. What is new is
//! reckoned beside the writer, and written if the table is still as it was read.

use meridian_model::both;

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use meridian_access::{Act as Right, Caller, decide};
use meridian_conformance::terms::SystemCode;
use meridian_store::{Lane, Reader, WriteTx};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::answer::EVERYBODY;
use super::{in_force, refused};
use crate::engine::{instant, now};
use crate::operations::{Act, Answering, Call, Effect, Level, Operation};
use crate::write::origin;
use crate::{Engine, EngineError};

/// Most codes of one table, most that come at once, most pairs of one table.
const MOST_CODES: usize = 5_000;
const MOST_NEW: usize = 1_000;
const MOST_PAIRS: usize = 100_000;
/// Most tables of the store; the one that was begun first goes.
const MOST_TABLES: usize = 1_000;
const LONGEST_NAME: usize = 64;
/// The setting that holds the names of all tables.
const NAMES: &str = "closures";
/// How often a table is read anew that somebody else changed meanwhile.
const ATTEMPTS: usize = 5;

#[derive(Default, Serialize, Deserialize)]
struct Table {
    version: u64,
    codes: Vec<SystemCode>,
    /// The places of a code and of a more general one, and the version that told it.
    pairs: Vec<(u32, u32, u64)>,
}

const INPUT: &[(&str, &str, bool)] =
    &[("name", "string", true), ("concept", "Coding", false), ("version", "string", false)];

pub(super) fn operation() -> Operation {
    Operation {
        on: "",
        name: "closure",
        level: Level::System,
        effect: Effect::Changes,
        roles: EVERYBODY,
        input: INPUT,
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
                return Err(EngineError::invalid(
                    "name",
                    both!(
                        "1 to {LONGEST_NAME} letters without blanks",
                        "名称应是 1 至 {LONGEST_NAME} 个字符，不含空格"
                    ),
                ));
            }
            let since = call.param("version").map(|version| {
                version.parse::<u64>().map_err(|_| {
                    EngineError::invalid("version", both!("none that this server gave", "不是本机给出的版本"))
                })
            });
            let since = since.transpose()?;
            let codings = call.values.iter().filter(|(of, _)| of == "concept").map(|(_, coding)| coding);
            let codes = codings.map(code_of).collect::<Result<Vec<_>, _>>()?;
            if since.is_some() && !codes.is_empty() {
                return Err(EngineError::invalid(
                    "version",
                    both!("either `concept` or `version` is given, not both", "`concept` 与 `version` 只能给一个"),
                ));
            }
            if codes.len() > MOST_NEW {
                return Err(EngineError::invalid(
                    "concept",
                    both!("at most {MOST_NEW} come at once", "一次最多 {MOST_NEW} 个"),
                ));
            }
            // Each client has tables of its own.
            let setting = format!("closure/{}/{}/{name}", caller.institution, caller.actor);
            let asked = Arc::new(Asked { setting, name, codes, since });
            for _ in 0..ATTEMPTS {
                let answered = Arc::clone(&asked);
                let made = engine.store().search(move |reader: &Reader<'_>| answer(reader, &answered)).await?;
                let Some(change) = made.change else { return Ok(made.answer) };
                let asked = Arc::clone(&asked);
                let work = move |tx: &mut WriteTx<'_>| keep(tx, &asked.setting, &change);
                if engine.store().write(Lane::Interactive, origin(caller), work).await? {
                    return Ok(made.answer);
                }
            }
            Err(EngineError::Busy)
        })
    }
}

struct Asked {
    setting: String,
    name: String,
    codes: Vec<SystemCode>,
    since: Option<u64>,
}

/// What is told, and what has to be kept before.
struct Made {
    answer: Value,
    change: Option<Change>,
}

/// The bytes of a table as they were, and as they shall be.
struct Change {
    was: Option<Vec<u8>>,
    shall: Vec<u8>,
}

fn code_of(coding: &Value) -> Result<SystemCode, EngineError> {
    let part = |key: &str| coding.get(key).and_then(Value::as_str).filter(|text| !text.is_empty()).map(str::to_owned);
    part("system").zip(part("code")).ok_or_else(|| {
        EngineError::invalid("concept", both!("a Coding with system and code", "应是带 system 和 code 的 Coding"))
    })
}

fn broken(error: &serde_json::Error) -> EngineError {
    EngineError::Internal(format!("a closure table: {error}"))
}

fn answer(reader: &Reader<'_>, asked: &Asked) -> Result<Made, EngineError> {
    let Asked { setting, name, codes, since } = asked;
    let was = reader.setting(setting)?;
    let kept: Option<Table> = was.as_deref().map(serde_json::from_slice).transpose().map_err(|e| broken(&e))?;
    let absent = || {
        EngineError::Absent(both!("the closure table {name} is not here", "没有闭包表 {name}，请先只用 `name` 建立"))
    };
    if let Some(since) = since {
        let table = kept.ok_or_else(absent)?;
        let pairs = table.pairs.iter().filter(|(_, _, told)| told > since);
        return Ok(Made { answer: shown(name, &table, pairs), change: None });
    }
    // With a name alone it is begun, or begun anew.
    let mut table = if codes.is_empty() { Table::default() } else { kept.ok_or_else(absent)? };
    if !codes.is_empty() {
        add(reader, name, codes, &mut table)?;
    }
    let told = table.version;
    let answer = shown(name, &table, table.pairs.iter().filter(|(_, _, version)| *version == told));
    let shall = serde_json::to_vec(&table).map_err(|e| broken(&e))?;
    Ok(Made { answer, change: Some(Change { was, shall }) })
}

fn add(reader: &Reader<'_>, name: &str, codes: &[SystemCode], table: &mut Table) -> Result<(), EngineError> {
    let mut seen: HashSet<&SystemCode> = table.codes.iter().collect();
    let new: Vec<SystemCode> = codes.iter().filter(|code| seen.insert(code)).cloned().collect();
    if table.codes.len() + new.len() > MOST_CODES {
        return Err(EngineError::invalid(
            "concept",
            both!("{name} would have more than {MOST_CODES} codes", "{name} 的代码会超过 {MOST_CODES} 个"),
        ));
    }
    let room = MOST_PAIRS.saturating_sub(table.pairs.len());
    let pairs = in_force(reader)?.closed(&table.codes, &new, room).map_err(refused)?;
    table.version += 1;
    table.codes.extend(new);
    let places: HashMap<&SystemCode, u32> = table.codes.iter().zip(0..).collect();
    let place = |code: &SystemCode| places.get(code).copied();
    let version = table.version;
    let pairs = pairs.iter().filter_map(|pair| Some((place(&pair.code)?, place(&pair.below)?, version)));
    let pairs: Vec<(u32, u32, u64)> = pairs.collect();
    table.pairs.extend(pairs);
    Ok(())
}

/// Keeps a table that nobody else has changed; false if somebody has.
fn keep(tx: &mut WriteTx<'_>, setting: &str, change: &Change) -> Result<bool, EngineError> {
    if tx.setting(setting)? != change.was {
        return Ok(false);
    }
    if change.was.is_none() {
        register(tx, setting)?;
    }
    tx.put_setting(setting, &change.shall)?;
    Ok(true)
}

/// Notes a new table; the first ones go for it.
fn register(tx: &mut WriteTx<'_>, setting: &str) -> Result<(), EngineError> {
    let names = tx.setting(NAMES)?;
    let names: Option<Vec<String>> =
        names.as_deref().map(serde_json::from_slice).transpose().map_err(|e| broken(&e))?;
    let mut names = names.unwrap_or_default();
    names.push(setting.to_owned());
    for gone in names.drain(..names.len().saturating_sub(MOST_TABLES)) {
        tx.drop_setting(&gone)?;
    }
    Ok(tx.put_setting(NAMES, &serde_json::to_vec(&names).map_err(|e| broken(&e))?)?)
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
