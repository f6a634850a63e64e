//! Read one version: `GET /fhir/{type}/{id}/_history/{version}`.

use meridian_model::language::Both;

use meridian_access::{Act, Caller};

use crate::served::Served;
use crate::sight::{find, look, people, permission};
use crate::{Engine, EngineError};

/// That version, as this caller may see it.
///
/// # Errors
/// As [`crate::read`]; `NotFound` too for a version that is not there.
pub async fn vread(
    engine: &Engine,
    caller: &Caller,
    kind: &str,
    id: &str,
    version: &str,
) -> Result<Served, EngineError> {
    let name = Both::alike(format!("{kind}/{id}/_history/{version}"));
    let missing = || EngineError::NotFound(name.clone());
    let code = engine.definitions().type_code(kind).ok_or_else(missing)?;
    let may = permission(caller, Act::Look, kind)?;
    let number: i64 = version.parse().map_err(|_| missing())?;
    let found = engine.store().read(|reader| {
        let Some(row) = find(reader, code, id)?.filter(|row| may.shows(row)) else { return Ok(None) };
        let version = reader.version(row.key, number)?.filter(|version| may.shows_version(&row, version));
        Ok::<_, EngineError>(version.map(|version| (row, version)))
    })?;
    let Some((row, version)) = found else {
        let own = engine.own(code, id).filter(|_| number == 1);
        return own.ok_or_else(missing)?.served();
    };
    let served = Served::version_of(&row, &version)?;
    let mut look = look(caller, "vread", kind);
    look.id = format!("{id}/_history/{number}");
    look.subjects = people(std::iter::once(&row));
    engine.looked(look).await?;
    if served.deleted { Err(EngineError::Gone(name.english)) } else { Ok(served) }
}
