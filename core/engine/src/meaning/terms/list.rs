//! `$terms`: which code systems, value sets and maps are in force.

use std::collections::BTreeMap;

use meridian_access::Caller;
use meridian_store::Reader;
use serde_json::{Value, json};

use super::answer::EVERYBODY;
use super::in_force;
use crate::operations::{Act, Answering, Call, Effect, Operation};
use crate::{Engine, EngineError};

const INPUT: &[(&str, &str, bool)] = &[("type", "code", false), ("url", "string", false)];

pub(super) fn operation() -> Operation {
    let says = "Which code systems, value sets and concept maps are in force, with their versions; `type` says which of the \
                three, `url` a part of the address.";
    Operation { roles: EVERYBODY, ..Operation::of_the_system("terms", Effect::Looks, INPUT, says, List) }
}

impl Engine {
    /// The code systems whose codes are here, each with its versions; the last counts where none is named.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn code_systems(&self) -> Result<BTreeMap<String, Vec<Option<String>>>, EngineError> {
        self.store().search(|reader: &Reader<'_>| Ok(in_force(reader)?.systems())).await
    }
}

struct List;

impl Act for List {
    fn run<'a>(&'a self, engine: &'a Engine, _caller: &'a Caller, call: Call) -> Answering<'a> {
        Box::pin(async move {
            let (kind, part) = (call.param("type").map(str::to_owned), call.param("url").map(str::to_owned));
            let lines =
                engine.store().search(|reader: &Reader<'_>| Ok::<_, EngineError>(in_force(reader)?.list())).await?;
            let fits = lines.into_iter().filter(|line| {
                kind.as_deref().is_none_or(|kind| kind == line.kind)
                    && part.as_deref().is_none_or(|part| line.url.contains(part))
            });
            let parameter = fits.map(|line| {
                let mut part =
                    vec![json!({"name": "type", "valueCode": line.kind}), json!({"name": "url", "valueUri": line.url})];
                part.extend(line.version.map(|version| json!({"name": "version", "valueString": version})));
                json!({"name": "resource", "part": part})
            });
            let parameter: Vec<Value> = parameter.collect();
            if parameter.is_empty() {
                return Ok(json!({"resourceType": "Parameters"}));
            }
            Ok(json!({"resourceType": "Parameters", "parameter": parameter}))
        })
    }
}
