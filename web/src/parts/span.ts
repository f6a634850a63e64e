//! Which rows of a long list stand in view: rows of one height, so that their number tells their place.

export interface Span {
  /** First row drawn, and the one after the last. */
  from: number;
  to: number;
}

/** Rows drawn beyond the edges, so that the next one can take the focus before it is seen. */
export const BEYOND = 6;

/**
 * Of `count` rows of `height` pixels that begin at `start`, those between `top` and `bottom`, all in the pixels of one
 * list. Few rows are always drawn whole.
 */
export function spanOf(count: number, height: number, start: number, top: number, bottom: number): Span {
  if (count <= 2 * BEYOND) return { from: 0, to: count };
  const first = Math.floor((top - start) / height) - BEYOND;
  const last = Math.ceil((bottom - start) / height) + BEYOND;
  const from = Math.min(count, Math.max(0, first));
  return { from, to: Math.max(from, Math.min(count, last)) };
}
