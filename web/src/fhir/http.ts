//! One way to the server: same-origin fetch with the session cookie, the CSRF header on writes,
//! and every failure as a `FhirError`.

import { parseJson } from "./digits";
import { FhirError, isOutcome, troubleOf } from "./errors";

let csrf = "";
let onSignedOut: () => void = () => undefined;

export function setCsrf(token: string): void {
  csrf = token;
}

/** Called when the server no longer knows the session. */
export function whenSignedOut(act: () => void): void {
  onSignedOut = act;
}

/** The answer whatever its status; only a server that cannot be reached is an error. */
export async function answerTo(path: string, init: RequestInit = {}): Promise<Response> {
  const headers = new Headers(init.headers);
  if (!headers.has("Accept")) headers.set("Accept", "application/fhir+json");
  if (init.method && init.method !== "GET") headers.set("X-CSRF-Token", csrf);
  try {
    return await fetch(path, { ...init, headers, credentials: "same-origin" });
  } catch (cause) {
    if (cause instanceof DOMException && cause.name === "AbortError") throw cause;
    throw new FhirError("network", 0);
  }
}

async function request(path: string, init: RequestInit): Promise<string> {
  const response = await answerTo(path, init);
  const text = await response.text();
  if (response.ok) return text;
  if (response.status === 401 && !path.startsWith("/auth/")) onSignedOut();
  const wait = Number(response.headers.get("Retry-After"));
  throw new FhirError(troubleOf(response.status), response.status, outcomeIn(text), wait > 0 ? wait : undefined);
}

function outcomeIn(text: string) {
  try {
    const body = JSON.parse(text) as unknown;
    return isOutcome(body) ? body : undefined;
  } catch {
    return undefined;
  }
}

/** The body exactly as the server wrote it. */
export function getText(path: string, signal?: AbortSignal): Promise<string> {
  return request(path, signal ? { signal } : {});
}

export async function getJson<T>(path: string, signal?: AbortSignal): Promise<T> {
  return parseJson(await getText(path, signal)) as T;
}

interface PostOptions {
  accept?: string;
  /** Whose record is open (`Patient/1`): the server refuses a write about anybody else. */
  about?: string | undefined;
  signal?: AbortSignal | undefined;
}

export async function postJson<T>(path: string, body: unknown, options: PostOptions = {}): Promise<T> {
  const { accept = "application/fhir+json", about, signal } = options;
  const type = path.startsWith("/auth/") ? "application/json" : "application/fhir+json";
  const text = await request(path, {
    method: "POST",
    headers: { Accept: accept, "Content-Type": type, ...(about ? { "X-Meridian-Patient": about } : {}) },
    body: JSON.stringify(body),
    ...(signal ? { signal } : {}),
  });
  return (text ? parseJson(text) : undefined) as T;
}

/** Sends a text exactly as it is, digit for digit. */
export async function postText<T>(path: string, text: string, type: string, signal?: AbortSignal): Promise<T> {
  const answer = await request(path, { method: "POST", headers: { "Content-Type": type }, body: text, ...(signal ? { signal } : {}) });
  return (answer ? parseJson(answer) : undefined) as T;
}
