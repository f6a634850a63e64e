//! The few facts of a resource that its bedside row holds: whose, when, what, and in which state.

mod tables;

use serde_json::Value;

use crate::date::{DateRange, Zone};
use crate::definitions::{Definitions, End, Program};
use crate::index::Node;
use crate::reference::Reference;

/// What [`facts`] finds; all of it borrowed from the resource.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Facts<'a> {
    /// When it happened, by the table of its type.
    pub clinical_date: Option<DateRange>,
    /// System and code of the first coding of the element that says what it is.
    pub main_code: Option<(Option<&'a str>, &'a str)>,
    /// `status`, or the first code of `clinicalStatus`.
    pub status: Option<&'a str>,
    /// The Patient whose compartment it leads: the subject, not its author or performer.
    pub patient: Option<Reference<'a>>,
}

/// Where the facts of one type stand.
#[derive(Debug)]
pub(crate) struct FactPlan {
    dates: &'static [&'static str],
    codes: &'static [&'static str],
    patient: Node<()>,
}

impl FactPlan {
    fn new(kind: &str) -> Self {
        let (dates, codes) = tables::keys(kind);
        let mut patient = Node::default();
        for path in subject_param(kind).map_or(&[][..], |param| param.paths.as_slice()) {
            if let Some(Program { steps, end: End::Type("Reference") }) = Program::read(path) {
                patient.add(steps, ());
            }
        }
        Self { dates, codes, patient }
    }
}

/// The search parameter that names the patient whose record a resource of `kind` belongs to: of the parameters that put
/// it into the Patient compartment the one that means its subject. `None` for types outside the compartment, for
/// Patient itself, and for Group and Schedule, which belong to nobody's record.
#[must_use]
pub fn subject_param(kind: &str) -> Option<&'static crate::definitions::SearchParam> {
    let r4 = Definitions::r4();
    let params = r4.compartment_params("Patient", kind);
    let code = tables::SUBJECT_CODES.iter().find(|code| params.contains(code))?;
    if matches!(kind, "Patient" | "Group" | "Schedule") { None } else { r4.search_param(kind, code) }
}

/// The facts of a resource; what it does not have, or has in a wrong shape, is `None`.
#[must_use]
pub fn facts(resource: &Value, zone: Zone) -> Facts<'_> {
    let kind = resource.get("resourceType").and_then(Value::as_str).unwrap_or_default();
    let Some(table) = Definitions::r4().table(kind) else { return Facts::default() };
    let plan = table.facts.get_or_init(|| FactPlan::new(table.name));
    Facts {
        clinical_date: plan.dates.iter().find_map(|key| DateRange::of(resource.get(key)?, zone)),
        main_code: plan.codes.iter().find_map(|key| first_code(resource.get(key)?)),
        status: status(resource),
        patient: if kind == "Patient" { itself(resource) } else { subject(plan, resource) },
    }
}

fn itself(patient: &Value) -> Option<Reference<'_>> {
    let id = patient.get("id").and_then(Value::as_str)?;
    Some(Reference::Relative { kind: "Patient", id, version: None })
}

fn subject<'a>(plan: &FactPlan, resource: &'a Value) -> Option<Reference<'a>> {
    let mut found = None;
    plan.patient.walk(resource, &mut |(), item| {
        let reference = item.get("reference").and_then(Value::as_str).map(Reference::parse);
        let is_patient = reference.and_then(|r| r.target()).is_some_and(|(kind, _)| kind == "Patient");
        if found.is_none() && is_patient {
            found = reference;
        }
    });
    found
}

fn status(resource: &Value) -> Option<&str> {
    let plain = resource.get("status").and_then(Value::as_str);
    plain.or_else(|| first_code(resource.get("clinicalStatus")?).map(|(_, code)| code))
}

/// The first code of a CodeableConcept, a Coding, a code, or of the first of a list of these that has one.
fn first_code(value: &Value) -> Option<(Option<&str>, &str)> {
    match value {
        Value::String(code) => Some((None, code.as_str())),
        Value::Array(items) => items.iter().find_map(first_code),
        Value::Object(members) => match members.get("coding") {
            Some(codings) => first_code(codings),
            None => {
                let system = members.get("system").and_then(Value::as_str);
                Some((system, members.get("code").and_then(Value::as_str)?))
            }
        },
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn patient(id: &str) -> Option<Reference<'_>> {
        Some(Reference::Relative { kind: "Patient", id, version: None })
    }

    #[test]
    fn an_observation_tells_whose_when_what_and_how_it_stands() {
        let observation = json!({
            "resourceType": "Observation", "status": "final",
            "code": {"coding": [{"system": "http://loinc.org", "code": "718-7"}]},
            "subject": {"reference": "Patient/a"}, "performer": [{"reference": "Patient/b"}],
            "effectiveDateTime": "2024-05-01", "issued": "2024-05-02T00:00:00Z"
        });
        let facts = facts(&observation, Zone::CHINA);
        assert_eq!(facts.patient, patient("a"));
        assert_eq!(facts.main_code, Some((Some("http://loinc.org"), "718-7")));
        assert_eq!(facts.status, Some("final"));
        assert_eq!(facts.clinical_date, DateRange::parse("2024-05-01", Zone::CHINA));
    }

    #[test]
    fn each_type_has_its_own_words() {
        let zone = Zone::UTC;
        let condition = json!({"resourceType": "Condition", "recordedDate": "2020", "subject": {"reference": "Patient/a/_history/3"},
            "clinicalStatus": {"coding": [{"code": "active"}]}, "code": {"text": "?", "coding": [{}, {"code": "I10"}]}});
        let found = facts(&condition, zone);
        assert_eq!((found.status, found.main_code), (Some("active"), Some((None, "I10"))));
        assert_eq!(found.clinical_date, DateRange::parse("2020", zone));
        assert!(matches!(found.patient, Some(Reference::Relative { id: "a", version: Some("3"), .. })));

        let coverage = json!({"resourceType": "Coverage", "beneficiary": {"reference": "Patient/b"}, "payor": [{"reference": "Patient/p"}]});
        assert_eq!(facts(&coverage, zone).patient, patient("b"));
        let task = json!({"resourceType": "Task", "for": {"reference": "Patient/t"}, "authoredOn": "2020-01-01"});
        assert_eq!(facts(&task, zone).patient, patient("t"));
        let appointment = json!({"resourceType": "Appointment", "participant": [{"actor": {"reference": "Practitioner/x"}}, {"actor": {"reference": "Patient/y"}}]});
        assert_eq!(facts(&appointment, zone).patient, patient("y"));
        assert_eq!(facts(&json!({"resourceType": "Patient", "id": "me"}), zone).patient, patient("me"));
        let device = json!({"resourceType": "Observation", "subject": {"reference": "Device/d"}});
        assert_eq!(facts(&device, zone).patient, None);
        assert_eq!(facts(&json!({"resourceType": "Organization"}), zone), Facts::default());
        assert_eq!(facts(&json!([1]), zone), Facts::default());
    }

    #[test]
    fn every_type_of_the_compartment_has_a_subject_but_those_of_nobody() {
        let r4 = Definitions::r4();
        let members = r4.resource_types().filter(|kind| !r4.compartment_params("Patient", kind).is_empty());
        let without: Vec<_> = members.filter(|kind| subject_param(kind).is_none()).collect();
        assert_eq!(without, ["Group", "Patient", "Schedule"]);
    }
}
