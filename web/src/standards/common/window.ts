//! Which rows of a long list are drawn. Pure.

export interface Drawn {
  first: number;
  /** The one after the last. */
  end: number;
}

/** Rows beyond the edge that are drawn too, so that a quick scroll shows words. */
const BEYOND = 8;

export function drawn(top: number, height: number, row: number, size: number): Drawn {
  const first = Math.max(0, Math.floor(top / row) - BEYOND);
  const end = Math.min(size, Math.ceil((top + height) / row) + BEYOND);
  return { first: Math.min(first, Math.max(0, size - 1)), end };
}

/** Where to scroll so that a row is seen whole; nowhere if it is. */
export function towards(at: number, top: number, height: number, row: number): number {
  if (at * row < top) return at * row;
  if ((at + 1) * row > top + height) return (at + 1) * row - height;
  return top;
}
