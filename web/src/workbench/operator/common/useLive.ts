//! Keeps what a page shows up to date: what happens makes its queries stale, at most every second or two. While the
//! pointer is over rows they are held still; what came meanwhile is counted and shown when asked for.

import { type QueryKey, useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useRef, useState } from "react";
import { hear, type Happened } from "./stream";

const GATHER_MS = 1500;

export interface Live {
  /** How much came while the rows were held. */
  pending: number;
  refresh: () => void;
  hold: (on: boolean) => void;
}

/** `keys` and `touches` must keep their identity from one drawing to the next. */
export function useLive(keys: readonly QueryKey[], touches: (happened: Happened) => boolean): Live {
  const client = useQueryClient();
  const held = useRef(false);
  const came = useRef(0);
  const [pending, setPending] = useState(0);

  const refresh = useCallback(() => {
    came.current = 0;
    setPending(0);
    for (const queryKey of keys) void client.invalidateQueries({ queryKey });
  }, [client, keys]);

  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const stop = hear((happened) => {
      if (happened.what !== "resumed" && !touches(happened)) return;
      came.current += 1;
      timer ??= setTimeout(() => {
        timer = undefined;
        if (held.current) setPending(came.current);
        else refresh();
      }, GATHER_MS);
    });
    return () => {
      clearTimeout(timer);
      stop();
    };
  }, [refresh, touches]);

  const hold = useCallback((on: boolean) => {
    held.current = on;
  }, []);
  return { pending, refresh, hold };
}
