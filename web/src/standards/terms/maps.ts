//! A ConceptMap as rows: source, how the target stands to it, target. Pure.

import type { Canonical } from "../common/canonicals";

export interface ConceptMap extends Canonical {
  sourceUri?: string;
  sourceCanonical?: string;
  targetUri?: string;
  targetCanonical?: string;
  group?: {
    source?: string;
    target?: string;
    element?: {
      code?: string;
      display?: string;
      target?: { code?: string; display?: string; equivalence?: string; comment?: string }[];
    }[];
    unmapped?: { mode?: string; code?: string; display?: string; url?: string };
  }[];
}

export interface MapRow {
  source: { system: string; code: string; display: string };
  equivalence: string;
  /** Missing where the map says that there is none. */
  target: { system: string; code: string; display: string } | undefined;
  comment: string;
}

export function rowsOf({ group }: ConceptMap): MapRow[] {
  return (group ?? []).flatMap(({ source = "", target = "", element }) =>
    (element ?? []).flatMap(({ code = "", display = "", target: targets }): MapRow[] => {
      const from = { system: source, code, display };
      if (!targets?.length) return [{ source: from, equivalence: "unmatched", target: undefined, comment: "" }];
      return targets.map((to) => ({
        source: from,
        equivalence: to.equivalence ?? "",
        target: to.code === undefined ? undefined : { system: target, code: to.code, display: to.display ?? "" },
        comment: to.comment ?? "",
      }));
    }),
  );
}

export function systemsOf({ group, sourceUri, sourceCanonical, targetUri, targetCanonical }: ConceptMap): { from: string[]; to: string[] } {
  const unique = (all: (string | undefined)[]) => [...new Set(all.filter((one): one is string => Boolean(one)))];
  const from = unique((group ?? []).map(({ source }) => source));
  const to = unique((group ?? []).map(({ target }) => target));
  return {
    from: from.length > 0 ? from : unique([sourceUri, sourceCanonical]),
    to: to.length > 0 ? to : unique([targetUri, targetCanonical]),
  };
}

/** The rows in which each typed word is somewhere. */
export function narrowed(rows: readonly MapRow[], typed: string): readonly MapRow[] {
  const words = typed.normalize("NFKC").toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return rows;
  return rows.filter(({ source, target, equivalence, comment }) => {
    const text = `${source.code} ${source.display} ${target?.code ?? ""} ${target?.display ?? ""} ${equivalence} ${comment}`.toLowerCase();
    return words.every((word) => text.includes(word));
  });
}

/** How the target stands to the source, as a sign beside the word. */
export const SIGNS: Record<string, string> = {
  equivalent: "＝",
  equal: "＝",
  relatedto: "～",
  wider: "⊂",
  subsumes: "⊂",
  narrower: "⊃",
  specializes: "⊃",
  inexact: "≈",
  unmatched: "∅",
  disjoint: "≠",
};
