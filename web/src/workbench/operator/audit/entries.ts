//! AuditEvents of `$audit` as rows: who, when, which act, at whom, what.

import type { Bundle, Coding, Reference, Resource } from "../../../fhir/types";

interface Entity {
  what?: Reference;
  role?: Coding;
  lifecycle?: Coding;
  description?: string;
  detail?: { type?: string; valueString?: string }[];
}

interface AuditEvent extends Resource {
  resourceType: "AuditEvent";
  recorded?: string;
  action?: string;
  subtype?: Coding[];
  agent?: { altId?: string; name?: string; role?: { coding?: Coding[] }[] }[];
  source?: { site?: string };
  entity?: Entity[];
}

export interface Change {
  /** `create`, `update`, `delete`, `join` or `leave`. */
  how: string;
  what: string;
  why: string;
}

export interface Entry {
  id: string;
  write: boolean;
  at: string;
  actor: string;
  display: string;
  role: string;
  institution: string;
  /** Words of the acts: `read`, `search`, the name of an operation; `create`, `update`, `delete`. */
  acts: string[];
  /** Ids of the persons, and how many more there are. */
  patients: string[];
  morePatients: number;
  /** What was looked at: one resource, or a query. */
  seen: string[];
  changes: Change[];
  moreChanges: number;
}

const CYCLES: Record<string, string> = { "1": "create", "3": "update", "14": "delete" };

function entryOf(event: AuditEvent): Entry {
  const entities = event.entity ?? [];
  const more = (type: string) =>
    Number(entities.flatMap(({ detail }) => detail ?? []).find((one) => one.type === type)?.valueString ?? 0);
  const whom = entities.filter(({ role }) => role?.code === "1");
  const rest = entities.filter(({ role, detail }) => role?.code !== "1" && !detail?.length);
  const write = event.id?.startsWith("write-") ?? false;
  const agent = event.agent?.[0];
  return {
    id: event.id ?? "",
    write,
    at: event.recorded ?? "",
    actor: agent?.altId ?? "",
    display: agent?.name ?? agent?.altId ?? "",
    role: agent?.role?.[0]?.coding?.[0]?.code ?? "",
    institution: event.source?.site ?? "",
    acts: (event.subtype ?? []).map(({ display, code }) => display ?? code ?? ""),
    patients: whom.map(({ what }) => what?.reference?.replace(/^Patient\//, "") ?? ""),
    morePatients: more("more-persons"),
    seen: write ? [] : rest.map(({ what, description }) => what?.reference ?? description ?? ""),
    changes: write ? rest.map(changeOf) : [],
    moreChanges: more("more"),
  };
}

function changeOf({ what, lifecycle, description }: Entity): Change {
  const [how = "", ...why] = (description ?? "").split(": ");
  const cycle = CYCLES[lifecycle?.code ?? ""];
  const key = what?.reference?.replace(/\/_history\/.*$/, "") ?? "";
  return cycle ? { how: cycle, what: key, why: "" } : { how, what: key, why: why.join(": ") };
}

export interface AuditPage {
  entries: Entry[];
  next: string | undefined;
}

export function auditIn(bundle: Bundle): AuditPage {
  const events = (bundle.entry ?? []).flatMap(({ resource }) => (resource?.resourceType === "AuditEvent" ? [resource as AuditEvent] : []));
  const next = bundle.link?.find(({ relation }) => relation === "next")?.url;
  return { entries: events.map(entryOf), next: next ? (new URL(next, "http://x/").searchParams.get("after") ?? undefined) : undefined };
}

/** How many changes of each kind, `create 12`. */
export function tally(changes: readonly Change[]): [string, number][] {
  const counts = new Map<string, number>();
  for (const { how } of changes) counts.set(how, (counts.get(how) ?? 0) + 1);
  return [...counts];
}
