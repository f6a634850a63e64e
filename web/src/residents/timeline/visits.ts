//! Visits by year, newest first, and the filters over them.

import { institutionCode } from "../../fhir/institution";
import type { Encounter } from "../../fhir/types";
import { newestFirst, yearOf } from "../../words/when";

export const KINDS = ["AMB", "IMP", "EMER", "HH", "VR", "OBSENC", "other"] as const;
export type Kind = (typeof KINDS)[number];

const SAME: Record<string, Kind> = { ACUTE: "IMP", NONAC: "IMP", PRENC: "AMB", SS: "AMB", FLD: "other" };

export function kindOf(encounter: Encounter): Kind {
  const code = encounter.class?.code ?? "";
  return KINDS.find((kind) => kind === code) ?? SAME[code] ?? "other";
}

export interface Year {
  /** Four digits; empty for visits without a date. */
  year: string;
  visits: Encounter[];
}

const VOID = new Set(["entered-in-error", "cancelled"]);

/** Whether a visit is to be shown at all. */
export function isReal({ status }: Encounter): boolean {
  return !VOID.has(status ?? "");
}

export function byYear(encounters: readonly Encounter[]): Year[] {
  const years: Year[] = [];
  for (const visit of newestFirst(encounters, ({ period }) => period?.start)) {
    if (!isReal(visit)) continue;
    const year = yearOf(visit.period?.start);
    const last = years.at(-1);
    if (last?.year === year) last.visits.push(visit);
    else years.push({ year, visits: [visit] });
  }
  return years;
}

export interface Filter {
  institutions: readonly string[];
  kinds: readonly string[];
  years: readonly string[];
}

/** Within one row of chips any may match; every row must match. */
export function passes(encounter: Encounter, { institutions, kinds, years }: Filter): boolean {
  return (
    (institutions.length === 0 || institutions.includes(institutionCode(encounter))) &&
    (kinds.length === 0 || kinds.includes(kindOf(encounter))) &&
    (years.length === 0 || years.includes(yearOf(encounter.period?.start)))
  );
}
