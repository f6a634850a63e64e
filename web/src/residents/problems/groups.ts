//! Problems as a clinician counts them: the same diagnosis from three institutions is one problem with three sources.

import { sameness } from "../../fhir/concept";
import type { Condition } from "../../fhir/types";
import { moment, newestFirst } from "../../words/when";

export interface Problem {
  key: string;
  /** Newest first. */
  conditions: Condition[];
  active: boolean;
  since: string | undefined;
}

const ACTIVE = new Set(["active", "recurrence", "relapse"]);
const NOT_REAL = new Set(["refuted", "entered-in-error"]);

export function dateOf(condition: Condition): string | undefined {
  return condition.onsetDateTime ?? condition.recordedDate;
}

function status(condition: Condition): string {
  return condition.clinicalStatus?.coding?.[0]?.code ?? (condition.abatementDateTime ? "resolved" : "active");
}

export function problemsIn(conditions: readonly Condition[]): Problem[] {
  const groups = new Map<string, Condition[]>();
  for (const condition of conditions) {
    if (NOT_REAL.has(condition.verificationStatus?.coding?.[0]?.code ?? "")) continue;
    const key = sameness(condition.code) || (condition.id ?? "");
    groups.set(key, [...(groups.get(key) ?? []), condition]);
  }
  const problems = [...groups].map(([key, group]) => {
    const newest = newestFirst(group, (one) => one.recordedDate ?? one.onsetDateTime);
    const dates = group.map(dateOf).filter((date): date is string => Boolean(date));
    const since = dates.sort((a, b) => moment(a) - moment(b))[0];
    return { key, conditions: newest, active: group.some((one) => ACTIVE.has(status(one))), since };
  });
  return newestFirst(problems, ({ conditions: [first] }) => first?.recordedDate ?? first?.onsetDateTime);
}

/** One entry for each source, the newest of each. */
export function onePerSource<T>(items: readonly T[], source: (item: T) => string): T[] {
  const seen = new Map<string, T>();
  for (const item of items) if (!seen.has(source(item))) seen.set(source(item), item);
  return [...seen.values()];
}
