//! Orders, and which of them are still open: asked for, not withdrawn, and no result that says it answers them.

import { keyOf } from "../../fhir/bundle";
import type { DiagnosticReport, Observation, ServiceRequest } from "../../fhir/types";
import { moment, newestFirst } from "../../words/when";

export type OrderState = "open" | "late" | "done" | "withdrawn" | "held" | "draft";

export interface Order {
  resource: ServiceRequest;
  state: OrderState;
  /** The report that answers it, if any: `DiagnosticReport/id`. */
  answer: string | undefined;
}

/** After this an open order is late. Assumed: most results of outpatients come within a week. */
const LATE_MS = 7 * 86_400_000;

type Answer = DiagnosticReport | Observation;

export function ordersIn(requests: readonly ServiceRequest[], answers: readonly Answer[], now = Date.now()): Order[] {
  const answered = new Map<string, string>();
  for (const answer of answers) {
    for (const { reference } of answer.basedOn ?? []) {
      // A report says more than one of its values.
      if (reference && (answer.resourceType === "DiagnosticReport" || !answered.has(reference))) answered.set(reference, keyOf(answer));
    }
  }
  const orders = requests.filter(({ status }) => status !== "entered-in-error").map((resource): Order => {
    const answer = answered.get(keyOf(resource));
    return { resource, answer, state: stateOf(resource, answer !== undefined, now) };
  });
  return newestFirst(orders, ({ resource }) => resource.authoredOn);
}

function stateOf({ status, authoredOn, occurrenceDateTime }: ServiceRequest, answered: boolean, now: number): OrderState {
  if (status === "completed" || answered) return "done";
  if (status === "revoked") return "withdrawn";
  if (status === "on-hold") return "held";
  if (status === "draft") return "draft";
  // What is planned for a day to come is not late before that day.
  return now - moment(occurrenceDateTime ?? authoredOn) > LATE_MS ? "late" : "open";
}

export function isOpen({ state }: Order): boolean {
  return state === "open" || state === "late";
}
