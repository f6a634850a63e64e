import { describe, expect, it } from "vitest";
import { pageOf } from "./bundle";
import { sameness, wordsOf } from "./concept";
import { type Digits, digitsOf, parseJson } from "./digits";
import { outcomeText, troubleOf } from "./errors";
import { prettyJson } from "./pretty";
import { relative } from "./reader";
import type { Bundle, Quantity, Range } from "./types";

describe("digits", () => {
  it("keeps a trailing zero, wherever in an object it stands", () => {
    expect(digitsOf(parseJson('{"value":5.10}') as Quantity, "value")).toBe("5.10");
    const range = parseJson('{"low": {"value": 3.50, "unit": "x"}, "high":{"unit":"x","value":1.0e1}, "list":[1.50]}') as Range;
    expect([range.low && digitsOf(range.low, "value"), range.high && digitsOf(range.high, "value")]).toEqual(["3.50", "1.0e1"]);
    expect(range.low?.value).toBe(3.5);
  });
  it("keeps two numbers of one object apart, and more digits than a number holds", () => {
    const both = parseJson('{"low":1.10,"high":0.12345678901234567890}') as Digits & { low: number; high: number };
    expect([digitsOf(both, "low"), digitsOf(both, "high")]).toEqual(["1.10", "0.12345678901234567890"]);
  });
  it("leaves alone what only looks like a number inside of words", () => {
    const text = JSON.stringify({ text: 'say "value":5.10, please', value: 20 });
    expect(parseJson(text)).toEqual(JSON.parse(text));
  });
  it("gives ordinary numbers as they are", () => {
    expect(digitsOf(parseJson('{"value":5.1}') as Quantity, "value")).toBe("5.1");
    expect(digitsOf({}, "value")).toBeUndefined();
  });
});

describe("pretty", () => {
  it("changes white space only", () => {
    const text = '{"a":5.10,"b":["x,{y}","\\"q\\\\"],"c":{},"d":[]}';
    const pretty = prettyJson(text);
    expect(pretty).toBe('{\n  "a": 5.10,\n  "b": [\n    "x,{y}",\n    "\\"q\\\\"\n  ],\n  "c": {},\n  "d": []\n}');
    expect(JSON.parse(pretty)).toEqual(JSON.parse(text));
  });
});

describe("concepts", () => {
  const both = { text: "糖化血红蛋白", coding: [{ system: "http://loinc.org", code: "4548-4", display: "Hemoglobin A1c" }] };
  it("speaks the reader's language where it can", () => {
    expect(wordsOf(both, "zh-CN")).toBe("糖化血红蛋白");
    expect(wordsOf(both, "en")).toBe("Hemoglobin A1c");
    expect(wordsOf({ text: "高血压" }, "en")).toBe("高血压");
    expect(wordsOf({ coding: [{ code: "I10" }] }, "en")).toBe("I10");
    expect(wordsOf(undefined, "en")).toBe("");
  });
  it("takes the code, not the words, for sameness", () => {
    expect(sameness(both)).toBe("http://loinc.org|4548-4");
    expect(sameness({ text: "自定义" })).toBe("自定义");
  });
});

describe("bundles", () => {
  it("sets matches apart from what was included, and finds the next page", () => {
    const bundle: Bundle = {
      resourceType: "Bundle",
      link: [{ relation: "next", url: "http://localhost:8080/fhir/Condition?patient=Patient%2F1&_page=x" }],
      entry: [
        { resource: { resourceType: "Condition", id: "1" }, search: { mode: "match" } },
        { resource: { resourceType: "Patient", id: "2" }, search: { mode: "include" } },
        { resource: { resourceType: "OperationOutcome" }, search: { mode: "outcome" } },
      ],
    };
    const page = pageOf(bundle, "Condition");
    expect(page.items.map(({ id }) => id)).toEqual(["1"]);
    expect(page.included.map(({ id }) => id)).toEqual(["2"]);
    expect(page.next).toBe("Condition?patient=Patient%2F1&_page=x");
  });
  it("does not follow a link to another place", () => {
    expect(() => relative("https://elsewhere.example/Condition?x")).toThrow();
    expect(relative("Condition?x=1")).toBe("Condition?x=1");
  });
});

describe("errors", () => {
  it("names what went wrong and where", () => {
    expect(troubleOf(401)).toBe("signed-out");
    expect(troubleOf(410)).toBe("missing");
    expect(troubleOf(412)).toBe("refused");
    expect(troubleOf(503)).toBe("server");
    const issue = [{ diagnostics: "must be a date", expression: ["Patient.birthDate"] }];
    expect(outcomeText({ resourceType: "OperationOutcome", issue })).toBe("must be a date (Patient.birthDate)");
  });
});
