//! Numbers as operators read them. Pure.

const UNITS = ["B", "KiB", "MiB", "GiB", "TiB"] as const;

/** `1.4 GiB`; whole bytes below a KiB. */
export function bytes(count: number): string {
  let value = count;
  let unit = 0;
  while (value >= 1024 && unit < UNITS.length - 1) {
    value /= 1024;
    unit += 1;
  }
  const digits = unit === 0 || value >= 100 ? 0 : value >= 10 ? 1 : 2;
  return `${value.toFixed(digits)} ${UNITS[unit] ?? ""}`;
}

export interface Span {
  n: number;
  unit: "second" | "minute" | "hour" | "day";
}

/** The largest unit of which there is at least one and a half, so that a number says enough. */
export function span(seconds: number): Span {
  const whole = Math.max(0, Math.floor(seconds));
  if (whole < 90) return { n: whole, unit: "second" };
  if (whole < 5400) return { n: Math.round(whole / 60), unit: "minute" };
  if (whole < 129_600) return { n: Math.round(whole / 3600), unit: "hour" };
  return { n: Math.round(whole / 86_400), unit: "day" };
}

/** Milliseconds as `38 ms`, `1.2 s` or `3 min`. */
export function took(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`;
  if (ms < 60_000) return `${(ms / 1000).toFixed(1)} s`;
  return `${Math.round(ms / 60_000)} min`;
}

/** A rate a second from a count of the last `seconds`. */
export function perSecond(count: number, seconds: number): string {
  const rate = count / seconds;
  return rate >= 100 ? Math.round(rate).toString() : rate >= 10 ? rate.toFixed(1) : rate.toFixed(2).replace(/\.?0+$/, "");
}

/** Seconds from an instant until `now`. */
export function secondsSince(instant: string | undefined, now: number): number | undefined {
  if (!instant) return undefined;
  const then = Date.parse(instant);
  return Number.isNaN(then) ? undefined : Math.max(0, (now - then) / 1000);
}
