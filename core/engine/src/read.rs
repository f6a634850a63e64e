//! Read one resource: `GET /fhir/{type}/{id}`.

use meridian_model::language::Both;

use meridian_access::{Act, Caller};

use crate::served::Served;
use crate::sight::{find, look, people, permission};
use crate::{Engine, EngineError};

/// The current version, as this caller may see it.
///
/// # Errors
/// `NotFound` for what never was *and* for what the caller may not know of; `Gone` for what was deleted.
pub async fn read(engine: &Engine, caller: &Caller, kind: &str, id: &str) -> Result<Served, EngineError> {
    let name = || Both::alike(format!("{kind}/{id}"));
    let code = engine.definitions().type_code(kind).ok_or_else(|| EngineError::NotFound(name()))?;
    let may = permission(caller, Act::Look, kind)?;
    let row = engine.store().read(|reader| find(reader, code, id))?;
    if row.as_ref().is_none_or(|row| row.deleted)
        && let Some(own) = engine.own(code, id)
    {
        return own.served();
    }
    let row = row.filter(|row| may.shows(row)).ok_or_else(|| EngineError::NotFound(name()))?;
    let served = Served::of(&row)?;
    let mut look = look(caller, "read", kind);
    look.id = id.to_owned();
    look.subjects = people(std::iter::once(&row));
    engine.looked(look).await?;
    if served.deleted { Err(EngineError::Gone(format!("{kind}/{id}"))) } else { Ok(served) }
}
