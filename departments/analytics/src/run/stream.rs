//! Rows on their way: page by page out of the store, through the view, to whoever listens. Between two pages nothing is
//! held but what is not yet taken; whoever stops listening stops the walk.

use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use meridian_engine::each::{Each, Wanted};
use meridian_engine::operations::{Call, Sent};
use meridian_engine::{Caller, Engine, EngineError};
use meridian_fhirpath::Moment;
use meridian_model::Value;
use meridian_model::outcome::Issue;
use tokio::sync::mpsc;

use super::asked::Asked;
use super::found::{is_view, json};
use crate::view::write::Writer;
use crate::view::{Fault, View};

/// Pieces that wait for the listener.
const WAITING: usize = 4;
/// A piece is sent from this size on, in bytes.
const PIECE: usize = 256 << 10;

/// The name of this look in the audit.
const ACT: &str = "viewdefinition-run";

pub(super) async fn start(
    engine: &Engine,
    caller: &Caller,
    view: Arc<View>,
    asked: Asked,
    call: Call,
) -> Result<Sent, EngineError> {
    let format = asked.format();
    // A hint that Parquet doesn't know is told before anything is sent.
    Writer::new(&view, format, asked.header).map_err(|fault| unprocessable(&fault))?;
    let (sender, pieces) = mpsc::channel(WAITING);
    let given = given(call.body, call.resources);
    if !given.is_empty() {
        if !(asked.patients.is_empty() && asked.groups.is_empty() && asked.since.is_none()) {
            let says = "resources that are sent along are not narrowed by `patient`, `group` or `_since`";
            return Err(EngineError::invalid("resource", says));
        }
        let mut table = Table { view, limit: asked.limit.unwrap_or(usize::MAX), now: now() };
        let made = tokio::task::spawn_blocking(move || {
            let mut writer = table.writer(&asked)?;
            let mut done = Vec::new();
            for resource in &given {
                table.add(&mut writer, resource)?;
            }
            done.append(&mut writer.finish()?);
            Ok::<_, Fault>(done)
        });
        let done = made.await.map_err(|error| EngineError::Internal(error.to_string()))?;
        let done = done.map_err(|fault| unprocessable(&fault))?;
        let _ = sender.send(Ok(done)).await;
        return Ok(Sent { media_type: format.media_type(), pieces });
    }
    let wanted = Wanted {
        kind: view.resource.clone(),
        since: asked.since,
        patients: asked.patients.clone(),
        groups: asked.groups.clone(),
    };
    let name = view.name.as_deref().unwrap_or("view");
    let query = call.params.iter().map(|(name, value)| format!("{name}={value}"));
    let query = std::iter::once(format!("view={name}")).chain(query).collect::<Vec<_>>().join("&");
    let mut each = Each::begin(engine, caller, ACT, &wanted, &query).await?;
    let mut table = Table { view, limit: asked.limit.unwrap_or(usize::MAX), now: now() };
    // The first page is read before the answer begins, so that what fails at once has a status of its own.
    let first = each.next(engine).await?;
    let engine = engine.clone();
    tokio::spawn(async move {
        if let Err(error) = walk(&engine, &mut each, first, &mut table, &asked, &sender).await {
            tracing::warn!(%error, "a view broke off");
            let _ = sender.send(Err(error)).await;
        }
    });
    Ok(Sent { media_type: format.media_type(), pieces })
}

/// What the walk carries on from page to page.
struct Table {
    view: Arc<View>,
    /// How many rows may still come.
    limit: usize,
    now: Moment,
}

impl Table {
    fn writer(&self, asked: &Asked) -> Result<Writer, Fault> {
        Writer::new(&self.view, asked.format(), asked.header)
    }

    /// The rows of one resource; false when no more are wanted.
    fn add(&mut self, writer: &mut Writer, resource: &Value) -> Result<bool, Fault> {
        if self.limit == 0 {
            return Ok(false);
        }
        let rows = self.view.rows(resource, Some(self.now)).map_err(|fault| {
            let text = |key: &str| resource.get(key).and_then(Value::as_str).unwrap_or("?").to_owned();
            Fault { says: format!("{} (at {}/{})", fault.says, text("resourceType"), text("id")), ..fault }
        })?;
        writer.rows(&rows, self.limit)?;
        self.limit = self.limit.saturating_sub(rows.len());
        Ok(self.limit > 0)
    }
}

async fn walk(
    engine: &Engine,
    each: &mut Each,
    first: Option<Vec<meridian_engine::Served>>,
    table: &mut Table,
    asked: &Asked,
    sender: &mpsc::Sender<Result<Vec<u8>, EngineError>>,
) -> Result<(), EngineError> {
    let mut writer = table.writer(asked).map_err(|fault| unprocessable(&fault))?;
    let mut page = first;
    while let Some(resources) = page.take() {
        let mut moved = Table { view: Arc::clone(&table.view), limit: table.limit, now: table.now };
        let made = tokio::task::spawn_blocking(move || {
            let mut more = moved.limit > 0;
            for served in &resources {
                let resource = json(&served.body)?;
                more = moved.add(&mut writer, &resource).map_err(|fault| unprocessable(&fault))?;
                if !more {
                    break;
                }
            }
            Ok::<_, EngineError>((writer, moved.limit, more))
        });
        let more;
        (writer, table.limit, more) = made.await.map_err(|error| EngineError::Internal(error.to_string()))??;
        if writer.ready() >= PIECE && sender.send(Ok(writer.take())).await.is_err() {
            return Ok(());
        }
        if sender.is_closed() {
            return Ok(());
        }
        if more {
            page = each.next(engine).await?;
        }
    }
    let last = writer.finish().map_err(|fault| unprocessable(&fault))?;
    let _ = sender.send(Ok(last)).await;
    Ok(())
}

/// The resources that were sent along, those in Bundles one by one.
fn given(body: Option<Value>, resources: Vec<(String, Value)>) -> Vec<Value> {
    let sent = resources.into_iter().filter(|(name, _)| name == "resource").map(|(_, resource)| resource);
    let mut all = Vec::new();
    for resource in body.into_iter().filter(|body| !is_view(body)).chain(sent) {
        match resource {
            Value::Object(mut members) if members.get("resourceType").is_some_and(|kind| kind == "Bundle") => {
                let entries = members.get_mut("entry").and_then(Value::as_array_mut).map(std::mem::take);
                for mut entry in entries.unwrap_or_default() {
                    all.extend(entry.get_mut("resource").map(Value::take));
                }
            }
            other => all.push(other),
        }
    }
    all
}

fn unprocessable(fault: &Fault) -> EngineError {
    let issue = Issue::error("processing", fault.says.clone());
    EngineError::Unprocessable(vec![if fault.path.is_empty() {
        issue
    } else {
        issue.at(format!("viewResource.{}", fault.path))
    }])
}

/// The moment for `now()` in a view, in the zone of the region.
fn now() -> Moment {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Moment { millis: i64::try_from(since.as_millis()).unwrap_or(i64::MAX), offset_minutes: 480 }
}
