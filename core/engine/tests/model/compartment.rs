//! The compartments of R4: which parameters put a resource of a type into one.

use serde_json::Value;

use crate::judge::{kind_of, name_of};
use crate::params::param;
use crate::values::Found;

/// A type, and the parameters that put it there.
type Member = (&'static str, &'static [&'static str]);

const MEMBERS: &[(&str, &[Member])] = &[
    (
        "Patient",
        &[
            ("Patient", &["link"]),
            ("Encounter", &["subject"]),
            ("Condition", &["patient", "asserter"]),
            ("Observation", &["subject", "performer"]),
            ("DiagnosticReport", &["subject"]),
            ("MedicationRequest", &["subject"]),
            ("RiskAssessment", &["subject"]),
            ("ChargeItem", &["subject"]),
            ("List", &["subject", "source"]),
        ],
    ),
    (
        "Practitioner",
        &[
            ("Practitioner", &[]),
            ("Patient", &["general-practitioner"]),
            ("Encounter", &["practitioner", "participant"]),
            ("Condition", &["asserter"]),
            ("Observation", &["performer"]),
            ("DiagnosticReport", &["performer"]),
            ("MedicationRequest", &["requester"]),
            ("RiskAssessment", &["performer"]),
            ("List", &["source"]),
        ],
    ),
    (
        "Encounter",
        &[
            ("Encounter", &[]),
            ("Condition", &["encounter"]),
            ("Observation", &["encounter"]),
            ("DiagnosticReport", &["encounter"]),
            ("MedicationRequest", &["encounter"]),
            ("ChargeItem", &["context"]),
        ],
    ),
];

/// The compartments, with the types that each holds.
pub(crate) fn compartments() -> Vec<(&'static str, Vec<&'static str>)> {
    MEMBERS.iter().map(|(of, kinds)| (*of, kinds.iter().map(|(kind, _)| *kind).collect())).collect()
}

/// Whether a resource is in the compartment of another one: it is that one itself, or points to it.
pub(crate) fn holds(of: &str, id: &str, resource: &Value) -> bool {
    let own = format!("{of}/{id}");
    let kinds = MEMBERS.iter().find(|(named, _)| *named == of).map_or(&[][..], |(_, kinds)| kinds);
    let codes = kinds.iter().find(|(kind, _)| *kind == kind_of(resource)).map_or(&[][..], |(_, codes)| codes);
    let points = |code: &&str| {
        let found = param(kind_of(resource), code).map(|param| param.values(resource)).unwrap_or_default();
        found.iter().any(|one| {
            matches!(one, Found::Reference(reference)
                if reference.local.as_ref().is_some_and(|(kind, id)| format!("{kind}/{id}") == own))
        })
    };
    name_of(resource) == own || codes.iter().any(points)
}
