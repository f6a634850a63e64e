import { describe, expect, it } from "vitest";
import { type Capability, narrowed, offers, typesOf } from "./capability";
import { type Answer, type Ask, PROBE_IDS, PROBES } from "./probes";
import { type Result, runAll } from "./run";

const token = (name: string, type: string) => ({ name, type });
const CAPABILITY: Capability = {
  resourceType: "CapabilityStatement",
  status: "active",
  fhirVersion: "4.0.1",
  format: ["application/fhir+json", "json"],
  rest: [
    {
      mode: "server",
      documentation: "OpenAPI 3.1: http://x/fhir/openapi.json",
      security: { cors: false },
      resource: [
        {
          type: "ValueSet",
          interaction: [{ code: "read" }, { code: "search-type" }, { code: "history-type" }],
          searchParam: [token("title", "string"), token("status", "token"), token("date", "date"), token("url", "uri"), token("context-type-value", "composite")],
          operation: [{ name: "expand" }, { name: "validate-code" }],
        },
        { type: "Organization", interaction: [{ code: "read" }, { code: "search-type" }, { code: "history-type" }] },
        { type: "CodeSystem", operation: [{ name: "lookup" }] },
        { type: "Patient", operation: [{ name: "validate" }] },
      ],
    },
  ],
};

const bundle = (more: object) => JSON.stringify({ resourceType: "Bundle", type: "searchset", ...more });
const outcome = (severity: string) => JSON.stringify({ resourceType: "OperationOutcome", issue: [{ severity, code: "invalid", diagnostics: "because" }] });

/** A server that answers as the standard asks; `wrong` replaces some of its answers. */
function server(wrong: Record<string, Partial<Answer> & { text?: string }> = {}): Ask {
  return (path, init) => {
    const answer = (text: string, status = 200, headers: Record<string, string> = {}): Promise<Answer> => {
      const other = Object.entries(wrong).find(([start]) => path.startsWith(start))?.[1];
      return Promise.resolve({ status, text, header: (name) => headers[name] ?? null, ...other });
    };
    if (path === "metadata") return answer(JSON.stringify(CAPABILITY), 200, { "Content-Type": "application/fhir+json" });
    if (path === "openapi.json") return answer('{"openapi":"3.1.0","paths":{"/a":{}}}');
    if (path === "ValueSet?date=not-a-date") return answer(outcome("error"), 400);
    if (path.includes("_summary=count")) return answer(bundle({ total: 3 }));
    if (path.startsWith("Organization?_count=2")) return answer(bundle({ entry: [{ resource: { id: "1" } }, { resource: { id: "2" } }], link: [{ relation: "next", url: "Organization?page=2" }] }));
    if (path === "Organization?page=2") return answer(bundle({ entry: [{ resource: { id: "3" } }] }));
    if (path.startsWith("Organization?_count=1")) return answer(bundle({ entry: [{ resource: { id: "1" } }] }));
    if (path === "Organization/1") return (init?.headers as Record<string, string> | undefined)?.["If-None-Match"] ? answer("", 304) : answer("{}", 200, { ETag: 'W/"1"' });
    if (path.startsWith("Organization/_history")) return answer(JSON.stringify({ resourceType: "Bundle", type: "history" }));
    if (path.includes("gb-t-2261-1")) return answer('{"resourceType":"ValueSet","expansion":{"contains":[{"code":"2","display":"女性"}]}}');
    if (path.includes("$expand")) return answer(JSON.stringify({ resourceType: "ValueSet", expansion: { contains: ["male", "female", "other", "unknown"].map((code) => ({ code })) } }));
    if (path.includes("$lookup")) return answer('{"resourceType":"Parameters","parameter":[{"name":"display","valueString":"Male"}]}');
    if (path.includes("$validate-code")) return answer(`{"resourceType":"Parameters","parameter":[{"name":"result","valueBoolean":${path.endsWith("code=male")}}]}`);
    if (path.includes("$validate")) return answer(outcome("error"));
    return answer(outcome("error"), 404);
  };
}

async function results(ask: Ask): Promise<Map<string, Result>> {
  const all = new Map<string, Result>();
  await runAll(PROBES, ask, CAPABILITY, (result) => all.set(result.id, result), new AbortController().signal);
  return all;
}

describe("the probes", () => {
  it("are each of another name, in the order of the table", () => {
    expect(PROBES.map(({ id }) => id)).toEqual([...PROBE_IDS]);
  });
  it("pass a server that keeps the standard, and do not try what it does not declare", async () => {
    const all = await results(server());
    const state = (wanted: string) => [...all.values()].filter((one) => one.state === wanted).map(({ id }) => id);
    expect([...all.values()].filter((one) => one.state === "failed")).toEqual([]);
    expect(state("undeclared")).toEqual(["reference", "number", "quantity", "subsumes", "validateGood", "xml"]);
    expect(state("passed")).toHaveLength(PROBES.length - 6);
    expect(all.get("expand")?.facts).toBe("female male other unknown");
  });
  it("fail one that does not, and say what came", async () => {
    const all = await results(
      server({
        "ValueSet?status": { status: 400, text: outcome("error") },
        "Organization/1": { status: 200 },
        "Organization?page=2": { text: bundle({ entry: [{ resource: { id: "2" } }] }) },
        "ValueSet/$expand?url=http%3A": { text: JSON.stringify({ resourceType: "ValueSet", expansion: { contains: [{ code: "male" }] } }) },
        "ValueSet?date=not-a-date": { status: 200, text: bundle({ total: 9 }) },
        "Patient/$validate": { text: outcome("information") },
        "openapi.json": { text: "<html>" },
      }),
    );
    for (const id of ["token", "conditional", "paging", "expand", "badRequest", "validateFaulty", "openapi"]) expect([id, all.get(id)?.state]).toEqual([id, "failed"]);
    expect(all.get("token")?.facts).toBe("400 · OperationOutcome · because");
    expect(all.get("paging")?.facts).toBe("1 entries, 1 twice");
    expect(all.get("string")?.state).toBe("passed");
  });
  it("say what could not be tried for want of data", async () => {
    const all = await results(server({ "Organization?_count": { text: bundle({ total: 0 }) } }));
    expect([all.get("paging")?.state, all.get("conditional")?.state]).toEqual(["untried", "untried"]);
  });
  it("stop when they are told to", async () => {
    const stop = new AbortController();
    const seen: string[] = [];
    await runAll(PROBES, server(), CAPABILITY, ({ id }) => {
      seen.push(id);
      if (seen.length === 2) stop.abort();
    }, stop.signal);
    expect(seen).toEqual(["metadata", "openapi"]);
  });
});

describe("the statement", () => {
  it("is found in by type, operation and parameter", () => {
    const names = (typed: string) => narrowed(typesOf(CAPABILITY), typed).map(({ type }) => type);
    expect(names("")).toHaveLength(4);
    expect(names("code")).toEqual(["ValueSet", "CodeSystem"]);
    expect(names("lookup")).toEqual(["CodeSystem"]);
    expect(names("status")).toEqual(["ValueSet"]);
  });
  it("offers an operation on its type alone", () => {
    expect([offers(CAPABILITY, "ValueSet", "expand"), offers(CAPABILITY, "Patient", "expand"), offers(CAPABILITY, "Basic", "expand")]).toEqual([true, false, false]);
  });
});
