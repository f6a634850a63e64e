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
export const SHAPES = ["circle", "triangle", "diamond", "rect"] as const;

/** The same shapes as letters, for legends. */
export const GLYPHS = ["●", "▲", "◆", "■"] as const;
