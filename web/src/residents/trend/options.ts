//! The chart of a trend as ECharts options. Everything is a value here; the component only draws.

import type { LineSeriesOption, ScatterSeriesOption } from "echarts/charts";
import type { GridComponentOption, MarkAreaComponentOption, TooltipComponentOption } from "echarts/components";
import type { ComposeOption } from "echarts/core";
import { type ChartTheme, SHAPES } from "../../theme/chart";
import { when } from "../../words/when";
import type { Point } from "../results/point";
import { niceEnds } from "./axis";
import { bandOf } from "./choose";

export type TrendOption = ComposeOption<
  LineSeriesOption | ScatterSeriesOption | GridComponentOption | MarkAreaComponentOption | TooltipComponentOption
>;

export interface SourceLook {
  code: string;
  name: string;
  colour: string;
}

interface Drawn {
  points: readonly Point[];
  unit: string;
  sources: readonly SourceLook[];
  theme: ChartTheme;
  size: number;
  bandWord: string;
  tip: (point: Point, source: string) => HTMLElement;
}

export function trendOption({ points, unit, sources, theme, size, bandWord, tip }: Drawn): TrendOption {
  const band = bandOf(points);
  const values = points.map(({ number }) => number ?? 0);
  const bounds = [band?.low, band?.high].filter((bound): bound is number => bound !== undefined);
  const low = Math.min(...values, ...bounds);
  const high = Math.max(...values, ...bounds);
  const { floor, ceiling } = niceEnds(low, high);
  const small = size * 0.857;

  return {
    animation: false,
    textStyle: { fontFamily: theme.font, fontSize: small, color: theme.text },
    grid: { left: 8, right: 24, top: 36, bottom: 4, containLabel: true },
    tooltip: {
      trigger: "item",
      backgroundColor: theme.surface,
      borderColor: theme.grid,
      textStyle: { color: theme.text, fontSize: small },
      // An element, not a string of HTML: the content security policy refuses styles inside strings.
      formatter: (params) => {
        const one = Array.isArray(params) ? params[0] : params;
        const point = (one?.data as { point?: Point } | undefined)?.point;
        return point ? tip(point, one?.seriesName ?? "") : "";
      },
    },
    xAxis: {
      type: "time",
      axisLine: { lineStyle: { color: theme.grid } },
      axisLabel: { color: theme.faint, fontSize: small, hideOverlap: true, formatter: (value: number) => axisDay(value, points) },
      splitLine: { show: false },
    },
    yAxis: {
      type: "value",
      name: unit,
      nameTextStyle: { color: theme.faint, fontSize: small, align: "right" },
      min: floor,
      max: ceiling,
      axisLabel: { color: theme.faint, fontSize: small },
      splitLine: { lineStyle: { color: theme.grid } },
    },
    series: [
      {
        type: "line",
        silent: true,
        symbol: "none",
        data: points.map(({ date, number }) => [Date.parse(date ?? ""), number ?? 0]),
        lineStyle: { color: theme.faint, width: 1 },
        markArea: band && {
          silent: true,
          itemStyle: { color: theme.band },
          label: { show: true, position: "insideBottomRight", color: theme.faint, fontSize: small },
          data: [[{ name: bandWord, yAxis: band.low ?? floor }, { yAxis: band.high ?? ceiling }]],
        },
      },
      ...sources.map(
        ({ code, name, colour }, at): ScatterSeriesOption => ({
          type: "scatter",
          name,
          symbol: SHAPES[at % SHAPES.length],
          symbolSize: 10,
          itemStyle: { color: colour, borderColor: theme.surface, borderWidth: 1 },
          data: points
            .filter((point) => point.institution === code)
            .map((point) => ({ value: [Date.parse(point.date ?? ""), point.number ?? 0], point }) as { value: number[] }),
        }),
      ),
    ],
  };
}

const YEAR_MS = 365 * 86_400_000;

/** Days for a short span, months for a long one. */
function axisDay(value: number, points: readonly Point[]): string {
  const span = Date.parse(points.at(-1)?.date ?? "") - Date.parse(points[0]?.date ?? "");
  const date = when(new Date(value).toISOString());
  return span > YEAR_MS ? date.slice(0, 7) : date.slice(0, 10);
}
