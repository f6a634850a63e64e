//! After a change of the program: what it does not understand any more (or what has got another meaning in R4's own
//! parameters) is out of force with a reason; what it understands again is indexed from the beginning.

use meridian_access::Caller;
use meridian_model::definitions::posted::Posted;
use meridian_model::outcome::Issue;
use meridian_store::{Lane, WriteTx};

use super::load::{Source, sources};
use super::registry::{Entry, Registry, State, fresh, places, put_places};
use super::unable::look_at_own;
use crate::write::origin;
use crate::{Engine, EngineError};

/// Looks at each posted parameter once, at the start.
pub(super) async fn mend(engine: &Engine, caller: &Caller) -> Result<(), EngineError> {
    let differs = |reader: &meridian_store::Reader<'_>| {
        let all = sources(reader, &Registry::read(reader)?, None)?;
        let is_mended = |source: &Source| {
            state(&source.entry, &source.posted) != source.entry.state || finds_other(&source.entry, &source.posted)
        };
        Ok::<_, EngineError>(all.iter().any(is_mended))
    };
    if !engine.store().read(differs)? {
        return look_at_own(engine, caller).await;
    }
    let write = |tx: &mut WriteTx<'_>| {
        let (mut registry, mut places) = (Registry::read(tx)?, places(tx)?);
        for Source { entry, posted } in sources(tx, &registry, None)? {
            if let (true, Ok(posted)) = (finds_other(&entry, &posted), &posted) {
                // Another number, which has no rows: those that there are were made by what found less.
                let mut anew = Entry { number: fresh(tx)?, state: State::Building, since: tx.at(), ..entry.clone() };
                anew.says(posted);
                if let Some(entry) = registry.number(entry.number) {
                    (entry.state, entry.since) = (State::Dropping, tx.at());
                }
                places.remove(&entry.number);
                registry.entries.push(anew);
                continue;
            }
            let next = state(&entry, &posted);
            if let Some(entry) = registry.number(entry.number).filter(|entry| entry.state != next) {
                (entry.state, entry.since) = (next, tx.at());
                entry.why =
                    posted.err().and_then(|issues| Some(issues.first()?.diagnostics.clone())).unwrap_or_default();
                places.remove(&entry.number);
            }
        }
        put_places(tx, &places)?;
        registry.write(tx)
    };
    engine.store().write(Lane::Bulk, origin(caller), write).await?;
    engine.renew_catalogue()?;
    look_at_own(engine, caller).await
}

/// Whether this program finds by it what an older one did not: where that walked paths, and left out parts that it had no
/// paths for, this one evaluates the whole. What is written from now on would have other rows than what was there before.
fn finds_other(entry: &Entry, posted: &Result<Posted, Vec<Issue>>) -> bool {
    let is_other = posted.as_ref().is_ok_and(|posted| posted.is_evaluated() != entry.evaluated);
    entry.state.is_in_force() && is_other
}

/// Where an entry should stand, as this program reads it.
fn state(entry: &Entry, posted: &Result<Posted, Vec<Issue>>) -> State {
    match (posted, entry.state) {
        (Err(_), _) => State::Failed,
        (Ok(_), State::Failed) => State::Building,
        (Ok(_), state) => state,
    }
}
