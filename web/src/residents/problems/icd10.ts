//! Chronic diseases that pages name, by ICD-10 block (WHO ICD-10, 2019). Which diseases belong here follows
//! the management groups of primary care in China.

import type { Condition } from "../../fhir/types";

export const CHRONIC = [
  { name: "hypertension", from: "I10", to: "I15" },
  { name: "diabetes", from: "E10", to: "E14" },
  { name: "coronary", from: "I20", to: "I25" },
  { name: "stroke", from: "I60", to: "I69" },
  { name: "copd", from: "J44", to: "J44" },
  { name: "asthma", from: "J45", to: "J46" },
  { name: "kidney", from: "N18", to: "N18" },
  { name: "hepatitis", from: "B18", to: "B18" },
  { name: "tuberculosis", from: "A15", to: "A19" },
  { name: "mental", from: "F20", to: "F29" },
  { name: "cancer", from: "C00", to: "C97" },
] as const;

export type Chronic = (typeof CHRONIC)[number]["name"];

const ICD10 = /icd-?10/i;

/** The three-character categories that `condition` is coded with. */
export function icd10Blocks({ code }: Condition): string[] {
  return (code?.coding ?? []).filter(({ system }) => ICD10.test(system ?? "")).map((coding) => (coding.code ?? "").slice(0, 3));
}

export function chronicBlock(condition: Condition): Chronic | undefined {
  const blocks = icd10Blocks(condition);
  return CHRONIC.find(({ from, to }) => blocks.some((block) => block >= from && block <= to))?.name;
}
