//! Vital signs as a nurse reads them: one tile a sign, systolic and diastolic pressure together.

import type { Observation } from "../../fhir/types";
import { day, moment } from "../../words/when";
import type { Point } from "../results/point";
import { type Series, seriesIn } from "../results/series";

export interface Tile {
  series: Series;
  /** The diastolic value that was taken with the latest systolic one. */
  with?: Point;
}

const LOINC = "http://loinc.org|";
const SYSTOLIC = `${LOINC}8480-6`;
const DIASTOLIC = `${LOINC}8462-4`;

/** Within one day: LOINC codes in the order in which signs are read. */
const ORDER = ["8480-6", "8462-4", "8867-4", "9279-1", "8310-5", "2708-6", "59408-5", "29463-7", "8302-2", "39156-5"];

function place(key: string): number {
  const at = ORDER.indexOf(key.slice(key.indexOf("|") + 1));
  return at < 0 ? ORDER.length : at;
}

export function tilesIn(observations: readonly Observation[], language: string): Tile[] {
  const series = seriesIn(observations, language);
  const diastolic = series.find(({ key }) => key === DIASTOLIC);
  const systolic = series.find(({ key }) => key === SYSTOLIC);
  const partner = diastolic?.points.find(({ date }) => date !== undefined && date === systolic?.latest.date);
  return series
    .filter(({ key }) => !(partner && key === DIASTOLIC))
    .sort((a, b) => moment(day(b.latest.date)) - moment(day(a.latest.date)) || place(a.key) - place(b.key))
    .map((one) => (one === systolic && partner ? { series: one, with: partner } : { series: one }));
}
