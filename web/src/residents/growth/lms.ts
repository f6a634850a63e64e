//! The LMS method (Cole and Green 1992): percentiles of a measure at an age, and where a child stands among others.

export type Measure = "weight" | "height" | "head";
export type Sex = "male" | "female";

/** Age in months, L, M, S. */
export type Row = readonly [month: number, l: number, m: number, s: number];
export type Standard = Record<Measure, Record<Sex, readonly Row[]>>;

/** The percentiles that growth charts draw, with their normal deviates. */
export const CURVES = [
  { percentile: 3, z: -1.8808 },
  { percentile: 15, z: -1.0364 },
  { percentile: 50, z: 0 },
  { percentile: 85, z: 1.0364 },
  { percentile: 97, z: 1.8808 },
] as const;

export function valueAt([, l, m, s]: Row, z: number): number {
  return l === 0 ? m * Math.exp(s * z) : m * (1 + l * s * z) ** (1 / l);
}

/** The row of an age between two of the table; nothing beyond its ends. */
export function rowAt(rows: readonly Row[], months: number): Row | undefined {
  const after = rows.findIndex(([month]) => month >= months);
  const high = rows[after];
  if (!high || months < 0) return undefined;
  const low = rows[after - 1];
  if (!low || high[0] === months) return high;
  const share = (months - low[0]) / (high[0] - low[0]);
  const mix = (a: number, b: number) => a + (b - a) * share;
  return [months, mix(low[1], high[1]), mix(low[2], high[2]), mix(low[3], high[3])];
}

export function zOf([, l, m, s]: Row, value: number): number {
  return l === 0 ? Math.log(value / m) / s : ((value / m) ** l - 1) / (l * s);
}

/** Share of children below, in percent, by Abramowitz and Stegun 26.2.17 (error below 1e-5). */
export function percentileOf(z: number): number {
  const t = 1 / (1 + 0.2316419 * Math.abs(z));
  const tail =
    Math.exp((-z * z) / 2) * 0.3989422804 * t * (0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))));
  return 100 * (z < 0 ? tail : 1 - tail);
}
