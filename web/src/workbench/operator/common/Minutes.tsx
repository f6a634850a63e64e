//! The last hour, a bar a minute, the running one last. For the eye: the numbers stand beside it.

import css from "./minutes.module.css";

interface MinutesProps {
  minutes: readonly number[];
  width?: number;
  height?: number;
  /** What it shows, for those who cannot see it. */
  label?: string;
}

export function Minutes({ minutes, width = 121, height = 22, label }: MinutesProps) {
  const most = Math.max(1, ...minutes);
  const step = width / 60;
  const bar = Math.max(0.8, step * 0.72);
  return (
    <svg
      className={css["bars"]}
      width={width}
      height={height}
      viewBox={`0 0 ${width} ${height}`}
      {...(label ? { role: "img", "aria-label": label } : { "aria-hidden": true })}
    >
      <line className={css["ground"]} x1={0} x2={width} y1={height - 0.5} y2={height - 0.5} />
      {minutes.map((n, at) => {
        if (n === 0) return null;
        const tall = Math.max(1, (n / most) * (height - 2));
        return <rect key={at} x={at * step} y={height - 1 - tall} width={bar} height={tall} data-now={at === minutes.length - 1} />;
      })}
    </svg>
  );
}
