//! What the page tries against the server: small questions whose answers a standard foretells. Each tells what it asked
//! and what came back; what the server does not declare is not tried. None of them is about a resident, and none writes.

import type { Bundle, OperationOutcome, Parameters, Resource } from "../../fhir/types";
import { sampleText } from "../validate/samples";
import { type Capability, does, offers, parameter, speaks } from "./capability";

export interface Answer {
  status: number;
  header: (name: string) => string | null;
  text: string;
}

export type Ask = (path: string, init?: RequestInit) => Promise<Answer>;

/** What came back, in a line of facts; thrown where it is not what the standard foretells. */
export class Unexpected extends Error {}

/** There is nothing here to try it with: neither kept nor broken. */
export class Untried extends Error {}

export interface Probe {
  id: ProbeId;
  /** What is asked, as it is shown. */
  asks: string;
  declared: (capability: Capability) => boolean;
  run: (ask: Ask, capability: Capability) => Promise<string>;
}

export const PROBE_IDS = [
  "metadata",
  "openapi",
  "string",
  "token",
  "date",
  "uri",
  "reference",
  "number",
  "quantity",
  "composite",
  "count",
  "paging",
  "conditional",
  "history",
  "expand",
  "pinyin",
  "lookup",
  "validateCode",
  "subsumes",
  "validateGood",
  "validateFaulty",
  "badRequest",
  "notFound",
  "xml",
  "cors",
] as const;
export type ProbeId = (typeof PROBE_IDS)[number];

const STRICT = { headers: { Prefer: "handling=strict" } };
const GENDER = "http://hl7.org/fhir/administrative-gender";
const GENDERS = "http://hl7.org/fhir/ValueSet/administrative-gender";

function resourceIn<R extends Resource>({ status, text }: Answer, type: R["resourceType"]): R {
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    throw new Unexpected(`${status} · ${text.slice(0, 80)}`);
  }
  const resource = body as Resource;
  if (resource.resourceType !== type) throw new Unexpected(`${status} · ${resource.resourceType ?? "?"}${outcomeOf(resource)}`);
  return resource as R;
}

function outcomeOf(resource: Resource): string {
  if (resource.resourceType !== "OperationOutcome") return "";
  const [issue] = (resource as OperationOutcome).issue ?? [];
  return ` · ${(issue?.details?.text ?? issue?.diagnostics ?? issue?.code ?? "").slice(0, 160)}`;
}

function must(truth: boolean, facts: string): void {
  if (!truth) throw new Unexpected(facts);
}

/** A search that counts: the parameter was understood, for a strict server refuses what it does not know. */
function search(id: ProbeId, kind: string, type: string, name: string, value: string): Probe {
  const path = `${type}?${name}=${encodeURIComponent(value)}&_summary=count`;
  return {
    id,
    asks: `GET ${type}?${name}=${value}&_summary=count`,
    declared: (capability) => parameter(capability, type, name)?.type === kind,
    run: async (ask) => {
      const bundle = resourceIn<Bundle>(await ask(path, STRICT), "Bundle");
      must(bundle.type === "searchset" && typeof bundle.total === "number", `type ${bundle.type ?? "–"}, total ${bundle.total ?? "–"}`);
      const self = bundle.link?.find(({ relation }) => relation === "self")?.url;
      must(self === undefined || self.includes(`${name}=`), `self ${self ?? ""}`);
      return `200 · total ${bundle.total ?? 0}`;
    },
  };
}

const metadata: Probe = {
  id: "metadata",
  asks: "GET metadata",
  declared: () => true,
  run: async (ask) => {
    const answer = await ask("metadata");
    const { fhirVersion, status } = resourceIn<Capability>(answer, "CapabilityStatement");
    const facts = `${answer.status} · ${answer.header("Content-Type") ?? "–"} · ${fhirVersion ?? "–"}`;
    must(answer.status === 200 && fhirVersion === "4.0.1" && status !== undefined, facts);
    return facts;
  },
};

const openapi: Probe = {
  id: "openapi",
  asks: "GET openapi.json",
  declared: ({ rest }) => rest?.some(({ documentation }) => documentation?.includes("openapi.json")) ?? false,
  run: async (ask) => {
    const answer = await ask("openapi.json", { headers: { Accept: "application/json" } });
    must(answer.status === 200, String(answer.status));
    const { openapi: version, paths } = JSON.parse(answer.text) as { openapi?: string; paths?: object };
    const facts = `OpenAPI ${version ?? "–"} · ${Object.keys(paths ?? {}).length} paths`;
    must(version?.startsWith("3.") === true && Object.keys(paths ?? {}).length > 0, facts);
    return facts;
  },
};

const count: Probe = {
  id: "count",
  asks: "GET ValueSet?_summary=count",
  declared: (capability) => does(capability, "ValueSet", "search-type"),
  run: async (ask) => {
    const bundle = resourceIn<Bundle>(await ask("ValueSet?_summary=count"), "Bundle");
    must(typeof bundle.total === "number" && !bundle.entry?.length, `total ${bundle.total ?? "–"}, entries ${bundle.entry?.length ?? 0}`);
    return `200 · total ${bundle.total ?? 0} · 0 entries`;
  },
};

const paging: Probe = {
  id: "paging",
  asks: "GET Organization?_count=2 → next",
  declared: (capability) => does(capability, "Organization", "search-type"),
  run: async (ask) => {
    const first = resourceIn<Bundle>(await ask("Organization?_count=2&_elements=name"), "Bundle");
    const ids = (bundle: Bundle) => (bundle.entry ?? []).filter(({ search: how }) => how?.mode !== "outcome").map(({ resource }) => resource?.id);
    const next = first.link?.find(({ relation }) => relation === "next")?.url;
    must(ids(first).length <= 2, `${ids(first).length} entries`);
    if (next === undefined) throw new Untried(`${ids(first).length} entries`);
    const second = resourceIn<Bundle>(await ask(next), "Bundle");
    const twice = ids(second).filter((id) => ids(first).includes(id));
    must(ids(second).length > 0 && twice.length === 0, `${ids(second).length} entries, ${twice.length} twice`);
    return `${ids(first).length} + ${ids(second).length} entries · 0 twice`;
  },
};

const conditional: Probe = {
  id: "conditional",
  asks: "GET Organization/{id}, If-None-Match: ETag",
  declared: (capability) => does(capability, "Organization", "read"),
  run: async (ask) => {
    const found = resourceIn<Bundle>(await ask("Organization?_count=1&_elements=name"), "Bundle");
    const id = found.entry?.[0]?.resource?.id;
    if (id === undefined) throw new Untried("0 entries");
    const read = await ask(`Organization/${id}`);
    const tag = read.header("ETag");
    must(read.status === 200 && tag !== null, `${read.status} · ETag ${tag ?? "–"}`);
    const again = await ask(`Organization/${id}`, { headers: { "If-None-Match": tag ?? "" } });
    must(again.status === 304, `${again.status} · ETag ${tag ?? ""}`);
    return `200 · ETag ${tag ?? ""} · 304`;
  },
};

const history: Probe = {
  id: "history",
  asks: "GET Organization/_history?_count=1",
  declared: (capability) => does(capability, "Organization", "history-type"),
  run: async (ask) => {
    const bundle = resourceIn<Bundle>(await ask("Organization/_history?_count=1"), "Bundle");
    must(bundle.type === "history", `type ${bundle.type ?? "–"}`);
    return `200 · history · total ${bundle.total ?? "–"}`;
  },
};

interface Expansion extends Resource {
  resourceType: "ValueSet";
  expansion?: { total?: number; contains?: { code?: string; display?: string }[] };
}

const expand: Probe = {
  id: "expand",
  asks: "GET ValueSet/$expand?url=…/administrative-gender",
  declared: (capability) => offers(capability, "ValueSet", "expand"),
  run: async (ask) => {
    const { expansion } = resourceIn<Expansion>(await ask(`ValueSet/$expand?url=${encodeURIComponent(GENDERS)}`), "ValueSet");
    const codes = (expansion?.contains ?? []).map(({ code }) => code ?? "").sort();
    must(codes.join() === "female,male,other,unknown", codes.join(" ") || "–");
    return codes.join(" ");
  },
};

/** The house's own table of GB/T 2261.1. */
const SEXES = "https://meridian.example/fhir/ValueSet/gb-t-2261-1";

/** 女性 by the initials of its sound. */
const pinyin: Probe = {
  id: "pinyin",
  asks: "GET ValueSet/$expand?url=…/gb-t-2261-1&filter=nx",
  declared: (capability) => offers(capability, "ValueSet", "expand"),
  run: async (ask) => {
    const { expansion } = resourceIn<Expansion>(await ask(`ValueSet/$expand?url=${encodeURIComponent(SEXES)}&filter=nx`), "ValueSet");
    const displays = (expansion?.contains ?? []).map(({ code, display }) => `${code ?? ""} ${display ?? ""}`);
    must(displays.some((one) => one.includes("女")), displays.join(", ") || "–");
    return displays.join(", ");
  },
};

function parametersProbe(id: ProbeId, type: string, operation: string, query: Record<string, string>, right: (parameters: Parameters) => string | undefined): Probe {
  const text = Object.entries(query)
    .map(([name, value]) => `${name}=${value.replace(/^http:\/\/.*\//, "…/")}`)
    .join("&");
  return {
    id,
    asks: `GET ${type}/$${operation}?${text}`,
    declared: (capability) => offers(capability, type, operation),
    run: async (ask) => {
      const answer = resourceIn<Parameters>(await ask(`${type}/$${operation}?${new URLSearchParams(query).toString()}`), "Parameters");
      const facts = right(answer);
      if (facts === undefined) throw new Unexpected(JSON.stringify(answer.parameter).slice(0, 160));
      return facts;
    },
  };
}

const valueOf = (parameters: Parameters, name: string) => parameters.parameter?.find((one) => one.name === name);

const lookup = parametersProbe("lookup", "CodeSystem", "lookup", { system: GENDER, code: "male" }, (answer) => {
  const display = valueOf(answer, "display")?.valueString;
  return display ? `male: ${display}` : undefined;
});

const validateCode: Probe = {
  id: "validateCode",
  asks: "GET ValueSet/$validate-code?…&code=male, code=man",
  declared: (capability) => offers(capability, "ValueSet", "validate-code"),
  run: async (ask) => {
    const results = [];
    for (const code of ["male", "man"]) {
      const query = new URLSearchParams({ url: GENDERS, system: GENDER, code });
      const answer = resourceIn<Parameters>(await ask(`ValueSet/$validate-code?${query.toString()}`), "Parameters");
      results.push(valueOf(answer, "result")?.valueBoolean);
    }
    must(results[0] === true && results[1] === false, `male ${results[0]}, man ${results[1]}`);
    return "male true, man false";
  },
};

const V3_ACT = "http://terminology.hl7.org/CodeSystem/v3-ActCode";
const subsumes = parametersProbe("subsumes", "CodeSystem", "subsumes", { system: V3_ACT, codeA: "_ActEncounterCode", codeB: "AMB" }, (answer) => {
  const outcome = valueOf(answer, "outcome")?.valueCode;
  return outcome === "subsumes" ? "_ActEncounterCode subsumes AMB" : undefined;
});

function validation(id: ProbeId, type: string, text: string, faulty: boolean): Probe {
  return {
    id,
    asks: `POST ${type}/$validate`,
    declared: (capability) => offers(capability, type, "validate"),
    run: async (ask) => {
      const answer = await ask(`${type}/$validate`, { method: "POST", headers: { "Content-Type": "application/fhir+json" }, body: text });
      const { issue } = resourceIn<OperationOutcome>(answer, "OperationOutcome");
      const bad = (issue ?? []).filter(({ severity }) => severity === "error" || severity === "fatal");
      const facts = `${answer.status} · ${bad.length} errors of ${issue?.length ?? 0} issues`;
      must(answer.status === 200 && bad.length > 0 === faulty, bad[0] && !faulty ? `${facts} · ${bad[0].details?.text ?? bad[0].diagnostics ?? ""}` : facts);
      return facts;
    },
  };
}

function refusal(id: ProbeId, path: string, status: number): Probe {
  return {
    id,
    asks: `GET ${path}`,
    declared: () => true,
    run: async (ask) => {
      const answer = await ask(path, STRICT);
      const outcome = resourceIn<OperationOutcome>(answer, "OperationOutcome");
      const facts = `${answer.status}${outcomeOf(outcome)}`;
      must(answer.status === status && (outcome.issue?.length ?? 0) > 0, facts);
      return facts;
    },
  };
}

const xml: Probe = {
  id: "xml",
  asks: "GET metadata, Accept: application/fhir+xml",
  declared: (capability) => speaks(capability, "xml"),
  run: async (ask) => {
    const answer = await ask("metadata", { headers: { Accept: "application/fhir+xml" } });
    const type = answer.header("Content-Type") ?? "–";
    const root = /<\s*(\w+)[^>]*xmlns="http:\/\/hl7\.org\/fhir"/.exec(answer.text)?.[1];
    must(answer.status === 200 && type.includes("xml") && root === "CapabilityStatement", `${answer.status} · ${type} · <${root ?? "?"}>`);
    return `200 · ${type} · <${root ?? ""}>`;
  },
};

/** Other origins are to get nothing: the header that would let them read is not there. */
const cors: Probe = {
  id: "cors",
  asks: "GET metadata → Access-Control-Allow-Origin",
  declared: ({ rest }) => rest?.some(({ security }) => security?.cors === false) ?? false,
  run: async (ask) => {
    const allowed = (await ask("metadata")).header("Access-Control-Allow-Origin");
    must(allowed === null, `Access-Control-Allow-Origin: ${allowed ?? ""}`);
    return "Access-Control-Allow-Origin: –";
  },
};

export const PROBES: readonly Probe[] = [
  metadata,
  openapi,
  search("string", "string", "ValueSet", "title", "a"),
  search("token", "token", "ValueSet", "status", "active"),
  search("date", "date", "ValueSet", "date", "ge2000-01-01"),
  search("uri", "uri", "ValueSet", "url", GENDERS),
  search("reference", "reference", "Location", "organization", "Organization/none"),
  search("number", "number", "MolecularSequence", "window-start", "gt1"),
  search("quantity", "quantity", "Substance", "quantity", "gt1"),
  search("composite", "composite", "ValueSet", "context-type-value", "focus$none"),
  count,
  paging,
  conditional,
  history,
  expand,
  pinyin,
  lookup,
  validateCode,
  subsumes,
  validation("validateGood", "Observation", sampleText("good"), false),
  validation("validateFaulty", "Patient", sampleText("faulty"), true),
  refusal("badRequest", "ValueSet?date=not-a-date", 400),
  refusal("notFound", "ValueSet/meridian-no-such-thing", 404),
  xml,
  cors,
];
