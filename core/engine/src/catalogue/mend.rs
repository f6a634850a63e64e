//! After a change of the program: what it does not understand any more (or what has got another meaning in R4's own
//! parameters) is out of force with a reason; what it understands again is indexed from the beginning.

use meridian_access::Caller;
use meridian_model::definitions::posted::Posted;
use meridian_model::outcome::Issue;
use meridian_store::{Lane, WriteTx};

use super::load::{Source, sources};
use super::registry::{Entry, Registry, State, places, put_places};
use super::unable::look_at_own;
use crate::write::origin;
use crate::{Engine, EngineError};

/// Looks at each posted parameter once, at the start.
pub(super) async fn mend(engine: &Engine, caller: &Caller) -> Result<(), EngineError> {
    let differs = |reader: &meridian_store::Reader<'_>| {
        let all = sources(reader, &Registry::read(reader)?, None)?;
        Ok::<_, EngineError>(all.iter().any(|source| state(&source.entry, &source.posted) != source.entry.state))
    };
    if !engine.store().read(differs)? {
        return look_at_own(engine, caller).await;
    }
    let write = |tx: &mut WriteTx<'_>| {
        let (mut registry, mut places) = (Registry::read(tx)?, places(tx)?);
        for Source { entry, posted } in sources(tx, &registry, None)? {
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

/// Where an entry should stand, as this program reads it.
fn state(entry: &Entry, posted: &Result<Posted, Vec<Issue>>) -> State {
    match (posted, entry.state) {
        (Err(_), _) => State::Failed,
        (Ok(_), State::Failed) => State::Building,
        (Ok(_), state) => state,
    }
}
