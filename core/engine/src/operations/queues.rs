//! `$jobs`: every queue of durable work, what stands in it, and how long the oldest has waited.

use meridian_access::Caller;
use serde_json::{Value, json};

use super::{Act, Answering, Call, Effect, Operation};
use crate::engine::{instant, now};
use crate::{Engine, EngineError, jobs};

pub(super) fn operation() -> Operation {
    let says = "Queues of durable work (inbox, outbox/institution): waiting, done, parked, and the oldest that waits.";
    Operation::of_the_system("jobs", Effect::Looks, &[], says, Jobs)
}

struct Jobs;

impl Act for Jobs {
    fn run<'a>(&'a self, engine: &'a Engine, caller: &'a Caller, _call: Call) -> Answering<'a> {
        Box::pin(list(engine, caller))
    }
}

async fn list(engine: &Engine, caller: &Caller) -> Result<Value, EngineError> {
    let now = now();
    let mut parameters = vec![json!({"name": "now", "valueInstant": instant(now)})];
    for line in jobs::queues(engine, caller).await? {
        let mut part = vec![
            json!({"name": "queue", "valueString": line.queue}),
            json!({"name": "waiting", "valueInteger": line.counts.waiting}),
            json!({"name": "done", "valueInteger": line.counts.done}),
            json!({"name": "parked", "valueInteger": line.counts.parked}),
        ];
        if let Some(oldest) = line.oldest {
            part.push(json!({"name": "oldest", "valueInstant": instant(oldest)}));
            part.push(json!({"name": "oldestSeconds", "valueInteger": (now - oldest).max(0) / 1000}));
        }
        if line.counting {
            part.push(json!({"name": "counting", "valueBoolean": true}));
        }
        parameters.push(json!({"name": "queue", "part": part}));
    }
    Ok(json!({"resourceType": "Parameters", "parameter": parameters}))
}
