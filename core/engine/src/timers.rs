//! Work that is due at a time. It is set by what participants answer to a change ([`crate::Further::Remind`]), taken by
//! one of all processes, and ended by the write that it leads to ([`crate::Options::timer`]), or by [`done`].

use meridian_access::{Act, Caller, decide};
use meridian_store::{Lane, StoreError, Timer};

use crate::engine::now;
use crate::write::origin;
use crate::{Engine, EngineError};

/// For how long a timer belongs to the process that took it, in milliseconds.
const LEASE: i64 = 60_000;

/// Takes timers of a kind that are due, the oldest first. Nobody else gets them for a minute; what is not ended by then
/// is given out again, by any process and after any stop.
///
/// # Errors
/// `Denied` for roles that do not run the platform.
pub async fn take(engine: &Engine, caller: &Caller, kind: &str, limit: u32) -> Result<Vec<Timer>, EngineError> {
    decide(caller, Act::Create, "Bundle")?;
    // Asked again and again, mostly for nothing: that needs no writer. Whether it is due says the store's clock; this
    // one may lag behind it by less than a lease.
    let soonest = engine.store().read::<_, StoreError>(|reader| reader.timers(kind, None, 1))?.pop();
    if soonest.is_none_or(|timer| timer.due > now().saturating_add(LEASE)) {
        return Ok(Vec::new());
    }
    let (kind, holder) = (kind.to_owned(), engine.store().mark().to_owned());
    let take = move |tx: &mut meridian_store::WriteTx<'_>| tx.take_due(&kind, &holder, LEASE, limit);
    Ok(engine.store().write::<_, StoreError>(Lane::Interactive, origin(caller), take).await?)
}

/// When the next timer of a kind is due, in milliseconds since 1970 UTC.
///
/// # Errors
/// `Denied` for roles that do not run the platform.
pub fn next(engine: &Engine, caller: &Caller, kind: &str) -> Result<Option<i64>, EngineError> {
    decide(caller, Act::Look, "AuditEvent")?;
    let next = engine.store().read::<_, StoreError>(|reader| reader.timers(kind, None, 1))?.pop();
    Ok(next.map(|timer| timer.due))
}

/// Ends a timer whose work wrote nothing. `false`: it was ended, changed or forgotten since.
///
/// # Errors
/// Those of the store: it is given out again then.
pub async fn done(engine: &Engine, caller: &Caller, timer: Timer) -> Result<bool, EngineError> {
    decide(caller, Act::Create, "Bundle")?;
    let end = move |tx: &mut meridian_store::WriteTx<'_>| tx.end_timer(&timer);
    Ok(engine.store().write::<_, StoreError>(Lane::Interactive, origin(caller), end).await?)
}

/// Lets a timer go that could not be done; it is given out again after so many milliseconds.
///
/// # Errors
/// Those of the store.
pub async fn put_off(engine: &Engine, caller: &Caller, timer: Timer, time: i64) -> Result<(), EngineError> {
    decide(caller, Act::Create, "Bundle")?;
    let put_off = move |tx: &mut meridian_store::WriteTx<'_>| tx.put_off_timer(&timer, time);
    Ok(engine.store().write::<_, StoreError>(Lane::Interactive, origin(caller), put_off).await?)
}
