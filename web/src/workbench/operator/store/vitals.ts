//! The store's numbers, named.

import type { Parameters } from "../../../fhir/types";
import { listOf, numberOf, one, rowsNamed, valuesOf, type Values } from "../common/values";

export const RATES = ["resources", "transactions", "commits"] as const;
export type Rate = (typeof RATES)[number];

export interface Pace {
  last10s: number;
  last60s: number;
  minutes: number[];
}

export interface Vitals {
  now: string;
  files: { name: string; bytes: number }[];
  /** All files together. */
  bytes: number;
  /** The write-ahead logs. */
  log: number;
  desks: { name: string; size: number; busy: number }[];
  waiting: { interactive: number; bulk: number };
  looks: number;
  writes: number;
  types: { type: string; count: number }[];
  resources: number;
  /** How many rows of the chain of writes the counts cover; all of them but in the first moments after a start. */
  counted: number;
  pace: Record<Rate, Pace>;
}

const part = (parameters: Parameters, name: string): Values => valuesOf(parameters.parameter?.find((it) => it.name === name));

export function vitalsIn(parameters: Parameters): Vitals {
  const number = (values: Values, name: string) => numberOf(values, name) ?? 0;
  const files = rowsNamed(parameters, "file").map((file) => ({ name: file.get("name") ?? "", bytes: number(file, "bytes") }));
  const types = rowsNamed(parameters, "resources").map((row) => ({ type: row.get("type") ?? "", count: number(row, "count") }));
  const rates = part(parameters, "rates");
  const audit = part(parameters, "audit");
  const writer = part(parameters, "writer");
  const paceOf = (name: Rate): Pace => ({
    last10s: number(rates, `${name}-last10s`),
    last60s: number(rates, `${name}-last60s`),
    minutes: listOf(rates, `${name}-minutes`),
  });
  return {
    now: one(parameters, "now") ?? "",
    files,
    bytes: files.reduce((sum, file) => sum + file.bytes, 0),
    log: files.filter(({ name }) => name.endsWith("-wal")).reduce((sum, file) => sum + file.bytes, 0),
    desks: rowsNamed(parameters, "desk").map((desk) => ({ name: desk.get("name") ?? "", size: number(desk, "size"), busy: number(desk, "busy") })),
    waiting: { interactive: number(writer, "interactive"), bulk: number(writer, "bulk") },
    looks: number(audit, "looks"),
    writes: number(audit, "writes"),
    types: types.sort((a, b) => b.count - a.count),
    resources: types.reduce((sum, { count }) => sum + count, 0),
    counted: Number(one(parameters, "counted") ?? 0),
    pace: { resources: paceOf("resources"), transactions: paceOf("transactions"), commits: paceOf("commits") },
  };
}
