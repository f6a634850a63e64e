//! `{type}/{id}/$diff`: what makes one version of another, as operations of JSON Patch.

use meridian_access::{Caller, Role};
use meridian_model::both;
use meridian_model::language::Both;
use meridian_model::patch::diff;
use serde_json::{Value, json};

use super::{Act, Answering, Call, EVERY_TYPE, Effect, Level, Operation};
use crate::served::value_in;
use crate::{Engine, EngineError, HistoryOf, HistoryRequest, history, vread};

pub(super) fn operation() -> Operation {
    Operation {
        on: EVERY_TYPE,
        name: "diff",
        level: Level::Instance,
        effect: Effect::Looks,
        roles: &[Role::Doctor, Role::Nurse],
        input: &[("from", "integer", false), ("to", "integer", false)],
        output: "Parameters",
        says: "What changed between two versions: the newest and the one before it, if nobody says which. Each operation \
               has op, path (a JSON Pointer), and before and value as JSON text.",
        versions: true,
        act: Box::new(Diff),
    }
}

struct Diff;

impl Act for Diff {
    fn run<'a>(&'a self, engine: &'a Engine, caller: &'a Caller, call: Call) -> Answering<'a> {
        Box::pin(compare(engine, caller, call))
    }
}

async fn compare(engine: &Engine, caller: &Caller, call: Call) -> Result<Value, EngineError> {
    let (kind, id) = (call.kind.clone(), call.id.clone().unwrap_or_default());
    let newest = {
        let of = HistoryRequest::newest(HistoryOf::Instance(kind.clone(), id.clone()), 1);
        history(engine, caller, &of).await?.versions.first().map_or(0, |version| version.version)
    };
    let number = |name: &str, default: i64| match call.number(name, default)? {
        number if (1..=newest).contains(&number) => Ok(number),
        number => Err(EngineError::invalid(
            name,
            both!("there is no version {number}; the newest is {newest}", "没有版本 {number}，最新是 {newest}"),
        )),
    };
    let named = call.version.as_ref().map(|text| text.parse::<i64>());
    let named = named.transpose().map_err(|_| EngineError::NotFound(Both::alike(format!("{kind}/{id}/_history"))))?;
    let to = number("to", named.unwrap_or(newest))?;
    let from = number("from", (to - 1).max(1))?;
    let (before, after) =
        (version(engine, caller, &kind, &id, from).await?, version(engine, caller, &kind, &id, to).await?);
    let mut parameters = vec![json!({"name": "from", "valueInteger": from}), json!({"name": "to", "valueInteger": to})];
    parameters.extend(diff(&before, &after).into_iter().map(|one| {
        let mut part =
            vec![json!({"name": "op", "valueCode": one.op}), json!({"name": "path", "valueString": one.path})];
        for (name, value) in [("before", one.before), ("value", one.value)] {
            part.extend(value.map(|value| json!({"name": name, "valueString": value.to_string()})));
        }
        json!({"name": "operation", "part": part})
    }));
    Ok(json!({"resourceType": "Parameters", "parameter": parameters}))
}

/// A version as a document; of a deleted one nothing is left.
async fn version(engine: &Engine, caller: &Caller, kind: &str, id: &str, number: i64) -> Result<Value, EngineError> {
    match vread(engine, caller, kind, id, &number.to_string()).await {
        Ok(served) => value_in(&served.body),
        Err(EngineError::Gone(_)) => Ok(json!({})),
        Err(error) => Err(error),
    }
}
