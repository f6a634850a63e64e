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
