import { describe, expect, it } from "vitest";
import type { OperationOutcome } from "../../fhir/types";
import { byLine, draftOf, faultsIn, isPraise, tally, together } from "./faults";
import { linesOf } from "./lines";
import { locate, stepsOf } from "./locate";
import { sampleText } from "./samples";
import { scan, ScanFault } from "./scan";

const fault = (text: string): [string, number] | undefined => {
  try {
    scan(text);
    return undefined;
  } catch (cause) {
    return cause instanceof ScanFault ? [cause.fault, cause.at] : ["?", -1];
  }
};

describe("reading JSON with its places", () => {
  it("takes what JSON.parse takes", () => {
    for (const text of ["0", "-1.5e-3", '"a\\u4e2d\\n"', "[]", "{}", " [1 , true,null,{ } ] ", '\uFEFF{"a":[{"b":"c"}]}']) expect([text, fault(text)]).toEqual([text, undefined]);
  });
  it("says what is wrong, and where", () => {
    expect(fault("  ")).toEqual(["empty", 0]);
    expect(fault('{"a" 1}')).toEqual(["colon", 5]);
    expect(fault('{"a":1 "b":2}')).toEqual(["comma", 7]);
    expect(fault('{"a":1,}')).toEqual(["key", 7]);
    expect(fault("[1,]")).toEqual(["value", 3]);
    expect(fault('{"a":"b\n"}')).toEqual(["string", 5]);
    expect(fault('{"a":"b')).toEqual(["string", 5]);
    expect(fault('"\\x"')).toEqual(["escape", 1]);
    expect(fault('"\\u12g4"')).toEqual(["escape", 1]);
    expect(fault('"\u0001"')).toEqual(["control", 1]);
    expect(fault("01")).toEqual(["number", 0]);
    expect(fault("1.")).toEqual(["number", 0]);
    expect(fault("nul")).toEqual(["value", 0]);
    expect(fault("{} {}")).toEqual(["rest", 3]);
    expect(fault('{"a":1,"a":2}')).toEqual(["twice", 7]);
    expect(fault("{'a':1}")).toEqual(["key", 1]);
    expect(fault("[".repeat(100_000))?.[0]).toBe("depth");
  });
  it("keeps the place of each value", () => {
    const text = '{ "a": [10, "x\\ty"] }';
    const root = scan(text);
    const a = root.kind === "object" ? root.members[0] : undefined;
    expect(text.slice(a?.at.start, a?.at.end)).toBe('"a"');
    const items = a?.value.kind === "array" ? a.value.items : [];
    expect(items.map(({ start, end }) => text.slice(start, end))).toEqual(["10", '"x\\ty"']);
    expect(items[1]).toMatchObject({ kind: "string", value: "x\ty" });
  });
});

const OBSERVATION = `{
  "resourceType": "Observation",
  "status": "final",
  "_status": { "id": "s" },
  "code": { "coding": [{ "system": "a" }, { "system": "b", "code": "c" }] },
  "effectiveDateTime": "2026",
  "extension": [{ "url": "http://one", "valueCode": "x" }, { "url": "http://two", "valueString": "y" }],
  "component": [
    { "code": { "text": "1" } },
    { "code": { "text": "2" }, "valueQuantity": { "value": 5.10, "code": "mg" } }
  ],
  "performer": [{ "display": "A" }],
  "contained": [{ "resourceType": "Patient", "name": [{ "given": ["甲", "乙"], "_given": [null, { "id": "g" }] }] }]
}`;

describe("from a FHIRPath to its place", () => {
  const root = scan(OBSERVATION);
  const at = (expression: string) => {
    const { start, end, whole } = locate(root, expression);
    return [OBSERVATION.slice(start, end).replace(/\s+/g, " "), whole];
  };
  it("follows names and indexes", () => {
    expect(at("Observation.status")).toEqual(['"status": "final"', true]);
    expect(at("Observation.code.coding[1].code")).toEqual(['"code": "c"', true]);
    expect(at("Observation.component[0]")).toEqual(['{ "code": { "text": "1" } }', true]);
    expect(at("status")).toEqual(['"status": "final"', true]);
  });
  it("follows choices in every way they are written", () => {
    for (const path of ["component[1].value.ofType(Quantity).code", "component[1].valueQuantity.code", "component[1].value.code", "component[1].value.as(Quantity).code"]) {
      expect([path, ...at(`Observation.${path}`)]).toEqual([path, '"code": "mg"', true]);
    }
    expect(at("(Observation.component[1].value as Quantity).code")).toEqual(['"code": "mg"', true]);
    expect(at("Observation.effective.ofType(dateTime)")).toEqual(['"effectiveDateTime": "2026"', true]);
    expect(at("Observation.effective[x]")[0]).toBe('"effectiveDateTime": "2026"');
  });
  it("follows extensions, contained resources and what is said beside a primitive", () => {
    expect(at("Observation.extension('http://two').value")).toEqual(['"valueString": "y"', true]);
    expect(at("Observation.extension.where(url = 'http://one').value.ofType(code)")).toEqual(['"valueCode": "x"', true]);
    expect(at("Observation.contained[0]/*Patient/null*/.name[0].given[1]")).toEqual(['"乙"', true]);
    expect(at("Observation.contained[0].ofType(Patient).name.given[1].id")).toEqual(['"id": "g"', true]);
    expect(at("Observation.status.id")).toEqual(['"id": "s"', true]);
  });
  it("stays at what misses the thing", () => {
    expect(at("Observation.performer[0].reference")).toEqual(['{ "display": "A" }', false]);
    expect(at("Observation.component[7]")[1]).toBe(false);
    expect(at("Observation.subject")).toEqual(['"resourceType": "Observation"', false]);
    expect(at("Observation")).toEqual(['"resourceType": "Observation"', true]);
    expect(at("Observation.status.where($this = 'x')")).toEqual(['"status": "final"', true]);
  });
  it("does not stumble over anything", () => {
    for (const path of ["", "...", "[", "a[99999999999]", "`odd name`.x", "((((", "Observation.code.coding.first().system", "%resource.x", "🙂"]) expect(() => locate(root, path)).not.toThrow();
    expect(stepsOf("a.first().b")).toEqual([{ name: "a" }, { index: 0 }, { name: "b" }]);
  });
  it("takes a list of one for its item", () => {
    const bundle = scan('{"resourceType":"Bundle","entry":[{"resource":{"resourceType":"Patient","birthDate":"x"}}]}');
    expect(locate(bundle, "Bundle.entry[0].resource.ofType(Patient).birthDate").whole).toBe(true);
    expect(locate(bundle, "Bundle.entry.resource.birthDate[0]").whole).toBe(true);
  });
});

describe("lines", () => {
  it("are counted from 1", () => {
    const lines = linesOf("a\nbc\n\nd");
    expect([0, 1, 2, 4, 5, 6, 99].map((at) => lines.lineAt(at))).toEqual([1, 1, 2, 2, 3, 4, 4]);
    expect(linesOf("").starts).toEqual([0]);
  });
});

describe("a draft", () => {
  it("tells the type, its profiles, or what is wrong", () => {
    expect(draftOf('{"resourceType":"Patient","meta":{"profile":["http://p"]}}')).toMatchObject({ format: "json", type: "Patient", profiles: ["http://p"], wrong: undefined });
    expect(draftOf("{}").wrong).toEqual({ fault: "type", at: 0 });
    expect(draftOf('{"resourceType":"../x"}').wrong?.fault).toBe("type");
    expect(draftOf('{"resourceType":"Patient",}').wrong).toEqual({ fault: "key", at: 26 });
  });
  it("reads XML far enough to find lines in it", () => {
    const xml = `<?xml version="1.0"?>
<Bundle xmlns="http://hl7.org/fhir">
  <entry><resource>
    <Patient>
      <name><family value="甲"/></name>
      <name><family value="乙"/></name>
      <birthDate value="x"/>
      <extension url="http://e"><valueCode value="c"/></extension>
    </Patient>
  </resource></entry>
</Bundle>`;
    const draft = draftOf(xml);
    expect(draft).toMatchObject({ format: "xml", type: "Bundle", wrong: undefined });
    const line = (expression: string) => faultsIn({ resourceType: "OperationOutcome", issue: [{ expression: [expression] }] }, draft, "")[0]?.line;
    expect(line("Bundle.entry[0].resource.name[1].family")).toBe(6);
    expect(line("Bundle.entry[0].resource.birthDate")).toBe(7);
    expect(line("Bundle.entry[0].resource.extension('http://e').value")).toBe(8);
  });
  it("does not read XML that is none, or that brings a document type", () => {
    for (const text of ["<a><b></a>", "<a>", '<!DOCTYPE a [<!ENTITY x "y">]><a/>', "<"]) expect(draftOf(text).wrong?.fault).toBe("xml");
  });
});

describe("faults", () => {
  const text = sampleText("faulty");
  const draft = draftOf(text);
  const outcome: OperationOutcome = {
    resourceType: "OperationOutcome",
    issue: [
      { severity: "warning", code: "business-rule", diagnostics: "w", expression: ["Patient.contact[0]"] },
      { severity: "error", code: "value", diagnostics: "no date", expression: ["Patient.birthDate"] },
      { severity: "error", code: "code-invalid", details: { text: "no code" }, expression: ["Patient.gender"] },
    ],
  };
  it("stand on the lines that they are about, the worst first", () => {
    const faults = together([faultsIn(outcome, draft, "")]);
    const lines = text.split("\n");
    expect(faults.map(({ severity, says, line }) => [severity, says, lines[(line ?? 0) - 1]?.trim().slice(0, 12)])).toEqual([
      ["error", "no code", '"gender": "男'],
      ["error", "no date", '"birthDate":'],
      ["warning", "w", "{"],
    ]);
    expect(tally(faults)).toEqual({ fatal: 0, error: 2, warning: 1, information: 0 });
    expect([...byLine(faults).values()].sort()).toEqual(["error", "error", "warning"]);
  });
  it("of two profiles are told once, those of one by its name", () => {
    const two = together([faultsIn(outcome, draft, "http://a"), faultsIn({ ...outcome, issue: outcome.issue?.slice(0, 1) ?? [] }, draft, "http://b")]);
    expect(two.map(({ says, profile }) => [says, profile])).toEqual([["no code", "http://a"], ["no date", "http://a"], ["w", ""]]);
  });
  it("without a path have the line that the server says, if it does", () => {
    const [one] = faultsIn({ resourceType: "OperationOutcome", issue: [{ severity: "fatal", code: "structure", diagnostics: "unexpected end", location: ["line 3, column 4"] }] }, draftOf("{"), "");
    expect(one?.line).toBe(3);
    expect(faultsIn({ resourceType: "OperationOutcome", issue: [{ severity: "fatal" }] }, draftOf("{"), "")[0]?.line).toBeUndefined();
  });
  it("of what should not be there stand at it, though the path is that of what holds it", () => {
    const issue = [{ severity: "error", code: "structure", diagnostics: "`sex` is not an element of Patient", expression: ["Patient"] }];
    const [stray] = faultsIn({ resourceType: "OperationOutcome", issue }, draft, "");
    expect(text.slice(stray?.span?.start, stray?.span?.end)).toBe('"sex": "M"');
  });
  it("are not made of praise", () => {
    const [well] = faultsIn({ resourceType: "OperationOutcome", issue: [{ severity: "information", code: "informational", diagnostics: "All OK" }] }, draft, "");
    expect(well && isPraise(well)).toBe(true);
  });
});

describe("samples", () => {
  it("are JSON, and say that they are synthetic", () => {
    for (const name of ["good", "faulty"] as const) {
      const draft = draftOf(sampleText(name));
      expect(draft.wrong).toBeUndefined();
      expect(sampleText(name)).toContain("HTEST");
      expect(sampleText(name)).toContain("合成");
    }
  });
});
