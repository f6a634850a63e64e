import { describe, expect, it } from "vitest";
import type { Observation } from "../../fhir/types";
import { choose, bandOf } from "../trend/choose";
import { niceEnds } from "../trend/axis";
import { itemOf, newestOf, panelsOf, rowsOf, within } from "../trend/items";
import { tilesIn } from "../vitals/tiles";
import { customaryUnit, pointsIn, rangeWords } from "./point";
import { standOf } from "./range";
import { byUrgency, nameOfSeries, seriesIn } from "./series";

function result(code: string, value: number, date: string, more: Partial<Observation> = {}): Observation {
  return {
    resourceType: "Observation",
    id: `${code}-${date}`,
    status: "final",
    code: { text: code, coding: [{ system: "http://loinc.org", code }] },
    effectiveDateTime: date,
    valueQuantity: { value, unit: "mmol/L" },
    referenceRange: [{ low: { value: 3.5 }, high: { value: 5.3 } }],
    ...more,
  };
}

describe("points", () => {
  it("believes the laboratory's flag before the range", () => {
    const flagged = result("K", 5, "2026-01-05", { interpretation: [{ coding: [{ code: "HH" }] }] });
    expect(pointsIn(flagged, "en")[0]?.flag).toBe("HH");
  });
  it("compares with the range when there is no flag; the limits themselves are normal", () => {
    const flags = [3.4, 3.5, 5.3, 5.4].map((value) => pointsIn(result("K", value, "2026-01-05"), "en")[0]?.flag);
    expect(flags).toEqual(["L", "N", "N", "H"]);
  });
  it("says nothing about a value that has neither", () => {
    expect(pointsIn(result("K", 5, "2026-01-05", { referenceRange: undefined }), "en")[0]?.flag).toBeUndefined();
  });
  it("leaves out what was entered in error, and takes components one by one", () => {
    expect(pointsIn(result("K", 5, "2026", { status: "entered-in-error" }), "en")).toEqual([]);
    const pressure = result("85354-9", 0, "2026", {
      valueQuantity: undefined,
      component: [
        { code: { coding: [{ code: "8480-6" }] }, valueQuantity: { value: 142 } },
        { code: { coding: [{ code: "8462-4" }] }, valueQuantity: { value: 86 } },
      ],
    });
    expect(pointsIn(pressure, "en").map(({ text }) => text)).toEqual(["142", "86"]);
  });
  it("keeps comparators and text results", () => {
    expect(pointsIn(result("K", 0.01, "2026", { valueQuantity: { value: 0.01, comparator: "<" } }), "en")[0]?.text).toBe("<0.01");
    expect(pointsIn(result("U", 0, "2026", { valueQuantity: undefined, valueString: "阴性" }), "zh")[0]?.number).toBeUndefined();
  });
  it("prints units and ranges in the customary form", () => {
    expect(customaryUnit("10*9/L")).toBe("10⁹/L");
    expect(customaryUnit("10*12/L")).toBe("10¹²/L");
    expect(customaryUnit("mL/min/{1.73_m2}")).toBe("mL/min/1.73 m²");
    expect(customaryUnit("umol/L")).toBe("μmol/L");
    expect(rangeWords({ high: { value: 5.2 } })).toBe("≤ 5.2");
    expect(rangeWords({ text: "阴性" })).toBe("阴性");
    expect(rangeWords(undefined)).toBe("");
  });
});

describe("range bar", () => {
  it("stands inside the band exactly when the value is within the range", () => {
    for (const [value, inside] of [[3.4, false], [3.5, true], [4.4, true], [5.3, true], [5.4, false]] as const) {
      const stand = standOf(value, 3.5, 5.3);
      expect(stand && stand.at >= stand.from - 1e-9 && stand.at <= stand.to + 1e-9).toBe(inside);
    }
  });
  it("never leaves the bar, and knows one-sided ranges", () => {
    expect(standOf(1000, 3.5, 5.3)?.at).toBe(0.97);
    expect(standOf(-5, 3.5, 5.3)?.at).toBe(0.03);
    expect(standOf(5.2, undefined, 5.2)?.at).toBeCloseTo(0.64);
    expect(standOf(0.5, 1, undefined)?.at).toBeLessThan(0.36);
    expect(standOf(2, 1, undefined)?.at).toBeGreaterThan(0.36);
  });
  it("is absent without numbers or with a range that is none", () => {
    expect(standOf(undefined, 1, 2)).toBeUndefined();
    expect(standOf(1, undefined, undefined)).toBeUndefined();
    expect(standOf(1, 2, 2)).toBeUndefined();
  });
});

describe("series", () => {
  const all = [
    result("K", 4.1, "2025-01-05"),
    result("Na", 4.2, "2026-01-05"),
    result("K", 5.9, "2026-01-05"),
    result("Ca", 9, "2020-01-01", { interpretation: [{ coding: [{ code: "LL" }] }] }),
  ];
  it("groups by test with the newest first", () => {
    const potassium = seriesIn(all, "en").find(({ key }) => key === "http://loinc.org|K");
    expect(potassium?.points.map(({ text }) => text)).toEqual(["5.9", "4.1"]);
  });
  it("is named in the reader's language when any source gave the name", () => {
    const [named] = seriesIn([result("K", 4, "2025", { code: { coding: [{ system: "http://loinc.org", code: "K", display: "Potassium" }] } }), result("K", 5, "2026", { code: { text: "钾", coding: [{ system: "http://loinc.org", code: "K" }] } })], "en");
    expect(named && [nameOfSeries(named, "en"), nameOfSeries(named, "zh-CN")]).toEqual(["Potassium", "钾"]);
  });
  it("puts critical values first however old, then the newest day, its abnormal ones before the rest", () => {
    expect(byUrgency(seriesIn(all, "en")).map(({ key }) => key.split("|")[1])).toEqual(["Ca", "K", "Na"]);
  });
});

describe("trend", () => {
  const points = [
    ...pointsIn(result("K", 4, "2026-01-05"), "en"),
    ...pointsIn(result("K", 5, "2024-01-05", { referenceRange: undefined }), "en"),
    ...pointsIn(result("K", 16, "2025-01-05", { valueQuantity: { value: 16, unit: "mg/dL" } }), "en"),
  ];
  it("never draws two units on one axis", () => {
    const { drawn, unit, units } = choose(points);
    expect(unit).toBe("mmol/L");
    expect(units).toEqual(["mmol/L", "mg/dL"]);
    expect(drawn.map(({ number }) => number)).toEqual([5, 4]);
  });
  it("takes the newest range there is", () => {
    expect(bandOf(choose(points).drawn)).toEqual({ low: 3.5, high: 5.3 });
    expect(bandOf([])).toBeUndefined();
  });
  it("ends its axis on round numbers around the values", () => {
    expect(niceEnds(4, 8.5)).toEqual({ floor: 3, ceiling: 9 });
    expect(niceEnds(0, 10).floor).toBe(0);
    expect(niceEnds(5, 5).ceiling).toBeGreaterThan(5);
    expect(niceEnds(0, 0).ceiling).toBeGreaterThan(0);
  });
});

describe("vital signs", () => {
  const sign = (code: string, value: number, date: string) => result(code, value, date, { referenceRange: undefined });
  it("pairs the pressures that were taken together, and only those", () => {
    const together = tilesIn([sign("8462-4", 86, "2026-01-05"), sign("8480-6", 142, "2026-01-05"), sign("8867-4", 78, "2026-01-05")], "en");
    expect(together.map(({ series, with: other }) => [series.latest.text, other?.text])).toEqual([["142", "86"], ["78", undefined]]);
    const apart = tilesIn([sign("8462-4", 86, "2026-01-04"), sign("8480-6", 142, "2026-01-05")], "en");
    expect(apart).toHaveLength(2);
  });
});

describe("trends of two tests", () => {
  const value = (code: string, date: string, number: number, unit: string, from = "CJ01"): Observation => ({
    resourceType: "Observation", id: `${code}${date}`, status: "final", code: { text: code, coding: [{ system: "http://loinc.org", code }] },
    effectiveDateTime: date, valueQuantity: { value: number, unit }, meta: { tag: [{ system: "https://meridian.example/institution", code: from }] },
  });
  const items = (...all: Observation[]) => seriesIn(all, "zh").map((series) => itemOf(series, "zh"));
  it("share a drawing when they share a unit, else stand under each other", () => {
    const [a, b, c] = items(value("a", "2026-01-01", 1, "mmHg"), value("b", "2026-01-01", 2, "mmHg"), value("c", "2026-01-01", 3, "kg"));
    expect(panelsOf([a, b, c].filter((one) => one !== undefined)).map((panel) => [panel.unit, panel.items.length])).toEqual([["mmHg", 2], ["kg", 1]]);
  });
  it("join in one row of the table what was taken together at one place", () => {
    const both = items(value("a", "2026-01-01", 1, "x"), value("a", "2026-01-02", 2, "x"), value("b", "2026-01-01", 3, "x"), value("b", "2026-01-02", 4, "x", "CJ11"));
    expect(rowsOf(both).map(({ date, cells }) => [date, ...cells.map((cell) => cell?.number)])).toEqual([
      ["2026-01-02", 2, undefined], ["2026-01-02", undefined, 4], ["2026-01-01", 1, 3],
    ]);
  });
  it("zoom from the newest value, not from today", () => {
    const [item] = items(value("a", "2010-01-01", 1, "x"), value("a", "2015-01-02", 2, "x"), value("a", "2015-12-01", 3, "x"));
    expect(item && within(item.points, "y1", newestOf([item]))).toHaveLength(2);
    expect(item && within(item.points, "all", newestOf([item]))).toHaveLength(3);
  });
  it("say the unit's code where its words are Chinese and the reader is not", () => {
    const beat = { ...value("a", "2026", 60, "次/分"), valueQuantity: { value: 60, unit: "次/分", code: "/min" } };
    expect(seriesIn([beat], "zh")[0]?.latest.unit).toBe("次/分");
    expect(seriesIn([beat], "en")[0]?.latest.unit).toBe("/min");
  });
});
