//! A pair of registrations that may be one person, as the registry's Task tells it.

import type { Bundle, Concept, Identifier, Reference, Resource } from "../../../fhir/types";

export interface Task extends Resource {
  resourceType: "Task";
  status?: string;
  intent?: string;
  for?: Reference;
  focus?: Reference;
  authoredOn?: string;
  lastModified?: string;
  businessStatus?: Concept;
  statusReason?: Concept;
  reasonCode?: Concept;
  owner?: Reference & { identifier?: Identifier };
  input?: { type?: Concept; valueDecimal?: number; valueString?: string }[];
}

export interface Evidence {
  field: string;
  level: string;
  a: string;
  b: string;
  /** log2 of how much likelier this is for one person than for two. */
  weight: number;
}

export interface Review {
  id: string;
  /** Ids of the two source Patients. */
  a: string;
  b: string;
  raised: string | undefined;
  decided: string | undefined;
  verdict: string;
  reason: string;
  by: string;
  /** Why a person must look: `weight`, `several`, `held`, or `merge` and `unmerge` for an operator's own act. */
  why: string;
  score: number | undefined;
  probability: number | undefined;
  evidence: Evidence[];
}

export const REVIEW_CODE = "https://meridian.example/task|review-identity";

function id(reference: Reference | undefined): string {
  return reference?.reference?.replace(/^Patient\//, "") ?? "";
}

export function reviewOf(task: Task): Review {
  const inputs = (name: string) => (task.input ?? []).filter(({ type }) => type?.text === name);
  const number = (name: string) => {
    const value = inputs(name)[0]?.valueDecimal;
    return value === undefined ? undefined : Number(value);
  };
  return {
    id: task.id ?? "",
    a: id(task.for),
    b: id(task.focus),
    raised: task.authoredOn,
    decided: task.lastModified ?? task.meta?.lastUpdated,
    verdict: task.businessStatus?.text ?? "",
    reason: task.statusReason?.text ?? "",
    by: task.owner?.display ?? task.owner?.identifier?.value ?? "",
    why: task.reasonCode?.text ?? "",
    score: number("score"),
    probability: number("probability"),
    evidence: inputs("evidence").flatMap(({ valueString }) => evidenceOf(valueString)),
  };
}

function evidenceOf(text: string | undefined): Evidence[] {
  try {
    const one = JSON.parse(text ?? "") as Partial<Record<keyof Evidence, unknown>>;
    const word = (value: unknown) => (typeof value === "string" ? value : "");
    const weight = Number(one.weight);
    if (!one.field || Number.isNaN(weight)) return [];
    return [{ field: word(one.field), level: word(one.level), a: word(one.a), b: word(one.b), weight }];
  } catch {
    return [];
  }
}

export function reviewsIn(bundle: Bundle): Review[] {
  return (bundle.entry ?? []).flatMap(({ resource }) => (resource?.resourceType === "Task" ? [reviewOf(resource as Task)] : []));
}

export interface Step extends Evidence {
  /** The sum before and after this field. */
  from: number;
  to: number;
}

/** The evidence as a waterfall: each field begins where the one before it ended. */
export function waterfall(evidence: readonly Evidence[]): { steps: Step[]; low: number; high: number; sum: number } {
  let sum = 0;
  const steps = evidence.map((one) => {
    const from = sum;
    sum += one.weight;
    return { ...one, from, to: sum };
  });
  const ends = [0, ...steps.map(({ to }) => to)];
  return { steps, low: Math.min(...ends), high: Math.max(...ends), sum };
}

/** `+3.2`, `−1.0`. */
export function signed(weight: number): string {
  return `${weight < 0 ? "−" : "+"}${Math.abs(weight).toFixed(1)}`;
}

/** The name that the evidence compares, to tell one pair from another in a list. */
export function namesOf({ evidence }: Review): [string, string] {
  const whole = evidence.find(({ field }) => field === "name" || field === "newborn");
  if (whole) return [whole.a, whole.b];
  const part = (name: string) => evidence.find(({ field }) => field === name);
  const [family, given] = [part("family"), part("given")];
  return [`${family?.a ?? ""}${given?.a ?? ""}`, `${family?.b ?? ""}${given?.b ?? ""}`];
}
