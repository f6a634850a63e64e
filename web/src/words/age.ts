//! Age as clinicians say it: years, for small children months too, for infants months, for the newborn days.

export interface Age {
  n: number;
  unit: "year" | "month" | "day";
  /** Months beyond the years, while a child is small enough for them to matter. */
  months?: number;
}

interface Day {
  year: number;
  month: number;
  date: number;
}

function dayOf(value: string): Day | undefined {
  const match = /^(\d{4})(?:-(\d{2}))?(?:-(\d{2}))?/.exec(value);
  if (!match) return undefined;
  return { year: Number(match[1]), month: Number(match[2] ?? 1), date: Number(match[3] ?? 1) };
}

/**
 * Age at `on` (both `YYYY-MM-DD`): under 28 days in days, under a year in months, under 6 in years and months.
 * A birth date of year precision gives years only. Nothing for a date to come.
 */
export function ageAt(birth: string | undefined, on: string): Age | undefined {
  const from = birth ? dayOf(birth) : undefined;
  const to = dayOf(on);
  if (!birth || !from || !to) return undefined;
  const days = Math.round(
    (Date.UTC(to.year, to.month - 1, to.date) - Date.UTC(from.year, from.month - 1, from.date)) / 86_400_000,
  );
  if (days < 0) return undefined;
  let months = (to.year - from.year) * 12 + (to.month - from.month);
  if (to.date < from.date) months -= 1;
  if (birth.length > 4) {
    if (days < 28) return { n: days, unit: "day" };
    if (months < 12) return { n: Math.max(1, months), unit: "month" };
    if (months < 72 && birth.length > 7 && months % 12 > 0) return { n: Math.floor(months / 12), unit: "year", months: months % 12 };
  }
  return { n: Math.floor(months / 12), unit: "year" };
}
