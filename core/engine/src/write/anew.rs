//! Catching up: a folder of an older program lacks what participants derive today (the numbers under which the registry
//! notes a Patient), so they are asked about every source Patient once, in the order in which those came.

use meridian_access::Caller;
use meridian_store::{CATCH_UP, Lane, Subject};

use super::{commit, origin, tell};
use crate::{Engine, EngineError};

/// Source Patients of one transaction: others wait for it.
const AT_ONCE: u32 = 16;

/// Goes on where the last start stopped, until all Patients were looked at; at once where there is nothing to catch up
/// with. Gives how many it looked at. What it comes to is on disk with how far it came.
///
/// # Errors
/// Those of the store. The next start goes on.
pub async fn catch_up(engine: &Engine, caller: &Caller) -> Result<u64, EngineError> {
    let mut all = 0;
    loop {
        let Some(after) = engine.store().read(|reader| reader.setting(CATCH_UP))? else { return Ok(all) };
        let after = std::str::from_utf8(&after).ok().and_then(|text| text.parse().ok()).map(Subject);
        let Some(after) = after else { return Ok(all) };
        let (own, who) = (engine.clone(), caller.clone());
        let step = move |tx: &mut meridian_store::WriteTx<'_>| {
            let subjects = tx.sources_after(after, AT_ONCE)?;
            let told = commit::anew(&own, &who, tx, &subjects)?;
            let reached = subjects.last().map_or_else(|| "done".to_owned(), |subject| subject.0.to_string());
            tx.put_setting(CATCH_UP, reached.as_bytes())?;
            Ok((subjects.len() as u64, told))
        };
        match engine.store().write(Lane::Bulk, origin(caller), step).await {
            Ok((looked_at, (changes, queued))) => {
                all += looked_at;
                tell(engine, changes, None, queued);
            }
            Err(commit::Failure::Refused(error)) => return Err(error),
            Err(commit::Failure::Outdated) => engine.renew_catalogue()?,
            Err(commit::Failure::Stale | commit::Failure::Again) => return Err(EngineError::Busy),
        }
    }
}
