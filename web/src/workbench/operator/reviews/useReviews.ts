//! Reading pairs to review and what is known of both, and deciding.

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { pageOf } from "../../../fhir/bundle";
import { postJson } from "../../../fhir/http";
import { institutionCode } from "../../../fhir/institution";
import { read } from "../../../fhir/reader";
import { INSTITUTION_TAG } from "../../../fhir/systems";
import type { Bundle, Encounter, Patient } from "../../../fhir/types";
import { today } from "../../../words/when";
import { parameters } from "../common/values";
import { REVIEW_CODE, reviewsIn, type Task } from "./review";

export const REVIEWS_KEY = ["operator", "reviews"] as const;
const MOST = 200;

function search(more: Record<string, string>): string {
  return `Task?${new URLSearchParams({ code: REVIEW_CODE, ...more }).toString()}`;
}

/** Open pairs, the oldest first. */
export function useOpenReviews() {
  return useQuery({
    queryKey: [...REVIEWS_KEY, "open"],
    queryFn: async () => reviewsIn(await read<Bundle>(search({ status: "requested", _sort: "authored-on", _count: String(MOST) }))),
  });
}

/** Decided pairs, the newest first. */
export function useDecidedReviews(wanted: boolean) {
  return useQuery({
    queryKey: [...REVIEWS_KEY, "decided"],
    enabled: wanted,
    queryFn: async () => reviewsIn(await read<Bundle>(search({ status: "completed", _sort: "-_lastUpdated", _count: String(MOST) }))),
  });
}

export interface ReviewCounts {
  open: number;
  today: number;
  oldest: string | undefined;
}

/** Each of these searches is recorded as a look: they run when a Task changes, and not as time goes by. */
export function useReviewCounts() {
  return useQuery({
    queryKey: [...REVIEWS_KEY, "counts"],
    queryFn: async (): Promise<ReviewCounts> => {
      const [open, decided] = await Promise.all([
        read<Bundle>(search({ status: "requested", _sort: "authored-on", _count: "1", _total: "accurate" })),
        read<Bundle>(search({ status: "completed", _lastUpdated: `ge${today()}T00:00:00+08:00`, _summary: "count" })),
      ]);
      return { open: open.total ?? 0, today: decided.total ?? 0, oldest: reviewsIn(open)[0]?.raised };
    },
  });
}

export interface SourceRecord {
  patient: Patient;
  institution: string;
  visits: Encounter[];
}

/** One registration as its institution sent it, with its last visits there. */
export function useSource(id: string) {
  return useQuery({
    queryKey: [...REVIEWS_KEY, "source", id],
    enabled: id !== "",
    staleTime: 60_000,
    queryFn: async (): Promise<SourceRecord> => {
      const patient = await read<Patient>(`Patient/${id}`);
      const institution = institutionCode(patient);
      // Any search by a patient means the whole person; the tag narrows it to what this institution saw.
      const query = new URLSearchParams({ patient: `Patient/${id}`, _tag: `${INSTITUTION_TAG}|${institution}`, _sort: "-date", _count: "3" });
      const visits = pageOf<Encounter>(await read<Bundle>(`Encounter?${query.toString()}`), "Encounter").items;
      return { patient, institution, visits };
    },
  });
}

export interface Decision {
  task: string;
  verdict: "same" | "different";
  reason: string;
}

export function useDecide() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ task, verdict, reason }: Decision) =>
      postJson<Task>("/fhir/Patient/$review-decide", parameters({ task, verdict, reason })),
    onSettled: () => void client.invalidateQueries({ queryKey: REVIEWS_KEY }),
  });
}

export function useUnmerge() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ patient, reason }: { patient: string; reason: string }) =>
      postJson<unknown>("/fhir/Patient/$unmerge", parameters({ patient, reason })),
    onSettled: () => void client.invalidateQueries({ queryKey: REVIEWS_KEY }),
  });
}
