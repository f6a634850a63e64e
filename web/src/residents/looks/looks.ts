//! Audit events as a person asks about them: who looked, from where, when, how often that day.

import type { AuditEvent } from "../../fhir/types";
import { day, moment, newestFirst } from "../../words/when";

export interface Look {
  key: string;
  who: string;
  /** What the agent is known by, to tell the reader's own looks. */
  username: string;
  role: string;
  institution: string;
  day: string;
  latest: string;
  /** The earliest event of the line. */
  first: string;
  /** Sittings, not requests: opening a record once makes a dozen events. */
  times: number;
  acts: Act[];
}

/** Events of one person that are closer together belong to one sitting. */
const SITTING_MS = 10 * 60_000;

export type Act = "read" | "search" | "create" | "update" | "delete" | "execute";

const ACTS: Record<string, Act> = { C: "create", R: "read", U: "update", D: "delete", E: "execute" };

export function actOf(event: AuditEvent): Act {
  const detail = event.subtype?.[0]?.code ?? "";
  if (detail.startsWith("search")) return "search";
  return ACTS[event.action ?? "R"] ?? "read";
}

function agentOf(event: AuditEvent) {
  return event.agent?.find(({ requestor }) => requestor) ?? event.agent?.[0];
}

/** One entry for each person and day, newest first. */
export function looksIn(events: readonly AuditEvent[]): Look[] {
  const looks = new Map<string, Look>();
  for (const event of newestFirst(events, ({ recorded }) => recorded)) {
    const agent = agentOf(event);
    const who = agent?.name ?? agent?.who?.display ?? agent?.altId ?? "";
    const username = agent?.altId ?? agent?.who?.identifier?.value ?? "";
    const institution = agent?.location?.display ?? event.source?.site ?? event.source?.observer?.display ?? "";
    const on = day(event.recorded);
    const key = [username || who, institution, on].join("|");
    const act = actOf(event);
    const known = looks.get(key);
    if (known) {
      if (moment(known.first) - moment(event.recorded) > SITTING_MS) known.times += 1;
      known.first = event.recorded ?? known.first;
      if (!known.acts.includes(act)) known.acts.push(act);
    } else {
      const role = agent?.role?.[0]?.coding?.[0]?.code ?? agent?.role?.[0]?.text ?? agent?.type?.coding?.[0]?.code ?? "";
      looks.set(key, { key, who, username, role, institution, day: on, latest: event.recorded ?? "", first: event.recorded ?? "", times: 1, acts: [act] });
    }
  }
  return [...looks.values()];
}
