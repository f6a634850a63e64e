//! The person: the golden Patient, and the registrations at the institutions that it joins.

import { useQuery } from "@tanstack/react-query";
import { pageOf } from "../../fhir/bundle";
import { read } from "../../fhir/reader";
import { GOLDEN, RECORD_TAG } from "../../fhir/systems";
import type { Bundle, Patient } from "../../fhir/types";
import { linkedIds } from "../../words/patient";

export function isGolden(patient: Patient): boolean {
  return patient.meta?.tag?.some(({ system, code }) => system === RECORD_TAG && code === "golden") ?? false;
}

export function usePerson(id: string) {
  return useQuery({
    queryKey: ["record", id, "person"],
    queryFn: () => read<Patient>(`Patient/${encodeURIComponent(id)}`),
    staleTime: Number.POSITIVE_INFINITY,
  });
}

/** The registrations; a Patient that is itself a registration stands alone. */
export function useRegistrations(person: Patient | undefined) {
  const ids = person ? linkedIds(person) : [];
  return useQuery({
    queryKey: ["record", person?.id, "registrations", ids],
    enabled: person !== undefined,
    queryFn: async () => {
      if (!person || !isGolden(person)) return person ? [person] : [];
      // One registration may be out of this reader's sight: the others are still shown.
      const answers = await Promise.allSettled(ids.map((one) => read<Patient>(`Patient/${one}`)));
      const seen = answers.flatMap((answer) => (answer.status === "fulfilled" ? [answer.value] : []));
      if (ids.length > 0 && seen.length === 0) throw (answers[0] as PromiseRejectedResult).reason;
      return seen;
    },
    staleTime: Number.POSITIVE_INFINITY,
  });
}

/** For the address of a registration: the person that it was joined to, if any. */
export function usePersonOf(patient: Patient | undefined) {
  const alone = patient !== undefined && !isGolden(patient);
  return useQuery({
    queryKey: ["record", patient?.id, "person-of"],
    enabled: alone,
    queryFn: async () => {
      const query = new URLSearchParams({ _tag: GOLDEN, link: `Patient/${patient?.id ?? ""}`, _count: "1" });
      const page = pageOf<Patient>(await read<Bundle>(`Patient?${query.toString()}`), "Patient");
      return page.items[0]?.id ?? null;
    },
    staleTime: Number.POSITIVE_INFINITY,
  });
}
