//! Where a code stands: the value sets that have it, and what the maps make of it.

import { useQuery } from "@tanstack/react-query";
import { pageOf } from "../../fhir/bundle";
import { FhirError } from "../../fhir/errors";
import { getJson } from "../../fhir/http";
import { parametersNamed, textOf } from "../../fhir/parameters";
import type { Bundle, Parameters } from "../../fhir/types";
import { addressOf, type Canonical, termsIn } from "../common/canonicals";
import { lookup, membership, translation } from "./ask";
import { isMember, lookedIn, matchesIn } from "./concept";

/** Value sets of one system that are asked; what is beyond is said. */
const MOST = 24;
/** Questions that are out at one time: a browser opens no more connections to one server than six. */
const AT_ONCE = 4;

export function useLooked(system: string, code: string, version: string | undefined, language: string) {
  return useQuery({
    queryKey: ["terms", "lookup", system, code, version, language],
    queryFn: async ({ signal }) => lookedIn(await getJson<Parameters>(lookup({ system, code, version }, language), signal)),
    staleTime: 5 * 60_000,
  });
}

export interface Sets {
  having: Canonical[];
  asked: number;
  /** The server answered by itself: then none means none. */
  told: boolean;
  /** More that draw on the system, and were not asked. */
  more: boolean;
}

/** Whether the server knows by itself which value sets have a code; it is asked once to find that out. */
let tells = true;

/** The answer of a server that knows; it repeats the code it was asked for. */
async function told(system: string, code: string, signal: AbortSignal): Promise<Sets | undefined> {
  if (!tells) return undefined;
  try {
    const query = new URLSearchParams({ type: "ValueSet", system, code });
    const answer = await getJson<Parameters>(`/fhir/$terms?${query.toString()}`, signal);
    tells = textOf(parametersNamed(answer, "code")[0]) === code;
    if (!tells) return undefined;
    const having = termsIn(answer);
    return { having, asked: having.length, told: true, more: false };
  } catch (cause) {
    tells = !(cause instanceof FhirError && (cause.trouble === "missing" || cause.trouble === "refused"));
    if (!tells) return undefined;
    throw cause;
  }
}

async function setsOf(system: string, code: string, signal: AbortSignal): Promise<Sets> {
  return (await told(system, code, signal)) ?? asked(system, code, signal);
}

/** Those that say that they draw on the system, each asked for the code. */
async function asked(system: string, code: string, signal: AbortSignal): Promise<Sets> {
  const query = new URLSearchParams({ reference: system, _elements: "url,version,name,title,status", _count: String(MOST) });
  const page = pageOf<Canonical>(await getJson<Bundle>(`/fhir/ValueSet?${query.toString()}`, signal), "ValueSet");
  const waiting = [...page.items];
  const having = new Set<Canonical>();
  const worker = async () => {
    for (let set = waiting.shift(); set; set = waiting.shift()) {
      // A value set that cannot be expanded says nothing of this code; the others do.
      const answer = await getJson<Parameters>(membership(addressOf(set), system, code), signal).catch((cause: unknown) => {
        if (signal.aborted) throw cause;
        return undefined;
      });
      if (answer && isMember(answer)) having.add(set);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return { having: page.items.filter((one) => having.has(one)), asked: page.items.length, told: false, more: page.next !== undefined };
}

export function useSets(system: string, code: string) {
  return useQuery({ queryKey: ["terms", "sets", system, code], queryFn: ({ signal }) => setsOf(system, code, signal), staleTime: 5 * 60_000 });
}

export function useMatches(system: string, code: string) {
  return useQuery({
    queryKey: ["terms", "maps", system, code],
    queryFn: async ({ signal }) => {
      const [to, from] = await Promise.all(
        [false, true].map(async (reverse) => matchesIn(await getJson<Parameters>(translation(system, code, reverse), signal))),
      );
      return { to: to ?? [], from: from ?? [] };
    },
    staleTime: 5 * 60_000,
  });
}
