//! Replaying all that fits a filter, page after page, with counts on the way; it can be stopped between two pages.

import { useQueryClient } from "@tanstack/react-query";
import { useCallback, useRef, useState } from "react";
import { one } from "../common/values";
import type { InboxFilter } from "./messages";
import { countFitting, INBOX_KEY, replayPage } from "./useInbox";

/** Messages that are counted beforehand, at most. */
const COUNTED = 500;

export interface Progress {
  state: "running" | "done" | "stopped" | "failed";
  /** How many there are; `more` when there are more than were counted. */
  total: number;
  more: boolean;
  tried: number;
  committed: number;
  parked: number;
  waiting: number;
  cause?: unknown;
}

export function useReplayAll() {
  const client = useQueryClient();
  const [progress, setProgress] = useState<Progress>();
  const stopped = useRef(false);

  const start = useCallback(
    async (filter: InboxFilter) => {
      stopped.current = false;
      const now = Date.now();
      let so: Progress = { state: "running", total: 0, more: false, tried: 0, committed: 0, parked: 0, waiting: 0 };
      const set = (change: Partial<Progress>) => {
        so = { ...so, ...change };
        setProgress(so);
      };
      set({});
      try {
        const { n, more } = await countFitting(filter, COUNTED);
        set({ total: n, more });
        let after: string | undefined;
        do {
          const answer = await replayPage(filter, after, now);
          const count = (name: string) => Number(one(answer, name) ?? 0);
          set({
            tried: so.tried + count("tried"),
            committed: so.committed + count("committed"),
            parked: so.parked + count("parked"),
            waiting: so.waiting + count("waiting"),
          });
          after = one(answer, "next");
        } while (after && !stopped.current);
        set({ state: after ? "stopped" : "done" });
      } catch (cause) {
        set({ state: "failed", cause });
      }
      void client.invalidateQueries({ queryKey: INBOX_KEY });
    },
    [client],
  );

  const stop = useCallback(() => {
    stopped.current = true;
  }, []);
  const clear = useCallback(() => setProgress(undefined), []);
  return { progress, start, stop, clear };
}
