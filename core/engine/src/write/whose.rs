//! Whose record a write lands in: what would mix up two people is refused, at the place that says it.
//!
//! Looked at in the writer's transaction, when all entries are written and all memberships are settled, so that nothing
//! that happens meanwhile can come between. Two records that the registry has joined are one person here.

use std::collections::HashMap;

use meridian_access::{Caller, Role};
use meridian_model::both;
use meridian_model::definitions::Definitions;
use meridian_model::language::Both;
use meridian_model::outcome::Issue;
use meridian_model::reference::Reference;
use meridian_store::{GOLDEN_PATIENT, Subject, TypeCode, WriteTx};
use serde_json::Value;

use crate::EngineError;
use crate::engine::patient_code;

/// Elements that bind a resource to the care it belongs to, in whatever resource they stand; of a list, each item. What
/// they name is never about somebody else. (Elements that may rightly cross records are not here: `partOf` of a newborn's
/// stay, `focus`, `reasonReference`, `section.entry` of a document about mother and child, `context.related`, items of a
/// List.)
const BINDING: &[&str] = &[
    "encounter",
    "context",
    "context.encounter",
    "basedOn",
    "result",
    "imagingStudy",
    "specimen",
    "hasMember",
    "derivedFrom",
    "request",
    "authorizingPrescription",
    "supportingInfo",
    "supportingInformation",
    "diagnosis.condition",
    "activity.reference",
];

/// A resource that another one is bound to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Bound {
    /// The element of the one that is bound, `encounter`.
    at: String,
    code: TypeCode,
    id: String,
}

/// What `resource` is bound to.
pub(super) fn bound(resource: &Value) -> Vec<Bound> {
    let mut all = Vec::new();
    for path in BINDING {
        each(resource, path, &mut |target| {
            let reference = target.get("reference").and_then(Value::as_str).map(Reference::parse);
            if let Some(Reference::Relative { kind, id, .. }) = reference
                && let Some(code) = Definitions::r4().type_code(kind)
            {
                all.push(Bound { at: (*path).to_owned(), code, id: id.to_owned() });
            }
        });
    }
    all
}

/// Calls `act` with each value at `path`, through lists.
fn each(value: &Value, path: &str, act: &mut impl FnMut(&Value)) {
    let (name, rest) = path.split_once('.').map_or((path, None), |(name, rest)| (name, Some(rest)));
    let Some(found) = value.get(name) else { return };
    for item in found.as_array().map_or(std::slice::from_ref(found), Vec::as_slice) {
        match rest {
            Some(rest) => each(item, rest, act),
            None => act(item),
        }
    }
}

/// One written entry.
pub(super) struct Written<'a> {
    pub(super) kind: &'static str,
    /// Where it stood in what was sent.
    pub(super) place: &'a str,
    /// Whose it is now.
    pub(super) subject: Subject,
    /// Whose it was.
    pub(super) before: Option<Subject>,
    pub(super) bound: Vec<Bound>,
}

/// Refuses what mixes up two people.
///
/// # Errors
/// `Unprocessable` naming the element: a resource is moved into another person's record, which operators alone may do; it
/// is bound to another person's; or the caller has said whose record it works in, and this is not it.
pub(super) fn check(tx: &WriteTx<'_>, caller: &Caller, all: &[Written<'_>]) -> Result<(), EngineError> {
    let mut people = People { tx, targets: HashMap::new() };
    let about = match &caller.about {
        Some(id) => Some((id, people.named(id)?)),
        None => None,
    };
    for written in all {
        let refuse = |at: &str, says: Both| {
            let at = if at.is_empty() { written.kind.to_owned() } else { format!("{}.{at}", written.kind) };
            let issue = Issue::error("business-rule", says).at(at);
            EngineError::Unprocessable(vec![issue]).within(written.place)
        };
        // A feed that uses a number of its own again moves nothing either: only who corrects a record does.
        let corrects = caller.role == Role::Operator;
        if let Some(before) = written.before.filter(|before| !corrects && *before != Subject::COMMON)
            && !people.same(before, written.subject)?
        {
            let says = both!(
                "this {} belongs to another person's record and cannot be moved",
                "这份 {} 属于另一人的健康档案，不能移动",
                written.kind
            );
            return Err(refuse(element(written.kind), says));
        }
        if written.subject == Subject::COMMON {
            continue;
        }
        if let Some((id, person)) = about
            && person.is_none_or(|person| person != people.person(written.subject).unwrap_or(written.subject))
        {
            let says = both!(
                "the record that is open is that of Patient/{id}; this would go into another person's",
                "打开的是 Patient/{id} 的档案，这条内容会写入另一人的档案"
            );
            return Err(refuse(element(written.kind), says));
        }
        for bound in &written.bound {
            let whose = people.of(bound)?;
            if whose != Subject::COMMON && !people.same(whose, written.subject)? {
                let kind = Definitions::r4().type_name(bound.code).unwrap_or_default();
                let says =
                    both!("{kind}/{} belongs to another person's record", "{kind}/{} 属于另一人的健康档案", bound.id);
                return Err(refuse(&bound.at, says));
            }
        }
    }
    Ok(())
}

/// The element that says whose a resource is, for the place of an issue.
fn element(kind: &str) -> &'static str {
    match meridian_model::facts::subject_param(kind).and_then(|param| param.paths.first()) {
        Some(path) if path.starts_with("patient") => "patient",
        Some(_) => "subject",
        None => "",
    }
}

struct People<'a> {
    tx: &'a WriteTx<'a>,
    targets: HashMap<(TypeCode, String), Subject>,
}

impl People<'_> {
    /// Whose a resource is; nobody's when it is not there.
    fn of(&mut self, bound: &Bound) -> Result<Subject, EngineError> {
        let target = (bound.code, bound.id.clone());
        if let Some(subject) = self.targets.get(&target) {
            return Ok(*subject);
        }
        let subject = self.tx.locate(bound.code, &bound.id)?.map_or(Subject::COMMON, meridian_store::Key::subject);
        self.targets.insert(target, subject);
        Ok(subject)
    }

    fn person(&self, subject: Subject) -> Result<Subject, EngineError> {
        Ok(self.tx.person(subject)?.unwrap_or(subject))
    }

    fn same(&self, one: Subject, other: Subject) -> Result<bool, EngineError> {
        Ok(one == other || self.person(one)? == self.person(other)?)
    }

    /// The person that a Patient id means, golden or not.
    fn named(&self, id: &str) -> Result<Option<Subject>, EngineError> {
        let key = match self.tx.locate(patient_code(), id)? {
            Some(key) => Some(key),
            None => self.tx.locate(GOLDEN_PATIENT, id)?,
        };
        key.map(|key| self.person(key.subject())).transpose()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_binds_is_found_wherever_it_stands() {
        let report = json!({"resourceType": "DiagnosticReport", "encounter": {"reference": "Encounter/e"},
            "result": [{"reference": "Observation/o"}, {"reference": "#contained"}, {"display": "none"}]});
        let found: Vec<(String, String)> = bound(&report).into_iter().map(|b| (b.at, b.id)).collect();
        assert_eq!(found, [("encounter".into(), "e".into()), ("result".into(), "o".into())]);
        let document =
            json!({"resourceType": "DocumentReference", "context": {"encounter": [{"reference": "Encounter/e"}]}});
        assert_eq!(bound(&document).len(), 1);
        let visit = json!({"resourceType": "Encounter", "diagnosis": [{"use": {}},
            {"condition": {"reference": "Condition/c"}}, {"condition": {"reference": "Condition/d"}}]});
        let found: Vec<(String, String)> = bound(&visit).into_iter().map(|b| (b.at, b.id)).collect();
        let of = |id: &str| ("diagnosis.condition".to_owned(), id.to_owned());
        assert_eq!(found, [of("c"), of("d")]);
        for element in ["derivedFrom", "supportingInfo", "imagingStudy"] {
            assert_eq!(bound(&json!({ element: [{"reference": "Observation/o"}] })).len(), 1, "{element}");
        }
        assert_eq!(bound(&json!({"encounter": {"reference": "https://elsewhere.example/Encounter/e"}})), []);
    }

    #[test]
    fn the_place_of_an_issue_is_the_element_that_says_whose_it_is() {
        assert_eq!(element("Observation"), "subject");
        assert_eq!(element("AllergyIntolerance"), "patient");
        assert_eq!(element("Patient"), "");
    }
}
