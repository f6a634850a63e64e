//! Writes the palette and the type scale to the document as CSS variables.
//! Properties are set through the DOM, which the content security policy allows.

import type { Palette } from "./palette";

export interface Appearance {
  palette: Palette;
  large: boolean;
  contrast: boolean;
}

/** Base size in pixels; everything typed in `rem` follows it. */
export function baseSize(large: boolean): number {
  return large ? 17.5 : 14;
}

function kebab(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

export function applyAppearance({ palette, large, contrast }: Appearance): void {
  const root = document.documentElement;
  for (const [name, value] of Object.entries(palette)) {
    root.style.setProperty(`--m-${kebab(name)}`, value);
  }
  root.style.fontSize = `${baseSize(large)}px`;
  root.dataset["large"] = String(large);
  root.dataset["contrast"] = contrast ? "high" : "normal";
}
