//! Whether this server is a demo, and whom its tour is about: only a demo answers `$tour`.

import { useQuery } from "@tanstack/react-query";
import { FhirError } from "../../fhir/errors";
import { getJson } from "../../fhir/http";
import { parametersNamed, textOf } from "../../fhir/parameters";
import type { Parameters } from "../../fhir/types";

/** The identity number of the tour's resident; null where there is no tour; undefined while that is not known. */
export function useDemo(): string | null | undefined {
  const { data } = useQuery({
    queryKey: ["demo"],
    queryFn: async () => {
      try {
        const facts = await getJson<Parameters>("/fhir/$tour");
        return textOf(parametersNamed(facts, "identity")[0]) ?? null;
      } catch (cause) {
        if (cause instanceof FhirError && cause.trouble === "missing") return null;
        throw cause;
      }
    },
    staleTime: Infinity,
  });
  return data;
}
