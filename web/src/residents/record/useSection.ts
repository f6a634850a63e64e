//! One part of a record: its first page comes with the first batch, earlier pages when asked for.

import { useInfiniteQuery } from "@tanstack/react-query";
import { createContext, useContext, useMemo } from "react";
import { pageOf } from "../../fhir/bundle";
import { read } from "../../fhir/reader";
import type { Bundle, Resource } from "../../fhir/types";
import { SECTIONS, type SectionName, sectionUrl } from "./sections";

/** The id of the resident whose record is shown; every widget reads it here, and it is the one in the URL. */
export const ResidentId = createContext("");

export function useResidentId(): string {
  return useContext(ResidentId);
}

export interface Section<R extends Resource> {
  items: R[];
  included: Resource[];
  reading: boolean;
  cause: unknown;
  retry: () => void;
  /** Reads the next page; absent when everything is here. */
  more: (() => void) | undefined;
}

/** `wanted` is false for a part that says nothing about this resident: it is not asked for. */
export function useSection<R extends Resource>(name: SectionName, wanted = true): Section<R> {
  const patient = useResidentId();
  const query = useInfiniteQuery({
    queryKey: ["record", patient, name],
    enabled: wanted,
    initialPageParam: "",
    queryFn: async ({ pageParam }) => pageOf<R>(await read<Bundle>(pageParam || sectionUrl(name, patient)), SECTIONS[name].type),
    getNextPageParam: (page) => page.next,
    // Events say when something changed.
    staleTime: Number.POSITIVE_INFINITY,
  });
  // The same array until something is read: what is worked out from it need not be worked out again.
  const { items, included } = useMemo(() => {
    const pages = query.data?.pages ?? [];
    return { items: pages.flatMap((page) => page.items), included: pages.flatMap((page) => page.included) };
  }, [query.data]);
  return {
    items,
    included,
    reading: wanted && query.isPending,
    cause: query.data ? undefined : query.error,
    retry: () => void query.refetch(),
    more: query.hasNextPage ? () => void query.fetchNextPage() : undefined,
  };
}
