//! Lines of a text: where each begins, and on which one a place is. Pure.

export interface Lines {
  readonly starts: readonly number[];
  /** From 1, as people count. */
  lineAt: (offset: number) => number;
}

export function linesOf(text: string): Lines {
  const starts = [0];
  for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) starts.push(at + 1);
  const lineAt = (offset: number) => {
    let low = 0;
    let high = starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((starts[middle] ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    return low + 1;
  };
  return { starts, lineAt };
}
