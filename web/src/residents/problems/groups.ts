//! Problems as a clinician counts them: the same diagnosis from three institutions is one problem with three sources.

import { sameness } from "../../fhir/concept";
import type { Condition } from "../../fhir/types";
import { groupBy } from "../../words/group";
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
  const real = conditions.filter(({ verificationStatus }) => !NOT_REAL.has(verificationStatus?.coding?.[0]?.code ?? ""));
  const groups = groupBy(real, ({ code, id }) => sameness(code) || (id ?? ""));
  const problems = [...groups].map(([key, group]) => {
    const newest = newestFirst(group, (one) => one.recordedDate ?? one.onsetDateTime);
    const dates = group.map(dateOf).filter((date): date is string => Boolean(date));
    const since = dates.sort((a, b) => moment(a) - moment(b))[0];
    return { key, conditions: newest, active: group.some((one) => ACTIVE.has(status(one))), since };
  });
  return newestFirst(problems, ({ conditions: [first] }) => first?.recordedDate ?? first?.onsetDateTime);
}
