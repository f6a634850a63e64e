//! Merging: a sender that tells what changed, and not whole resources, says how that meets what is there.
//!
//! It is asked on the snapshot that the write rests on; if that is no longer so at the commit, it is asked again.

use std::fmt::Debug;

use meridian_model::definitions::Definitions;
use meridian_store::{Reader, Stored};
use serde_json::Value;

use super::resolve::Seen;
use crate::EngineError;
use crate::engine::patient_code;
use crate::served::value_of;

/// How many records may have been replaced one after the other.
const MOST_REPLACED: usize = 16;

/// How what is sent meets what is there. `entry` counts the writes of the set from 0.
pub trait Merging: Send + Sync + Debug {
    /// The id of the Patient that stands in the place of `found`, when that was merged into another.
    fn stands_for(&self, entry: usize, found: &Value) -> Option<String>;

    /// What is kept of `before` and `sent` (its references are resolved); `None` leaves what is there.
    fn merge(&self, entry: usize, before: &Value, sent: Value) -> Option<Value>;

    /// The note of the job that this write does, when merging has something to add to `note`.
    fn note(&self, note: &str) -> Option<String>;
}

/// The Patient that stands for `row` now, itself if none does. What is looked at on the way is added to `seen`.
pub(super) fn successor(
    reader: &Reader<'_>,
    merging: &dyn Merging,
    entry: usize,
    row: Stored,
    seen: &mut Vec<Seen>,
) -> Result<Stored, EngineError> {
    let code = patient_code();
    let mut row = row;
    if row.kind != code {
        return Ok(row);
    }
    for _ in 0..MOST_REPLACED {
        if row.deleted {
            break;
        }
        let Some(id) = merging.stands_for(entry, &value_of(&row.body)?) else { break };
        let Some(next) = reader.find(code, &id)?.filter(|next| !next.deleted) else { break };
        let kind = Definitions::r4().type_name(code).unwrap_or_default();
        seen.push(Seen::Version { kind, id, version: next.version });
        row = next;
    }
    Ok(row)
}
