//! Draws a trend. Loaded when the first trend is opened; only the parts of ECharts that it uses.

import { LineChart, ScatterChart } from "echarts/charts";
import { DataZoomInsideComponent, GridComponent, MarkAreaComponent, TooltipComponent } from "echarts/components";
import { use } from "echarts/core";
import { CanvasRenderer } from "echarts/renderers";
import { useTranslation } from "react-i18next";
import { Chart } from "../../parts/chart/Chart";
import { useInstitutions } from "../../parts/institutions";
import { usePrefs } from "../../shell/prefs";
import { baseSize } from "../../theme/apply";
import { chartTheme, GLYPHS } from "../../theme/chart";
import { calm, stark } from "../../theme/palette";
import { when } from "../../words/when";
import type { Point } from "../results/point";
import type { Panel } from "./items";
import { heightOf, trendOption } from "./options";
import css from "./trend.module.css";

// The SVG renderer writes style attributes as text, which the content security policy refuses; canvas does not.
use([LineChart, ScatterChart, GridComponent, MarkAreaComponent, TooltipComponent, DataZoomInsideComponent, CanvasRenderer]);

function line(words: string, strong = false): HTMLElement {
  const element = document.createElement(strong ? "b" : "span");
  element.textContent = words;
  return element;
}

function tip(point: Point, test: string, source: string): HTMLElement {
  const box = document.createElement("div");
  box.className = css["tip"] ?? "";
  box.append(line(test), line(`${point.text} ${point.unit}`, true), line(when(point.date)), line(source));
  return box;
}

export default function TrendChart({ panels }: { panels: readonly Panel[] }) {
  const { t } = useTranslation();
  const { large, contrast } = usePrefs();
  const institution = useInstitutions();
  const items = panels.flatMap((panel) => panel.items);
  const codes = [...new Set(items.flatMap(({ drawn }) => drawn.map((point) => point.institution)))].sort();
  const sources = codes.map((code) => ({ ...institution(code), name: institution(code).name || t("common.unknown") }));
  const option = trendOption({
    panels,
    sources,
    theme: chartTheme(contrast ? stark : calm),
    size: baseSize(large),
    bandWord: t("record.trend.band"),
    tip,
  });

  return (
    <figure className={css["figure"]}>
      <Chart option={option} height={heightOf(panels)} label={`${items.map(({ name }) => name).join(t("common.comma"))} ${t("record.results.trend")}`} />
      <figcaption className={css["legend"]}>
        {panels.some((panel) => panel.items.length > 1) &&
          panels.flatMap((panel) =>
            panel.items.map(({ key, name }, at) => (
              <span key={key} className={css["item"]} data-dashed={at > 0}>
                {name}
              </span>
            )),
          )}
        {sources.map(({ code, colour, name }, at) => (
          <span key={code} className={css["source"]}>
            <span style={{ color: colour }} aria-hidden="true">
              {GLYPHS[at % GLYPHS.length]}
            </span>
            {name}
          </span>
        ))}
      </figcaption>
    </figure>
  );
}
