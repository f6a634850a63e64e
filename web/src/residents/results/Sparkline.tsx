//! The last values of a test as a thin line over the reference band. Decoration for the eye: the numbers
//! stand beside it, and a press opens the whole trend.

import { moment } from "../../words/when";
import type { Point } from "./point";
import css from "./results.module.css";
import { isAbnormal } from "./series";

const MOST = 12;

export function Sparkline({ points, width = 88, height = 22 }: { points: readonly Point[]; width?: number; height?: number }) {
  const unit = points[0]?.unit;
  const drawn = points
    .filter((point) => point.number !== undefined && point.unit === unit && moment(point.date) > 0)
    .slice(0, MOST)
    .reverse();
  const last = drawn.at(-1);
  if (drawn.length < 2 || !last) return <svg width={width} height={height} aria-hidden="true" />;

  const values = drawn.map(({ number }) => number ?? 0);
  const bounds = [last.low, last.high].filter((bound): bound is number => bound !== undefined);
  const low = Math.min(...values, ...bounds);
  const high = Math.max(...values, ...bounds);
  const start = moment(drawn[0]?.date);
  const span = moment(last.date) - start || 1;
  const x = (point: Point) => 3 + ((width - 6) * (moment(point.date) - start)) / span;
  const y = (value: number) => (high === low ? height / 2 : 3 + (height - 6) * (1 - (value - low) / (high - low)));
  const top = y(last.high ?? high);
  const bottom = y(last.low ?? low);
  const line = drawn.map((point) => `${x(point).toFixed(1)},${y(point.number ?? 0).toFixed(1)}`).join(" ");

  return (
    <svg className={css["spark"]} width={width} height={height} viewBox={`0 0 ${width} ${height}`} aria-hidden="true">
      {bounds.length > 0 && <rect className={css["band"]} x={0} y={top} width={width} height={Math.max(1, bottom - top)} />}
      <polyline className={css["line"]} points={line} />
      <circle className={css["dot"]} data-flag={isAbnormal(last.flag) ? last.flag : "N"} cx={x(last)} cy={y(last.number ?? 0)} r={2.5} />
    </svg>
  );
}
