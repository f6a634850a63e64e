//! What was said about two records: a Task for each pair, open while somebody should look, closed with the verdict.
//!
//! One pair has one Task for ever: its id is made of the numbers of the two subjects, so that no two writers can make
//! two. Both subjects are noted under each other's number, so that a write of either finds it.

use meridian_engine::{Caller, EngineError, Sight, Subject, instant};
use serde_json::{Value, json};

use crate::matching::number;
use crate::scene::Source;

/// `Task.code` of these Tasks.
pub(crate) const CODE: (&str, &str) = ("https://meridian.example/task", "review-identity");
/// The institution that keeps them: the regional centre.
pub(crate) const KEEPER: &str = "CJ00";
/// How their ids begin.
const ID: &str = "review-";
/// The kind of number under which a subject's pairs are noted.
const PAIRED: u8 = 0x80;
/// The most pairs of one record that are looked at.
const MOST: u32 = 64;
/// System of the user names of who decided.
const USER: &str = "https://meridian.example/id/user";

/// Two records, the one that came first first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub(crate) struct Pair(Subject, Subject);

/// Where a pair stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum State {
    /// Somebody should look.
    Open,
    /// It answered itself.
    Closed,
    Same,
    Different,
}

/// A pair with its Task.
#[derive(Clone, Debug)]
pub(crate) struct Known {
    pub(crate) pair: Pair,
    pub(crate) state: State,
    pub(crate) task: Value,
}

impl Pair {
    pub(crate) fn of(one: Subject, other: Subject) -> Pair {
        Pair(one.min(other), one.max(other))
    }

    pub(crate) fn has(self, subject: Subject) -> bool {
        self.0 == subject || self.1 == subject
    }

    /// The other of the two.
    pub(crate) fn beside(self, subject: Subject) -> Subject {
        if self.0 == subject { self.1 } else { self.0 }
    }

    pub(crate) fn both(self) -> [Subject; 2] {
        [self.0, self.1]
    }

    /// The id of its Task.
    pub(crate) fn id(self) -> String {
        format!("{ID}{}-{}", self.0.0, self.1.0)
    }

    /// The pair of a Task with this id.
    pub(crate) fn named(id: &str) -> Option<Pair> {
        let (one, other) = id.strip_prefix(ID)?.split_once('-')?;
        let pair = Pair(Subject(one.parse().ok()?), Subject(other.parse().ok()?));
        (pair.id() == id).then_some(pair)
    }
}

/// The number under which the others of a subject's pairs are noted.
pub(crate) fn paired(subject: Subject) -> i64 {
    number(PAIRED, &[&subject.0.to_string()])
}

/// Whether a Task is one of these.
pub(crate) fn is_review(task: &Value) -> bool {
    let codings = task.pointer("/code/coding").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    let is = |coding: &Value, key, text| coding.get(key).and_then(Value::as_str) == Some(text);
    codings.iter().any(|coding| is(coding, "system", CODE.0) && is(coding, "code", CODE.1))
}

/// What is known of one pair.
pub(crate) fn known(pair: Pair, sight: &Sight<'_>) -> Result<Option<Known>, EngineError> {
    let task = sight.resource("Task", &pair.id())?.filter(is_review);
    Ok(task.map(|task| Known { pair, state: state(&task), task }))
}

/// All that is known of a record.
pub(crate) fn all_of(subject: Subject, sight: &Sight<'_>) -> Result<Vec<Known>, EngineError> {
    let mut all = Vec::new();
    for other in sight.noted(paired(subject), MOST)? {
        all.extend(known(Pair::of(subject, other), sight)?);
    }
    Ok(all)
}

fn state(task: &Value) -> State {
    let text = |path: &str| task.pointer(path).and_then(Value::as_str).unwrap_or_default();
    match (text("/status"), text("/businessStatus/text")) {
        ("completed", "same") => State::Same,
        ("completed", "different") => State::Different,
        ("requested" | "received" | "accepted" | "in-progress" | "ready" | "on-hold", _) => State::Open,
        _ => State::Closed,
    }
}

/// A Task that asks somebody to look at a pair.
pub(crate) fn asked(pair: Pair, one: &Source, other: &Source, why: &str, evidence: Vec<Value>, now: i64) -> Value {
    let mut task = json!({
        "resourceType": "Task", "id": pair.id(), "status": "requested", "intent": "proposal",
        "code": {"coding": [{"system": CODE.0, "code": CODE.1}]},
        "for": {"reference": one.reference()}, "focus": {"reference": other.reference()},
        "authoredOn": instant(now), "lastModified": instant(now), "reasonCode": {"text": why},
    });
    if !evidence.is_empty() {
        set(&mut task, "input", Value::Array(evidence));
    }
    task
}

/// The Task of a pair that answered itself.
pub(crate) fn answered(task: &Value, why: &str, now: i64) -> Value {
    let mut task = task.clone();
    set(&mut task, "status", json!("cancelled"));
    set(&mut task, "statusReason", json!({"text": why}));
    set(&mut task, "lastModified", json!(instant(now)));
    task
}

/// The Task of a pair that somebody decided.
pub(crate) fn decided(task: &Value, verdict: &str, reason: &str, caller: &Caller, now: i64) -> Value {
    let mut task = task.clone();
    set(&mut task, "status", json!("completed"));
    set(&mut task, "businessStatus", json!({"text": verdict}));
    set(&mut task, "statusReason", json!({"text": reason}));
    set(&mut task, "lastModified", json!(instant(now)));
    let owner = json!({"display": caller.display, "identifier": {"system": USER, "value": caller.actor}});
    set(&mut task, "owner", owner);
    task
}

fn set(task: &mut Value, key: &str, value: Value) {
    if let Some(members) = task.as_object_mut() {
        members.insert(key.to_owned(), value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pair_has_one_name_whoever_is_named_first() {
        let pair = Pair::of(Subject(57), Subject(12));
        assert_eq!((pair, pair.id().as_str()), (Pair::of(Subject(12), Subject(57)), "review-12-57"));
        assert_eq!(Pair::named("review-12-57"), Some(pair));
        for other in ["review-57-12x", "review-", "12-57", "review-012-57"] {
            assert_eq!(Pair::named(other), None, "{other}");
        }
        assert_ne!(paired(Subject(1)), paired(Subject(2)));
    }
}
