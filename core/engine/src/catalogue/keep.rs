//! The work behind the catalogue, as long as the program runs: indexing what is being built, dropping what is out of
//! force, and following what other processes over the same store changed.

use std::time::Duration;

use meridian_access::Caller;
use tokio::sync::broadcast::error::RecvError;

use super::build::{A_FEW, MANY, Step, build, dismantle};
use super::mend::mend;
use super::registry::{Registry, State, places};
use super::unable::look_at_own;
use super::{SEARCH_PARAMETER, rebuild};
use crate::feed::Event;
use crate::write::settle_erased;
use crate::{Engine, EngineError};

/// How often it is looked whether another process changed something.
const EVERY: Duration = Duration::from_secs(2);
/// How long it waits after a fault.
const PAUSE: Duration = Duration::from_secs(5);

/// Keeps the search parameters indexed, and first goes on with an erasure that a stop interrupted. Ends only when it is dropped; the next start goes on.
pub async fn keep(engine: &Engine, caller: &Caller) {
    let mut feed = engine.listen();
    tokio::spawn(settle_erased(engine.clone(), caller.clone()));
    if let Err(error) = mend(engine, caller).await {
        tracing::warn!(%error, "the search parameters could not be looked through");
    }
    loop {
        match work(engine, caller, A_FEW).await {
            Ok(true) => {}
            Ok(false) => {
                let changed = async {
                    loop {
                        match feed.recv().await {
                            Ok(Event::Changes(all)) if all.iter().any(|one| one.kind == SEARCH_PARAMETER) => return,
                            Ok(_) | Err(RecvError::Lagged(_)) => {}
                            Err(RecvError::Closed) => std::future::pending().await,
                        }
                    }
                };
                let _ = tokio::time::timeout(EVERY, changed).await;
            }
            Err(error) => {
                tracing::warn!(%error, "search parameters are not all indexed yet");
                tokio::time::sleep(PAUSE).await;
            }
        }
    }
}

/// Does all that is to be done, until nothing is left, in steps for a store that nobody else waits for. Gives how many
/// it took.
///
/// # Errors
/// Those of the store; what is done stays done.
pub async fn settle(engine: &Engine, caller: &Caller, mut seen: impl FnMut(u64, u64)) -> Result<u64, EngineError> {
    mend(engine, caller).await?;
    let mut steps = 0;
    while work(engine, caller, MANY).await? {
        steps += 1;
        if let Some((done, total)) = under_way(engine)? {
            seen(done, total);
        }
    }
    Ok(steps)
}

/// How many resources were looked at, and how many are to be, of the work that is being done.
fn under_way(engine: &Engine) -> Result<Option<(u64, u64)>, EngineError> {
    engine.store().read(|reader| {
        if let Some(progress) = rebuild::progress(reader)? {
            return Ok(Some(progress));
        }
        let place = super::registry::places(reader)?.into_values().next();
        Ok(place.map(|place| (place.done, place.total)))
    })
}

/// One step; whether there was one to take.
async fn work(engine: &Engine, caller: &Caller, at_once: u32) -> Result<bool, EngineError> {
    engine.renew_catalogue()?;
    if rebuild::step(engine, caller, at_once).await?.is_some() {
        return Ok(true);
    }
    let registry = engine.store().read(Registry::read)?;
    let next = |state: State| registry.entries.iter().find(|entry| entry.state == state);
    if let Some(entry) = next(State::Building) {
        if entry.evaluated
            && !engine.store().read(|reader| Ok::<_, EngineError>(places(reader)?.contains_key(&entry.number)))?
        {
            look_at_own(engine, caller).await?;
        }
        let step = build(engine, caller, entry, at_once).await?;
        // The catalogue first: who hears of it may search at once.
        engine.renew_catalogue()?;
        match step {
            Step::Done => engine.tell_of_parameter(entry.number, "ready"),
            Step::More => engine.tell_of_parameter(entry.number, "building"),
            Step::Unable => engine.tell_of_parameter(entry.number, "unable"),
            Step::Stale => {}
        }
        return Ok(true);
    }
    if let Some(entry) = next(State::Dropping) {
        if dismantle(engine, caller, entry).await? == Step::Done {
            engine.renew_catalogue()?;
            engine.tell_of_parameter(entry.number, "dropped");
        }
        return Ok(true);
    }
    Ok(false)
}
