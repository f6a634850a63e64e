//! `{type}/{id}/$purge`: erasure, with its own right and a reason.

use meridian_model::both;

use meridian_access::Caller;
use serde_json::{Value, json};

use super::{Act, Answering, Call, EVERY_TYPE, Effect, Level, Operation};
use crate::write::erase;
use crate::{Engine, EngineError, incoming};

/// Longest reason, in characters; the audit keeps as many.
const LONGEST: usize = 500;

pub(super) fn operations() -> [Operation; 1] {
    [Operation {
        on: EVERY_TYPE,
        name: "purge",
        level: Level::Instance,
        effect: Effect::Changes,
        roles: &[],
        input: &[("reason", "string", true)],
        output: "Parameters",
        says: "Erases a resource with all its versions; a Patient with its whole record, a golden one with the records of \
               all its sources. It cannot be undone: the audit alone tells that it was there.",
        versions: false,
        act: Box::new(Purge),
    }]
}

struct Purge;

impl Act for Purge {
    fn run<'a>(&'a self, engine: &'a Engine, caller: &'a Caller, call: Call) -> Answering<'a> {
        Box::pin(purge(engine, caller, call))
    }
}

async fn purge(engine: &Engine, caller: &Caller, call: Call) -> Result<Value, EngineError> {
    let kind = incoming::type_name(&call.kind)?;
    let id = call.id.clone().unwrap_or_default();
    let reason = call.param("reason").map(str::trim).unwrap_or_default();
    if reason.is_empty() || reason.chars().count() > LONGEST {
        return Err(EngineError::invalid(
            "reason",
            both!("a reason in at most {LONGEST} characters is expected", "缺少原因 `reason`（最多 {LONGEST} 个字符）"),
        ));
    }
    let erased = erase(engine, caller, kind, &id, reason).await?;
    let mut parameters: Vec<Value> = erased
        .resources
        .iter()
        .map(|(kind, count)| {
            json!({"name": "resources", "part": [{"name": "type", "valueCode": kind}, {"name": "count", "valueInteger": count}]})
        })
        .collect();
    for (name, count) in
        [("versions", erased.versions), ("messages", erased.messages), ("references", erased.references)]
    {
        parameters.push(json!({"name": name, "valueInteger": count}));
    }
    Ok(json!({"resourceType": "Parameters", "parameter": parameters}))
}
