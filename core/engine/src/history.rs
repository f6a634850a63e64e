//! The versions of one resource: `GET /fhir/{type}/{id}/_history`.

use meridian_access::{Act, Caller};

use crate::served::Served;
use crate::sight::{find, look, people, permission};
use crate::{Engine, EngineError};

/// The most versions that one answer holds.
pub(crate) const MOST: u32 = 1000;

/// The newest versions, newest first.
///
/// # Errors
/// `NotFound` for what never was *and* for what the caller may not know of.
pub async fn history(
    engine: &Engine,
    caller: &Caller,
    kind: &str,
    id: &str,
    count: u32,
) -> Result<Vec<Served>, EngineError> {
    let missing = || EngineError::NotFound(format!("{kind}/{id}"));
    let code = engine.definitions().type_code(kind).ok_or_else(missing)?;
    let may = permission(caller, Act::Look, kind)?;
    let found = engine.store().read(|reader| {
        let Some(row) = find(reader, code, id)?.filter(|row| may.shows(row)) else { return Ok(None) };
        let versions = reader.history(row.key, count.clamp(1, MOST))?;
        Ok::<_, EngineError>(Some((row, versions)))
    })?;
    let (row, versions) = found.ok_or_else(missing)?;
    let mut look = look(caller, "history", kind);
    look.id = id.to_owned();
    look.subjects = people(std::iter::once(&row));
    engine.looked(look).await?;
    versions.iter().map(|version| Served::version_of(&row, version)).collect()
}
