//! One stream of events for all of the operator's pages: a browser opens only a few connections to one server.

import { useSyncExternalStore } from "react";
import { listen, type LiveState } from "../../../fhir/events";

/** What happened: a message came or moved on, an outgoing one did, or the record changed. */
export type Happened =
  | { what: "inbox" | "outbox"; id: string; state: string }
  | { what: "change"; type: string; id: string }
  | { what: "resumed" };

type Ear = (happened: Happened) => void;

const ears = new Set<Ear>();
const watchers = new Set<() => void>();
let state: LiveState = "connecting";
let stop: (() => void) | undefined;

function tell(happened: Happened): void {
  for (const ear of ears) ear(happened);
}

function begin(): void {
  stop = listen(undefined, {
    inbox: ({ id, state: now }) => tell({ what: "inbox", id: String(id), state: now }),
    outbox: ({ id, state: now }) => tell({ what: "outbox", id: String(id), state: now }),
    change: ({ type, id }) => tell({ what: "change", type, id }),
    resumed: () => tell({ what: "resumed" }),
    state: (now) => {
      state = now;
      for (const watcher of watchers) watcher();
    },
  });
}

/** Hears everything until the returned function is called; the last to leave closes the stream. */
export function hear(ear: Ear): () => void {
  ears.add(ear);
  if (!stop) begin();
  return () => {
    ears.delete(ear);
    if (ears.size > 0) return;
    stop?.();
    stop = undefined;
    state = "connecting";
  };
}

function watch(watcher: () => void): () => void {
  watchers.add(watcher);
  return () => watchers.delete(watcher);
}

export function useLiveState(): LiveState {
  return useSyncExternalStore(watch, () => state);
}
