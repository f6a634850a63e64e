//! A tree whose levels come a page at a time, as rows one below the other: how many there are, and what stands at each.
//! A level of 70,000 costs what is open in it, not what it holds. Pure.

import type { Concept } from "./ask";

export interface LevelState {
  total: number;
  /** By place; what has not come yet is missing. */
  rows: ReadonlyMap<number, Concept>;
  /** The codes that have others below; nothing when that is not known: then any may. */
  opening: ReadonlySet<string> | undefined;
}

/** A level is named by the codes on the way to it, with tabs between: no code has one. The roots are "". */
export type Path = string;
export const ROOTS: Path = "";

export function below(path: Path, code: string): Path {
  return path === ROOTS ? code : `${path}\t${code}`;
}

/** The code whose children a level holds. */
export function codeOf(path: Path): string {
  return path.slice(path.lastIndexOf("\t") + 1);
}

function above(path: Path): Path {
  const at = path.lastIndexOf("\t");
  return at < 0 ? ROOTS : path.slice(0, at);
}

export interface Row {
  /** The level it stands in, and where in it. */
  path: Path;
  place: number;
  depth: number;
  siblings: number;
  /** Missing while it has not come. */
  concept: Concept | undefined;
  /** Whether others stand below it, as far as that is known; whether they are shown. */
  opens: boolean;
  open: boolean;
}

export interface Layout {
  size: number;
  at: (row: number) => Row | undefined;
  /** The row of a place of a level, if that is shown. */
  find: (path: Path, place: number) => number | undefined;
}

interface Branch {
  place: number;
  path: Path;
  size: number;
}

/** `open` has the paths of what is unfolded, with the place of each in its own level. */
export function layout(levels: ReadonlyMap<Path, LevelState>, open: ReadonlyMap<Path, number>): Layout {
  const branches = new Map<Path, Branch[]>();
  for (const [path, place] of open) {
    const around = above(path);
    branches.set(around, [...(branches.get(around) ?? []), { place, path, size: 0 }]);
  }
  const sizes = new Map<Path, number>();
  const sizeOf = (path: Path): number => {
    const level = levels.get(path);
    // What is still to come takes one row, which says so.
    let size = level ? level.total : 1;
    for (const branch of (branches.get(path) ?? []).sort((a, b) => a.place - b.place)) {
      branch.size = sizeOf(branch.path);
      size += branch.size;
    }
    sizes.set(path, size);
    return size;
  };
  const size = sizeOf(ROOTS);

  const rowIn = (path: Path, row: number, depth: number): Row | undefined => {
    let before = 0;
    for (const branch of branches.get(path) ?? []) {
      // The rows of this level up to and with the one that is unfolded.
      if (row - before <= branch.place) break;
      if (row - before <= branch.place + branch.size) return rowIn(branch.path, row - before - branch.place - 1, depth + 1);
      before += branch.size;
    }
    const place = row - before;
    const level = levels.get(path);
    if (place < 0 || place >= (level?.total ?? 1)) return undefined;
    const concept = level?.rows.get(place);
    const opens = concept !== undefined && (level?.opening?.has(concept.code) ?? true);
    const isOpen = concept !== undefined && open.has(below(path, concept.code));
    return { path, place, depth, siblings: level?.total ?? 1, concept, opens, open: isOpen };
  };

  const find = (path: Path, place: number): number | undefined => {
    let row = place;
    for (const branch of branches.get(path) ?? []) if (branch.place < place) row += branch.size;
    if (path === ROOTS) return row;
    const own = open.get(path);
    if (own === undefined) return undefined;
    const holder = find(above(path), own);
    return holder === undefined ? undefined : holder + 1 + row;
  };

  return { size, at: (row) => (row >= 0 && row < size ? rowIn(ROOTS, row, 0) : undefined), find };
}

export interface Wanted {
  path: Path;
  page: number;
}

/** The pages that rows `first` up to `end` need and that are not there. */
export function missing({ at }: Layout, levels: ReadonlyMap<Path, LevelState>, first: number, end: number, pageSize: number): Wanted[] {
  const wanted = new Map<string, Wanted>();
  for (let row = first; row < end; row += 1) {
    const found = at(row);
    if (!found || found.concept) continue;
    const page = levels.has(found.path) ? Math.floor(found.place / pageSize) : 0;
    wanted.set(`${found.path}\n${page}`, { path: found.path, page });
  }
  return [...wanted.values()];
}

/** Without what is unfolded below `path`, and `path` itself. */
export function folded(open: ReadonlyMap<Path, number>, path: Path): ReadonlyMap<Path, number> {
  return new Map([...open].filter(([one]) => one !== path && !one.startsWith(`${path}\t`)));
}
