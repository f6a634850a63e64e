//! The parts of a record: which search fills each, and which types of change touch it. One table.

import { today } from "../../words/when";

/** `query` is what a search asks besides the resident; `$today` stands for the day of asking. */
export const SECTIONS = {
  conditions: { type: "Condition", query: "_count=200" },
  allergies: { type: "AllergyIntolerance", query: "_count=100" },
  requests: { type: "MedicationRequest", query: "_sort=-authoredon&_count=100&_include=MedicationRequest:medication" },
  statements: { type: "MedicationStatement", query: "_count=100&_include=MedicationStatement:medication" },
  labs: { type: "Observation", query: "category=laboratory&_sort=-date&_count=200" },
  vitals: { type: "Observation", query: "category=vital-signs&_sort=-date&_count=100" },
  encounters: { type: "Encounter", query: "_sort=-date&_count=200" },
  documents: { type: "DocumentReference", query: "_sort=-date&_count=50" },
  reports: { type: "DiagnosticReport", query: "_sort=-date&_count=50" },
  imaging: { type: "DiagnosticReport", query: "category=RAD,RUS,CT,NMR,RX,CUS,OUS,VUS,NMS,EC&_sort=-date&_count=20&_include=DiagnosticReport:result" },
  orders: { type: "ServiceRequest", query: "_sort=-authored&_count=50" },
  appointments: { type: "Appointment", query: "date=ge$today&_sort=date&_count=20" },
  procedures: { type: "Procedure", query: "_sort=-date&_count=50" },
  coverages: { type: "Coverage", query: "_count=5" },
  growth: { type: "Observation", query: "combo-code=29463-7,8302-2,8306-3,8308-9,9843-4&_sort=-date&_count=200" },
  pregnancy: { type: "Observation", query: "combo-code=18185-9,49051-6,11778-8,11779-6,11881-0,55283-6,11996-6,11977-6&_sort=-date&_count=100" },
  immunizations: { type: "Immunization", query: "_sort=-date&_count=100" },
} as const;

export type SectionName = keyof typeof SECTIONS;

export function sectionUrl(name: SectionName, patient: string): string {
  const { type, query } = SECTIONS[name];
  return `${type}?patient=${encodeURIComponent(`Patient/${patient}`)}&${query.replace("$today", today())}`;
}

/** The cache keys that a change to a resource of `type` makes stale. */
export function staleKeys(type: string, patient: string): string[][] {
  const touched = (Object.keys(SECTIONS) as SectionName[]).filter((name) => SECTIONS[name].type === type);
  const keys = touched.map((name) => ["record", patient, name]);
  if (type === "Observation") keys.push(["record", patient, "trend"]);
  if (type === "Patient") keys.push(["record", patient, "person"]);
  if (touched.length > 0) keys.push(["record", patient, "visit"]);
  return keys;
}
