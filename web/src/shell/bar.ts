//! Which pages stand in the foot bar of a phone. Pure.

/** Entries that stand side by side, each wide enough for a thumb and its word. */
const BAR = 5;

/** Of `paths` those that the bar shows: the first, and the one that one is on; the last place is for the others. */
export function barOf(paths: readonly string[], here: string): ReadonlySet<string> {
  if (paths.length <= BAR) return new Set(paths);
  const on = paths.find((path) => path !== "/" && (here === path || here.startsWith(`${path}/`)));
  const room = BAR - 1;
  const first = paths.slice(0, room);
  return new Set(on === undefined || first.includes(on) ? first : [...first.slice(0, room - 1), on]);
}
