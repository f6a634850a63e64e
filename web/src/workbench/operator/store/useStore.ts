//! `$store`: what the store tells of itself.

import { useQuery } from "@tanstack/react-query";
import { read } from "../../../fhir/reader";
import type { Parameters } from "../../../fhir/types";

export const STORE_KEY = ["operator", "store"] as const;
const AGAIN_MS = 10_000;

export function useStore() {
  return useQuery({ queryKey: STORE_KEY, queryFn: () => read<Parameters>("$store"), refetchInterval: AGAIN_MS });
}

/** Rows of every table: a walk through the store, made only when somebody asks. */
export function useTables(wanted: boolean) {
  return useQuery({
    queryKey: ["operator", "tables"],
    queryFn: () => read<Parameters>("$store?tables=true"),
    enabled: wanted,
    staleTime: Number.POSITIVE_INFINITY,
  });
}
