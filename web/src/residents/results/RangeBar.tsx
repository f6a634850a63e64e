//! The reference range as a picture: the band, and a needle where the value stands.

import type { Point } from "./point";
import { isAbnormal } from "./series";
import { standOf } from "./range";
import css from "./results.module.css";

const WIDTH = 72;
const HEIGHT = 12;

export function RangeBar({ point }: { point: Point }) {
  const stand = standOf(point.number, point.low, point.high);
  if (!stand) return null;
  const x = stand.at * WIDTH;
  return (
    <svg className={css["bar"]} width={WIDTH} height={HEIGHT} viewBox={`0 0 ${WIDTH} ${HEIGHT}`} aria-hidden="true">
      <rect className={css["track"]} x={0} y={4} width={WIDTH} height={4} rx={2} />
      <rect className={css["band"]} x={stand.from * WIDTH} y={4} width={(stand.to - stand.from) * WIDTH} height={4} />
      <rect className={css["needle"]} data-flag={isAbnormal(point.flag) ? point.flag : "N"} x={x - 1.5} y={0} width={3} height={12} rx={1} />
    </svg>
  );
}
