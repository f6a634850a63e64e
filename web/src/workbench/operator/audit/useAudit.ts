//! Searching the audit. Each search is itself recorded, so it runs when it is asked for, never by itself.

import { type InfiniteData, useInfiniteQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { useSearchParams } from "react-router";
import { read } from "../../../fhir/reader";
import type { Bundle } from "../../../fhir/types";
import { type AuditPage, auditIn } from "./entries";

export const NAMES = ["actor", "patient", "institution", "act", "from", "to", "text"] as const;
export type AuditFilter = Partial<Record<(typeof NAMES)[number], string>>;
const PAGE = 50;

export function useAuditFilter(): AuditFilter {
  const [params] = useSearchParams();
  return useMemo(() => {
    const given = NAMES.flatMap((name) => {
      const value = params.get(name);
      return value ? [[name, value] as const] : [];
    });
    return Object.fromEntries(given);
  }, [params]);
}

export function useAudit(filter: AuditFilter) {
  return useInfiniteQuery<AuditPage, Error, InfiniteData<AuditPage>, unknown[], string>({
    queryKey: ["operator", "audit", filter],
    initialPageParam: "",
    staleTime: Number.POSITIVE_INFINITY,
    refetchOnReconnect: false,
    queryFn: async ({ pageParam }) => {
      const query = new URLSearchParams({ ...filter, _count: String(PAGE), ...(pageParam ? { after: pageParam } : {}) });
      return auditIn(await read<Bundle>(`$audit?${query.toString()}`));
    },
    getNextPageParam: ({ next }) => next,
  });
}
