//! Reading the inbox, and trying its messages again.

import { type InfiniteData, useInfiniteQuery, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useMemo } from "react";
import { postJson } from "../../../fhir/http";
import { read } from "../../../fhir/reader";
import type { Parameters } from "../../../fhir/types";
import { useUrlParam } from "../../../parts/url";
import { parameters } from "../common/values";
import { asked, detailIn, type Inbox, type InboxFilter, inboxIn, STATES } from "./messages";

const PAGE = 50;
export const INBOX_KEY = ["operator", "inbox"] as const;

/** The filter stands in the address. */
export function useInboxFilter(): InboxFilter {
  const [given] = useUrlParam("state");
  const [institution] = useUrlParam("institution");
  const [kind] = useUrlParam("kind");
  const [reason] = useUrlParam("reason");
  const [control] = useUrlParam("control");
  const [within] = useUrlParam("within");
  return useMemo(
    () => ({ state: STATES.find((one) => one === given) ?? "parked", institution, kind, reason, control, within }),
    [given, institution, kind, reason, control, within],
  );
}

function query(filter: InboxFilter, more: Record<string, string>): string {
  const search = new URLSearchParams(more);
  for (const [name, value] of Object.entries(asked(filter, Date.now()))) if (value) search.set(name, value);
  return search.toString();
}

export function useInbox(filter: InboxFilter) {
  return useInfiniteQuery<Inbox, Error, InfiniteData<Inbox>, unknown[], string>({
    queryKey: [...INBOX_KEY, "list", filter],
    initialPageParam: "",
    queryFn: async ({ pageParam }) => {
      const more = { _count: String(PAGE), ...(pageParam ? { before: pageParam } : {}) };
      return inboxIn(await read<Parameters>(`$inbox?${query(filter, more)}`));
    },
    getNextPageParam: ({ next }) => next,
  });
}

/** How many stand where, without a list of them. */
export function useInboxCounts() {
  return useQuery({
    queryKey: [...INBOX_KEY, "counts"],
    queryFn: async () => inboxIn(await read<Parameters>("$inbox?state=parked&_count=1")).counts,
  });
}

/** What fits the filter, up to `most`: as many as a list may hold. */
export async function countFitting(filter: InboxFilter, most: number): Promise<{ n: number; more: boolean }> {
  const found = inboxIn(await read<Parameters>(`$inbox?${query(filter, { _count: String(most) })}`));
  return { n: found.messages.length, more: found.next !== undefined };
}

export function useInboxMessage(id: string | undefined) {
  return useQuery({
    queryKey: [...INBOX_KEY, "message", id],
    enabled: id !== undefined,
    queryFn: async () => detailIn(await read<Parameters>(`$inbox-message?id=${encodeURIComponent(id ?? "")}`)),
  });
}

export function useReplay() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (id: string) => postJson<Parameters>("/fhir/$inbox-replay", parameters({ id })),
    onSettled: () => void client.invalidateQueries({ queryKey: INBOX_KEY }),
  });
}

/** Tries one page of what fits again. */
export function replayPage(filter: InboxFilter, after: string | undefined, now: number): Promise<Parameters> {
  return postJson<Parameters>("/fhir/$inbox-replay", parameters({ ...asked(filter, now), _count: "25", after }));
}
