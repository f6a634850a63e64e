//! A canvas that ECharts draws on. It is drawn anew when its options change, and follows the size of its box. The parts
//! of ECharts that a chart needs are registered by whoever makes its options.

import { type ECharts, type EChartsCoreOption, init } from "echarts/core";
import { useEffect, useRef } from "react";
import css from "./chart.module.css";

export function Chart({ option, height, label }: { option: EChartsCoreOption; height: number; label: string }) {
  const box = useRef<HTMLDivElement>(null);
  const chart = useRef<ECharts>(undefined);
  const told = useRef("");

  useEffect(() => {
    if (!box.current) return;
    const drawn = init(box.current);
    chart.current = drawn;
    const resize = new ResizeObserver(() => drawn.resize());
    resize.observe(box.current);
    return () => {
      resize.disconnect();
      drawn.dispose();
      chart.current = undefined;
      told.current = "";
    };
  }, []);

  useEffect(() => {
    // The same drawing again would throw away how far the reader has zoomed.
    const says = JSON.stringify(option);
    if (says === told.current) return;
    told.current = says;
    chart.current?.setOption(option, { notMerge: true });
  });

  return <div ref={box} className={css["canvas"]} style={{ height }} role="img" aria-label={label} />;
}
