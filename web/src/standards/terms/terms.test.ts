import { describe, expect, it } from "vitest";
import type { Parameters } from "../../fhir/types";
import { addressOf, type Canonical, finder, inOrder, joined, parted, split, spoken, termsIn, titleOf, usable } from "../common/canonicals";
import { drawn, towards } from "../common/window";
import { type Concept, conceptsIn, type Expanded, expansion, membership, type Source, totalOf } from "./ask";
import { isForeign, isMember, lookedIn, matchesIn } from "./concept";
import { type ConceptMap, narrowed, rowsOf, systemsOf } from "./maps";
import { below, codeOf, folded, layout, type LevelState, missing, ROOTS, widestCode } from "./tree";

const concept = (code: string): Concept => ({ system: "s", version: undefined, code, display: code, abstract: false, inactive: false });

function level(total: number, from: number, codes: string[], opening?: string[]): LevelState {
  return { total, rows: new Map(codes.map((code, at) => [from + at, concept(code)])), opening: opening && new Set(opening) };
}

describe("the list of resources", () => {
  const canonical = (title: string, url: string): Canonical => ({ resourceType: "CodeSystem", title, url });
  const all = [canonical("ActCode", "http://hl7.org/v3-ActCode"), canonical("人的性别代码", "https://x/gb-t-2261-1"), canonical("医保险种", "https://x/insurance")];

  it("has Chinese titles first", () => {
    expect(inOrder(all, "zh-CN").at(-1)?.title).toBe("ActCode");
  });
  it("is found in by words, address, initials and whole pinyin", () => {
    const find = finder(all);
    const urls = (typed: string) => find(typed).map(({ title }) => title);
    expect(urls("")).toHaveLength(3);
    expect(urls("性别")).toEqual(["人的性别代码"]);
    expect(urls("2261")).toEqual(["人的性别代码"]);
    expect(urls("rdxb")).toEqual(["人的性别代码"]);
    expect(urls("xingbie")).toEqual(["人的性别代码"]);
    expect(urls("ACT v3")).toEqual(["ActCode"]);
    expect(urls("act nothing")).toEqual([]);
  });
});

describe("titles in the reader's language", () => {
  const beside = (content: string) => ({
    extension: [
      {
        url: "http://hl7.org/fhir/StructureDefinition/translation",
        extension: [
          { url: "lang", valueCode: "en" },
          { url: "content", valueString: content },
        ],
      },
    ],
  });
  const own: Canonical = { resourceType: "CodeSystem", url: "http://a/x", title: "人的性别代码", _title: beside("Sex"), description: "四项", _description: beside("Four codes") };
  it("are those beside the text, if there are any", () => {
    expect(spoken(own, "en-GB")).toMatchObject({ title: "Sex", description: "Four codes", written: "人的性别代码" });
    expect(spoken(own, "zh-CN")).toEqual(own);
    expect(spoken({ resourceType: "CodeSystem", title: "甲" }, "en")).toEqual({ resourceType: "CodeSystem", title: "甲" });
  });
  it("are found by both, and lead the list in both", () => {
    const all = inOrder([{ resourceType: "CodeSystem", title: "ActCode", url: "http://b" }, spoken(own, "en")], "en");
    expect(all.map(titleOf)).toEqual(["Sex", "ActCode"]);
    expect(["sex", "性别", "rdxb"].map((typed) => finder(all)(typed).map(titleOf))).toEqual([["Sex"], ["Sex"], ["Sex"]]);
  });
  it("say where a name is in Chinese alone", () => {
    expect([isForeign("糖尿病", "en"), isForeign("糖尿病", "zh-CN"), isForeign("Diabetes", "en")]).toEqual([true, false, false]);
  });
});

describe("what is in force", () => {
  const line = (url: string, title?: string) => ({
    name: "resource",
    part: [{ name: "type", valueCode: "ValueSet" }, { name: "url", valueUri: url }, { name: "version", valueString: "1" }, ...(title ? [{ name: "title", valueString: title }] : [])],
  });
  const named = termsIn({ resourceType: "Parameters", parameter: [line("http://a/x", "甲"), line("http://a/y")] });
  it("is read from $terms, and called by its address where it has no title", () => {
    expect(named.map(titleOf)).toEqual(["甲", "y"]);
    expect(named.map(addressOf)).toEqual(["http://a/x|1", "http://a/y|1"]);
    expect(split("http://a/x|1")).toEqual({ url: "http://a/x", version: "1" });
    expect(split("http://a/x")).toEqual({ url: "http://a/x", version: undefined });
  });
  it("is cut at its beginning where the line is narrow", () => {
    expect(parted("https://meridian.example/fhir/CodeSystem/gb-t-2261-1")).toEqual({ begins: "meridian.example/fhir/CodeSystem/", ends: "gb-t-2261-1" });
    expect(parted("http://loinc.org")).toEqual({ begins: "", ends: "loinc.org" });
    expect(parted("http://a/b/")).toEqual({ begins: "a/", ends: "b/" });
    expect(parted("urn:oid:1.2.3")).toEqual({ begins: "", ends: "urn:oid:1.2.3" });
    expect(parted("")).toEqual({ begins: "", ends: "" });
  });
  it("is joined with what is stored, each once", () => {
    const stored: Canonical = { resourceType: "ValueSet", url: "http://a/x", version: "1", title: "stored" };
    expect(joined([stored], named).map(titleOf)).toEqual(["stored", "y"]);
  });
});

describe("questions", () => {
  const source: Source = { kind: "CodeSystem", address: "http://s|2.0", words: "gxy", language: "zh-CN" };
  it("ask for a system as the value set of its codes, a level as a filter on the parent", () => {
    const { path, body } = expansion(source, { of: "below", code: "A" }, { offset: 100, count: 50 }, true);
    expect(path).toBe("/fhir/ValueSet/$expand");
    const set = body?.parameter?.[0]?.resource as unknown as { compose: { include: unknown[] } };
    expect(set.compose.include).toEqual([
      {
        system: "http://s",
        version: "2.0",
        filter: [
          { property: "parent", op: "=", value: "A" },
          { property: "child", op: "exists", value: "true" },
        ],
      },
    ]);
    expect(body?.parameter?.slice(1)).toEqual([
      { name: "filter", valueString: "gxy" },
      { name: "count", valueInteger: 50 },
      { name: "offset", valueInteger: 100 },
      { name: "displayLanguage", valueCode: "zh-CN" },
    ]);
  });
  it("ask for a value set by its address", () => {
    const { path, body } = expansion({ ...source, kind: "ValueSet", words: "" }, { of: "everything" }, { offset: 0, count: 100 });
    expect(body).toBeUndefined();
    expect(path).toBe("/fhir/ValueSet/$expand?url=http%3A%2F%2Fs&valueSetVersion=2.0&count=100&offset=0&displayLanguage=zh-CN");
    expect(membership("http://v", "http://s", "a b")).toBe("/fhir/ValueSet/$validate-code?url=http%3A%2F%2Fv&system=http%3A%2F%2Fs&code=a+b");
  });
  it("read nested answers one after the other, and headings without a code not at all", () => {
    const answer: Expanded = {
      resourceType: "ValueSet",
      expansion: { contains: [{ display: "Heading", contains: [{ system: "s", code: "a", contains: [{ system: "s", code: "b", abstract: true }] }] }] },
    };
    expect(conceptsIn(answer).map(({ code, abstract }) => [code, abstract])).toEqual([["a", false], ["b", true]]);
    const found = { resourceType: "ValueSet", expansion: { contains: [{ system: "s", code: "I10", extension: [{ url: "https://meridian.example/extension/found-by", valueString: "Hypertension" }] }] } } as const;
    expect(conceptsIn(found as unknown as Expanded)[0]?.foundBy).toBe("Hypertension");
    expect(totalOf(answer, { offset: 10, count: 5 })).toBe(12);
    expect(totalOf({ ...answer, expansion: { total: 70_000 } }, { offset: 0, count: 5 })).toBe(70_000);
  });
});

describe("the tree as rows", () => {
  const levels = new Map([
    [ROOTS, level(70_000, 0, ["A", "B", "C"], ["A", "B"])],
    ["A", level(2, 0, ["A1", "A2"], ["A1"])],
    [below("A", "A1"), level(1, 0, ["A1x"], [])],
  ]);
  const open = new Map([
    ["A", 0],
    [below("A", "A1"), 0],
    ["B", 1],
  ]);
  const shape = layout(levels, open);

  it("counts what is unfolded, and one row for what is still to come", () => {
    expect(shape.size).toBe(70_000 + 2 + 1 + 1);
    expect(layout(new Map(), new Map()).size).toBe(1);
  });
  it("knows what stands at each row", () => {
    const codes = [0, 1, 2, 3, 4, 5, 6].map((at) => [shape.at(at)?.concept?.code, shape.at(at)?.depth]);
    expect(codes).toEqual([["A", 0], ["A1", 1], ["A1x", 2], ["A2", 1], ["B", 0], [undefined, 1], ["C", 0]]);
    expect(shape.at(7)).toMatchObject({ place: 3, path: ROOTS, concept: undefined });
    expect(shape.at(shape.size - 1)).toMatchObject({ place: 69_999 });
    expect(shape.at(shape.size)).toBeUndefined();
    expect(shape.at(-1)).toBeUndefined();
  });
  it("says what opens", () => {
    expect([shape.at(0)?.opens, shape.at(0)?.open]).toEqual([true, true]);
    expect([shape.at(2)?.opens, shape.at(6)?.opens]).toEqual([false, false]);
    const unknown = layout(new Map([[ROOTS, level(1, 0, ["A"])]]), new Map());
    expect(unknown.at(0)?.opens).toBe(true);
  });
  it("finds the row of a place", () => {
    expect(shape.find(ROOTS, 2)).toBe(6);
    expect(shape.find("A", 1)).toBe(3);
    expect(shape.find(below("A", "A1"), 0)).toBe(2);
    expect(shape.find("Z", 0)).toBeUndefined();
  });
  it("knows which pages are missing", () => {
    expect(missing(shape, levels, 0, 10, 100)).toEqual([
      { path: "B", page: 0 },
      { path: ROOTS, page: 0 },
    ]);
    expect(missing(shape, levels, 50_004, 50_010, 100)).toEqual([{ path: ROOTS, page: 500 }]);
  });
  it("gives its codes a column as wide as the widest", () => {
    expect([widestCode(levels), widestCode(new Map())]).toEqual([3, 0]);
  });
  it("folds with all that is below", () => {
    expect([...folded(open, "A").keys()]).toEqual(["B"]);
    expect(codeOf(below("A", "A1"))).toBe("A1");
  });
});

describe("the window of a long list", () => {
  it("draws a little beyond the view, and nothing beyond the ends", () => {
    expect(drawn(0, 320, 32, 70_000)).toEqual({ first: 0, end: 18 });
    expect(drawn(32_000, 320, 32, 70_000)).toEqual({ first: 992, end: 1018 });
    expect(drawn(99_999_999, 320, 32, 5)).toEqual({ first: 4, end: 5 });
    expect(drawn(0, 320, 32, 0)).toEqual({ first: 0, end: 0 });
  });
  it("moves only as far as it must", () => {
    expect(towards(3, 0, 320, 32)).toBe(0);
    expect(towards(10, 0, 320, 32)).toBe(32);
    expect(towards(2, 320, 320, 32)).toBe(64);
  });
});

describe("a code", () => {
  const answer: Parameters = {
    resourceType: "Parameters",
    parameter: [
      { name: "name", valueString: "ICD-10" },
      { name: "version", valueString: "2024" },
      { name: "display", valueString: "高血压" },
      { name: "designation", part: [{ name: "language", valueCode: "en" }, { name: "use", valueCoding: { code: "x", display: "Synonym" } }, { name: "value", valueString: "Hypertension" }] },
      { name: "property", part: [{ name: "code", valueCode: "definition" }, { name: "value", valueString: "What it is" }] },
      { name: "property", part: [{ name: "code", valueCode: "parent" }, { name: "value", valueCode: "I10-I15" }, { name: "description", valueString: "高血压病" }] },
      { name: "property", part: [{ name: "code", valueCode: "child" }, { name: "value", valueCode: "I10.x" }] },
      { name: "property", part: [{ name: "code", valueCode: "inactive" }, { name: "value", valueBoolean: false }] },
      { name: "property", part: [{ name: "code", valueCode: "unit" }, { name: "value", valueCoding: { system: "u", code: "mm[Hg]", display: "mmHg" } }] },
    ],
  };
  it("is read from $lookup", () => {
    expect(lookedIn(answer)).toEqual({
      system: "ICD-10",
      version: "2024",
      display: "高血压",
      definition: "What it is",
      wordings: [{ language: "en", use: "Synonym", value: "Hypertension" }],
      properties: [
        { code: "inactive", value: "false", says: "" },
        { code: "unit", value: "mmHg (mm[Hg])", says: "" },
      ],
      parents: [{ code: "I10-I15", display: "高血压病" }],
      children: [{ code: "I10.x", display: "" }],
    });
  });
  it("has its matches read from $translate", () => {
    const match = { name: "match", part: [{ name: "equivalence", valueCode: "wider" }, { name: "concept", valueCoding: { system: "t", code: "X", display: "Y" } }, { name: "source", valueUri: "http://map" }] };
    expect(matchesIn({ resourceType: "Parameters", parameter: [{ name: "result", valueBoolean: true }, match] })).toEqual([
      { equivalence: "wider", system: "t", code: "X", display: "Y", map: "http://map", comment: "" },
    ]);
    expect(isMember({ resourceType: "Parameters", parameter: [{ name: "result", valueBoolean: true }] })).toBe(true);
    expect(isMember({ resourceType: "Parameters", parameter: [{ name: "result", valueBoolean: false }] })).toBe(false);
  });
});

describe("a map", () => {
  const map: ConceptMap = {
    resourceType: "ConceptMap",
    sourceUri: "http://vs-a",
    group: [
      {
        source: "http://a",
        target: "http://b",
        element: [
          { code: "1", display: "男", target: [{ code: "male", display: "Male", equivalence: "equal" }] },
          { code: "9", display: "未说明", target: [{ equivalence: "unmatched", comment: "none" }] },
          { code: "0" },
        ],
      },
    ],
  };
  it("is rows, also where nothing corresponds", () => {
    expect(rowsOf(map).map(({ source, equivalence, target }) => [source.code, equivalence, target?.code])).toEqual([
      ["1", "equal", "male"],
      ["9", "unmatched", undefined],
      ["0", "unmatched", undefined],
    ]);
  });
  it("says between which systems, and is found in", () => {
    expect(systemsOf(map)).toEqual({ from: ["http://a"], to: ["http://b"] });
    expect(systemsOf({ resourceType: "ConceptMap", sourceUri: "http://x" })).toEqual({ from: ["http://x"], to: [] });
    expect(narrowed(rowsOf(map), "MALE 男")).toHaveLength(1);
    expect(narrowed(rowsOf(map), "nothing")).toHaveLength(0);
  });
});

it("offers profiles whose bases are all here", () => {
  const profile = (url: string, baseDefinition: string): Canonical => ({ resourceType: "StructureDefinition", url, baseDefinition });
  const all = [
    profile("http://a/own", "http://hl7.org/fhir/StructureDefinition/Patient|4.0.1"),
    profile("http://a/finer", "http://a/own"),
    profile("http://a/lost", "http://nowhere/base"),
    profile("http://a/lost-too", "http://a/lost"),
    profile("http://a/round", "http://a/round"),
  ];
  expect(usable(all).map(({ url }) => url)).toEqual(["http://a/own", "http://a/finer"]);
});
