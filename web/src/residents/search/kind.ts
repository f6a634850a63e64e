//! One box, four ways to look for a person: what was typed decides which.

import { GOLDEN, IDENTITY_NUMBER } from "../../fhir/systems";

export type SearchKind = "name" | "pinyin" | "identifier" | "phone";

export interface Asked {
  kind: SearchKind;
  /** A search parameter of Patient and its value. */
  parameter: string;
  value: string;
}

const HAN = /\p{Script=Han}/u;
const COMPACT = /[\s\-'’·.]/g;

export function asked(typed: string): Asked | undefined {
  const text = typed.normalize("NFKC").trim();
  const compact = text.replace(COMPACT, "");
  if (!compact) return undefined;
  if (HAN.test(text)) return { kind: "name", parameter: "name", value: text.replace(/\s/g, "") };
  if (/^\d{17}[\dx]$/i.test(compact)) {
    return { kind: "identifier", parameter: "identifier", value: `${IDENTITY_NUMBER}|${compact.toUpperCase()}` };
  }
  if (/^\+?(86)?1\d{10}$/.test(compact)) {
    return { kind: "phone", parameter: "phone", value: compact.replace(/^\+?86/, "") };
  }
  if (/\d/.test(compact)) return { kind: "identifier", parameter: "identifier", value: text };
  return { kind: "pinyin", parameter: "pinyin", value: compact.toLowerCase() };
}

/** The search below `/fhir/` for what was asked, with the source registrations of each person. */
export function searchUrl({ parameter, value }: Asked, count: number): string {
  const query = new URLSearchParams({ _tag: GOLDEN, [parameter]: escapeValue(parameter, value), _count: String(count) });
  query.append("_include", "Patient:link");
  return `Patient?${query.toString()}`;
}

/** FHIR escapes `,` and `$` inside a value; `|` keeps its meaning in a token only. */
function escapeValue(parameter: string, value: string): string {
  const escaped = value.replace(/[\\,$]/g, (letter) => `\\${letter}`);
  return parameter === "identifier" ? escaped : escaped.replaceAll("|", "\\|");
}
