import { describe, expect, it } from "vitest";
import { asked, searchUrl } from "./kind";
import { foundIn } from "./useResidents";

describe("what was typed decides how to search", () => {
  const kinds: [string, string, string][] = [
    ["王秀英", "name", "王秀英"],
    ["王 秀英", "name", "王秀英"],
    ["wxy", "pinyin", "wxy"],
    ["Wang Xiu-ying", "pinyin", "wangxiuying"],
    ["99010119580312100x", "identifier", "urn:oid:2.16.156.10011.1.3|99010119580312100X"],
    ["990101 19580312 1003", "identifier", "urn:oid:2.16.156.10011.1.3|990101195803121003"],
    ["15400001234", "phone", "15400001234"],
    ["+86 154-0000-1234", "phone", "15400001234"],
    ["H0000123", "identifier", "H0000123"],
    ["123456", "identifier", "123456"],
    ["ｗｘｙ", "pinyin", "wxy"],
  ];
  it.each(kinds)("%s → %s", (typed, kind, value) => {
    expect(asked(typed)).toMatchObject({ kind, value });
  });
  it("asks nothing for nothing", () => {
    expect(asked("")).toBeUndefined();
    expect(asked(" - ")).toBeUndefined();
  });
});

describe("the search", () => {
  it("looks among joined persons only and escapes what FHIR separates by", () => {
    const url = new URL(searchUrl({ kind: "name", parameter: "name", value: "a,b|c" }, 5), "http://x/fhir/");
    expect(url.searchParams.get("_tag")).toBe("https://meridian.example/record|golden");
    expect(url.searchParams.get("name")).toBe("a\\,b\\|c");
    expect(url.searchParams.get("_count")).toBe("5");
  });
});

describe("who was found", () => {
  const tagged = (code: string) => ({ tag: [{ system: "https://meridian.example/institution", code }] });
  it("knows the institutions from the included registrations", () => {
    const page = {
      items: [
        {
          resourceType: "Patient" as const,
          id: "g",
          link: [{ other: { reference: "Patient/a" }, type: "seealso" }, { other: { reference: "Patient/b" }, type: "seealso" }],
        },
      ],
      included: [
        { resourceType: "Patient", id: "a", meta: tagged("CJ11") },
        { resourceType: "Patient", id: "b", meta: tagged("CJ01") },
      ],
      next: undefined,
      total: 1,
    };
    expect(foundIn(page)[0]?.institutions).toEqual(["CJ01", "CJ11"]);
  });
});
