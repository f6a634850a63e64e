//! Every colour of the house, once. Widgets know them as CSS variables (`var(--m-…)`),
//! Ant Design and ECharts through `antd.ts` and `chart.ts`. Colour means something: red is danger or
//! critical, orange a warning, blue low or information, green done; a sign or a word always stands beside.

export interface Palette {
  house: string;
  houseDeep: string;
  onHouse: string;
  onHouseSoft: string;
  action: string;
  actionHover: string;
  actionSoft: string;
  ground: string;
  surface: string;
  surfaceSoft: string;
  line: string;
  lineStrong: string;
  ink: string;
  inkSoft: string;
  inkFaint: string;
  danger: string;
  dangerSoft: string;
  dangerLine: string;
  warning: string;
  warningSoft: string;
  warningLine: string;
  low: string;
  lowSoft: string;
  done: string;
  doneSoft: string;
  band: string;
  fresh: string;
  focus: string;
}

/** The ordinary light surface; every text colour reaches 4.5:1 on `ground`. */
export const calm: Palette = {
  house: "#0B5563",
  houseDeep: "#084450",
  onHouse: "#FFFFFF",
  onHouseSoft: "#CFE6E9",
  action: "#0F5FD0",
  actionHover: "#0C52B5",
  actionSoft: "#E8F1FE",
  ground: "#F3F6F8",
  surface: "#FFFFFF",
  surfaceSoft: "#F8FAFB",
  line: "#E1E8ED",
  lineStrong: "#C3CFD8",
  ink: "#17232E",
  inkSoft: "#445464",
  inkFaint: "#586978",
  danger: "#BE1E2D",
  dangerSoft: "#FDEEEE",
  dangerLine: "#EFB5B8",
  warning: "#9A4A00",
  warningSoft: "#FFF4E3",
  warningLine: "#F2CF9B",
  low: "#0B5CAD",
  lowSoft: "#E9F2FC",
  done: "#1E7A34",
  doneSoft: "#EAF6EC",
  band: "#DDEFE6",
  fresh: "#FFF6D6",
  focus: "#0F5FD0",
};

/** High contrast: black on white, strong lines, 7:1 for every text. */
export const stark: Palette = {
  ...calm,
  house: "#053640",
  houseDeep: "#02242B",
  onHouseSoft: "#FFFFFF",
  action: "#0A3F94",
  actionHover: "#072E6E",
  ground: "#FFFFFF",
  surfaceSoft: "#FFFFFF",
  line: "#7C8894",
  lineStrong: "#3A4651",
  ink: "#000000",
  inkSoft: "#1C2731",
  inkFaint: "#2B3843",
  danger: "#8F0F1C",
  dangerLine: "#8F0F1C",
  warning: "#6B3300",
  warningLine: "#6B3300",
  low: "#063F7A",
  done: "#0F5220",
  band: "#BFE3CF",
  fresh: "#FFE88A",
  focus: "#000000",
};

/** Identity colours of institutions: a tick beside the name, the same on every page and chart. */
const INSTITUTIONS = [
  "#566579",
  "#4B57B8",
  "#B0661A",
  "#B13E86",
  "#3E7C5A",
  "#0B8473",
  "#8C7000",
  "#1F7AAE",
  "#5F7A12",
  "#7A3E8E",
  "#8A4B3C",
  "#3F6470",
] as const;

/**
 * The colour of an institution by its code: its letters read as a number to the base four, so that neighbours in a
 * numbering, and the same place in the next ten, get different colours.
 */
export function institutionColour(code: string): string {
  let place = 0;
  for (const letter of code) place = (place * 4 + (letter.codePointAt(0) ?? 0)) % INSTITUTIONS.length;
  return INSTITUTIONS[place] ?? INSTITUTIONS[0];
}
