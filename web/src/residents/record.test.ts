import { describe, expect, it } from "vitest";
import type { AllergyIntolerance, AuditEvent, Condition, Encounter, MedicationRequest } from "../fhir/types";
import { inboxIn, countOf, detailIn } from "../workbench/operator/inbox/messages";
import { allergiesIn, isCurrent } from "./allergies/order";
import { decoderFor } from "./documents/text";
import { arrived, KEPT } from "./live/marks";
import { looksIn } from "./looks/looks";
import { coursesIn, doseWords } from "./medicines/courses";
import { chronicOf } from "./problems/chronic";
import { problemsIn } from "./problems/groups";
import { sectionUrl, staleKeys } from "./record/sections";
import { byYear, kindOf, passes } from "./timeline/visits";

const status = (code: string) => ({ coding: [{ code }] });
const icd = (code: string) => ({ coding: [{ system: "http://hl7.org/fhir/sid/icd-10", code }] });

describe("problems", () => {
  const conditions: Condition[] = [
    { resourceType: "Condition", id: "1", code: icd("I10"), clinicalStatus: status("active"), onsetDateTime: "2012-05-01" },
    { resourceType: "Condition", id: "2", code: icd("I10"), clinicalStatus: status("resolved"), onsetDateTime: "2010-01-01" },
    { resourceType: "Condition", id: "3", code: icd("J18.9"), clinicalStatus: status("resolved") },
    { resourceType: "Condition", id: "4", code: icd("E11.9"), verificationStatus: status("entered-in-error") },
  ];
  it("joins one diagnosis from several sources, since its first onset; one active source keeps it active", () => {
    const [hypertension, pneumonia] = problemsIn(conditions);
    expect(hypertension).toMatchObject({ active: true, since: "2010-01-01" });
    expect(hypertension?.conditions).toHaveLength(2);
    expect(pneumonia?.active).toBe(false);
    expect(problemsIn(conditions)).toHaveLength(2);
  });
  it("lets a visit's diagnosis go after a while, but not a chronic disease", () => {
    const visit = (id: string, code: string): Condition => ({
      resourceType: "Condition", id, code: icd(code), clinicalStatus: status("active"), recordedDate: "2026-01-05",
      category: [status("encounter-diagnosis")],
    });
    const all = [visit("1", "N39.0"), visit("2", "E11.6"), visit("3", "Z00.0")];
    const active = (now: string) => problemsIn(all, Date.parse(now)).filter((one) => one.active).map(({ key }) => key.split("|")[1]);
    expect(active("2026-02-01")).toEqual(["N39.0", "E11.6"]);
    expect(active("2026-09-01")).toEqual(["E11.6"]);
    expect(problemsIn(all, Date.parse("2026-09-01"))[0]?.resolved).toBe(false);
  });
  it("names chronic diseases by their ICD-10 blocks, the active ones only", () => {
    expect(chronicOf(conditions)).toEqual(["hypertension"]);
  });
});

describe("allergies", () => {
  const allergy = (id: string, criticality: string, more: Partial<AllergyIntolerance> = {}): AllergyIntolerance => ({
    resourceType: "AllergyIntolerance", id, criticality, code: { text: id[0] }, ...more,
  });
  it("shows the most dangerous first, and the most dangerous record of each", () => {
    const list = allergiesIn([allergy("a1", "low"), allergy("b1", "low"), allergy("b2", "high")]);
    expect(list.map(({ key, danger }) => [key, danger])).toEqual([["b", "high"], ["a", "low"]]);
  });
  it("knows a severe reaction without criticality for a danger, and the refuted for none", () => {
    expect(allergiesIn([allergy("a", "", { reaction: [{ severity: "severe" }] })])[0]?.danger).toBe("high");
    expect(isCurrent(allergy("a", "high", { verificationStatus: status("refuted") }))).toBe(false);
  });
});

describe("medicines", () => {
  it("takes names from references, keeps what is on hold current, drops what was entered in error", () => {
    const requests: MedicationRequest[] = [
      { resourceType: "MedicationRequest", id: "1", status: "on-hold", medicationReference: { reference: "Medication/m" } },
      { resourceType: "MedicationRequest", id: "2", status: "entered-in-error" },
      { resourceType: "MedicationRequest", id: "3", status: "completed", medicationCodeableConcept: { text: "x" }, authoredOn: "2026" },
    ];
    const courses = coursesIn(requests, [], [{ resourceType: "Medication", id: "m", code: { text: "氨氯地平" } } as never]);
    expect(courses.map(({ medicine, current }) => [medicine.text, current])).toEqual([["x", false], ["氨氯地平", true]]);
  });
  it("says the dose in the sender's words or builds it", () => {
    expect(doseWords({ text: "一次1片" }, "zh")).toBe("一次1片");
    expect(doseWords({ doseAndRate: [{ doseQuantity: { value: 5, unit: "mg" } }], timing: { repeat: { frequency: 1, period: 1, periodUnit: "d" } } }, "zh")).toBe("5 mg · 1×/1d");
    expect(doseWords(undefined, "zh")).toBe("");
  });
});

describe("timeline", () => {
  const visit = (id: string, start: string | undefined, kind: string, from: string): Encounter => ({
    resourceType: "Encounter", id, status: "finished", class: { code: kind }, period: { start },
    meta: { tag: [{ system: "https://meridian.example/institution", code: from }] },
  });
  const visits = [
    visit("a", "2025-12-31T16:30:00Z", "AMB", "CJ11"),
    visit("b", "2025-06-01", "IMP", "CJ01"),
    visit("c", undefined, "AMB", "CJ01"),
    { ...visit("d", "2025-07-01", "AMB", "CJ01"), status: "entered-in-error" },
  ];
  it("groups by the region's year, newest first, undated last, errors out", () => {
    const years = byYear(visits).map(({ year, visits: list }) => [year, list.map(({ id }) => id)]);
    expect(years).toEqual([["2026", ["a"]], ["2025", ["b"]], ["", ["c"]]]);
  });
  it("filters by institution, kind and year together", () => {
    const shown = (institutions: string[], kinds: string[], years: string[] = []) => visits.filter((one) => passes(one, { institutions, kinds, years })).map(({ id }) => id);
    expect(shown(["CJ01"], ["IMP"])).toEqual(["b"]);
    expect(shown([], [])).toHaveLength(4);
    expect(shown([], [], ["2026"])).toEqual(["a"]);
    expect(kindOf(visit("x", "2025", "ACUTE", ""))).toBe("IMP");
  });
});

describe("looks", () => {
  const event = (recorded: string, altId: string, action: string): AuditEvent => ({
    resourceType: "AuditEvent", recorded, action, subtype: [{ code: action === "E" ? "search-type" : "read" }],
    agent: [{ altId, name: altId, requestor: true, role: [{ coding: [{ code: "doctor" }] }] }], source: { site: "CJ01" },
  });
  it("counts one person's looks of one day in the region as one line", () => {
    const looks = looksIn([event("2026-01-05T01:00:00Z", "li", "R"), event("2026-01-05T02:00:00Z", "li", "E"), event("2026-01-05T02:04:00Z", "li", "R"), event("2026-01-05T17:00:00Z", "li", "R")]);
    expect(looks.map(({ day, times, acts }) => [day, times, acts])).toEqual([["2026-01-06", 1, ["read"]], ["2026-01-05", 2, ["read", "search"]]]);
    expect(looks[0]).toMatchObject({ who: "li", role: "doctor", institution: "CJ01" });
  });
});

describe("live", () => {
  it("makes only the parts stale that a change touches", () => {
    expect(staleKeys("Condition", "1").map((key) => key[2])).toEqual(["conditions", "visit"]);
    expect(staleKeys("Observation", "1").map((key) => key[2])).toEqual(["labs", "vitals", "growth", "pregnancy", "trend", "visit"]);
    expect(staleKeys("AuditEvent", "1")).toEqual([]);
  });
  it("keeps the latest of a resource once, and no more than it may", () => {
    let list: ReturnType<typeof arrived> = [];
    for (let n = 0; n < KEPT + 5; n += 1) list = arrived(list, { type: "Observation", id: String(n % 33), version: "1", action: "create" }, new Date());
    expect(list).toHaveLength(KEPT);
    expect(new Set(list.map(({ id }) => id)).size).toBe(KEPT);
  });
  it("names the resident in every search", () => {
    expect(sectionUrl("labs", "g1")).toContain("patient=Patient%2Fg1");
  });
});

describe("inbox", () => {
  it("reads messages and counts out of Parameters", () => {
    const { messages, counts } = inboxIn({
      resourceType: "Parameters",
      parameter: [
        { name: "counts", part: [{ name: "parked", valueInteger: 2 }, { name: "committed", valueInteger: 5 }] },
        { name: "message", part: [{ name: "id", valueInteger: 7 }, { name: "state", valueCode: "parked" }, { name: "reason", valueCode: "unmapped" }] },
      ],
    });
    expect(messages[0]).toMatchObject({ id: "7", state: "parked", reason: "unmapped", control: "" });
    expect([countOf(counts, "parked"), countOf(counts, "waiting"), countOf(counts, "all")]).toEqual([2, 0, 7]);
  });
  it("finds what a message wrote", () => {
    const detail = detailIn({
      resourceType: "Parameters",
      parameter: [{ name: "raw", valueString: "MSH|" }, { name: "result", valueReference: { reference: "Observation/1" } }],
    });
    expect(detail).toMatchObject({ raw: "MSH|", result: ["Observation/1"] });
  });
});

describe("documents", () => {
  it("reads the character set that the type names, and survives one it does not know", () => {
    expect(decoderFor("text/plain; charset=GB18030").encoding).toBe("gb18030");
    expect(decoderFor("text/plain; charset=nonsense").encoding).toBe("utf-8");
  });
});
