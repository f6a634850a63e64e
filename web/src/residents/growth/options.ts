//! The growth chart as ECharts options: percentile curves as bands, and the child over them.

import type { LineSeriesOption, ScatterSeriesOption } from "echarts/charts";
import type { GridComponentOption, TooltipComponentOption } from "echarts/components";
import type { ComposeOption } from "echarts/core";
import type { ChartTheme } from "../../theme/chart";
import { niceEnds } from "../trend/axis";
import { CURVES, type Measure, type Sex, type Standard, valueAt } from "./lms";
import { isOutside, type Measured } from "./measures";

export type GrowthOption = ComposeOption<LineSeriesOption | ScatterSeriesOption | GridComponentOption | TooltipComponentOption>;

interface Drawn {
  measured: readonly Measured[];
  measure: Measure;
  sex: Sex;
  standard: Standard;
  /** The last month of the axis. */
  end: number;
  theme: ChartTheme;
  size: number;
  colourOf: (code: string) => string;
  axisWord: string;
  tip: (one: Measured) => HTMLElement;
}

export function growthOption({ measured, measure, sex, standard, end, theme, size, colourOf, axisWord, tip }: Drawn): GrowthOption {
  const small = size * 0.857;
  const rows = standard[measure][sex].filter(([month]) => month <= end);
  const curves = CURVES.map(({ percentile, z }) => ({ percentile, data: rows.map((row): [number, number] => [row[0], valueAt(row, z)]) }));
  const values = [...measured.map(({ value }) => value), ...curves.flatMap(({ data }) => data.map(([, value]) => value))];
  const { floor, ceiling } = niceEnds(Math.min(...values), Math.max(...values));
  // Bands are stacked differences: the lowest curve carries, the others fill up to the next.
  const bands = curves.map(({ percentile, data }, at): LineSeriesOption => {
    const below = curves[at - 1]?.data;
    return {
      type: "line",
      silent: true,
      symbol: "none",
      stack: "band",
      data: data.map(([month, value], place) => [month, below ? value - (below[place]?.[1] ?? 0) : value]),
      lineStyle: { opacity: 0 },
      areaStyle: at === 0 ? { opacity: 0 } : { color: theme.band, opacity: at === 1 || at === curves.length - 1 ? 0.55 : 1 },
      name: `band ${percentile}`,
    };
  });
  const lines = curves.map(
    ({ percentile, data }): LineSeriesOption => ({
      type: "line",
      silent: true,
      symbol: "none",
      data,
      lineStyle: { color: theme.line, width: percentile === 50 ? 1.4 : 0.7, opacity: percentile === 50 ? 0.8 : 0.5 },
      endLabel: { show: true, formatter: `P${percentile}`, color: theme.faint, fontSize: small, distance: 4 },
      name: `P${percentile}`,
    }),
  );
  return {
    animation: false,
    textStyle: { fontFamily: theme.font, fontSize: small, color: theme.text },
    grid: { left: 44, right: 44, top: 30, bottom: 42 },
    tooltip: {
      trigger: "item",
      backgroundColor: theme.surface,
      borderColor: theme.grid,
      textStyle: { color: theme.text, fontSize: small },
      formatter: (params) => {
        const one = Array.isArray(params) ? params[0] : params;
        const found = (one?.data as { measured?: Measured } | undefined)?.measured;
        return found ? tip(found) : "";
      },
    },
    xAxis: {
      type: "value",
      min: 0,
      max: end,
      interval: end > 24 ? 12 : end > 12 ? 3 : 1,
      name: axisWord,
      nameLocation: "middle",
      nameGap: 26,
      nameTextStyle: { color: theme.faint, fontSize: small },
      axisLine: { lineStyle: { color: theme.grid } },
      axisLabel: { color: theme.faint, fontSize: small },
      splitLine: { lineStyle: { color: theme.grid } },
    },
    yAxis: {
      type: "value",
      name: measure === "weight" ? "kg" : "cm",
      nameTextStyle: { color: theme.faint, fontSize: small, align: "right" },
      min: floor,
      max: ceiling,
      axisLabel: { color: theme.faint, fontSize: small },
      splitLine: { lineStyle: { color: theme.grid } },
    },
    series: [
      ...bands,
      ...lines,
      {
        type: "line",
        silent: true,
        symbol: "none",
        data: measured.map(({ months, value }) => [months, value]),
        lineStyle: { color: theme.text, width: 1.6 },
      },
      // One series for each look: a shape beside the colour for what lies outside of the curves.
      ...[false, true].flatMap((outside) =>
        [...new Set(measured.map(({ point }) => point.institution))].map(
          (code): ScatterSeriesOption => ({
            type: "scatter",
            z: 5,
            symbol: outside ? "diamond" : "circle",
            symbolSize: outside ? 13 : 9,
            itemStyle: { color: colourOf(code), borderColor: theme.surface, borderWidth: 1, opacity: 1 },
            data: measured
              .filter((one) => one.point.institution === code && isOutside(one) === outside)
              .map((one) => ({ value: [one.months, one.value], measured: one }) as { value: number[] }),
          }),
        ),
      ),
    ],
  };
}
