//! Documents and reports as one list of papers, newest first.

import { keyOf } from "../../fhir/bundle";
import { wordsOf } from "../../fhir/concept";
import type { Attachment, DiagnosticReport, DocumentReference } from "../../fhir/types";
import { newestFirst } from "../../words/when";

export interface Paper {
  key: string;
  resource: DocumentReference | DiagnosticReport;
  title: string;
  date: string | undefined;
  author: string;
  attachments: Attachment[];
  conclusion: string;
  /** `Observation/id` of the results that a report gathers. */
  results: string[];
}

/** Whether somebody wrote something in it; a laboratory report often only gathers its results. */
export function hasWords({ resource, attachments, conclusion }: Paper): boolean {
  return resource.resourceType === "DocumentReference" || attachments.length > 0 || conclusion !== "";
}

const VOID = new Set(["entered-in-error", "cancelled"]);

export function papersIn(
  documents: readonly DocumentReference[],
  reports: readonly DiagnosticReport[],
  language: string,
): Paper[] {
  const papers: Paper[] = [
    ...documents.map((one): Paper => ({
      key: keyOf(one),
      resource: one,
      title: one.description ?? (wordsOf(one.type, language) || one.content?.[0]?.attachment?.title) ?? "",
      date: one.date ?? one.context?.period?.start,
      author: (one.author ?? []).map(({ display }) => display).filter(Boolean).join(" · "),
      attachments: (one.content ?? []).map(({ attachment }) => attachment).filter((it): it is Attachment => it !== undefined),
      conclusion: "",
      results: [],
    })),
    ...reports.map((one): Paper => ({
      key: keyOf(one),
      resource: one,
      title: wordsOf(one.code, language),
      date: one.effectiveDateTime ?? one.effectivePeriod?.start ?? one.issued,
      author: (one.performer ?? []).map(({ display }) => display).filter(Boolean).join(" · "),
      attachments: one.presentedForm ?? [],
      conclusion: one.conclusion ?? "",
      results: (one.result ?? []).map(({ reference }) => reference).filter((it): it is string => Boolean(it)),
    })),
  ];
  return newestFirst(
    papers.filter(({ resource }) => !VOID.has(resource.status ?? "")),
    ({ date }) => date,
  );
}
