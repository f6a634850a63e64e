//! The words of a coded thing, in the reader's language where the sender gave both.

import type { Coding, Concept } from "./types";

export const HAN = /\p{Script=Han}/u;

/** The best words for `concept`: the ones in the script of `language`, else any, else the code. */
export function wordsOf(concept: Concept | undefined, language: string): string {
  const given = [concept?.text, ...(concept?.coding ?? []).map(({ display }) => display)].filter(
    (words): words is string => Boolean(words),
  );
  const chinese = language.startsWith("zh");
  return given.find((words) => HAN.test(words) === chinese) ?? given[0] ?? concept?.coding?.[0]?.code ?? "";
}

export function codingIn(concept: Concept | undefined, system: string): Coding | undefined {
  return concept?.coding?.find((coding) => coding.system === system);
}

/** `system|code` of the first coding, or the text: what makes two concepts the same one. */
export function sameness(concept: Concept | undefined): string {
  const coding = concept?.coding?.find(({ code }) => code);
  return coding ? `${coding.system ?? ""}|${coding.code ?? ""}` : (concept?.text ?? "");
}
