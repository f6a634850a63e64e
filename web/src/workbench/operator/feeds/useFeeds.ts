//! What each institution has sent: counts of the record by its tag, and its latest messages.

import { useQuery } from "@tanstack/react-query";
import { read } from "../../../fhir/reader";
import { INSTITUTION_TAG } from "../../../fhir/systems";
import type { Bundle, Parameters } from "../../../fhir/types";
import { inboxIn, type Message } from "../inbox/messages";

export const COUNTED = {
  residents: "Patient",
  visits: "Encounter",
  results: "Observation",
  medicines: "MedicationRequest",
  documents: "DocumentReference",
} as const;

export type Counted = keyof typeof COUNTED;
export const COUNTED_NAMES = Object.keys(COUNTED) as Counted[];

/** How many of the newest messages the summary looks at. */
export const RECENT = 200;

export function useRecordCounts(codes: readonly string[]) {
  return useQuery({
    queryKey: ["inbox", "feeds", "counts", codes],
    enabled: codes.length > 0,
    queryFn: async () => {
      const one = async (code: string, name: Counted) => {
        const query = new URLSearchParams({ _tag: `${INSTITUTION_TAG}|${code}`, _summary: "count" });
        return (await read<Bundle>(`${COUNTED[name]}?${query.toString()}`)).total ?? 0;
      };
      const asked = codes.flatMap((code) => COUNTED_NAMES.map((name) => ({ code, name })));
      const totals = await Promise.all(asked.map(({ code, name }) => one(code, name)));
      return new Map(asked.map(({ code, name }, at) => [`${code} ${name}`, totals[at] ?? 0]));
    },
  });
}

export interface Feed {
  code: string;
  last: Message | undefined;
  recent: number;
  parked: number;
}

/** One entry for each institution, known by name or seen in the inbox. */
export function feedsIn(messages: readonly Message[], known: readonly string[]): Feed[] {
  const codes = [...new Set([...known, ...messages.map(({ institution }) => institution)])].filter(Boolean).sort();
  return codes.map((code) => {
    const own = messages.filter(({ institution }) => institution === code);
    return { code, last: own[0], recent: own.length, parked: own.filter(({ state }) => state === "parked").length };
  });
}

export function useRecentMessages() {
  return useQuery({
    queryKey: ["inbox", "feeds", "recent"],
    queryFn: async () => inboxIn(await read<Parameters>(`$inbox?state=all&_count=${RECENT}`)).messages,
  });
}
