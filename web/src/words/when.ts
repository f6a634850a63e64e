//! Dates and times as people here read them: `2026-01-05 14:32`, in the region's zone.

/** The wall clock of the region; every instant is shown in it wherever the browser stands. */
export const REGION_ZONE = "Asia/Shanghai";

const CLOCK = new Intl.DateTimeFormat("en-CA", {
  timeZone: REGION_ZONE,
  year: "numeric",
  month: "2-digit",
  day: "2-digit",
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
  hourCycle: "h23",
});

function partsOf(instant: Date): Record<string, string> {
  return Object.fromEntries(CLOCK.formatToParts(instant).map(({ type, value }) => [type, value]));
}

/** An instant that is written on the region's own clock, since that clock stands still at +08:00 (1992). */
const OWN = /^(199[2-9]|[2-9]\d{3})(-\d\d-\d\d)T(\d\d:\d\d)[:\d.]*\+08:00$/;

/** A FHIR date of any precision: `2026`, `2026-01`, `2026-01-05`, or an instant as `2026-01-05 14:32`. */
export function when(value: string | undefined): string {
  if (!value) return "";
  if (!value.includes("T")) return value;
  // A record has thousands of times; asking the browser's calendar for each would be felt.
  const own = OWN.exec(value);
  if (own) return `${own[1] ?? ""}${own[2] ?? ""} ${own[3] ?? ""}`;
  const instant = new Date(value);
  if (Number.isNaN(instant.getTime())) return value;
  const { year, month, day, hour, minute } = partsOf(instant);
  return `${year}-${month}-${day} ${hour}:${minute}`;
}

/** The day alone. */
export function day(value: string | undefined): string {
  return when(value).slice(0, 10);
}

export function yearOf(value: string | undefined): string {
  return when(value).slice(0, 4);
}

/** `14:32:07`, for things that happen now. */
export function clock(instant: Date): string {
  const { hour, minute, second } = partsOf(instant);
  return `${hour}:${minute}:${second}`;
}

/** Milliseconds for ordering; a partial date counts from its beginning. */
export function moment(value: string | undefined): number {
  if (!value) return Number.NEGATIVE_INFINITY;
  const time = Date.parse(value);
  return Number.isNaN(time) ? Number.NEGATIVE_INFINITY : time;
}

export function newestFirst<T>(items: readonly T[], date: (item: T) => string | undefined): T[] {
  return [...items].sort((a, b) => moment(date(b)) - moment(date(a)));
}

/** Today in the region, as `YYYY-MM-DD`. */
export function today(now = new Date()): string {
  const { year, month, day: date } = partsOf(now);
  return `${year}-${month}-${date}`;
}
