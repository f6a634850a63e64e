//! The chart of a trend as ECharts options. Everything is a value here; the component only draws.

import type { LineSeriesOption, ScatterSeriesOption } from "echarts/charts";
import type { DataZoomComponentOption, GridComponentOption, MarkAreaComponentOption, TooltipComponentOption } from "echarts/components";
import type { ComposeOption } from "echarts/core";
import { type ChartTheme, SHAPES } from "../../theme/chart";
import { moment, when } from "../../words/when";
import type { Point } from "../results/point";
import { niceEnds } from "./axis";
import { bandOf } from "./choose";
import type { Item, Panel } from "./items";

export type TrendOption = ComposeOption<
  LineSeriesOption | ScatterSeriesOption | GridComponentOption | MarkAreaComponentOption | TooltipComponentOption | DataZoomComponentOption
>;

export interface SourceLook {
  code: string;
  name: string;
  colour: string;
}

interface Drawn {
  panels: readonly Panel[];
  sources: readonly SourceLook[];
  theme: ChartTheme;
  size: number;
  bandWord: string;
  tip: (point: Point, test: string, source: string) => HTMLElement;
}

/** Height of one drawing, and the room between two, in pixels. */
export const PANEL = 230;
const GAP = 34;

export function heightOf(panels: readonly Panel[]): number {
  return panels.length * (PANEL + GAP) + 24;
}

export function trendOption({ panels, sources, theme, size, bandWord, tip }: Drawn): TrendOption {
  const small = size * 0.857;
  const times = panels.flatMap(({ items }) => items.flatMap(({ drawn }) => drawn.map(({ date }) => moment(date))));
  const [first, last] = [Math.min(...times), Math.max(...times)];
  const room = (last - first || 30 * DAY_MS) * 0.03;
  const all = panels.map((_, at) => at);

  return {
    animation: false,
    textStyle: { fontFamily: theme.font, fontSize: small, color: theme.text },
    grid: panels.map((_, at) => ({ left: 52, right: 20, top: GAP + at * (PANEL + GAP), height: PANEL - 8 })),
    // Pinch, or turn the wheel with Ctrl held; the buttons above do the same for a keyboard.
    dataZoom: [{ type: "inside", xAxisIndex: all, filterMode: "none", zoomOnMouseWheel: "ctrl", moveOnMouseWheel: false }],
    tooltip: {
      trigger: "item",
      backgroundColor: theme.surface,
      borderColor: theme.grid,
      textStyle: { color: theme.text, fontSize: small },
      // An element, not a string of HTML: the content security policy refuses styles inside strings.
      formatter: (params) => {
        const one = Array.isArray(params) ? params[0] : params;
        const data = one?.data as { point?: Point; test?: string } | undefined;
        return data?.point ? tip(data.point, data.test ?? "", one?.seriesName ?? "") : "";
      },
    },
    xAxis: panels.map((_, at) => ({
      type: "time" as const,
      gridIndex: at,
      min: first - room,
      max: last + room,
      axisLine: { lineStyle: { color: theme.grid } },
      axisTick: { show: at === panels.length - 1 },
      axisLabel: {
        show: at === panels.length - 1,
        color: theme.faint,
        fontSize: small,
        hideOverlap: true,
        formatter: (value: number) => axisDay(value, last - first),
      },
      splitLine: { show: false },
    })),
    yAxis: panels.map(({ unit, items }, at) => ({
      type: "value" as const,
      gridIndex: at,
      name: unit,
      nameTextStyle: { color: theme.faint, fontSize: small, align: "right" as const },
      ...endsOf(items),
      axisLabel: { color: theme.faint, fontSize: small },
      splitLine: { lineStyle: { color: theme.grid } },
    })),
    series: panels.flatMap(({ items }, panel) =>
      items.flatMap((item, at) => [lineOf(item, panel, at), ...sources.map((source, place) => dotsOf(item, source, place, panel, at))]),
    ),
  };

  function lineOf({ drawn, name }: Item, panel: number, at: number): LineSeriesOption {
    const band = bandOf(drawn);
    const { min, max } = endsOf(panels[panel]?.items ?? []);
    const many = (panels[panel]?.items.length ?? 1) > 1;
    return {
      type: "line",
      silent: true,
      symbol: "none",
      xAxisIndex: panel,
      yAxisIndex: panel,
      data: drawn.map(({ date, number }) => [moment(date), number ?? 0]),
      lineStyle: { color: theme.line, width: 1.2, type: DASHES[at % DASHES.length] },
      markArea: band && {
        silent: true,
        itemStyle: { color: theme.band, opacity: many ? 0.7 : 1 },
        label: { show: true, position: "insideBottomRight", color: theme.faint, fontSize: small },
        data: [[{ name: many ? `${name} ${bandWord}` : bandWord, yAxis: band.low ?? min }, { yAxis: band.high ?? max }]],
      },
    };
  }

  function dotsOf(item: Item, { code, name, colour }: SourceLook, place: number, panel: number, at: number): ScatterSeriesOption {
    // The second item of a drawing is hollow, so that it is told from the first without colour.
    const hollow = at > 0;
    return {
      type: "scatter",
      name,
      xAxisIndex: panel,
      yAxisIndex: panel,
      symbol: SHAPES[place % SHAPES.length],
      symbolSize: 10,
      itemStyle: { color: hollow ? theme.surface : colour, borderColor: hollow ? colour : theme.surface, borderWidth: hollow ? 2 : 1 },
      data: item.drawn
        .filter((point) => point.institution === code)
        .map((point) => ({ value: [moment(point.date), point.number ?? 0], point, test: item.name }) as { value: number[] }),
    };
  }
}

const DASHES = ["solid", "dashed"] as const;
const DAY_MS = 86_400_000;
const YEAR_MS = 365 * DAY_MS;

function endsOf(items: readonly Item[]): { min: number; max: number } {
  const values = items.flatMap(({ drawn }) => drawn.map(({ number }) => number ?? 0));
  const bounds = items.flatMap(({ drawn }) => {
    const band = bandOf(drawn);
    return [band?.low, band?.high].filter((bound): bound is number => bound !== undefined);
  });
  const { floor, ceiling } = niceEnds(Math.min(...values, ...bounds), Math.max(...values, ...bounds));
  return { min: floor, max: ceiling };
}

/** Days for a short span, months for a long one. */
function axisDay(value: number, span: number): string {
  const date = when(new Date(value).toISOString());
  if (span > 6 * YEAR_MS) return date.slice(0, 4);
  return span > YEAR_MS ? date.slice(0, 7) : date.slice(5, 10);
}
