//! Searching residents: golden Patients with the institutions that registered them.

import { keepPreviousData, useInfiniteQuery } from "@tanstack/react-query";
import { type Page, pageOf } from "../../fhir/bundle";
import { institutionCode } from "../../fhir/institution";
import { read } from "../../fhir/reader";
import type { Bundle, Patient, Resource } from "../../fhir/types";
import { institutionsOf, linkedIds } from "../../words/patient";
import { asked, searchUrl } from "./kind";

export interface Found {
  patient: Patient;
  institutions: string[];
}

const PAGE = 50;

export function useResidents(typed: string, count = PAGE) {
  const question = asked(typed);
  const query = useInfiniteQuery({
    queryKey: ["residents", question?.parameter, question?.value, count],
    enabled: question !== undefined,
    placeholderData: keepPreviousData,
    initialPageParam: "",
    queryFn: async ({ pageParam }) => {
      const url = pageParam || (question ? searchUrl(question, count) : "");
      return pageOf<Patient>(await read<Bundle>(url), "Patient");
    },
    getNextPageParam: (page) => page.next,
    staleTime: 15_000,
  });
  return { question, query, found: query.data?.pages.flatMap(foundIn) ?? [] };
}

export function foundIn({ items, included }: Page<Patient>): Found[] {
  const byId = new Map<string, Resource>(included.map((resource) => [resource.id ?? "", resource]));
  return items.map((patient) => {
    const linked = linkedIds(patient)
      .map((id) => byId.get(id))
      .filter((source): source is Resource => source !== undefined)
      .map(institutionCode)
      .filter(Boolean);
    const institutions = linked.length > 0 ? [...new Set(linked)].sort() : institutionsOf(patient);
    return { patient, institutions };
  });
}
