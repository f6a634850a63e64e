//! Resources with an address of their own (code systems, value sets, maps, profiles) as lines of a list, and finding
//! among them by words, address or sound. Pure.

import { HAN } from "../../fhir/concept";
import { parametersNamed, partText } from "../../fhir/parameters";
import type { Parameters, Resource } from "../../fhir/types";
import { syllablesOf } from "../../words/pinyin";

export const KINDS = ["CodeSystem", "ValueSet", "ConceptMap"] as const;
export type Kind = (typeof KINDS)[number];

/** The elements of a list's line that are asked for. */
export const ELEMENTS: Record<Kind | "StructureDefinition", string> = {
  CodeSystem: "url,version,name,title,status,content,count,publisher,description,valueSet,hierarchyMeaning",
  ValueSet: "url,version,name,title,status,publisher,description",
  ConceptMap: "url,version,name,title,status,publisher,description,source,target",
  StructureDefinition: "url,version,name,title,status,kind,type,derivation,abstract,baseDefinition",
};

/** What stands beside a text: the same in other languages, by R4's extension `translation`. */
export interface Beside {
  extension?: { url?: string; extension?: { url?: string; valueCode?: string; valueString?: string; valueMarkdown?: string }[] }[];
}

export interface Canonical extends Resource {
  language?: string;
  _title?: Beside;
  _description?: Beside;
  /** The title as it is written, where another language's is shown. */
  written?: string;
  url?: string;
  version?: string;
  name?: string;
  title?: string;
  status?: string;
  publisher?: string;
  description?: string;
  content?: string;
  count?: number;
  valueSet?: string;
  kind?: string;
  type?: string;
  derivation?: string;
  abstract?: boolean;
  baseDefinition?: string;
}

const TRANSLATION = "http://hl7.org/fhir/StructureDefinition/translation";

function main(tag: string | undefined): string {
  return (tag ?? "").split("-")[0]?.toLowerCase() ?? "";
}

/** A text in a language, if what stands beside it has it. */
function translated(beside: Beside | undefined, language: string): string | undefined {
  for (const { url, extension: parts = [] } of beside?.extension ?? []) {
    const said = parts.find((part) => part.url === "lang")?.valueCode;
    const content = parts.find((part) => part.url === "content");
    if (url === TRANSLATION && main(said) === main(language)) return content?.valueString ?? content?.valueMarkdown;
  }
  return undefined;
}

/** The same with title and description in the reader's language, where they are written in it. */
export function spoken(one: Canonical, language: string): Canonical {
  const title = translated(one._title, language);
  const description = translated(one._description, language);
  return {
    ...one,
    ...(title === undefined ? {} : { title, ...(one.title === undefined ? {} : { written: one.title }) }),
    ...(description === undefined ? {} : { description }),
  };
}

/** Of what has no title the end of its address, which is nearly a name. */
export function titleOf({ title, name, url, id }: Canonical): string {
  return title ?? name ?? url?.slice(url.lastIndexOf("/") + 1) ?? id ?? "";
}

/** An address in two parts for a narrow line: the beginning, which many share and which may be cut, and the end. */
export function parted(url: string): { begins: string; ends: string } {
  const plain = url.replace(/^https?:\/\//, "");
  const at = plain.lastIndexOf("/", plain.length - 2);
  return { begins: plain.slice(0, at + 1), ends: plain.slice(at + 1) };
}

/** `url|version`, the name by which others speak of it. */
export function addressOf({ url, version }: Canonical): string {
  return version ? `${url ?? ""}|${version}` : (url ?? "");
}

export function split(address: string): { url: string; version: string | undefined } {
  const bar = address.indexOf("|");
  return bar < 0 ? { url: address, version: undefined } : { url: address.slice(0, bar), version: address.slice(bar + 1) || undefined };
}

/** The lines of `$terms`. */
export function termsIn(parameters: Parameters): Canonical[] {
  return parametersNamed(parameters, "resource").map((line) => {
    const texts = ["url", "version", "name", "title", "status", "publisher", "description", "content", "valueSet"].flatMap((name) => {
      const text = partText(line, name);
      return text === undefined ? [] : [[name, text] as const];
    });
    return { resourceType: partText(line, "type") ?? "", ...Object.fromEntries(texts) };
  });
}

/** Both lists, each thing once: what is stored says more of itself than what is only named. */
export function joined(stored: readonly Canonical[], named: readonly Canonical[]): Canonical[] {
  const known = new Set(stored.map(addressOf));
  return [...stored, ...named.filter((one) => !known.has(addressOf(one)))];
}

const R4 = "http://hl7.org/fhir/StructureDefinition/";

/** The profiles that can be used: those whose bases, down to R4's own, are all here. */
export function usable(all: readonly Canonical[]): Canonical[] {
  const bases = new Map(all.map(({ url, baseDefinition }) => [url ?? "", split(baseDefinition ?? "").url]));
  return all.filter(({ url }) => {
    const met = new Set<string>();
    let at = bases.get(url ?? "");
    while (at && !at.startsWith(R4) && !met.has(at)) {
      met.add(at);
      at = bases.get(at);
    }
    return at?.startsWith(R4) ?? false;
  });
}

/** Own and Chinese ones first, then by title as the reader's language sorts. */
export function inOrder(all: readonly Canonical[], language: string): Canonical[] {
  const sort = new Intl.Collator(language).compare;
  const place = (one: Canonical) => (HAN.test(one.written ?? titleOf(one)) ? 0 : 1);
  return [...all].sort((a, b) => place(a) - place(b) || sort(titleOf(a), titleOf(b)) || sort(addressOf(a), addressOf(b)));
}

/** What a line is found by: its words, its address, and how its Han words sound (`xbdm` and `xingbiedaima`). */
function soughtIn(one: Canonical): string {
  const words = `${one.title ?? ""} ${one.written ?? ""} ${one.name ?? ""} ${one.url ?? ""}`.toLowerCase();
  const title = one.written ?? one.title ?? "";
  if (!HAN.test(title)) return words;
  const syllables = syllablesOf(title);
  return `${words} ${syllables.map((sound) => sound.charAt(0)).join("")} ${syllables.join("")}`;
}

/** A finder over a list that stays; each word that is typed must be there. */
export function finder(all: readonly Canonical[]): (typed: string) => readonly Canonical[] {
  let index: string[] | undefined;
  return (typed) => {
    const words = typed.normalize("NFKC").toLowerCase().split(/\s+/).filter(Boolean);
    if (words.length === 0) return all;
    index ??= all.map(soughtIn);
    const sought = index;
    return all.filter((_, at) => words.every((word) => sought[at]?.includes(word)));
  };
}
