//! Reading `metadata`, once for all who ask.

import { useQuery } from "@tanstack/react-query";
import { getJson } from "../../fhir/http";
import type { Capability } from "./capability";

export const CAPABILITY_KEY = ["capability"] as const;

export function readCapability(): Promise<Capability> {
  return getJson<Capability>("/fhir/metadata");
}

export function useCapability() {
  return useQuery({ queryKey: CAPABILITY_KEY, queryFn: readCapability, staleTime: 5 * 60_000 });
}
