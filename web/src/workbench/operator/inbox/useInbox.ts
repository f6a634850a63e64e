//! The inbox list, live: events make it stale. While the pointer is over the rows they do not move;
//! what came is counted and shown when asked for.

import { type InfiniteData, useInfiniteQuery, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useRef, useState } from "react";
import { listen, type LiveState } from "../../../fhir/events";
import { postJson } from "../../../fhir/http";
import { read } from "../../../fhir/reader";
import type { Parameters } from "../../../fhir/types";
import { detailIn, type Inbox, inboxIn, type InboxState } from "./messages";

const PAGE = 50;
const GATHER_MS = 400;

export function useInbox(state: InboxState) {
  return useInfiniteQuery<Inbox, Error, InfiniteData<Inbox>, string[], string>({
    queryKey: ["inbox", "list", state],
    initialPageParam: "",
    queryFn: async ({ pageParam }) => {
      const before = pageParam ? `&before=${encodeURIComponent(pageParam)}` : "";
      return inboxIn(await read<Parameters>(`$inbox?state=${state}&_count=${PAGE}${before}`));
    },
    getNextPageParam: ({ messages }) => (messages.length === PAGE ? messages.at(-1)?.id : undefined),
  });
}

export function useInboxMessage(id: string | undefined) {
  return useQuery({
    queryKey: ["inbox", "message", id],
    enabled: id !== undefined,
    queryFn: async () => detailIn(await read<Parameters>(`$inbox-message?id=${encodeURIComponent(id ?? "")}`)),
  });
}

export function useReplay() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (id: string) =>
      postJson<Parameters>("/fhir/$inbox-replay", {
        resourceType: "Parameters",
        parameter: [{ name: "id", valueString: id }],
      }),
    onSettled: () => client.invalidateQueries({ queryKey: ["inbox"] }),
  });
}

/** Refreshes the inbox as messages come; `hold` keeps the rows still. */
export function useInboxEvents() {
  const client = useQueryClient();
  const held = useRef(false);
  const [pending, setPending] = useState(0);
  const [state, setState] = useState<LiveState>("connecting");

  const refresh = useCallback(() => {
    setPending(0);
    void client.invalidateQueries({ queryKey: ["inbox"] });
  }, [client]);

  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const stop = listen(undefined, {
      inbox: () => {
        if (held.current) {
          setPending((n) => n + 1);
          return;
        }
        timer ??= setTimeout(() => {
          timer = undefined;
          refresh();
        }, GATHER_MS);
      },
      resumed: refresh,
      state: setState,
    });
    return () => {
      clearTimeout(timer);
      stop();
    };
  }, [refresh]);

  const hold = useCallback((on: boolean) => {
    held.current = on;
  }, []);
  return { pending, refresh, hold, state };
}
