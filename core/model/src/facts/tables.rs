//! Where each type keeps its clinical date and its main code. JSON keys, the first that is there counts.

/// Of the parameters that put a type into the Patient compartment: which means the subject. The first match counts.
pub(super) const SUBJECT_CODES: &[&str] = &["patient", "subject", "beneficiary", "individual", "actor", "member"];

type Keys = &'static [&'static str];

/// Dates and codes of the types whose elements are named in their own way.
const TYPES: &[(&str, Keys, Keys)] = &[
    ("AdverseEvent", &["date", "detected", "recordedDate"], &["event", "category"]),
    ("AllergyIntolerance", &["recordedDate", "onsetDateTime", "onsetPeriod"], &["code"]),
    ("Appointment", &["start", "created"], &["serviceType", "appointmentType"]),
    ("AuditEvent", &["recorded"], &["type"]),
    ("CarePlan", &["period", "created"], &["category"]),
    ("ChargeItem", &["occurrenceDateTime", "occurrencePeriod", "occurrenceTiming", "enteredDate"], &["code"]),
    ("Claim", &["billablePeriod", "created"], &["type"]),
    ("ClinicalImpression", &["effectiveDateTime", "effectivePeriod", "date"], &["code"]),
    ("Communication", &["sent", "received"], &["category", "topic"]),
    ("Composition", &["date"], &["type"]),
    ("Condition", &["onsetDateTime", "onsetPeriod", "recordedDate"], &["code"]),
    ("Consent", &["dateTime"], &["category", "scope"]),
    ("Coverage", &["period"], &["type"]),
    ("DetectedIssue", &["identifiedDateTime", "identifiedPeriod"], &["code"]),
    ("DeviceRequest", &["occurrenceDateTime", "occurrencePeriod", "authoredOn"], &["codeCodeableConcept"]),
    ("DeviceUseStatement", &["timingDateTime", "timingPeriod", "timingTiming", "recordedOn"], &[]),
    ("DiagnosticReport", &["effectiveDateTime", "effectivePeriod", "issued"], &["code"]),
    ("DocumentManifest", &["created"], &["type"]),
    ("DocumentReference", &["date"], &["type"]),
    ("Encounter", &["period"], &["type", "class"]),
    ("EpisodeOfCare", &["period"], &["type"]),
    ("ExplanationOfBenefit", &["billablePeriod", "created"], &["type"]),
    ("FamilyMemberHistory", &["date"], &["relationship"]),
    ("Flag", &["period"], &["code"]),
    ("Goal", &["startDate", "statusDate"], &["description"]),
    ("ImagingStudy", &["started"], &["procedureCode", "modality"]),
    ("Immunization", &["occurrenceDateTime", "recorded"], &["vaccineCode"]),
    ("MedicationAdministration", &["effectiveDateTime", "effectivePeriod"], &["medicationCodeableConcept"]),
    ("MedicationDispense", &["whenHandedOver", "whenPrepared"], &["medicationCodeableConcept"]),
    ("MedicationRequest", &["authoredOn"], &["medicationCodeableConcept"]),
    ("MedicationStatement", &["effectiveDateTime", "effectivePeriod", "dateAsserted"], &["medicationCodeableConcept"]),
    ("Media", &["createdDateTime", "createdPeriod", "issued"], &["type", "modality"]),
    ("NutritionOrder", &["dateTime"], &[]),
    (
        "Observation",
        &["effectiveDateTime", "effectivePeriod", "effectiveInstant", "effectiveTiming", "issued"],
        &["code"],
    ),
    ("Procedure", &["performedDateTime", "performedPeriod"], &["code"]),
    ("Provenance", &["occurredDateTime", "occurredPeriod", "recorded"], &["activity"]),
    ("QuestionnaireResponse", &["authored"], &["questionnaire"]),
    ("RiskAssessment", &["occurrenceDateTime", "occurrencePeriod"], &["code"]),
    ("ServiceRequest", &["occurrenceDateTime", "occurrencePeriod", "occurrenceTiming", "authoredOn"], &["code"]),
    ("Specimen", &["receivedTime"], &["type"]),
    ("SupplyDelivery", &["occurrenceDateTime", "occurrencePeriod", "occurrenceTiming"], &["type"]),
    (
        "SupplyRequest",
        &["occurrenceDateTime", "occurrencePeriod", "occurrenceTiming", "authoredOn"],
        &["itemCodeableConcept"],
    ),
    ("Task", &["executionPeriod", "authoredOn"], &["code"]),
    ("VisionPrescription", &["dateWritten", "created"], &[]),
];

/// For all other types.
const DATES: Keys = &["date", "period", "created", "issued", "recorded", "authoredOn"];
const CODES: Keys = &["code", "type", "category"];

/// The keys of the clinical date and of the main code.
pub(super) fn keys(kind: &str) -> (Keys, Keys) {
    TYPES.iter().find(|(name, _, _)| *name == kind).map_or((DATES, CODES), |(_, dates, codes)| (*dates, *codes))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::definitions::Definitions;

    #[test]
    fn every_key_is_an_element_of_its_type() {
        let r4 = Definitions::r4();
        for (kind, dates, codes) in TYPES {
            for key in dates.iter().chain(codes.iter()) {
                assert!(r4.group(kind).unwrap().child(key).is_some(), "{kind}.{key}");
            }
        }
    }
}
