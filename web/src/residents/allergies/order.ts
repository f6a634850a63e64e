//! Allergies by danger: the severe first; what was refuted or is over stands apart.

import { sameness } from "../../fhir/concept";
import type { AllergyIntolerance } from "../../fhir/types";
import { groupBy } from "../../words/group";

export type Danger = "high" | "low" | "unable";

/** How dangerous: the recorded criticality, else a severe reaction. */
export function dangerOf(allergy: AllergyIntolerance): Danger {
  if (allergy.criticality === "high") return "high";
  if (allergy.reaction?.some(({ severity }) => severity === "severe")) return "high";
  return allergy.criticality === "low" ? "low" : "unable";
}

const RANK: Record<Danger, number> = { high: 0, unable: 1, low: 2 };
const OVER = new Set(["inactive", "resolved"]);
const NOT_REAL = new Set(["refuted", "entered-in-error"]);

export function isCurrent(allergy: AllergyIntolerance): boolean {
  return (
    !OVER.has(allergy.clinicalStatus?.coding?.[0]?.code ?? "") &&
    !NOT_REAL.has(allergy.verificationStatus?.coding?.[0]?.code ?? "")
  );
}

export interface Allergy {
  key: string;
  /** The same allergy as each source recorded it, the most dangerous record first. */
  records: AllergyIntolerance[];
  danger: Danger;
}

/** One entry for each allergen, however many sources know of it; the most dangerous first. */
export function allergiesIn(records: readonly AllergyIntolerance[]): Allergy[] {
  const groups = groupBy(records, ({ code, id }) => sameness(code) || (id ?? ""));
  const allergies = [...groups].map(([key, group]): Allergy => {
    const sorted = group.sort((a, b) => RANK[dangerOf(a)] - RANK[dangerOf(b)]);
    return { key, records: sorted, danger: sorted[0] ? dangerOf(sorted[0]) : "unable" };
  });
  return allergies.sort((a, b) => RANK[a.danger] - RANK[b.danger]);
}
