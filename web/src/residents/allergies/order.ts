//! Allergies by danger: the severe first; what was refuted or is over stands apart.

import type { AllergyIntolerance } from "../../fhir/types";

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

export function byDanger(allergies: readonly AllergyIntolerance[]): AllergyIntolerance[] {
  return [...allergies].sort((a, b) => RANK[dangerOf(a)] - RANK[dangerOf(b)]);
}
