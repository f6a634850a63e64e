//! The feeds, live. Rates and silence move with time as well: they are read again every few seconds.

import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { read } from "../../../fhir/reader";
import type { Parameters } from "../../../fhir/types";
import { useSession } from "../../../session/session";
import { useStore } from "../store/useStore";
import { feedsIn } from "./feeds";

export const FEEDS_KEY = ["operator", "feeds"] as const;
const AGAIN_MS = 10_000;

export function useFeeds() {
  const { user } = useSession();
  const feeds = useQuery({
    queryKey: FEEDS_KEY,
    queryFn: () => read<Parameters>("$feeds"),
    refetchInterval: AGAIN_MS,
  });
  const store = useStore();
  const own = user.institution.code;
  const rows = useMemo(() => feedsIn(feeds.data, store.data, own), [feeds.data, store.data, own]);
  return {
    rows,
    ready: feeds.data !== undefined && store.data !== undefined,
    error: feeds.error ?? store.error,
    retry: () => {
      void feeds.refetch();
      void store.refetch();
    },
  };
}
