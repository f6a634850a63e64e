//! A child's measures by age, out of vital signs.

import type { Observation } from "../../fhir/types";
import { moment } from "../../words/when";
import type { Point } from "../results/point";
import { seriesIn } from "../results/series";
import { type Measure, percentileOf, rowAt, type Sex, type Standard, zOf } from "./lms";

/** LOINC codes of each measure; a length lying down and a height standing are one curve. */
const CODES: Record<Measure, readonly string[]> = {
  weight: ["29463-7", "3141-9"],
  height: ["8302-2", "8306-3", "8308-9"],
  head: ["9843-4"],
};

export const MEASURES = ["weight", "height", "head"] as const;

/** Mean length of a month in days. */
export const MONTH_DAYS = 30.4375;

/** The end of the tables; a child is shown on them a little longer than they go. */
export const TABLE_MONTHS = 60;
export const SHOWN_MONTHS = 84;

export interface Measured {
  point: Point;
  value: number;
  months: number;
  z: number | undefined;
  percentile: number | undefined;
}

export function monthsBetween(birth: string, date: string | undefined): number {
  return (moment(date) - moment(birth)) / 86_400_000 / MONTH_DAYS;
}

/** Kilograms or centimetres, whatever was sent. */
function standardValue({ number = 0, unit }: Point): number {
  if (unit === "g") return number / 1000;
  if (unit === "m") return number * 100;
  return unit === "mm" ? number / 10 : number;
}

/** Oldest first. */
export function measuresIn(
  observations: readonly Observation[],
  measure: Measure,
  child: { birth: string; sex: Sex },
  standard: Standard,
  language: string,
): Measured[] {
  const series = seriesIn(observations, language).filter(({ key }) => CODES[measure].some((code) => key.endsWith(`|${code}`)));
  return series
    .flatMap(({ points }) => points)
    .filter((point) => point.number !== undefined && Number.isFinite(moment(point.date)))
    .map((point): Measured => {
      const value = standardValue(point);
      const months = Math.max(0, monthsBetween(child.birth, point.date));
      const row = rowAt(standard[measure][child.sex], months);
      const z = row && zOf(row, value);
      return { point, value, months, z, percentile: z === undefined ? undefined : percentileOf(z) };
    })
    .sort((a, b) => a.months - b.months);
}

/** Beyond the outer curves a clinician looks twice. */
export function isOutside({ z }: Measured): boolean {
  return z !== undefined && Math.abs(z) > 1.8808;
}
