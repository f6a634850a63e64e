//! Grouping that keeps the order in which keys first appear.

export function groupBy<T>(items: readonly T[], key: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const at = key(item);
    const group = groups.get(at);
    if (group) group.push(item);
    else groups.set(at, [item]);
  }
  return groups;
}

/** The first entry of each source. */
export function onePerSource<T>(items: readonly T[], source: (item: T) => string): T[] {
  return [...groupBy(items, source).values()].flatMap(([first]) => (first === undefined ? [] : [first]));
}
