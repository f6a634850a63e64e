//! What arrived while the record was open: a short list, and a soft mark on each new thing for a while.

import { createContext, useContext } from "react";
import type { Change } from "../../fhir/events";

export interface Arrival extends Change {
  at: Date;
}

export interface Arrivals {
  list: readonly Arrival[];
  state: "connecting" | "live" | "broken";
}

export const ArrivalsContext = createContext<Arrivals>({ list: [], state: "connecting" });

/** How many arrivals the rail keeps. */
export const KEPT = 30;

/** Adds `change`, newest first; a later version of the same resource takes the place of the earlier. */
export function arrived(list: readonly Arrival[], change: Change, at: Date): Arrival[] {
  const others = list.filter(({ type, id }) => type !== change.type || id !== change.id);
  return [{ ...change, at }, ...others].slice(0, KEPT);
}

export function useArrivals(): Arrivals {
  return useContext(ArrivalsContext);
}

/** Whether `Type/id` arrived since the record was opened. */
export function useIsFresh(): (key: string) => boolean {
  const { list } = useArrivals();
  const keys = new Set(list.filter(({ action }) => action !== "delete").map(({ type, id }) => `${type}/${id}`));
  return (key) => keys.has(key);
}
