//! One map, whole: a resource of the store, or one that came with the program.

import { useQuery } from "@tanstack/react-query";
import { pageOf } from "../../fhir/bundle";
import { FhirError } from "../../fhir/errors";
import { getJson } from "../../fhir/http";
import { parametersNamed } from "../../fhir/parameters";
import type { Bundle, Parameters } from "../../fhir/types";
import { split } from "../common/canonicals";
import type { ConceptMap } from "./maps";

async function stored(url: string, version: string | undefined, signal: AbortSignal): Promise<ConceptMap | undefined> {
  const query = new URLSearchParams({ url, ...(version ? { version } : {}), _count: "1" });
  return pageOf<ConceptMap>(await getJson<Bundle>(`/fhir/ConceptMap?${query.toString()}`, signal), "ConceptMap").items[0];
}

async function brought(url: string, version: string | undefined, signal: AbortSignal): Promise<ConceptMap | undefined> {
  try {
    const query = new URLSearchParams({ type: "ConceptMap", url, whole: "true" });
    const lines = parametersNamed(await getJson<Parameters>(`/fhir/$terms?${query.toString()}`, signal), "resource");
    const maps = lines.flatMap(({ part }) => part?.find(({ name }) => name === "whole")?.resource ?? []) as ConceptMap[];
    return maps.find((map) => map.url === url && (version === undefined || map.version === version));
  } catch (cause) {
    if (cause instanceof FhirError && (cause.trouble === "missing" || cause.trouble === "refused")) return undefined;
    throw cause;
  }
}

export function useMap(address: string) {
  return useQuery({
    queryKey: ["terms", "map", address],
    queryFn: async ({ signal }) => {
      const { url, version } = split(address);
      return (await stored(url, version, signal)) ?? (await brought(url, version, signal)) ?? null;
    },
    staleTime: 5 * 60_000,
  });
}
