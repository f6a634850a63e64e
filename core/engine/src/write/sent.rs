//! A resource as it was sent, held until it is written: as a value, or packed when it is one of very many.

use std::sync::Arc;

use meridian_model::reference::Reference;
use meridian_store::Body;
use serde_json::Value;

use super::references;
use crate::EngineError;
use crate::served::value_of;

/// A value takes ten to twenty times the room of its text; packed it takes a third of it.
#[derive(Clone, Debug)]
pub(crate) enum Sent {
    Value(Arc<Value>),
    Packed(Arc<Packed>),
}

/// The compressed text, and what is asked of it before it is written.
#[derive(Debug)]
pub(crate) struct Packed {
    body: Body,
    id: Option<String>,
    version: Option<String>,
    /// Its conditional references.
    conditions: Vec<String>,
}

impl From<Value> for Sent {
    fn from(value: Value) -> Sent {
        Sent::Value(Arc::new(value))
    }
}

impl Sent {
    pub(crate) fn packed(value: &Value) -> Result<Sent, EngineError> {
        let json = serde_json::to_vec(value).map_err(|error| EngineError::Internal(error.to_string()))?;
        let mut conditions = Vec::new();
        references::visit(value, &mut |text| {
            if matches!(Reference::parse(text), Reference::Conditional { .. }) {
                conditions.push(text.to_owned());
            }
        });
        let text = |at: &str| value.pointer(at).and_then(Value::as_str).map(str::to_owned);
        let (id, version) = (text("/id"), text("/meta/versionId"));
        Ok(Sent::Packed(Arc::new(Packed { body: Body::of(&json), id, version, conditions })))
    }

    /// A copy to be changed.
    pub(crate) fn value(&self) -> Result<Value, EngineError> {
        match self {
            Sent::Value(value) => Ok(Value::clone(value)),
            Sent::Packed(packed) => value_of(&packed.body),
        }
    }

    /// Whether its text has about so many bytes at most.
    pub(super) fn is_light(&self, most: usize) -> bool {
        match self {
            Sent::Value(value) => weighed(value, most).is_some(),
            Sent::Packed(packed) => packed.body.weight() <= most,
        }
    }

    pub(super) fn id(&self) -> Option<&str> {
        match self {
            Sent::Value(value) => value.get("id").and_then(Value::as_str),
            Sent::Packed(packed) => packed.id.as_deref(),
        }
    }

    /// The version that it was where it came from.
    pub(super) fn version(&self) -> Option<&str> {
        match self {
            Sent::Value(value) => value.pointer("/meta/versionId").and_then(Value::as_str),
            Sent::Packed(packed) => packed.version.as_deref(),
        }
    }

    /// Shows the text of every conditional reference.
    pub(super) fn conditions(&self, see: &mut impl FnMut(&str)) {
        match self {
            Sent::Value(value) => references::visit(value, &mut |text| {
                if matches!(Reference::parse(text), Reference::Conditional { .. }) {
                    see(text);
                }
            }),
            Sent::Packed(packed) => packed.conditions.iter().for_each(|text| see(text)),
        }
    }

    /// Where the reference `text` stands.
    pub(super) fn place_of(&self, text: &str) -> Option<String> {
        references::place_of(&self.value().ok()?, text)
    }
}

/// What is left of `room` beside the value; it is not walked further than that.
fn weighed(value: &Value, room: usize) -> Option<usize> {
    let room = room.checked_sub(4)?;
    match value {
        Value::Object(members) => {
            members.iter().try_fold(room, |room, (key, value)| weighed(value, room.checked_sub(key.len())?))
        }
        Value::Array(items) => items.iter().try_fold(room, |room, value| weighed(value, room)),
        Value::String(text) => room.checked_sub(text.len()),
        Value::Null | Value::Bool(_) | Value::Number(_) => Some(room),
    }
}
