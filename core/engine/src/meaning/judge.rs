//! Validation of what is written, by the policy of its institution: not at all, marked with a tag, or refused.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, PoisonError};

use meridian_access::Caller;
use meridian_conformance::structure::Structures;
use meridian_conformance::terms::Terms;
use meridian_conformance::validate::{Habits, Limits, Lookup, Nowhere, Validator, validate};
use meridian_fhirpath::Moment;
use meridian_model::outcome::{Issue, Severity};
use meridian_store::{Lane, Reader};
use serde_json::{Value, json};

use super::terms;
use crate::engine::now;
use crate::write::{Ask, Edit, Entry, Sent};
use crate::{Engine, EngineError};

/// The system of the tag of what was validated: `valid` or `invalid`.
const TAG: &str = "https://meridian.example/validation";

/// What becomes of a resource that is not valid.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Strictness {
    /// Nobody looks.
    #[default]
    Off,
    /// It is stored, and its tag says so.
    Tag,
    /// It is refused with what is wrong. A message of a feed is tagged: what was sent is never lost.
    Reject,
}

impl Strictness {
    /// `off`, `tag` or `reject`.
    #[must_use]
    pub fn of(word: &str) -> Option<Strictness> {
        match word {
            "off" => Some(Strictness::Off),
            "tag" => Some(Strictness::Tag),
            "reject" => Some(Strictness::Reject),
            _ => None,
        }
    }
}

/// How strict each institution is.
#[derive(Clone, Debug, Default)]
pub struct Validation {
    pub all: Strictness,
    /// By institution, where it is another.
    pub of: HashMap<String, Strictness>,
}

impl Engine {
    /// Sets how strictly what is written is validated.
    pub fn set_validation(&self, validation: Validation) {
        *self.inner.validation.write().unwrap_or_else(PoisonError::into_inner) = validation;
    }

    fn strictness(&self, institution: &str) -> Strictness {
        let validation = self.inner.validation.read().unwrap_or_else(PoisonError::into_inner);
        validation.of.get(institution).copied().unwrap_or(validation.all)
    }
}

/// What a validation goes by, as it stood when it was asked.
pub(super) struct Judge {
    structures: Structures,
    terms: Terms,
}

impl Judge {
    pub(super) fn of(engine: &Engine, reader: &Reader<'_>) -> Result<Judge, EngineError> {
        Ok(Judge { structures: engine.structures(reader)?, terms: terms::in_force(reader)? })
    }

    pub(super) fn issues(
        &self,
        resource: &Value,
        profiles: &[&str],
        lookup: &dyn Lookup,
        limits: Limits,
    ) -> Vec<Issue> {
        let with = Validator {
            structures: &self.structures,
            codes: &self.terms,
            lookup,
            now: Moment { millis: now(), offset_minutes: 0 },
            limits,
            habits: Habits::default(),
        };
        validate(resource, profiles, &with)
    }

    /// Refuses the resource or marks it.
    fn judge(&self, resource: &mut Value, strictness: Strictness) -> Result<(), EngineError> {
        let limits = Limits { steps: 500_000, issues: 50, ..Limits::default() };
        let mut issues = self.issues(resource, &[], &Nowhere, limits);
        issues.retain(is_wrong);
        if strictness == Strictness::Reject && !issues.is_empty() {
            return Err(EngineError::Unprocessable(issues));
        }
        mark(resource, issues.is_empty());
        Ok(())
    }
}

pub(super) fn is_wrong(issue: &Issue) -> bool {
    matches!(issue.severity, Severity::Error | Severity::Fatal)
}

/// Says in the tags whether it is valid; an older word of ours is taken away.
fn mark(resource: &mut Value, is_valid: bool) {
    let Some(meta) = resource.as_object_mut().map(|all| all.entry("meta").or_insert_with(|| json!({}))) else { return };
    let Some(tags) = meta.as_object_mut().map(|meta| meta.entry("tag").or_insert_with(|| json!([]))) else { return };
    let Some(tags) = tags.as_array_mut() else { return };
    tags.retain(|tag| tag.get("system").and_then(Value::as_str) != Some(TAG));
    tags.push(json!({"system": TAG, "code": if is_valid { "valid" } else { "invalid" }}));
}

/// A patch whose outcome is judged.
struct Judged {
    edit: Arc<dyn Edit>,
    judge: Arc<Judge>,
    strictness: Strictness,
}

impl fmt::Debug for Judged {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Judged").field("edit", &self.edit).field("strictness", &self.strictness).finish_non_exhaustive()
    }
}

impl Edit for Judged {
    fn edit(&self, resource: Value) -> Result<Value, EngineError> {
        let mut resource = self.edit.edit(resource)?;
        self.judge.judge(&mut resource, self.strictness)?;
        Ok(resource)
    }

    fn word(&self) -> &'static str {
        self.edit.word()
    }
}

/// The entries as they may be written. What an operation changes of a resource is its own business.
pub(crate) async fn judged(
    engine: &Engine,
    caller: &Caller,
    entries: Vec<Entry>,
    lane: Lane,
    is_feed: bool,
) -> Result<Vec<Entry>, EngineError> {
    let strictness = match engine.strictness(&caller.institution) {
        Strictness::Off => return Ok(entries),
        Strictness::Reject if is_feed => Strictness::Tag,
        strictness => strictness,
    };
    let own = engine.clone();
    let work = move |reader: &Reader<'_>| {
        let judge = Arc::new(Judge::of(&own, reader)?);
        let judged = entries.into_iter().map(|mut entry| {
            entry.ask = one(entry.ask, &judge, strictness).map_err(|error: EngineError| error.within(&entry.place))?;
            Ok(entry)
        });
        judged.collect::<Result<Vec<_>, EngineError>>()
    };
    engine.store().ahead(lane, work).await
}

fn one(mut ask: Ask, judge: &Arc<Judge>, strictness: Strictness) -> Result<Ask, EngineError> {
    match &mut ask {
        Ask::Create { resource, .. } | Ask::Update { resource, .. } | Ask::UpdateWhere { resource, .. } => {
            let mut value = resource.value()?;
            judge.judge(&mut value, strictness)?;
            *resource = match resource {
                Sent::Value(_) => value.into(),
                Sent::Packed(_) => Sent::packed(&value)?,
            };
        }
        Ask::Edit { edit, .. } | Ask::EditWhere { edit, .. } if edit.word() == "patch" => {
            *edit = Arc::new(Judged { edit: Arc::clone(edit), judge: Arc::clone(judge), strictness });
        }
        Ask::Edit { .. } | Ask::EditWhere { .. } | Ask::Delete { .. } | Ask::DeleteWhere { .. } => {}
    }
    Ok(ask)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_mark_is_there_once() {
        let mut patient = json!({"resourceType": "Patient", "meta": {"tag": [{"system": "a", "code": "b"}]}});
        mark(&mut patient, false);
        mark(&mut patient, true);
        assert_eq!(patient["meta"]["tag"], json!([{"system": "a", "code": "b"}, {"system": TAG, "code": "valid"}]));
    }
}
