//! Runs `$validate` over a text as it stands, once for each profile that is asked for.

import { useMutation } from "@tanstack/react-query";
import { FhirError } from "../../fhir/errors";
import { postText } from "../../fhir/http";
import type { OperationOutcome } from "../../fhir/types";
import { type Draft, type Fault, faultsIn, isPraise, together } from "./faults";

export interface Checked {
  /** What was sent: places belong to this text. */
  text: string;
  faults: Fault[];
  ms: number;
}

const TYPES = { json: "application/fhir+json", xml: "application/fhir+xml" } as const;

async function outcomeOf(path: string, text: string, format: Draft["format"]): Promise<OperationOutcome> {
  try {
    return await postText<OperationOutcome>(path, text, TYPES[format]);
  } catch (cause) {
    // A text that the server cannot read at all is refused, and the refusal says why.
    if (cause instanceof FhirError && cause.trouble === "refused" && cause.outcome) return cause.outcome;
    throw cause;
  }
}

export function useValidation() {
  return useMutation({
    mutationFn: async ({ text, draft, profiles }: { text: string; draft: Draft; profiles: readonly string[] }): Promise<Checked> => {
      const base = `/fhir/${draft.type ?? ""}/$validate`;
      const wanted = profiles.length > 0 ? profiles : [""];
      const start = performance.now();
      const outcomes = await Promise.all(
        wanted.map(async (profile) => {
          const path = profile ? `${base}?${new URLSearchParams({ profile }).toString()}` : base;
          return faultsIn(await outcomeOf(path, text, draft.format), draft, wanted.length > 1 ? profile : "");
        }),
      );
      const faults = together(outcomes).filter((fault) => !isPraise(fault));
      return { text, faults, ms: performance.now() - start };
    },
  });
}
