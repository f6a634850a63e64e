import { describe, expect, it } from "vitest";
import { ageAt } from "./age";
import { alike, likeness } from "./alike";
import { briefName } from "./brief";
import { maskIdentity, maskPhone } from "./mask";
import { nameOf } from "./patient";
import { syllablesOf } from "./pinyin";
import { shortName } from "./shortname";
import { day, newestFirst, when } from "./when";

describe("age", () => {
  it("counts days for the newborn, months for the small, years for the rest", () => {
    expect(ageAt("2026-01-05", "2026-01-05")).toEqual({ n: 0, unit: "day" });
    expect(ageAt("2025-12-09", "2026-01-05")).toEqual({ n: 27, unit: "day" });
    expect(ageAt("2025-12-08", "2026-01-05")).toEqual({ n: 1, unit: "month" });
    expect(ageAt("2025-02-05", "2026-01-05")).toEqual({ n: 11, unit: "month" });
    expect(ageAt("2023-01-06", "2026-01-05")).toEqual({ n: 2, unit: "year", months: 11 });
    expect(ageAt("2023-01-05", "2026-01-05")).toEqual({ n: 3, unit: "year" });
  });
  it("turns on the birthday, not before", () => {
    expect(ageAt("1958-03-12", "2026-03-11")).toEqual({ n: 67, unit: "year" });
    expect(ageAt("1958-03-12", "2026-03-12")).toEqual({ n: 68, unit: "year" });
  });
  it("gives only years for a year, and nothing for the future or for rubbish", () => {
    expect(ageAt("1958", "2026-03-11")).toEqual({ n: 68, unit: "year" });
    expect(ageAt("2027-01-01", "2026-03-11")).toBeUndefined();
    expect(ageAt("unknown", "2026-03-11")).toBeUndefined();
    expect(ageAt(undefined, "2026-03-11")).toBeUndefined();
  });
});

describe("mask", () => {
  it("keeps area and last four of an identity number", () => {
    expect(maskIdentity("99010119580312100X")).toBe("990101********100X");
  });
  it("shows nothing of what is short, and four of the rest", () => {
    expect(maskIdentity("1234")).toBe("****");
    expect(maskIdentity("12345678")).toBe("****5678");
    expect(maskIdentity("")).toBe("");
  });
  it("hides the middle of a phone number however it is spaced", () => {
    expect(maskPhone("154 0000 1234")).toBe("154****1234");
  });
});

describe("when", () => {
  it("shows instants on the region's clock", () => {
    expect(when("2026-01-05T06:32:10Z")).toBe("2026-01-05 14:32");
    expect(when("2026-01-05T23:30:00-05:00")).toBe("2026-01-06 12:30");
    expect(when("2026-01-05T23:30:00.125+08:00")).toBe("2026-01-05 23:30");
    expect(when("1988-07-01T12:00:00+08:00")).toBe("1988-07-01 13:00");
  });
  it("leaves partial dates as they are, and never moves a day", () => {
    expect(when("2026-01-05")).toBe("2026-01-05");
    expect(when("2026-01")).toBe("2026-01");
    expect(day("2026-01-04T16:30:00Z")).toBe("2026-01-05");
    expect(when(undefined)).toBe("");
    expect(when("T-rubbish")).toBe("T-rubbish");
  });
  it("orders newest first and puts what has no date last", () => {
    const dates = ["2025", undefined, "2026-01-05T00:00:00Z", "2025-06-01"];
    expect(newestFirst(dates, (date) => date)).toEqual(["2026-01-05T00:00:00Z", "2025-06-01", "2025", undefined]);
  });
});

describe("names", () => {
  it("joins a Chinese name without a gap and others with one", () => {
    expect(nameOf({ resourceType: "Patient", name: [{ family: "王", given: ["秀英"] }] })).toBe("王秀英");
    expect(nameOf({ resourceType: "Patient", name: [{ family: "Doe", given: ["Jane", "M"] }] })).toBe("Jane M Doe");
    expect(nameOf({ resourceType: "Patient", name: [{ use: "old", text: "旧" }, { use: "official", text: "新" }] })).toBe("新");
    expect(nameOf(undefined)).toBe("");
  });
  it("shortens laboratory names, but keeps a specimen that is not blood", () => {
    expect(briefName("Cholesterol [Moles/volume] in Serum or Plasma")).toBe("Cholesterol");
    expect(briefName("Leukocytes [#/volume] in Blood by Automated count")).toBe("Leukocytes");
    expect(briefName("Glucose [Moles/volume] in Urine")).toBe("Glucose in Urine");
    expect(briefName("Hemoglobin A1c/Hemoglobin.total in Blood")).toBe("Hemoglobin A1c");
    expect(briefName("糖化血红蛋白")).toBe("糖化血红蛋白");
  });
  it("shortens institutions, but not into nothing", () => {
    expect(shortName("澄江区第一人民医院")).toBe("第一人民医院");
    expect(shortName("康宁社区卫生服务中心")).toBe("康宁社区");
    expect(shortName("东湖社区卫生服务中心")).toBe("东湖社区");
    expect(shortName("区域健康信息中心")).toBe("区域健康信息中心");
    expect(shortName("澄江区区域健康信息中心")).toBe("区域健康信息中心");
  });
});

describe("alike", () => {
  it("hears names that sound the same, whatever their characters", () => {
    expect(syllablesOf("王秀英")).toEqual(["wang", "xiu", "ying"]);
    expect(syllablesOf("徐需旭")).toEqual(["xu", "xu", "xu"]);
    expect(syllablesOf("解单")[0]).toBe("xie");
    expect(syllablesOf("Jane Doe")).toEqual([]);
    expect(likeness("王秀英", "王秀瑛")).toBe("sound");
  });
  it("sees names that differ in one character, but not when they have only two", () => {
    expect(likeness("李秀兰", "李秀梅")).toBe("character");
    expect(likeness("李兰", "李梅")).toBeUndefined();
    expect(likeness("", "")).toBeUndefined();
  });
  it("minds births for a likeness, and no birth for the same name", () => {
    const of = (name: string, birthDate?: string) => ({ name, birthDate });
    expect(alike(of("王秀英", "1958-03-12"), of("王秀瑛", "1958-12-03"))).toBe("sound");
    expect(alike(of("王秀英", "1958-03-12"), of("王秀瑛", "1990-12-03"))).toBeUndefined();
    expect(alike(of("王秀英", "1958-03-12"), of("王秀瑛"))).toBeUndefined();
    expect(alike(of("王秀英", "1958-03-12"), of("王秀英"))).toBe("name");
  });
});
