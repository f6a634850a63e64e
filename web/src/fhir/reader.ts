//! Reads below `/fhir`. Reads asked for in the same moment travel as one batch Bundle, so that the first
//! screen of a record is one round trip however many widgets it has.

import { FhirError, isOutcome, troubleOf } from "./errors";
import { getJson, postJson } from "./http";
import type { Bundle, BundleEntry } from "./types";

interface Waiting {
  url: string;
  resolve: (value: unknown) => void;
  reject: (cause: unknown) => void;
}

/** A batch larger than this is cut, to stay well under a server's limit. */
const BATCH_LIMIT = 50;

/** Operations have no place in a batch; they go alone. */
const OPERATION = /^[^?]*\$/;

let waiting: Waiting[] = [];

/** Reads `url`, relative to `/fhir/`: `Patient/1`, `Condition?patient=Patient/1`. */
export function read<T>(url: string): Promise<T> {
  if (OPERATION.test(url)) return getJson<T>(`/fhir/${url}`);
  return new Promise<T>((resolve, reject) => {
    waiting.push({ url, resolve: resolve as (value: unknown) => void, reject });
    if (waiting.length === 1) setTimeout(flush, 0);
  });
}

function flush(): void {
  const asked = waiting;
  waiting = [];
  for (let at = 0; at < asked.length; at += BATCH_LIMIT) void send(asked.slice(at, at + BATCH_LIMIT));
}

async function send(asked: Waiting[]): Promise<void> {
  const [only] = asked;
  try {
    if (asked.length === 1 && only) {
      only.resolve(await getJson(`/fhir/${only.url}`));
      return;
    }
    const answer = await postJson<Bundle>("/fhir", {
      resourceType: "Bundle",
      type: "batch",
      entry: asked.map(({ url }) => ({ request: { method: "GET", url } })),
    });
    asked.forEach((one, index) => settle(one, answer.entry?.[index]));
  } catch (cause) {
    for (const one of asked) one.reject(cause);
  }
}

function settle(one: Waiting, entry: BundleEntry | undefined): void {
  const status = Number.parseInt(entry?.response?.status ?? "500", 10);
  if (status < 400 && entry?.resource) {
    one.resolve(entry.resource);
    return;
  }
  const outcome = entry?.response?.outcome ?? (isOutcome(entry?.resource) ? entry.resource : undefined);
  one.reject(new FhirError(troubleOf(status), status, outcome));
}

/** A server's absolute `next` link as a path below `/fhir/`; refuses to follow it to another place. */
export function relative(url: string): string {
  const at = url.indexOf("/fhir/");
  const path = at >= 0 ? url.slice(at + 6) : url.startsWith("/fhir?") ? url.slice(5) : url;
  if (/^[a-z]+:/i.test(path)) throw new FhirError("refused", 0);
  return path;
}


