//! What has stopped: silent feeds, receivers that do not answer, an inbox that stands still. The bell and the start page
//! are made from it; nothing of it is a look at anybody.

import { useMemo } from "react";
import { alarms, type Feed } from "../feeds/feeds";
import { useFeeds } from "../feeds/useFeeds";
import type { Destination } from "../jobs/queues";
import { useOutbox, useQueues } from "../jobs/useJobs";

/** Seconds after which something that waits is stuck: messages are applied as they come. */
export const STUCK = 60;

export function useAttention() {
  const feeds = useFeeds();
  const queues = useQueues();
  const outbox = useOutbox(undefined, "parked");
  const silent: Feed[] = useMemo(() => alarms(feeds.rows), [feeds.rows]);
  const failing: Destination[] = (outbox.data?.destinations ?? []).filter(({ state, parked }) => state === "failing" || state === "unconfigured" || parked > 0);
  const stuck = (queues.data ?? []).filter(({ name, oldest }) => name === "inbox" && (oldest ?? 0) > STUCK);
  return { feeds, queues, outbox, silent, failing, stuck };
}
