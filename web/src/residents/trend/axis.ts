//! Ends of a value axis on round numbers.

const STEPS = [1, 2, 2.5, 5, 10];
const PARTS = 5;

/** The nearest round ends that leave a little air around `low` and `high`; never below zero for values that are not. */
export function niceEnds(low: number, high: number): { floor: number; ceiling: number } {
  const span = high - low || Math.abs(high) || 1;
  const rough = span / PARTS;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * (STEPS.find((one) => one * power >= rough) ?? 10);
  const tidy = (value: number) => Number(value.toPrecision(12));
  const floor = tidy(Math.floor((low - span * 0.04) / step) * step);
  const ceiling = tidy(Math.ceil((high + span * 0.04) / step) * step);
  return { floor: low >= 0 ? Math.max(0, floor) : floor, ceiling };
}
