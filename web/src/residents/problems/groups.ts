//! Problems as a clinician counts them: the same diagnosis from three institutions is one problem with three sources.

import { sameness } from "../../fhir/concept";
import type { Condition } from "../../fhir/types";
import { chronicBlock, icd10Blocks } from "./icd10";
import { groupBy } from "../../words/group";
import { moment, newestFirst } from "../../words/when";

export interface Problem {
  key: string;
  /** Newest first. */
  conditions: Condition[];
  active: boolean;
  /** Every source calls it over; a past problem that is not was a diagnosis of one visit. */
  resolved: boolean;
  since: string | undefined;
}

/** A diagnosis that was only coded for a visit counts as current for this long, unless it is chronic. */
const RECENT_DAYS = 90;

const ACTIVE = new Set(["active", "recurrence", "relapse"]);
const NOT_REAL = new Set(["refuted", "entered-in-error"]);

export function dateOf(condition: Condition): string | undefined {
  return condition.onsetDateTime ?? condition.recordedDate;
}

function status(condition: Condition): string {
  return condition.clinicalStatus?.coding?.[0]?.code ?? (condition.abatementDateTime ? "resolved" : "active");
}

function onList(condition: Condition): boolean {
  const kinds = (condition.category ?? []).flatMap(({ coding }) => (coding ?? []).map(({ code }) => code));
  return !kinds.includes("encounter-diagnosis") || kinds.includes("problem-list-item");
}

/** ICD-10 chapter XXI is about reasons for contact, such as a check-up; it names no disease. */
function isContact(condition: Condition): boolean {
  return icd10Blocks(condition).some((block) => block.startsWith("Z"));
}

/**
 * Whether `condition` is a problem now. Hospitals code each visit's diagnoses and never close them: those count only
 * while they are fresh or when the disease does not go away.
 */
function isCurrent(condition: Condition, now: number): boolean {
  if (!ACTIVE.has(status(condition))) return false;
  if (onList(condition) || chronicBlock(condition)) return true;
  const age = now - moment(condition.recordedDate ?? condition.onsetDateTime);
  return !isContact(condition) && age < RECENT_DAYS * 86_400_000;
}

export function problemsIn(conditions: readonly Condition[], now = Date.now()): Problem[] {
  const real = conditions.filter(({ verificationStatus }) => !NOT_REAL.has(verificationStatus?.coding?.[0]?.code ?? ""));
  const groups = groupBy(real, ({ code, id }) => sameness(code) || (id ?? ""));
  const problems = [...groups].map(([key, group]) => {
    const newest = newestFirst(group, (one) => one.recordedDate ?? one.onsetDateTime);
    const dates = group.map(dateOf).filter((date): date is string => Boolean(date));
    const since = dates.sort((a, b) => moment(a) - moment(b))[0];
    return { key, conditions: newest, active: group.some((one) => isCurrent(one, now)), resolved: group.every((one) => !ACTIVE.has(status(one))), since };
  });
  return newestFirst(problems, ({ conditions: [first] }) => first?.recordedDate ?? first?.onsetDateTime);
}
