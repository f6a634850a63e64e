//! FHIR type names in the reader's words; a type without words of its own is called by its name.

import { useTranslation } from "react-i18next";

const TYPES = {
  Observation: "results",
  Condition: "problems",
  AllergyIntolerance: "allergies",
  MedicationRequest: "medicines",
  MedicationStatement: "medicines",
  Encounter: "visits",
  DocumentReference: "document",
  DiagnosticReport: "report",
  Immunization: "vaccinations",
  Patient: "registration",
  ServiceRequest: "order",
  Appointment: "appointment",
  Procedure: "procedure",
} as const;

export function useTypeWord(): (type: string) => string {
  const { t } = useTranslation();
  return (type) => (type in TYPES ? t(`record.types.${TYPES[type as keyof typeof TYPES]}`) : type);
}
