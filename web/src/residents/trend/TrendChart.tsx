//! Draws a trend. Loaded when the first trend is opened; only the parts of ECharts that it uses.

import { LineChart, ScatterChart } from "echarts/charts";
import { GridComponent, MarkAreaComponent, TooltipComponent } from "echarts/components";
import { type ECharts, init, use } from "echarts/core";
import { CanvasRenderer } from "echarts/renderers";
import { useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import { useInstitutions } from "../../parts/institutions";
import { usePrefs } from "../../shell/prefs";
import { baseSize } from "../../theme/apply";
import { chartTheme, GLYPHS } from "../../theme/chart";
import { calm, stark } from "../../theme/palette";
import { when } from "../../words/when";
import type { Point } from "../results/point";
import { trendOption } from "./options";
import css from "./trend.module.css";

// The SVG renderer writes style attributes as text, which the content security policy refuses; canvas does not.
use([LineChart, ScatterChart, GridComponent, MarkAreaComponent, TooltipComponent, CanvasRenderer]);

function line(words: string, strong = false): HTMLElement {
  const element = document.createElement(strong ? "b" : "span");
  element.textContent = words;
  return element;
}

function tip(point: Point, source: string): HTMLElement {
  const box = document.createElement("div");
  box.className = css["tip"] ?? "";
  box.append(line(`${point.text} ${point.unit}`, true), line(when(point.date)), line(source));
  return box;
}

export default function TrendChart({ points, unit, name }: { points: readonly Point[]; unit: string; name: string }) {
  const { t } = useTranslation();
  const codes = [...new Set(points.map((point) => point.institution))].sort();
  const { large, contrast } = usePrefs();
  const institution = useInstitutions();
  const box = useRef<HTMLDivElement>(null);
  const chart = useRef<ECharts>(undefined);

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
    };
  }, []);

  useEffect(() => {
    chart.current?.setOption(
      trendOption({
        points,
        unit,
        sources: codes.map((code) => ({ ...institution(code), name: institution(code).name || t("common.unknown") })),
        theme: chartTheme(contrast ? stark : calm),
        size: baseSize(large),
        bandWord: t("record.trend.band"),
        tip,
      }),
      { notMerge: true },
    );
  });

  return (
    <figure className={css["figure"]}>
      <div ref={box} className={css["canvas"]} role="img" aria-label={`${name} ${t("record.results.trend")}`} />
      <figcaption className={css["legend"]}>
        {codes.map((code, at) => (
          <span key={code} className={css["source"]}>
            <span style={{ color: institution(code).colour }} aria-hidden="true">
              {GLYPHS[at % GLYPHS.length]}
            </span>
            {institution(code).name || t("common.unknown")}
          </span>
        ))}
      </figcaption>
    </figure>
  );
}
