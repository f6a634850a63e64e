//! `$search-parameters`: the parameters in force, and how far the posted ones are indexed.

use meridian_access::{Act as Right, Caller, decide};
use meridian_store::Reader;
use serde_json::{Value, json};

use super::registry::{Entry, Place, Places, Registry, State, places};
use super::{SEARCH_PARAMETER, rebuild};
use crate::engine::instant;
use crate::operations::{Act, Answering, Call, Effect, Operation};
use crate::{Engine, EngineError};

pub(crate) fn operation() -> Operation {
    let says = "The search parameters that were posted: code, base types, whether each is building, ready, failed, unable or dropping, \
                why, whether its expression is evaluated, how many resources are indexed and since when.";
    Operation::of_the_system("search-parameters", Effect::Looks, &[], says, Show)
}

struct Show;

impl Act for Show {
    fn run<'a>(&'a self, engine: &'a Engine, caller: &'a Caller, _call: Call) -> Answering<'a> {
        Box::pin(async move {
            decide(caller, Right::Look, SEARCH_PARAMETER)?;
            engine.store().search(show).await
        })
    }
}

fn show(reader: &Reader<'_>) -> Result<Value, EngineError> {
    let (registry, places) = (Registry::read(reader)?, places(reader)?);
    let mut parameters: Vec<Value> = Vec::new();
    if let Some((done, total)) = rebuild::progress(reader)? {
        let part = json!([{"name": "done", "valueDecimal": done}, {"name": "total", "valueDecimal": total}]);
        parameters.push(json!({"name": "rebuilding", "part": part}));
    }
    for entry in &registry.entries {
        parameters.push(line(reader, entry, &places)?);
    }
    if parameters.is_empty() {
        return Ok(json!({"resourceType": "Parameters"}));
    }
    Ok(json!({"resourceType": "Parameters", "parameter": parameters}))
}

fn line(reader: &Reader<'_>, entry: &Entry, places: &Places) -> Result<Value, EngineError> {
    let mut part = vec![
        json!({"name": "number", "valueInteger": entry.number}),
        json!({"name": "code", "valueCode": entry.code}),
        json!({"name": "url", "valueUri": entry.url}),
        json!({"name": "type", "valueCode": entry.kind}),
        json!({"name": "state", "valueCode": entry.state.as_str()}),
        json!({"name": "since", "valueInstant": instant(entry.since)}),
    ];
    part.push(json!({"name": "evaluated", "valueBoolean": entry.evaluated}));
    part.extend(entry.bases.iter().map(|base| json!({"name": "base", "valueCode": base})));
    if entry.state != State::Dropping {
        let reference = format!("{SEARCH_PARAMETER}/{}", entry.id);
        part.push(json!({"name": "resource", "valueReference": {"reference": reference}}));
    }
    if !entry.why.is_empty() {
        part.push(json!({"name": "why", "valueString": entry.why}));
    }
    if entry.state == State::Building {
        let Place { done, total, .. } = places.get(&entry.number).cloned().unwrap_or_default();
        let total = if total == 0 { waiting(reader, entry)? } else { total };
        part.push(json!({"name": "done", "valueDecimal": done}));
        part.push(json!({"name": "total", "valueDecimal": total}));
    }
    Ok(json!({"name": "parameter", "part": part}))
}

/// How many resources there are to be indexed, before the first step has counted them.
fn waiting(reader: &Reader<'_>, entry: &Entry) -> Result<u64, EngineError> {
    let counts = entry.kinds().into_iter().map(|kind| reader.places(kind));
    Ok(counts.collect::<Result<Vec<_>, _>>()?.into_iter().sum())
}
