//! Validation of what is written, by the policy of its institution: not at all, marked with a tag, or refused.
//!
//! What is judged is what will stand there: of a patch its outcome, of a feed's message what it makes with what was there.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, PoisonError};

use meridian_access::Caller;
use meridian_conformance::structure::Structures;
use meridian_conformance::terms::Terms;
use meridian_conformance::validate::{Habits, Limits, Lookup, Nowhere, Validator, validate};
use meridian_fhirpath::Moment;
use meridian_model::outcome::{Issue, Severity};
use meridian_store::Reader;
use serde_json::{Value, json};

use super::terms;
use crate::engine::now;
use crate::write::{Ask, Edit, Entry, Merging, ONCE, Options, Sent};
use crate::{Engine, EngineError};

/// The system of the tag of what was validated: `valid`, `invalid`, or `unchecked` where it could not be judged to its end.
pub(crate) const TAG: &str = "https://meridian.example/validation";
/// The code of the issue that says so.
const TOO_COSTLY: &str = "too-costly";
/// Steps that any resource may take, and those that it may take for each of its values: who writes much is judged long.
const STEPS: u64 = 500_000;
const STEPS_A_VALUE: u64 = 20;

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
        let steps = STEPS.saturating_add(values(resource).saturating_mul(STEPS_A_VALUE));
        let limits = Limits { steps, issues: 50, ..Limits::default() };
        let mut issues = self.issues(resource, &[], &Nowhere, limits);
        issues.retain(is_wrong);
        if strictness == Strictness::Reject && !issues.is_empty() {
            return Err(EngineError::Unprocessable(issues));
        }
        let word = match issues.iter().find(|issue| issue.code != TOO_COSTLY) {
            Some(_) => "invalid",
            None if issues.is_empty() => "valid",
            None => "unchecked",
        };
        mark(resource, word);
        Ok(())
    }
}

/// How many values a resource has, as a measure of what may be spent on it.
pub(crate) fn values(value: &Value) -> u64 {
    match value {
        Value::Array(items) => 1 + items.iter().map(values).sum::<u64>(),
        Value::Object(members) => 1 + members.values().map(values).sum::<u64>(),
        _ => 1,
    }
}

pub(super) fn is_wrong(issue: &Issue) -> bool {
    matches!(issue.severity, Severity::Error | Severity::Fatal)
}

/// Says in the tags whether it is valid; an older word of ours is taken away.
fn mark(resource: &mut Value, word: &str) {
    let Some(meta) = resource.as_object_mut().map(|all| all.entry("meta").or_insert_with(|| json!({}))) else { return };
    let Some(tags) = meta.as_object_mut().map(|meta| meta.entry("tag").or_insert_with(|| json!([]))) else { return };
    let Some(tags) = tags.as_array_mut() else { return };
    tags.retain(|tag| tag.get("system").and_then(Value::as_str) != Some(TAG));
    tags.push(json!({"system": TAG, "code": word}));
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
    fn is_dear(&self) -> bool {
        self.edit.is_dear()
    }

    fn edit(&self, resource: Value) -> Result<Value, EngineError> {
        let mut resource = self.edit.edit(resource)?;
        self.judge.judge(&mut resource, self.strictness)?;
        Ok(resource)
    }

    fn word(&self) -> &'static str {
        self.edit.word()
    }
}

/// A merging whose outcome is judged: what a feed sends is a part, and what stands there is the whole.
#[derive(Debug)]
struct JudgedMerging {
    merging: Arc<dyn Merging>,
    judge: Arc<Judge>,
    strictness: Strictness,
}

impl Merging for JudgedMerging {
    fn stands_for(&self, entry: usize, found: &Value) -> Option<String> {
        self.merging.stands_for(entry, found)
    }

    fn merge(&self, entry: usize, before: &Value, sent: Value) -> Option<Value> {
        let mut merged = self.merging.merge(entry, before, sent)?;
        // A feed is never refused, and without that there is no error.
        let _ = self.judge.judge(&mut merged, self.strictness);
        Some(merged)
    }

    fn note(&self, note: &str) -> Option<String> {
        self.merging.note(note)
    }
}

impl fmt::Debug for Judge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Judge").finish_non_exhaustive()
    }
}

/// The entries as they may be written; what will be merged is judged when it is. What an operation changes of a resource
/// is its own business.
pub(crate) async fn judged(
    engine: &Engine,
    caller: &Caller,
    entries: Vec<Entry>,
    options: &mut Options,
) -> Result<Vec<Entry>, EngineError> {
    let is_feed = options.job.is_some();
    let strictness = match engine.strictness(&caller.institution) {
        Strictness::Off => return Ok(entries),
        Strictness::Reject if is_feed => Strictness::Tag,
        strictness => strictness,
    };
    let (own, once) = (engine.clone(), options.once.clone());
    let work = move |reader: &Reader<'_>| {
        let judge = Arc::new(Judge::of(&own, reader)?);
        let judged = entries.into_iter().map(|mut entry| match one(&mut entry.ask, &judge, strictness) {
            // Nothing may come of it: that is known when it is known what the condition meets.
            Err(EngineError::Unprocessable(issues)) if entry.ask.is_create_if_none() => {
                entry.unfit = Some(issues.into());
                Ok(entry)
            }
            judged => judged.map_err(|error| error.within(&entry.place)).map(|()| entry),
        });
        match judged.collect::<Result<Vec<_>, EngineError>>() {
            Ok(entries) => Ok((entries, judge)),
            // What was applied before is not refused now.
            Err(error) => match once.map(|once| reader.holder(ONCE, &once)).transpose()?.flatten() {
                Some(_) => Err(EngineError::already_applied()),
                None => Err(error),
            },
        }
    };
    let (entries, judge) = engine.store().ahead(options.lane, work).await?;
    options.judged = true;
    if let Some(merging) = options.merging.take() {
        options.merging = Some(Arc::new(JudgedMerging { merging, judge, strictness }));
    }
    Ok(entries)
}

fn one(ask: &mut Ask, judge: &Arc<Judge>, strictness: Strictness) -> Result<(), EngineError> {
    match ask {
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
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_mark_is_there_once() {
        let mut patient = json!({"resourceType": "Patient", "meta": {"tag": [{"system": "a", "code": "b"}]}});
        mark(&mut patient, "invalid");
        mark(&mut patient, "valid");
        assert_eq!(patient["meta"]["tag"], json!([{"system": "a", "code": "b"}, {"system": TAG, "code": "valid"}]));
    }
}
