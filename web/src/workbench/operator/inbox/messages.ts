//! The inbox as the server tells it, in plain objects.

import { parametersNamed, textOf } from "../../../fhir/parameters";
import type { Parameters } from "../../../fhir/types";
import { numberOf, one, rowsNamed, type Values } from "../common/values";

export const STATES = ["parked", "waiting", "committed", "all"] as const;
export type InboxState = (typeof STATES)[number];

export const REASONS = [
  "unparseable",
  "wrong-charset",
  "unknown-sender",
  "unsupported-message",
  "no-patient-segment",
  "no-patient-identifier",
  "invalid-value",
  "ambiguous-key",
  "other-person",
  "refused",
  "internal",
] as const;

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
  attempts: number;
}

export interface Inbox {
  messages: Message[];
  counts: ReadonlyMap<string, number>;
  /** Kinds of messages that the inbox has met; told with the first page. */
  kinds: string[];
  /** Where the next page goes on. */
  next: string | undefined;
}

export function messageOf(values: Values): Message {
  const text = (name: string) => values.get(name) ?? "";
  return {
    id: text("id"),
    received: text("received"),
    door: text("door"),
    institution: text("institution"),
    kind: text("kind"),
    control: text("control"),
    state: text("state"),
    reason: text("reason"),
    detail: text("detail"),
    attempts: numberOf(values, "attempts") ?? 0,
  };
}

export function inboxIn(parameters: Parameters): Inbox {
  const counts = new Map<string, number>();
  for (const row of rowsNamed(parameters, "counts")) {
    for (const name of row.keys()) counts.set(name, numberOf(row, name) ?? 0);
  }
  return {
    messages: rowsNamed(parameters, "message").map(messageOf),
    counts,
    kinds: parametersNamed(parameters, "kind").map((kind) => textOf(kind) ?? ""),
    next: one(parameters, "next"),
  };
}

/** How many messages stand in `state`; `all` is their sum. */
export function countOf(counts: ReadonlyMap<string, number>, state: InboxState): number | undefined {
  if (counts.size === 0) return undefined;
  if (state !== "all") return counts.get(state) ?? 0;
  return [...counts.values()].reduce((sum, n) => sum + n, 0);
}

export interface Detail {
  message: Message;
  raw: string;
  result: string[];
  /** What could not be used, by its place in the message. */
  warnings: string[];
}

/** The raw message and the references to what it wrote. */
export function detailIn(parameters: Parameters): Detail {
  const texts = (name: string) => parametersNamed(parameters, name).map((it) => textOf(it) ?? "");
  const values = new Map((parameters.parameter ?? []).map((it) => [it.name, textOf(it) ?? ""]));
  return {
    message: messageOf(values),
    raw: values.get("raw") ?? "",
    result: texts("result").map((key) => key.replace(/\/_history\/.*$/, "")),
    warnings: texts("warning"),
  };
}

/** What is asked of the inbox; everything but the state may be missing. */
export interface InboxFilter {
  state: InboxState;
  institution?: string | undefined;
  kind?: string | undefined;
  reason?: string | undefined;
  control?: string | undefined;
  /** One of `SPANS`. */
  within?: string | undefined;
}

/** Hours that a list may be narrowed to. */
export const SPANS = { "1h": 1, "24h": 24, "7d": 168 } as const;

/** The filter as parameters of `$inbox` and `$inbox-replay`. */
export function asked({ within, ...filter }: InboxFilter, now: number): Record<string, string | undefined> {
  const hours = within && within in SPANS ? SPANS[within as keyof typeof SPANS] : undefined;
  const from = hours === undefined ? undefined : new Date(now - hours * 3_600_000).toISOString();
  return { ...filter, from };
}

/** Whether more than the state is asked for. */
export function isNarrow({ institution, kind, reason, control, within }: InboxFilter): boolean {
  return Boolean(institution ?? kind ?? reason ?? control ?? within);
}
