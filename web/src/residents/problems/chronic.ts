//! The chronic diseases that the banner names: the active problems among them, in the table's order.

import type { Condition } from "../../fhir/types";
import { problemsIn } from "./groups";
import { CHRONIC, type Chronic, chronicBlock } from "./icd10";

export function chronicOf(conditions: readonly Condition[]): Chronic[] {
  const active = problemsIn(conditions).filter((problem) => problem.active);
  const names = new Set(active.flatMap(({ conditions: all }) => all.map(chronicBlock)));
  return CHRONIC.map(({ name }) => name).filter((name) => names.has(name));
}
