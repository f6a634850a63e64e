//! `$store`: sizes, counts and rates of the store itself. Every number is measured or counted; what is not known is
//! left out.

use meridian_model::both;

use meridian_access::{Act as Right, Caller, decide};
use meridian_store::{Second, Store, StoreError, Vitals};
use serde_json::{Value, json};

use super::{Act, Answering, Call, Effect, Operation};
use crate::engine::{instant, now};
use crate::statistics::{Recent, RecordTally};
use crate::{Class, Engine, EngineError};

pub(super) fn operation() -> Operation {
    let says = "Files, resources by type, what each institution wrote, rates of the last hour, use of connections, length \
               of the audit chains; with tables=true also the rows of every table, which takes longer.";
    Operation::of_the_system("store", Effect::Looks, &[("tables", "boolean", false)], says, TheStore)
}

struct TheStore;

impl Act for TheStore {
    fn run<'a>(&'a self, engine: &'a Engine, caller: &'a Caller, call: Call) -> Answering<'a> {
        Box::pin(async move {
            decide(caller, Right::Look, "AuditEvent")?;
            match call.param("tables") {
                Some("true") => tables(engine).await,
                None | Some("false") => vitals(engine).await,
                Some(other) => Err(EngineError::invalid(
                    "tables",
                    both!("`{other}` is neither true nor false", "`{other}` 应为 true 或 false"),
                )),
            }
        })
    }
}

async fn vitals(engine: &Engine) -> Result<Value, EngineError> {
    let now = now();
    let mut tally = engine.inner.statistics.record.lock().await;
    tally.advance(engine).await?;
    let store = engine.store().clone();
    let vitals = tokio::task::spawn_blocking(move || store.vitals()).await;
    let vitals = vitals.map_err(|error| EngineError::Internal(error.to_string()))??;
    let mut parameters = vec![json!({"name": "now", "valueInstant": instant(now)})];
    parameters.extend(house(&vitals));
    parameters.extend(record(&tally, now));
    parameters.push(json!({"name": "rates", "part": rates(&tally, &vitals.pace, now)}));
    Ok(json!({"resourceType": "Parameters", "parameter": parameters}))
}

fn number(name: &str, value: i64) -> Value {
    json!({"name": name, "valueDecimal": value})
}

fn house(vitals: &Vitals) -> Vec<Value> {
    let files = vitals.files.iter().map(|(name, bytes)| {
        json!({"name": "file", "part": [{"name": "name", "valueString": name}, {"name": "bytes", "valueDecimal": bytes}]})
    });
    let desks = vitals.desks.iter().map(|(name, size, busy)| {
        json!({"name": "desk", "part": [{"name": "name", "valueString": name}, {"name": "size", "valueInteger": size},
            {"name": "busy", "valueInteger": busy}]})
    });
    let (interactive, bulk) = vitals.waiting;
    let lanes = json!({"name": "writer", "part": [{"name": "interactive", "valueInteger": interactive},
        {"name": "bulk", "valueInteger": bulk}]});
    let chains = json!({"name": "audit", "part": [number("looks", vitals.looks), number("writes", vitals.writes)]});
    files.chain(desks).chain([lanes, chains]).collect()
}

fn record(tally: &RecordTally, now: i64) -> Vec<Value> {
    let types = tally.types.iter().filter(|(_, count)| **count != 0).map(|(name, count)| {
        json!({"name": "resources", "part": [{"name": "type", "valueString": name}, number("count", *count)]})
    });
    let sources = tally.sources.iter().map(|((institution, door), source)| {
        let mut part = vec![
            json!({"name": "institution", "valueString": institution}),
            json!({"name": "door", "valueString": door}),
            number("transactions", source.transactions),
            number("created", source.created),
            number("updated", source.updated),
            number("deleted", source.deleted),
        ];
        part.extend(pace("", &source.recent, now));
        if source.last > 0 {
            part.push(json!({"name": "last", "valueInstant": instant(source.last)}));
        }
        json!({"name": "source", "part": part})
    });
    // How far along the chain the counts go: all of it, but for the first moments after a start of a large store.
    let counted = number("counted", tally.seq);
    types.chain(sources).chain([counted]).collect()
}

fn rates(tally: &RecordTally, commits: &[Second], now: i64) -> Vec<Value> {
    let (mut groups, mut acts) = (Recent::default(), Recent::default());
    for second in commits {
        groups.add(second.at * 1000, second.commits);
        acts.add(second.at * 1000, second.acts);
    }
    let all =
        [("resources", &tally.resources), ("transactions", &tally.transactions), ("commits", &groups), ("acts", &acts)];
    all.into_iter().flat_map(|(name, recent)| pace(name, recent, now)).collect()
}

/// How many in the last ten and sixty seconds, and in each of the last 60 minutes.
fn pace(what: &str, recent: &Recent, now: i64) -> Vec<Value> {
    let named = |tail: &str| if what.is_empty() { tail.to_owned() } else { format!("{what}-{tail}") };
    let minutes = recent.minutes(now).iter().map(u32::to_string).collect::<Vec<_>>().join(",");
    vec![
        json!({"name": named("last10s"), "valueInteger": recent.last(now, 10)}),
        json!({"name": named("last60s"), "valueInteger": recent.last(now, 60)}),
        json!({"name": named("minutes"), "valueString": minutes}),
    ]
}

/// The rows of every table, one after the other; a table that takes longer than a search may is told without a count.
async fn tables(engine: &Engine) -> Result<Value, EngineError> {
    let mut parameters = vec![json!({"name": "now", "valueInstant": instant(now())})];
    let (record, audit) = Store::tables();
    for (file, names) in [("meridian.db", record), ("audit.db", audit)] {
        for name in names {
            let mut part =
                vec![json!({"name": "name", "valueString": name}), json!({"name": "file", "valueString": file})];
            match engine.store().rows_of(name).await.map_err(|error: StoreError| EngineError::from(error)) {
                Ok(rows) => part.push(number("rows", rows)),
                Err(error) if error.class() == Class::TooCostly => {}
                Err(error) => return Err(error),
            }
            parameters.push(json!({"name": "table", "part": part}));
        }
    }
    Ok(json!({"resourceType": "Parameters", "parameter": parameters}))
}
