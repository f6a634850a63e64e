//! Values grouped by test, newest first in each group.

import { HAN, wordsOf } from "../../fhir/concept";
import type { Observation } from "../../fhir/types";
import { day, moment, newestFirst } from "../../words/when";
import { type Flag, type Point, pointsIn } from "./point";

export interface Series {
  key: string;
  latest: Point;
  /** Newest first; the first one is `latest`. */
  points: Point[];
}

export function seriesIn(observations: readonly Observation[], language: string): Series[] {
  const groups = new Map<string, Point[]>();
  for (const point of observations.flatMap((one) => pointsIn(one, language))) {
    const group = groups.get(point.key);
    if (group) group.push(point);
    else groups.set(point.key, [point]);
  }
  const series: Series[] = [];
  for (const [key, group] of groups) {
    const points = newestFirst(group, ({ date }) => date);
    const [latest] = points;
    if (latest) series.push({ key, latest, points });
  }
  return series;
}

/** The test's name in the reader's language if any source gave one, else as the newest result names it. */
export function nameOfSeries({ latest, points }: Series, language: string): string {
  const names = points.map(({ concept }) => wordsOf(concept, language));
  return names.find((name) => HAN.test(name) === language.startsWith("zh")) ?? wordsOf(latest.concept, language);
}

export function isCritical(flag: Flag | undefined): boolean {
  return flag === "HH" || flag === "LL";
}

export function isAbnormal(flag: Flag | undefined): boolean {
  return flag !== undefined && flag !== "N";
}

/** Critical values first, then by day, within a day the abnormal first, then by test. */
export function byUrgency(series: readonly Series[]): Series[] {
  const rank = ({ latest: { flag } }: Series) => (isAbnormal(flag) ? 0 : 1);
  return [...series].sort(
    (a, b) =>
      Number(isCritical(b.latest.flag)) - Number(isCritical(a.latest.flag)) ||
      moment(day(b.latest.date)) - moment(day(a.latest.date)) ||
      rank(a) - rank(b) ||
      a.key.localeCompare(b.key),
  );
}
