//! Reading the queues and the outbox, and trying what was parked again.

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { postJson } from "../../../fhir/http";
import { read } from "../../../fhir/reader";
import type { Parameters } from "../../../fhir/types";
import { one, parameters, rowsNamed } from "../common/values";
import { destinationsIn, outgoingOf, queuesIn } from "./queues";

export const JOBS_KEY = ["operator", "jobs"] as const;
const AGAIN_MS = 10_000;
const MOST = 50;

export function useQueues() {
  return useQuery({
    queryKey: [...JOBS_KEY, "queues"],
    queryFn: async () => queuesIn(await read<Parameters>("$jobs")),
    refetchInterval: AGAIN_MS,
  });
}

export function useOutbox(institution: string | undefined, state: string) {
  return useQuery({
    queryKey: [...JOBS_KEY, "outbox", institution, state],
    queryFn: async () => {
      const query = new URLSearchParams({ state, _count: String(MOST), ...(institution ? { institution } : {}) });
      const answer = await read<Parameters>(`$outbox?${query.toString()}`);
      return { messages: rowsNamed(answer, "message").map(outgoingOf), destinations: destinationsIn(answer) };
    },
    refetchInterval: AGAIN_MS,
  });
}

export interface Sent {
  raw: string;
  answer: string;
}

export function useOutgoing(id: string | undefined) {
  return useQuery({
    queryKey: [...JOBS_KEY, "message", id],
    enabled: id !== undefined,
    queryFn: async (): Promise<Sent> => {
      const answer = await read<Parameters>(`$outbox-message?id=${encodeURIComponent(id ?? "")}`);
      return { raw: one(answer, "raw") ?? "", answer: one(answer, "answer") ?? "" };
    },
  });
}

/** One message by `id`, or all parked ones of an institution; tells how many. */
export function useRetry() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async (what: { id: string } | { institution: string }) =>
      Number(one(await postJson<Parameters>("/fhir/$outbox-retry", parameters(what)), "retried") ?? 0),
    onSettled: () => void client.invalidateQueries({ queryKey: JOBS_KEY }),
  });
}
