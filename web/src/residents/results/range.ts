//! Where a value stands on its range bar. The bar is a unit long; the band of the reference range keeps its
//! place, so that bars under each other can be compared.

export interface Stand {
  /** Ends of the reference band, 0 to 1. */
  from: number;
  to: number;
  /** Where the value stands, kept on the bar. */
  at: number;
}

const EDGE = 0.03;
const clamp = (x: number) => Math.min(1 - EDGE, Math.max(EDGE, x));

export function standOf(value: number | undefined, low: number | undefined, high: number | undefined): Stand | undefined {
  if (value === undefined) return undefined;
  if (low !== undefined && high !== undefined) {
    if (high <= low) return undefined;
    return { from: 0.28, to: 0.72, at: clamp(0.28 + (0.44 * (value - low)) / (high - low)) };
  }
  if (high !== undefined && high > 0) return { from: 0, to: 0.64, at: clamp((0.64 * value) / high) };
  if (low !== undefined && low > 0) {
    const at = value < low ? (0.36 * value) / low : 0.36 + 0.64 * (1 - low / value);
    return { from: 0.36, to: 1, at: clamp(at) };
  }
  return undefined;
}
