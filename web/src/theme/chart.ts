//! The one chart theme: quiet axes, no junk, the same greys as the page.

import { FONT } from "./antd";
import type { Palette } from "./palette";

export interface ChartTheme {
  text: string;
  faint: string;
  line: string;
  grid: string;
  band: string;
  danger: string;
  low: string;
  surface: string;
  font: string;
}

export function chartTheme(palette: Palette): ChartTheme {
  return {
    text: palette.ink,
    faint: palette.inkFaint,
    line: palette.inkSoft,
    grid: palette.line,
    band: palette.band,
    danger: palette.danger,
    low: palette.low,
    surface: palette.surface,
    font: FONT,
  };
}

/** Point shapes beside the colours, so that a source is known without seeing colour. */
export const SHAPES = [
  "circle",
  "triangle",
  "diamond",
  "rect",
  "path://M0,0 L10,0 L5,9 Z",
  "path://M3,0 H7 V3 H10 V7 H7 V10 H3 V7 H0 V3 H3 Z",
  "path://M5,0 L6.3,3.5 L10,3.7 L7.1,6 L8.1,9.6 L5,7.5 L1.9,9.6 L2.9,6 L0,3.7 L3.7,3.5 Z",
  "path://M2.5,0 H7.5 L10,5 L7.5,10 H2.5 L0,5 Z",
] as const;

/** The same shapes as letters, for legends. */
export const GLYPHS = ["●", "▲", "◆", "■", "▼", "✚", "★", "⬢"] as const;
