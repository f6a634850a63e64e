//! Everything that says it belongs to one visit, in one batch.

import { useQuery } from "@tanstack/react-query";
import { pageOf } from "../../fhir/bundle";
import { read } from "../../fhir/reader";
import type {
  Bundle,
  Condition,
  DiagnosticReport,
  DocumentReference,
  Encounter,
  MedicationRequest,
  Observation,
  Procedure,
  Resource,
  ServiceRequest,
} from "../../fhir/types";
import { useResidentId } from "../record/useSection";

export interface Visit {
  encounter: Encounter;
  conditions: Condition[];
  results: Observation[];
  requests: MedicationRequest[];
  included: Resource[];
  documents: DocumentReference[];
  reports: DiagnosticReport[];
  orders: ServiceRequest[];
  procedures: Procedure[];
}

/** `key` is `Encounter/id`. */
export function useVisit(key: string) {
  const patient = useResidentId();
  return useQuery({
    queryKey: ["record", patient, "visit", key],
    staleTime: Number.POSITIVE_INFINITY,
    queryFn: async (): Promise<Visit> => {
      const of = async <R extends Resource>(type: string, more = "") => {
        const query = `patient=${encodeURIComponent(`Patient/${patient}`)}&encounter=${encodeURIComponent(key)}&_count=200${more}`;
        return pageOf<R>(await read<Bundle>(`${type}?${query}`), type);
      };
      const [encounter, conditions, results, requests, documents, reports, orders, procedures] = await Promise.all([
        read<Encounter>(key),
        of<Condition>("Condition"),
        of<Observation>("Observation", "&_sort=-date"),
        of<MedicationRequest>("MedicationRequest", "&_include=MedicationRequest:medication"),
        of<DocumentReference>("DocumentReference"),
        of<DiagnosticReport>("DiagnosticReport"),
        of<ServiceRequest>("ServiceRequest"),
        of<Procedure>("Procedure"),
      ]);
      return {
        encounter,
        conditions: conditions.items,
        results: results.items,
        requests: requests.items,
        included: requests.included,
        documents: documents.items,
        reports: reports.items,
        orders: orders.items,
        procedures: procedures.items,
      };
    },
  });
}
