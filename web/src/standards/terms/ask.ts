//! The questions of the browser as R4 has them, and the answers as concepts. A code system is asked for through
//! `$expand` as well, as the value set of all its codes: so one operation does paging, languages and the text filter, and
//! a level of the tree is a filter on `parent`. Pure.

import type { Coding, Parameter, Parameters, Resource } from "../../fhir/types";
import { split } from "../common/canonicals";

/** What is looked at: a code system or a value set by its address, narrowed by words, in a language. */
export interface Source {
  kind: "CodeSystem" | "ValueSet";
  address: string;
  words: string;
  language: string;
}

export interface Designation {
  language?: string;
  use?: Coding;
  value?: string;
}

export interface Contained {
  system?: string;
  version?: string;
  code?: string;
  display?: string;
  abstract?: boolean;
  inactive?: boolean;
  designation?: Designation[];
  extension?: { url?: string; valueString?: string }[];
  contains?: Contained[];
}

export interface Expanded extends Resource {
  resourceType: "ValueSet";
  expansion?: { total?: number; offset?: number; contains?: Contained[] };
}

/** The level of a tree: all without a parent, those below a code, or everything whatever stands above. */
export type Level = { of: "roots" } | { of: "below"; code: string } | { of: "everything" };

export interface Page {
  offset: number;
  count: number;
}

interface Filter {
  property: string;
  op: string;
  value: string;
}

function filtersOf(level: Level): Filter[] {
  if (level.of === "everything") return [];
  return [level.of === "roots" ? { property: "parent", op: "exists", value: "false" } : { property: "parent", op: "=", value: level.code }];
}

const OPENS: Filter = { property: "child", op: "exists", value: "true" };

export interface Request {
  path: string;
  body?: Parameters;
}

/** `opening` asks for those alone that have others below them. */
export function expansion(source: Source, level: Level, { offset, count }: Page, opening = false): Request {
  const { url, version } = split(source.address);
  const simple: [string, string | number][] = [
    ...(source.words ? [["filter", source.words] satisfies [string, string]] : []),
    ["count", count],
    ["offset", offset],
    ["displayLanguage", source.language],
  ];
  if (source.kind === "ValueSet") {
    const query = new URLSearchParams({ url, ...(version ? { valueSetVersion: version } : {}) });
    for (const [name, value] of simple) query.set(name, String(value));
    return { path: `/fhir/ValueSet/$expand?${query.toString()}` };
  }
  const filter = [...filtersOf(level), ...(opening ? [OPENS] : [])];
  const include = { system: url, ...(version ? { version } : {}), ...(filter.length > 0 ? { filter } : {}) };
  const valueSet = { resourceType: "ValueSet", status: "active", compose: { include: [include] } } as Resource;
  const values = simple.map(([name, value]): Parameter => {
    if (typeof value === "number") return { name, valueInteger: value };
    return name === "displayLanguage" ? { name, valueCode: value } : { name, valueString: value };
  });
  return { path: "/fhir/ValueSet/$expand", body: { resourceType: "Parameters", parameter: [{ name: "valueSet", resource: valueSet }, ...values] } };
}

export interface Concept {
  system: string;
  version: string | undefined;
  code: string;
  display: string;
  abstract: boolean;
  inactive: boolean;
  /** The name by which it was found, where that is not the one that is shown. */
  foundBy?: string | undefined;
}

const FOUND_BY = "https://meridian.example/extension/found-by";

/** The concepts of an answer one after the other, also where a server has put some below others. */
export function conceptsIn({ expansion: answer }: Expanded): Concept[] {
  const all: Concept[] = [];
  const take = (entries: readonly Contained[] | undefined) => {
    for (const { system = "", version, code, display = "", abstract = false, inactive = false, extension, contains } of entries ?? []) {
      // A heading of the value set itself has no code.
      if (code !== undefined) all.push({ system, version, code, display, abstract, inactive, foundBy: extension?.find(({ url }) => url === FOUND_BY)?.valueString });
      take(contains);
    }
  };
  take(answer?.contains);
  return all;
}

/** How many there are in all; what a server that does not count has shown is all that is known. */
export function totalOf(expanded: Expanded, { offset }: Page): number {
  return expanded.expansion?.total ?? offset + conceptsIn(expanded).length;
}

export function lookup({ system, version, code }: { system: string; version?: string | undefined; code: string }, language: string): string {
  const query = new URLSearchParams({ system, code, displayLanguage: language, ...(version ? { version } : {}) });
  return `/fhir/CodeSystem/$lookup?${query.toString()}`;
}

export function translation(system: string, code: string, reverse: boolean): string {
  const query = new URLSearchParams({ system, code, ...(reverse ? { reverse: "true" } : {}) });
  return `/fhir/ConceptMap/$translate?${query.toString()}`;
}

export function membership(valueSet: string, system: string, code: string): string {
  const { url, version } = split(valueSet);
  const query = new URLSearchParams({ url, system, code, ...(version ? { valueSetVersion: version } : {}) });
  return `/fhir/ValueSet/$validate-code?${query.toString()}`;
}
