//! What a trend shows: one test or two, each as numbers in one unit, over the years that were chosen.

import { moment } from "../../words/when";
import type { Point } from "../results/point";
import { nameOfSeries, type Series } from "../results/series";
import { choose } from "./choose";

export interface Item {
  key: string;
  name: string;
  /** Every value, newest first, numbers or not. */
  points: readonly Point[];
  /** What is drawn: numbers in `unit`, oldest first. */
  drawn: readonly Point[];
  unit: string;
  /** Units that are left out of the drawing. */
  others: string[];
}

export function itemOf(series: Series, language: string): Item {
  const { drawn, unit, units } = choose(series.points);
  return { key: series.key, name: nameOfSeries(series, language), points: series.points, drawn, unit, others: units.filter((one) => one !== unit) };
}

export const SPANS = ["all", "y5", "y1"] as const;
export type SpanName = (typeof SPANS)[number];
const YEARS: Record<SpanName, number> = { all: Number.POSITIVE_INFINITY, y5: 5, y1: 1 };
const YEAR_MS = 365.25 * 86_400_000;

/** The values of the last years, counted from the newest value of them all: an old record is still a record. */
export function within<T extends { date: string | undefined }>(points: readonly T[], span: SpanName, newest: number): T[] {
  const from = newest - YEARS[span] * YEAR_MS;
  return points.filter(({ date }) => moment(date) >= from);
}

export function newestOf(items: readonly Item[]): number {
  return Math.max(...items.flatMap(({ points }) => points.map(({ date }) => moment(date))));
}

export interface Panel {
  unit: string;
  items: Item[];
}

/** Items of one unit share axes; another unit gets a drawing of its own under it, on the same time. */
export function panelsOf(items: readonly Item[]): Panel[] {
  const panels: Panel[] = [];
  for (const item of items.filter(({ drawn }) => drawn.length > 0)) {
    const same = panels.find(({ unit }) => unit === item.unit);
    if (same) same.items.push(item);
    else panels.push({ unit: item.unit, items: [item] });
  }
  return panels;
}

export interface Row {
  date: string | undefined;
  institution: string;
  /** One cell for each item, in their order. */
  cells: (Point | undefined)[];
}

/** Values of one sitting come minutes apart: a tube for each. */
const TOGETHER_MS = 30 * 60_000;

/** The table behind two items: values that were taken together at one place stand in one row. */
export function rowsOf(items: readonly Item[]): Row[] {
  const all = items
    .flatMap(({ points }, at) => points.map((point) => ({ at, point, time: moment(point.date) })))
    .sort((a, b) => b.time - a.time || a.at - b.at);
  const rows: (Row & { time: number })[] = [];
  const newest = new Map<string, Row & { time: number }>();
  for (const { at, point, time } of all) {
    const last = newest.get(point.institution);
    if (last && !last.cells[at] && last.time - time <= TOGETHER_MS) {
      last.cells[at] = point;
      continue;
    }
    const row = { date: point.date, institution: point.institution, time, cells: items.map((_, place) => (place === at ? point : undefined)) };
    newest.set(point.institution, row);
    rows.push(row);
  }
  return rows;
}
