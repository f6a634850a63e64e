//! Rows on their way: page by page out of the store, through the view, to whoever listens. Nothing is held but one page,
//! the rows of one resource and what is not yet taken; whoever stops listening stops the walk.
//!
//! A walk works on a thread that waits for its listener. So no more walk at one time than there are places, and who
//! takes nothing for a minute is not waited for any longer.
//!
//! The answer begins when the first page is through, or with its first piece: what fails before has a status of its own,
//! what fails later breaks off.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use meridian_engine::each::{Each, Wanted};
use meridian_engine::operations::{Call, Sent};
use meridian_engine::{Caller, Engine, EngineError, Served};
use meridian_fhirpath::Moment;
use meridian_model::Value;
use meridian_model::both;
use meridian_model::outcome::Issue;
use tokio::sync::{Semaphore, mpsc, oneshot};
use tokio::time::timeout;

use super::asked::Asked;
use super::found::{is_view, json};
use crate::view::write::Writer;
use crate::view::{Fault, View};

/// Pieces that wait for the listener.
const WAITING: usize = 4;
/// Bytes of a piece.
const PIECE: usize = 256 << 10;
/// Walks at one time.
pub(super) const PLACES: usize = 8;
/// How long a walk waits for a place.
const WAIT: Duration = Duration::from_secs(10);
/// How long a piece waits for the listener.
const PATIENCE: Duration = Duration::from_secs(60);

/// The name of this look in the audit.
const ACT: &str = "viewdefinition-run";

pub(super) async fn start(
    engine: &Engine,
    caller: &Caller,
    view: Arc<View>,
    asked: Asked,
    call: Call,
    places: &Arc<Semaphore>,
) -> Result<Sent, EngineError> {
    let format = asked.format();
    let writer = Writer::new(&view, format, asked.header).map_err(|fault| unprocessable(&fault))?;
    let wanted =
        Wanted { kind: view.resource.clone(), since: asked.since, patients: asked.patients, groups: asked.groups };
    let place = timeout(WAIT, Arc::clone(places).acquire_owned()).await;
    let Ok(Ok(place)) = place else {
        return Err(EngineError::Full(both!(
            "as many views run as may at one time; try again later",
            "同时运行的视图已达上限，请稍后再试"
        )));
    };
    let (sender, pieces) = mpsc::channel(WAITING);
    let (begin, begun) = oneshot::channel();
    let line = Arc::new(Line { sender, begin: Mutex::new(Some(begin)), patience: PATIENCE });
    let name = view.name.as_deref().unwrap_or("view").to_owned();
    let limit = asked.limit.unwrap_or(usize::MAX);
    let table = Table { view, limit, now: now(), writer, line: Arc::clone(&line) };
    if let Some(given) = given(call.body, call.resources) {
        if !(wanted.patients.is_empty() && wanted.groups.is_empty() && wanted.since.is_none()) {
            let says = both!(
                "resources that are sent along are not narrowed by `patient`, `group` or `_since`",
                "随请求发送的资源不能再用 `patient`、`group` 或 `_since` 筛选"
            );
            return Err(EngineError::invalid("resource", says));
        }
        tokio::spawn(async move {
            let _place = place;
            if let Err(error) = through(given, table).await {
                line.fail(error).await;
            }
        });
    } else {
        let query = call.params.iter().map(|(name, value)| format!("{name}={value}"));
        let query = std::iter::once(format!("view={name}")).chain(query).collect::<Vec<_>>().join("&");
        let each = Each::begin(engine, caller, ACT, &wanted, &query).await?;
        let engine = engine.clone();
        tokio::spawn(async move {
            let _place = place;
            if let Err(error) = walk(&engine, each, table).await {
                line.fail(error).await;
            }
        });
    }
    begun.await.map_err(|_| EngineError::Internal("a view ended without a word".to_owned()))??;
    Ok(Sent { media_type: format.media_type(), pieces })
}

/// Whoever listens.
struct Line {
    sender: mpsc::Sender<Result<Vec<u8>, EngineError>>,
    /// Told once: that rows come, or why none do.
    begin: Mutex<Option<oneshot::Sender<Result<(), EngineError>>>>,
    patience: Duration,
}

impl Line {
    fn first(&self) -> Option<oneshot::Sender<Result<(), EngineError>>> {
        self.begin.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    /// Says that rows come; sends nothing yet.
    fn begin(&self) {
        if let Some(begin) = self.first() {
            let _ = begin.send(Ok(()));
        }
    }

    /// Sends what is ready piece by piece, from a thread that may block; false when nobody listens any more, or takes
    /// nothing.
    fn send(&self, ready: &[u8]) -> bool {
        self.begin();
        let tokio = tokio::runtime::Handle::current();
        ready.chunks(PIECE).all(|piece| {
            let sent = tokio.block_on(timeout(self.patience, self.sender.send(Ok(piece.to_vec()))));
            matches!(sent, Ok(Ok(())))
        })
    }

    async fn fail(&self, error: EngineError) {
        match self.first() {
            Some(begin) => {
                let _ = begin.send(Err(error));
            }
            None => {
                tracing::warn!(%error, "a view broke off");
                let _ = timeout(self.patience, self.sender.send(Err(error))).await;
            }
        }
    }
}

/// What the walk carries on from page to page.
struct Table {
    view: Arc<View>,
    /// How many rows may still come.
    limit: usize,
    now: Moment,
    writer: Writer,
    line: Arc<Line>,
}

impl Table {
    /// Sends the rows of one resource; false when no more are wanted.
    fn add(&mut self, resource: &Value) -> Result<bool, EngineError> {
        if self.line.sender.is_closed() {
            return Err(gone());
        }
        if self.limit == 0 {
            return Ok(false);
        }
        let at = |fault: Fault| {
            let text = |key: &str| resource.get(key).and_then(Value::as_str).unwrap_or("?").to_owned();
            let says = both!("{} (at {}/{})", "{}（{}/{}）", fault.says, text("resourceType"), text("id"));
            unprocessable(&Fault { says, ..fault })
        };
        let rows = self.view.rows(resource, Some(self.now)).map_err(at)?;
        for row in rows.iter().take(self.limit) {
            self.writer.row(row).map_err(at)?;
            if self.writer.ready() >= PIECE && !self.line.send(&self.writer.take()) {
                return Err(gone());
            }
        }
        self.limit = self.limit.saturating_sub(rows.len());
        Ok(self.limit > 0)
    }

    /// The end of the table, after which nothing comes: a reader takes it for whole.
    fn end(self) -> Result<(), EngineError> {
        let last = self.writer.finish().map_err(|fault| unprocessable(&fault))?;
        if self.line.send(&last) { Ok(()) } else { Err(gone()) }
    }
}

/// The listener went, or takes nothing: the answer breaks off.
fn gone() -> EngineError {
    EngineError::Full(both!("nobody takes the rows of this view", "没有人接收视图的数据行"))
}

/// The record, page by page.
async fn walk(engine: &Engine, mut each: Each, mut table: Table) -> Result<(), EngineError> {
    // At first no more resources than rows are wanted: whoever is read is in the audit as shown.
    let mut page = table.limit;
    while table.limit > 0
        && let Some(resources) = each.next(engine, page).await?
    {
        page = page.saturating_mul(2);
        let more;
        (table, more) = on_a_thread(move || {
            let bodies = |served: &Served| json(&served.body);
            for resource in resources.iter().map(bodies) {
                if !table.add(&resource?)? {
                    return Ok((table, false));
                }
            }
            // A view that leaves nearly all out would say nothing for long.
            let ready = table.writer.take();
            if !table.line.send(&ready) {
                return Err(gone());
            }
            Ok((table, true))
        })
        .await?;
        if !more {
            break;
        }
    }
    on_a_thread(move || table.end()).await
}

/// What was sent along.
async fn through(given: Vec<Value>, mut table: Table) -> Result<(), EngineError> {
    on_a_thread(move || {
        for resource in &given {
            if !table.add(resource)? {
                break;
            }
        }
        table.end()
    })
    .await
}

async fn on_a_thread<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, EngineError> + Send + 'static,
) -> Result<T, EngineError> {
    tokio::task::spawn_blocking(work).await.map_err(|error| EngineError::Internal(error.to_string()))?
}

/// The resources that were sent along, those in Bundles one by one. `None` when nothing was sent: a Bundle without
/// entries is something.
fn given(body: Option<Value>, resources: Vec<(String, Value)>) -> Option<Vec<Value>> {
    let sent = resources.into_iter().filter(|(name, _)| name == "resource").map(|(_, resource)| resource);
    let mut sent = body.into_iter().filter(|body| !is_view(body)).chain(sent).peekable();
    sent.peek()?;
    let mut all = Vec::new();
    for resource in sent {
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
    Some(all)
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

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_empty_bundle_is_not_the_record() {
        let bundle = |entries: Value| json!({"resourceType": "Bundle", "type": "collection", "entry": entries});
        let named = |resource: Value| vec![("resource".to_owned(), resource)];
        let view = json!({"resourceType": "ViewDefinition"});
        assert_eq!(given(None, Vec::new()), None);
        assert_eq!(given(Some(view.clone()), vec![("viewResource".to_owned(), view)]), None);
        for empty in [json!({"resourceType": "Bundle"}), bundle(json!([])), bundle(json!([{"fullUrl": "urn:a"}]))] {
            assert_eq!(given(Some(empty.clone()), Vec::new()), Some(Vec::new()));
            assert_eq!(given(None, named(empty)), Some(Vec::new()));
        }
        let one = json!({"resourceType": "Patient"});
        let all = given(Some(bundle(json!([{"resource": one}, {}]))), named(one.clone()));
        assert_eq!(all, Some(vec![one.clone(), one]));
    }

    fn line(patience: u64) -> (Arc<Line>, mpsc::Receiver<Result<Vec<u8>, EngineError>>) {
        let (sender, pieces) = mpsc::channel(WAITING);
        let line = Line { sender, begin: Mutex::new(None), patience: Duration::from_millis(patience) };
        (Arc::new(line), pieces)
    }

    #[tokio::test]
    async fn pieces_are_small() {
        let (line, mut pieces) = line(60_000);
        let ready: Vec<u8> = (0..PIECE * 6 + 1).map(|n| (n % 251) as u8).collect();
        let (sent, whole) = (Arc::clone(&line), ready.clone());
        let sending = tokio::task::spawn_blocking(move || sent.send(&whole));
        drop(line);
        let mut taken = Vec::new();
        while let Some(piece) = pieces.recv().await {
            let piece = piece.unwrap();
            assert!(piece.len() <= PIECE);
            taken.extend(piece);
        }
        assert!(sending.await.unwrap());
        assert_eq!(taken, ready);
    }

    #[tokio::test]
    async fn who_takes_nothing_is_not_waited_for() {
        let (line, pieces) = line(20);
        let sending = tokio::task::spawn_blocking(move || line.send(&vec![0; PIECE * (WAITING + 1)]));
        let sent = timeout(Duration::from_secs(30), sending).await.expect("the thread is free again");
        assert!(!sent.unwrap());
        assert_eq!(pieces.len(), WAITING);
    }
}
