//! A parameter whose expression has no answer for a resource, or none within its budget. The resource is written: one bad
//! parameter stops nobody's work. But from that transaction on the parameter finds less than it promises, so it answers no
//! more: its rows are dropped, nobody makes new ones, and searches that name it are refused. Posted again, it is indexed
//! from the beginning.

use meridian_access::Caller;
use meridian_store::{Lane, WriteTx};

use super::registry::{Registry, State, fresh, places, put_places};
use crate::write::{Unable, origin};
use crate::{Engine, EngineError};

/// Notes what could not be evaluated, in the transaction of the resource.
pub(crate) fn note(tx: &mut WriteTx<'_>, unable: &Unable) -> Result<(), EngineError> {
    if unable.is_empty() {
        return Ok(());
    }
    let (mut registry, mut places) = (Registry::read(tx)?, places(tx)?);
    let mut instead = Vec::new();
    for (number, why) in unable {
        let Some(entry) = registry.number(*number).filter(|entry| entry.state.is_in_force()) else { continue };
        // Another number, which has no rows: those that there are go like any others that are out of force.
        let mut next = entry.clone();
        (next.number, next.state, next.since) = (fresh(tx)?, State::Unable, tx.at());
        next.why.clone_from(why);
        (entry.state, entry.since) = (State::Dropping, tx.at());
        places.remove(number);
        tracing::warn!(code = entry.code, number, "a posted search parameter cannot be evaluated and answers no more");
        instead.push(next);
    }
    if instead.is_empty() {
        return Ok(());
    }
    registry.entries.extend(instead);
    put_places(tx, &places)?;
    registry.write(tx)
}

/// Looks whether what the server has by itself can be evaluated, and notes what can't.
pub(super) async fn look_at_own(engine: &Engine, caller: &Caller) -> Result<(), EngineError> {
    let own = engine.clone();
    let looked = tokio::task::spawn_blocking(move || own.own_unable()).await;
    let unable = looked.map_err(|error| EngineError::Internal(error.to_string()))??;
    if unable.is_empty() {
        return Ok(());
    }
    engine.store().write(Lane::Bulk, origin(caller), move |tx| note(tx, &unable)).await?;
    engine.renew_catalogue()
}
