//! The synthetic woman whom the tour is about: found as anybody is found, by search.

import { useQuery } from "@tanstack/react-query";
import { pageOf } from "../../fhir/bundle";
import { getJson } from "../../fhir/http";
import { GOLDEN, IDENTITY_NUMBER } from "../../fhir/systems";
import type { Bundle, Patient } from "../../fhir/types";

/** Her golden record; null until the region has streamed her in. */
export function useTourPerson(identity: string | null | undefined): Patient | null {
  const { data } = useQuery({
    queryKey: ["tour", "person", identity],
    enabled: Boolean(identity),
    queryFn: async () => {
      const number = encodeURIComponent(`${IDENTITY_NUMBER}|${identity ?? ""}`);
      const found = await getJson<Bundle<Patient>>(`/fhir/Patient?identifier=${number}&_tag=${encodeURIComponent(GOLDEN)}`);
      return pageOf<Patient>(found, "Patient").items[0] ?? null;
    },
    refetchInterval: ({ state }) => (state.data ? false : 2000),
  });
  return data ?? null;
}
