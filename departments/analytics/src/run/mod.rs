//! `$viewdefinition-run` (and `ViewDefinition/$run`): a view over the record, or over resources that are sent along, as a
//! stream of rows.

mod asked;
mod found;
mod stream;

use meridian_model::both;

use std::sync::Arc;

use meridian_engine::operations::{Act, Answering, Call, Effect, Level, Operation, Streaming};
use meridian_engine::{Caller, Engine, EngineError};
use tokio::sync::Semaphore;

const INPUT: &[(&str, &str, bool)] = &[
    ("_format", "code", false),
    ("header", "boolean", false),
    ("viewReference", "Reference", false),
    ("viewResource", "Resource", false),
    ("patient", "Reference", false),
    ("group", "Reference", false),
    ("_since", "instant", false),
    ("_limit", "integer", false),
    ("resource", "Resource", false),
];

/// The rows of this department for the table of operations.
#[must_use]
pub fn operations() -> Vec<Operation> {
    let places = Arc::new(Semaphore::new(stream::PLACES));
    let row = |on: &'static str, name: &'static str, level: Level| Operation {
        on,
        name,
        level,
        effect: Effect::Looks,
        roles: &[],
        input: INPUT,
        output: "Binary",
        says: "Runs a view of SQL on FHIR over the record, or over the resources that are sent along, and answers with its \
               rows as NDJSON, JSON, CSV or Parquet. A view is sent along (`viewResource`), or kept as the content of a \
               Library, since R4 has no ViewDefinition (`viewReference`: `Library/id` or its canonical address).",
        versions: false,
        act: Box::new(Run { places: Arc::clone(&places) }),
    };
    vec![
        row("", "viewdefinition-run", Level::System),
        row("ViewDefinition", "viewdefinition-run", Level::Type),
        row("ViewDefinition", "viewdefinition-run", Level::Instance),
        row("ViewDefinition", "run", Level::Type),
        row("ViewDefinition", "run", Level::Instance),
    ]
}

struct Run {
    /// For walks: one set for all rows of the table.
    places: Arc<Semaphore>,
}

impl Act for Run {
    fn run<'a>(&'a self, _: &'a Engine, _: &'a Caller, _: Call) -> Answering<'a> {
        Box::pin(async {
            Err(EngineError::NotSupported(both!("this operation answers with rows", "这个操作的应答是数据行")))
        })
    }

    fn reads_all(&self) -> bool {
        true
    }

    fn stream<'a>(&'a self, engine: &'a Engine, caller: &'a Caller, call: Call) -> Option<Streaming<'a>> {
        Some(Box::pin(async move {
            let asked = asked::read(&call)?;
            let view = found::view(engine, caller, &call, &asked).await?;
            stream::start(engine, caller, view, asked, call, &self.places).await
        }))
    }

    fn forms(&self) -> &'static [&'static str] {
        &["application/x-ndjson", "application/json", "text/csv", "application/vnd.apache.parquet"]
    }

    fn foreign(&self) -> &'static [&'static str] {
        &["ViewDefinition"]
    }
}
