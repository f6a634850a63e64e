//! What participants are told of a change: at once, or when the whole act is written.

use meridian_store::{Body, GOLDEN_PATIENT, Subject, WriteTx};

use crate::EngineError;
use crate::feed::Happened;
use crate::served::value_of;

/// A change that late participants hear of.
pub(super) struct Told {
    pub(super) happened: Happened,
    pub(super) kind: &'static str,
    pub(super) id: String,
    pub(super) version: i64,
    pub(super) subject: Subject,
    pub(super) before: Option<serde_json::Value>,
    pub(super) after: Option<serde_json::Value>,
    /// Nothing was written: a participant wanted to be asked again.
    pub(super) again: bool,
}

/// The same until the whole act is written: packed, for there may be many.
pub(super) struct Later {
    told: Told,
    before: Option<Body>,
    after: Option<Body>,
}

impl Later {
    pub(super) fn of(mut told: Told) -> Result<Later, EngineError> {
        let pack = |value: Option<serde_json::Value>| {
            let json = value.map(|value| serde_json::to_vec(&value)).transpose();
            let json = json.map_err(|error| EngineError::Internal(error.to_string()))?;
            Ok::<_, EngineError>(json.map(|json| Body::of(&json)))
        };
        let (before, after) = (pack(told.before.take())?, pack(told.after.take())?);
        Ok(Later { told, before, after })
    }

    pub(super) fn told(self) -> Result<Told, EngineError> {
        let Later { mut told, before, after } = self;
        told.before = before.as_ref().map(value_of).transpose()?;
        told.after = after.as_ref().map(value_of).transpose()?;
        Ok(told)
    }
}

/// A source Patient as if it were written again as it is.
pub(super) fn once_more(tx: &WriteTx<'_>, subject: Subject) -> Result<Option<Told>, EngineError> {
    let row = tx.current(subject.patient())?.filter(|row| !row.deleted && row.kind != GOLDEN_PATIENT);
    let Some(row) = row else { return Ok(None) };
    let patient = value_of(&row.body)?;
    Ok(Some(Told {
        happened: Happened::Updated,
        kind: "Patient",
        id: row.id,
        version: row.version,
        subject,
        before: Some(patient.clone()),
        after: Some(patient),
        again: true,
    }))
}
