//! Where two values differ, character by character. Pure.

export interface Piece {
  text: string;
  same: boolean;
}

/** Longer values are compared as a whole: nobody looks for one letter in them. */
const LONGEST = 200;

/** Both values in pieces; what stands in both in the same order is `same`. */
export function differences(a: string, b: string): [Piece[], Piece[]] {
  const left = [...a];
  const right = [...b];
  if (left.length > LONGEST || right.length > LONGEST) return [[{ text: a, same: a === b }], [{ text: b, same: a === b }]];
  const width = right.length + 1;
  const longest = new Uint16Array((left.length + 1) * width);
  const at = (i: number, j: number) => longest[i * width + j] ?? 0;
  for (let i = left.length - 1; i >= 0; i -= 1) {
    for (let j = right.length - 1; j >= 0; j -= 1) {
      longest[i * width + j] = left[i] === right[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
    }
  }
  const ours: Piece[] = [];
  const theirs: Piece[] = [];
  let i = 0;
  let j = 0;
  while (i < left.length || j < right.length) {
    if (i < left.length && j < right.length && left[i] === right[j]) {
      add(ours, left[i], true);
      add(theirs, right[j], true);
      i += 1;
      j += 1;
    } else if (j >= right.length || (i < left.length && at(i + 1, j) >= at(i, j + 1))) {
      add(ours, left[i], false);
      i += 1;
    } else {
      add(theirs, right[j], false);
      j += 1;
    }
  }
  return [ours, theirs];
}

function add(pieces: Piece[], letter: string | undefined, same: boolean): void {
  if (letter === undefined) return;
  const last = pieces.at(-1);
  if (last?.same === same) last.text += letter;
  else pieces.push({ text: letter, same });
}
