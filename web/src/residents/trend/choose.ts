//! Which values one chart may show: numbers in one unit. Values in another unit are never drawn on the same axis.

import { moment } from "../../words/when";
import type { Point } from "../results/point";

export interface Drawing {
  /** Oldest first. */
  drawn: Point[];
  unit: string;
  /** All units met, the most frequent first. */
  units: string[];
}

export function choose(points: readonly Point[]): Drawing {
  const numeric = points.filter((point) => point.number !== undefined && moment(point.date) > Number.NEGATIVE_INFINITY);
  const counts = new Map<string, number>();
  for (const { unit } of numeric) counts.set(unit, (counts.get(unit) ?? 0) + 1);
  const units = [...counts.keys()].sort((a, b) => (counts.get(b) ?? 0) - (counts.get(a) ?? 0));
  const unit = units[0] ?? "";
  const drawn = numeric.filter((point) => point.unit === unit).sort((a, b) => moment(a.date) - moment(b.date));
  return { drawn, unit, units };
}

export interface Band {
  low: number | undefined;
  high: number | undefined;
}

/** The reference range of the newest value that has one: ranges differ by laboratory, and the table shows each. */
export function bandOf(drawn: readonly Point[]): Band | undefined {
  const newest = [...drawn].reverse().find(({ low, high }) => low !== undefined || high !== undefined);
  return newest && { low: newest.low, high: newest.high };
}
