//! Whether two residents are easily taken for each other: names that sound the same or differ in one character,
//! and births that are near.

import { syllablesOf } from "./pinyin";
import { moment } from "./when";

export type Likeness = "name" | "sound" | "character";

/** Births within this are near: a typing slip of a year, or a swap of day and month. */
const NEAR_DAYS = 2 * 366;

interface Who {
  name: string;
  birthDate?: string;
}

/** Characters in which two names of the same length differ. */
function differing(a: readonly string[], b: readonly string[]): number {
  return a.filter((letter, at) => letter !== b[at]).length;
}

export function likeness(a: string, b: string): Likeness | undefined {
  if (!a || !b) return undefined;
  if (a === b) return "name";
  const [one, other] = [[...a], [...b]];
  const sounds = syllablesOf(a).join("");
  if (sounds !== "" && sounds === syllablesOf(b).join("")) return "sound";
  return one.length >= 3 && one.length === other.length && differing(one, other) === 1 ? "character" : undefined;
}

/** Births near each other; a year alone counts by itself, an unknown birth is near to none. */
export function bornNear(a: string | undefined, b: string | undefined): boolean {
  return a !== undefined && b !== undefined && Math.abs(moment(a) - moment(b)) <= NEAR_DAYS * 86_400_000;
}

/** Why `other` may be taken for `one`, if so. The same name is a danger at any age. */
export function alike(one: Who, other: Who): Likeness | undefined {
  const how = likeness(one.name, other.name);
  return how === "name" || bornNear(one.birthDate, other.birthDate) ? how : undefined;
}
