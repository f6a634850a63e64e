//! What an operation of a department looks up about people outside of any write.

use meridian_access::{Act, Caller};
use meridian_store::Subject;

use crate::participant::Sight;
use crate::sight::{look, permission};
use crate::{Engine, EngineError};

/// Runs `look_up` on one snapshot, on a thread that may block. It is told whom the caller may see, and answers with
/// whom it will show; that is a look, on disk before this returns.
///
/// # Errors
/// `Denied` for those who may not look at Patients; those of `look_up`.
pub async fn glance<T: Send + 'static>(
    engine: &Engine,
    caller: &Caller,
    act: &str,
    query: &str,
    look_up: impl FnOnce(&Sight<'_>, &dyn Fn(Subject) -> bool) -> Result<(T, Vec<Subject>), EngineError> + Send + 'static,
) -> Result<T, EngineError> {
    let may = permission(caller, Act::Look, "Patient")?;
    let mut look = look(caller, act, "Patient");
    query.clone_into(&mut look.query);
    let work =
        move |reader: &meridian_store::Reader<'_>| look_up(&Sight { reader }, &|subject| may.shows_subject(subject));
    let (found, shown) = engine.store().search(work).await?;
    look.subjects = shown;
    engine.looked(look).await?;
    Ok(found)
}
