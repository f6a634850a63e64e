//! What can go wrong on the way to the record, as one kind of error that pages can explain.

import type { OperationOutcome } from "./types";

export type Trouble = "network" | "signed-out" | "forbidden" | "missing" | "throttled" | "refused" | "server";

export class FhirError extends Error {
  constructor(
    readonly trouble: Trouble,
    readonly status: number,
    readonly outcome?: OperationOutcome,
    readonly retryAfter?: number,
  ) {
    super(outcomeText(outcome) || `${trouble} ${status}`);
    this.name = "FhirError";
  }
}

/** What the server says, with the element it speaks of. */
export function outcomeText(outcome?: OperationOutcome): string {
  return (outcome?.issue ?? [])
    .map((issue) => {
      const said = issue.details?.text ?? issue.diagnostics ?? issue.code ?? "";
      const where = issue.expression?.join(", ");
      return where ? `${said} (${where})` : said;
    })
    .filter(Boolean)
    .join("; ");
}

export function troubleOf(status: number): Trouble {
  if (status === 401) return "signed-out";
  if (status === 403) return "forbidden";
  if (status === 404 || status === 410) return "missing";
  if (status === 429) return "throttled";
  return status >= 500 ? "server" : "refused";
}

export function isOutcome(value: unknown): value is OperationOutcome {
  return typeof value === "object" && value !== null && "resourceType" in value && value.resourceType === "OperationOutcome";
}
