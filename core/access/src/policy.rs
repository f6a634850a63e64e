//! The table: what each role may write, and what only operators may read.

/// Resources that a doctor writes in the course of care.
pub(crate) const DOCTOR_WRITES: &[&str] = &[
    "AllergyIntolerance",
    "Appointment",
    "CarePlan",
    "CareTeam",
    "ClinicalImpression",
    "Communication",
    "CommunicationRequest",
    "Composition",
    "Condition",
    "Consent",
    "DetectedIssue",
    "DeviceRequest",
    "DiagnosticReport",
    "DocumentReference",
    "Encounter",
    "EpisodeOfCare",
    "FamilyMemberHistory",
    "Flag",
    "Goal",
    "ImagingStudy",
    "Immunization",
    "List",
    "Media",
    "MedicationAdministration",
    "MedicationDispense",
    "MedicationRequest",
    "MedicationStatement",
    "NutritionOrder",
    "Observation",
    "Patient",
    "Procedure",
    "QuestionnaireResponse",
    "RelatedPerson",
    "RiskAssessment",
    "ServiceRequest",
    "Specimen",
    "Task",
];

/// Resources that a nurse writes: observations and the acts of the ward, no diagnoses and no prescriptions.
pub(crate) const NURSE_WRITES: &[&str] = &[
    "AllergyIntolerance",
    "CarePlan",
    "Communication",
    "Flag",
    "Immunization",
    "List",
    "MedicationAdministration",
    "Observation",
    "QuestionnaireResponse",
    "Specimen",
    "Task",
];

/// Resources that tell about people's conduct rather than about residents' health.
pub(crate) const OPERATOR_READS: &[&str] = &["AuditEvent", "Subscription"];

/// Resources of a type that others read too, told by a code: who they are about is not known yet, or they tell one
/// resident's facts beside another's.
pub(crate) const OPERATORS_ONLY: &[Label] =
    &[Label { kind: "Task", param: "code", system: "https://meridian.example/task", code: "review-identity" }];

/// A code that keeps a resource from all but operators.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Label {
    pub kind: &'static str,
    /// The search parameter that finds it, and the element that holds it.
    pub param: &'static str,
    pub system: &'static str,
    pub code: &'static str,
}

impl Label {
    /// The labels that resources of `kind` may carry.
    pub fn of(kind: &str) -> impl Iterator<Item = &'static Label> + use<> {
        let kind = kind.to_owned();
        OPERATORS_ONLY.iter().filter(move |label| label.kind == kind)
    }
}
