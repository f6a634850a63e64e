//! The CodeSystem, ValueSet or ConceptMap of an address of this server.

use meridian_model::definitions::Definitions;
use meridian_store::{Reader, Stored};
use serde_json::Value;

use super::known::{in_force, loaded, posted};
use crate::EngineError;
use crate::fixed::of_program;
use crate::served::value_of;

/// What stands at an address.
pub(crate) struct Addressed {
    pub(crate) resource: Value,
    /// Whether its url and version, as far as it has one, lead to it and to no other.
    pub(crate) in_force: bool,
}

impl Addressed {
    pub(crate) fn url(&self) -> Option<&str> {
        self.resource.get("url").and_then(Value::as_str)
    }

    pub(crate) fn version(&self) -> Option<&str> {
        self.resource.get("version").and_then(Value::as_str)
    }

    /// Url and version in one.
    pub(crate) fn canonical(&self) -> Option<String> {
        let url = self.url()?;
        Some(self.version().map_or_else(|| url.to_owned(), |version| format!("{url}|{version}")))
    }
}

/// What is stored at an address and `may` be seen, or what came with the program; `None` where nothing is.
pub(crate) fn addressed(
    reader: &Reader<'_>,
    kind: &str,
    id: &str,
    may: impl FnOnce(&Stored) -> bool,
) -> Result<Option<Addressed>, EngineError> {
    let code = Definitions::r4().type_code(kind).unwrap_or_default();
    let stored = reader.find(code, id)?.filter(|row| !row.deleted);
    if let Some(row) = stored {
        if !may(&row) {
            return Ok(None);
        }
        let terms = in_force(reader)?;
        let in_force = loaded(reader, &row).is_some_and(|loaded| terms.finds(&loaded));
        return Ok(Some(Addressed { resource: value_of(&row.body)?, in_force }));
    }
    let Some(own) = of_program(code, id) else { return Ok(None) };
    let in_force = !posted(reader)?.replaces(own);
    Ok(Some(Addressed { resource: own.resource()?.0, in_force }))
}
