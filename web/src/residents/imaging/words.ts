//! What an imaging report says, in one line: its conclusion, else the written results that it gathers.

import type { Observation } from "../../fhir/types";
import type { Paper } from "../documents/papers";
import { pointsIn } from "../results/point";

export function wordsOfReport({ conclusion, results }: Paper, observations: readonly Observation[], language: string): string {
  if (conclusion) return conclusion;
  const gathered = results.map((key) => observations.find(({ id }) => key === `Observation/${id ?? ""}`)).filter((one): one is Observation => one !== undefined);
  return gathered.flatMap((one) => pointsIn(one, language).map(({ text, unit }) => `${text} ${unit}`.trim())).join(" · ");
}
