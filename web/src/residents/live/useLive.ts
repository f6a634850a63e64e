//! Keeps an open record current: each change makes only the parts it touches stale, and they are read again.

import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { listen } from "../../fhir/events";
import { staleKeys } from "../record/sections";
import { type Arrivals, arrived } from "./marks";

/** Changes of one message come together; they are gathered for this long before reading again. */
const GATHER_MS = 60;

/** Types that other people's looks and the machinery cause; they are not news about the resident. */
const NOT_NEWS = new Set(["AuditEvent", "Provenance"]);

export function useLive(patient: string): Arrivals {
  const client = useQueryClient();
  const [arrivals, setArrivals] = useState<Arrivals>({ list: [], state: "connecting" });

  useEffect(() => {
    setArrivals({ list: [], state: "connecting" });
    const types = new Set<string>();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const refresh = () => {
      timer = undefined;
      const keys = new Map([...types].flatMap((type) => staleKeys(type, patient)).map((key) => [key.join(), key]));
      types.clear();
      for (const queryKey of keys.values()) void client.invalidateQueries({ queryKey });
    };
    const stop = listen(`Patient/${patient}`, {
      change: (change) => {
        types.add(change.type);
        timer ??= setTimeout(refresh, GATHER_MS);
        if (NOT_NEWS.has(change.type)) return;
        setArrivals((before) => ({ ...before, list: arrived(before.list, change, new Date()) }));
      },
      resumed: () => void client.invalidateQueries({ queryKey: ["record", patient] }),
      state: (state) => setArrivals((before) => ({ ...before, state })),
    });
    return () => {
      clearTimeout(timer);
      stop();
    };
  }, [client, patient]);

  return arrivals;
}
