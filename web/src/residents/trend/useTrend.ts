//! Every value of one test, over all years and institutions.

import { useQuery } from "@tanstack/react-query";
import { type Page, pageOf } from "../../fhir/bundle";
import { read } from "../../fhir/reader";
import type { Bundle, Observation } from "../../fhir/types";
import { useResidentId } from "../record/useSection";

/** Enough for a value a day over five years. */
const MOST_PAGES = 10;

export interface Trend {
  observations: Observation[];
  whole: boolean;
}

/** `key` is `system|code`; a test known by its name only has no search of its own. */
export function useTrend(key: string) {
  const patient = useResidentId();
  return useQuery({
    queryKey: ["record", patient, "trend", key],
    enabled: key.includes("|"),
    staleTime: Number.POSITIVE_INFINITY,
    queryFn: async (): Promise<Trend> => {
      const [system, code] = key.split("|");
      const token = system ? key : (code ?? "");
      const query = new URLSearchParams({ patient: `Patient/${patient}`, "combo-code": token, _sort: "-date", _count: "200" });
      const observations: Observation[] = [];
      let url: string | undefined = `Observation?${query.toString()}`;
      for (let pages = 0; url && pages < MOST_PAGES; pages += 1) {
        const page: Page<Observation> = pageOf<Observation>(await read<Bundle>(url), "Observation");
        observations.push(...page.items);
        url = page.next;
      }
      return { observations, whole: url === undefined };
    },
  });
}
