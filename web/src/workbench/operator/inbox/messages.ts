//! The inbox as the server tells it, in plain objects.

import { parametersNamed, partText, textOf } from "../../../fhir/parameters";
import type { Parameters } from "../../../fhir/types";

export const STATES = ["parked", "waiting", "committed", "all"] as const;
export type InboxState = (typeof STATES)[number];

export interface Message {
  id: string;
  received: string;
  door: string;
  institution: string;
  kind: string;
  control: string;
  state: string;
  reason: string;
  detail: string;
}

export interface Inbox {
  messages: Message[];
  counts: ReadonlyMap<string, number>;
}

export function inboxIn(parameters: Parameters): Inbox {
  const messages = parametersNamed(parameters, "message").map((one): Message => {
    const part = (name: string) => partText(one, name) ?? "";
    return {
      id: part("id"),
      received: part("received"),
      door: part("door"),
      institution: part("institution"),
      kind: part("kind"),
      control: part("control"),
      state: part("state"),
      reason: part("reason"),
      detail: part("detail"),
    };
  });
  const counts = new Map<string, number>();
  for (const { part } of parametersNamed(parameters, "counts")) {
    for (const one of part ?? []) {
      const n = Number(textOf(one));
      if (!Number.isNaN(n)) counts.set(one.name, n);
    }
  }
  return { messages, counts };
}

/** How many messages stand in `state`; `all` is the sum unless the server says it. */
export function countOf(counts: ReadonlyMap<string, number>, state: InboxState): number | undefined {
  if (state !== "all" || counts.has("all")) return counts.get(state) ?? (counts.size > 0 ? 0 : undefined);
  return counts.size > 0 ? [...counts.values()].reduce((sum, n) => sum + n, 0) : undefined;
}

export interface Detail {
  raw: string;
  result: string[];
  /** What could not be used, by its place in the message. */
  warnings: string[];
}

/** The raw message and the references to what it wrote. */
export function detailIn(parameters: Parameters): Detail {
  const result = (parameters.parameter ?? []).flatMap((one) =>
    one.name === "result" || one.name === "resource"
      ? [textOf(one), ...(one.part ?? []).map(textOf)].filter((it): it is string => Boolean(it))
      : [],
  );
  const raw = textOf(parametersNamed(parameters, "raw")[0]) ?? "";
  const warnings = parametersNamed(parameters, "warning").map((one) => textOf(one) ?? "");
  return { raw, result, warnings };
}
