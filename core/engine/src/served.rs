//! What leaves the engine: the bytes of a version as they were written.

use meridian_model::reader::{Limits, parse};
use meridian_store::{Body, Stored, Version};
use serde_json::Value;

use crate::EngineError;

/// A version of a resource, ready to be sent.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Served {
    pub kind: &'static str,
    pub id: String,
    pub version: i64,
    /// `meta.lastUpdated`, in milliseconds since 1970 UTC.
    pub at: i64,
    pub deleted: bool,
    /// JSON; empty for a deleted version.
    pub body: Vec<u8>,
}

impl Served {
    pub(crate) fn of(row: &Stored) -> Result<Served, EngineError> {
        Ok(Served {
            kind: crate::engine::type_name(row.kind),
            id: row.id.clone(),
            version: row.version,
            at: row.at,
            deleted: row.deleted,
            body: row.body.json()?,
        })
    }

    pub(crate) fn version_of(row: &Stored, version: &Version) -> Result<Served, EngineError> {
        Ok(Served {
            kind: crate::engine::type_name(row.kind),
            id: row.id.clone(),
            version: version.version,
            at: version.at,
            deleted: version.deleted,
            body: version.body.json()?,
        })
    }
}

/// The JSON value of a stored body.
pub(crate) fn value_of(body: &Body) -> Result<Value, EngineError> {
    value_in(&body.json()?)
}

/// The value of a body that was accepted once.
pub(crate) fn value_in(json: &[u8]) -> Result<Value, EngineError> {
    // What was accepted once is read again whatever the limits of a door are.
    let limits = Limits { bytes: usize::MAX, values: usize::MAX - 1, ..Limits::default() };
    parse(json, &limits).map_err(|fault| EngineError::Internal(fault.message.english))
}
