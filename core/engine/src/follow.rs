//! Following what other processes over the same store write: it is told here as if it had been written here. Nothing is
//! skipped and nothing is told twice, because the chain of writes is walked in the order of commits.

use std::time::{Duration, Instant};

use meridian_model::definitions::Definitions;
use meridian_store::{Guard, StoreError, Subject, WriteRow};

use crate::catalogue::SEARCH_PARAMETER;
use crate::feed::{Committed, Event, Happened};
use crate::served::value_of;
use crate::sight::{guard_in, labelled};
use crate::write::guard;
use crate::{Class, Engine, EngineError};

/// How often it is looked even when nothing was heard: a word may be lost.
const LOOK: Duration = Duration::from_secs(1);
/// Rows that are told at a time.
const STEP: u32 = 500;
/// For how long it is tried to read a row, before it is passed over.
const PATIENCE: Duration = Duration::from_secs(5);
/// What a job's state may be called.
const STATES: [&str; 5] = ["waiting", "committed", "done", "failed", "parked"];

impl Engine {
    /// Tells the feed what other processes write, as long as it is polled; for ever still where no other process can be.
    pub async fn follow_others(&self) {
        let Some(mut words) = self.store().hear() else { return std::future::pending().await };
        let mut place = Place::default();
        loop {
            if let Err(error) = catch_up(self, &mut place) {
                tracing::warn!(%error, "what other processes wrote is told later");
            }
            if let Ok(Ok(word)) = tokio::time::timeout(LOOK, words.recv()).await {
                told(self, &word);
            }
        }
    }
}

/// A word about a job.
pub(crate) fn word(queue: &str, id: i64, state: &str) -> String {
    format!("j\t{state}\t{id}\t{queue}")
}

fn told(engine: &Engine, word: &str) {
    let mut parts = word.splitn(4, '\t');
    if parts.next() != Some("j") {
        return;
    }
    let state = parts.next().and_then(|said| STATES.into_iter().find(|state| *state == said));
    let id = parts.next().and_then(|id| id.parse().ok());
    if let (Some(state), Some(id), Some(queue)) = (state, id, parts.next()) {
        engine.inner.feed.tell(Event::Job { queue: queue.to_owned(), id, state });
    }
}

/// How far it was told.
#[derive(Default)]
struct Place {
    last: Option<i64>,
    /// The row that cannot be read, and since when.
    failed: Option<(i64, Instant)>,
}

fn catch_up(engine: &Engine, place: &mut Place) -> Result<(), EngineError> {
    let Some(mut from) = place.last else {
        #[allow(clippy::redundant_closure_for_method_calls)] // the method is of one lifetime, the closure of any
        let newest = engine.store().read::<_, StoreError>(|reader| reader.writes_last())?;
        place.last = Some(newest);
        return Ok(());
    };
    loop {
        let heard = engine.store().others_after(from, STEP)?;
        if heard.last == from {
            return Ok(());
        }
        for act in heard.rows.chunk_by(|one, next| one.tx == next.tx) {
            let mut changes = Vec::new();
            for row in act {
                match changed(engine, row) {
                    Ok(told) => changes.extend(told),
                    Err(error) if place.is_tried_again(row.seq, &error) => return Err(error),
                    Err(error) => {
                        tracing::error!(%error, row.tx, row.seq, "what another process wrote cannot be told");
                    }
                }
            }
            if act
                .iter()
                .flat_map(|row| row.what.lines())
                .filter_map(read)
                .any(|(_, kind, ..)| kind == SEARCH_PARAMETER)
            {
                engine.renew_catalogue()?;
            }
            if !changes.is_empty() {
                engine.inner.feed.tell(Event::Changes(changes.into()));
            }
            // What was told is not told again when something behind it fails.
            place.last = act.last().map(|row| row.seq).or(place.last);
        }
        from = heard.last;
        place.last = Some(from);
    }
}

impl Place {
    /// A server that is away is looked at again. What still cannot be read after some time never can, and must not keep
    /// what follows from being told.
    fn is_tried_again(&mut self, row: i64, error: &EngineError) -> bool {
        if matches!(error.class(), Class::Unavailable | Class::TooCostly) {
            return true;
        }
        let since = match self.failed {
            Some((same, since)) if same == row => since,
            _ => Instant::now(),
        };
        self.failed = Some((row, since));
        error.passes() && since.elapsed() < PATIENCE
    }
}

/// What a row tells of resources.
fn changed(engine: &Engine, row: &WriteRow) -> Result<Vec<Committed>, EngineError> {
    let mut changes = Vec::new();
    let subject = Subject(row.subject);
    for line in row.what.lines() {
        let Some((happened, kind, id, version)) = read(line) else { continue };
        // What is deleted says nothing any more; the version before it does.
        let telling = if happened == Happened::Deleted { version - 1 } else { version };
        let (withheld, guard) = kept(engine, kind, id, telling)?;
        let person = engine.store().read::<_, StoreError>(|reader| reader.person_at(subject, row.tx))?;
        let (id, institution) = (id.to_owned(), row.origin.institution.clone());
        changes.push(Committed { happened, kind, id, version, subject, person, institution, withheld, guard });
    }
    Ok(changes)
}

/// `C|U|D Type/id/version`; other lines tell of no resource.
fn read(line: &str) -> Option<(Happened, &'static str, &str, i64)> {
    let (letter, rest) = line.split_once(' ')?;
    let happened = match letter {
        "C" => Happened::Created,
        "U" => Happened::Updated,
        "D" => Happened::Deleted,
        _ => return None,
    };
    let (kind, rest) = rest.split_once('/')?;
    let (id, version) = rest.rsplit_once('/')?;
    let definitions = Definitions::r4();
    let kind = definitions.type_code(kind).and_then(|code| definitions.type_name(code))?;
    Some((happened, kind, id, version.parse().ok()?))
}

/// Whether the version is kept from all but operators, and what guards it.
fn kept(engine: &Engine, kind: &'static str, id: &str, version: i64) -> Result<(bool, Option<Guard>), EngineError> {
    let labels: Vec<_> = meridian_access::Label::of(kind).collect();
    let Some(code) = Definitions::r4().type_code(kind) else { return Ok((false, None)) };
    let body = engine.store().read::<_, StoreError>(|reader| {
        let Some(key) = reader.locate(code, id)? else { return Ok(None) };
        Ok(reader.version(key, version)?.map(|found| found.body))
    })?;
    match body {
        Some(body) if labels.is_empty() => Ok((false, guard_in(&body.json()?)?)),
        Some(body) => {
            let resource = value_of(&body)?;
            Ok((labelled(&labels, &resource), guard(&resource)))
        }
        // Gone since: nobody needs to hear of it.
        None => Ok((!labels.is_empty(), None)),
    }
}
