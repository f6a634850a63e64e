//! Queues of durable work, and the outbox to each receiver, in plain objects.

import type { Parameters } from "../../../fhir/types";
import { numberOf, rowsNamed, type Values } from "../common/values";

export interface Queue {
  name: string;
  waiting: number;
  done: number;
  parked: number;
  /** Seconds that the oldest has waited; nothing when none waits. */
  oldest: number | undefined;
}

export function queuesIn(parameters: Parameters | undefined): Queue[] {
  return rowsNamed(parameters, "queue").map((row) => ({
    name: row.get("queue") ?? "",
    waiting: numberOf(row, "waiting") ?? 0,
    done: numberOf(row, "done") ?? 0,
    parked: numberOf(row, "parked") ?? 0,
    oldest: numberOf(row, "oldestSeconds"),
  }));
}

export interface Destination {
  institution: string;
  name: string;
  address: string;
  about: string;
  waiting: number;
  done: number;
  parked: number;
  oldest: string | undefined;
  /** `idle`, `sending`, `failing`, or `unconfigured` when no file names the receiver any more. */
  state: string;
  reason: string;
  detail: string;
  attempts: number | undefined;
  due: string | undefined;
  last: string | undefined;
}

export function destinationsIn(parameters: Parameters | undefined): Destination[] {
  return rowsNamed(parameters, "destination").map((row) => {
    const text = (name: string) => row.get(name) ?? "";
    return {
      institution: text("institution"),
      name: text("name"),
      address: text("address"),
      about: [text("charset"), text("triggers")].filter(Boolean).join(" · "),
      waiting: numberOf(row, "waiting") ?? 0,
      done: numberOf(row, "done") ?? 0,
      parked: numberOf(row, "parked") ?? 0,
      oldest: row.get("oldest"),
      state: text("state"),
      reason: text("reason"),
      detail: text("detail"),
      attempts: numberOf(row, "attempts"),
      due: row.get("due"),
      last: row.get("last"),
    };
  });
}

export interface Outgoing {
  id: string;
  institution: string;
  source: string;
  kind: string;
  control: string;
  resource: string;
  state: string;
  received: string;
  attempts: number;
  due: string | undefined;
  reason: string;
  detail: string;
}

export function outgoingOf(row: Values): Outgoing {
  const text = (name: string) => row.get(name) ?? "";
  return {
    id: text("id"),
    institution: text("institution"),
    source: text("source"),
    kind: text("kind"),
    control: text("control"),
    resource: text("resource"),
    state: text("state"),
    received: text("received"),
    attempts: numberOf(row, "attempts") ?? 0,
    due: row.get("due"),
    reason: text("reason"),
    detail: text("detail"),
  };
}
