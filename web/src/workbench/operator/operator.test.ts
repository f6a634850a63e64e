import { describe, expect, it } from "vitest";
import type { Bundle, Parameters } from "../../fhir/types";
import { auditIn, tally } from "./audit/entries";
import { bytes, perSecond, secondsSince, span, took } from "./common/numbers";
import { drill, feedsIn } from "./feeds/feeds";
import { fieldName, segmentName } from "./inbox/hl7/names";
import { isHl7, segmentsOf } from "./inbox/hl7/segments";
import { asked, countOf, inboxIn, isNarrow } from "./inbox/messages";
import { destinationsIn, queuesIn } from "./jobs/queues";
import { differences } from "./reviews/diff";
import { namesOf, reviewOf, signed, waterfall } from "./reviews/review";
import { vitalsIn } from "./store/vitals";

describe("numbers", () => {
  it("are short and say enough", () => {
    expect([bytes(0), bytes(1023), bytes(1024), bytes(15 * 1024), bytes(1.4 * 1024 ** 3)]).toEqual(["0 B", "1023 B", "1.00 KiB", "15.0 KiB", "1.40 GiB"]);
    expect([span(89), span(90), span(5399), span(5400), span(200_000)]).toEqual([
      { n: 89, unit: "second" },
      { n: 2, unit: "minute" },
      { n: 90, unit: "minute" },
      { n: 2, unit: "hour" },
      { n: 2, unit: "day" },
    ]);
    expect([took(38), took(1240), took(180_000)]).toEqual(["38 ms", "1.2 s", "3 min"]);
    expect([perSecond(0, 10), perSecond(3, 10), perSecond(155, 10), perSecond(12_000, 10)]).toEqual(["0", "0.3", "15.5", "1200"]);
    expect(secondsSince("2026-01-05T00:00:00Z", Date.parse("2026-01-05T00:01:00Z"))).toBe(60);
    expect(secondsSince(undefined, 0)).toBeUndefined();
  });
});

describe("an HL7 v2 message", () => {
  const text = "MSH|^~\\&|LIS|CJ01|||20260105||ORU^R01|77|P|2.5\rPID|1||M1^^^CJ01^MR||王^秀英\rZ\r";
  it("is split as the standard counts its fields", () => {
    expect(isHl7(text)).toBe(true);
    expect(isHl7('{"MSH|": 1}')).toBe(false);
    const [msh, pid, wreck] = segmentsOf(text);
    const at = (fields: { number: number; text: string }[] | undefined, number: number) => fields?.find((field) => field.number === number)?.text;
    expect([at(msh?.fields, 1), at(msh?.fields, 2), at(msh?.fields, 9), at(msh?.fields, 10)]).toEqual(["|", "^~\\&", "ORU^R01", "77"]);
    expect([at(pid?.fields, 3), at(pid?.fields, 5)]).toEqual(["M1^^^CJ01^MR", "王^秀英"]);
    expect(wreck).toMatchObject({ name: "", fields: [{ text: "Z" }] });
  });
  it("keeps every letter that it had", () => {
    const [msh] = segmentsOf(text);
    const said = `MSH${msh?.fields.map(({ number, text: field }) => (number <= 2 ? field : `|${field}`)).join("") ?? ""}`;
    expect(said).toBe(text.split("\r")[0]);
  });
  it("has names for its fields", () => {
    expect([fieldName("PID", 3, "en"), fieldName("PID", 3, "zh"), fieldName("OBX", 5, "zh")]).toEqual(["Patient identifier list", "患者标识列表", "结果值"]);
    expect([fieldName("PV1", 19, "en"), fieldName("PV1", 45, "en"), fieldName("OBR", 25, "en"), fieldName("MSH", 18, "en")]).toEqual([
      "Visit number",
      "Discharge date and time",
      "Result status",
      "Character set",
    ]);
    expect([fieldName("ZZZ", 1, "en"), segmentName("ZZZ", "en"), segmentName("OBX", "zh")]).toEqual(["", "ZZZ", "结果"]);
  });
});

const parameters = (parameter: Parameters["parameter"]): Parameters => ({ resourceType: "Parameters", parameter });

describe("the inbox", () => {
  it("is read with its counts, kinds and next page", () => {
    const inbox = inboxIn(
      parameters([
        { name: "message", part: [{ name: "id", valueString: "7" }, { name: "state", valueString: "parked" }, { name: "attempts", valueInteger: 2 }] },
        { name: "next", valueString: "7" },
        { name: "kind", valueString: "ORU^R01" },
        { name: "counts", part: [{ name: "waiting", valueInteger: 1 }, { name: "committed", valueInteger: 9 }, { name: "parked", valueInteger: 2 }] },
      ]),
    );
    expect(inbox.messages[0]).toMatchObject({ id: "7", state: "parked", attempts: 2, reason: "" });
    expect([inbox.next, inbox.kinds]).toEqual(["7", ["ORU^R01"]]);
    expect([countOf(inbox.counts, "all"), countOf(inbox.counts, "parked"), countOf(new Map(), "parked")]).toEqual([12, 2, undefined]);
  });
  it("is asked for with a time that begins as many hours ago", () => {
    expect(asked({ state: "parked", kind: "ORU", within: "1h" }, Date.parse("2026-01-05T10:00:00Z"))).toEqual({
      state: "parked",
      kind: "ORU",
      from: "2026-01-05T09:00:00.000Z",
    });
    expect(asked({ state: "all", within: "forever" }, 0)["from"]).toBeUndefined();
    expect([isNarrow({ state: "all" }), isNarrow({ state: "all", reason: "internal" })]).toEqual([false, true]);
  });
});

describe("feeds", () => {
  const feed = (institution: string, alarm: boolean) => ({
    name: "feed",
    part: [
      { name: "institution", valueString: institution },
      { name: "received", valueInteger: 5 },
      { name: "minutes", valueString: "0,0,5" },
      { name: "alarm", valueBoolean: alarm },
    ],
  });
  const source = (institution: string, door: string) => ({
    name: "source",
    part: [
      { name: "institution", valueString: institution },
      { name: "door", valueString: door },
      { name: "transactions", valueDecimal: 3 },
    ],
  });
  it("are those of both protocols, unknown senders last, the centre's own writes left out", () => {
    const rows = feedsIn(parameters([feed("", false), feed("CJ02", true)]), parameters([source("CJ11", "fhir"), source("CJ00", "fhir"), source("CJ02", "hl7v2")]), "CJ00");
    expect(rows.map(({ institution, protocol, alarm }) => [institution, protocol, alarm])).toEqual([
      ["CJ02", "hl7v2", true],
      ["CJ11", "fhir", false],
      ["", "hl7v2", false],
    ]);
    expect(rows[0]).toMatchObject({ received: 5, minutes: [0, 0, 5], silence: undefined, lagP50: undefined });
    expect(drill(rows[0]!, "parked")).toBe("/inbox?state=parked&institution=CJ02");
    expect(drill(rows[1]!)).toBe("/audit?act=write&institution=CJ11");
  });
});

describe("a review", () => {
  const evidence = [
    { field: "prior", level: "", a: "", b: "", weight: -20 },
    { field: "name", level: "pinyin-equal", a: "王秀英", b: "王秀瑛", weight: 24.5 },
    { field: "gender", level: "different", a: "female", b: "male", weight: -1.5 },
  ];
  const review = reviewOf({
    resourceType: "Task",
    id: "review-1",
    for: { reference: "Patient/a" },
    focus: { reference: "Patient/b" },
    input: [
      { type: { text: "score" }, valueDecimal: 3 },
      ...evidence.map((one) => ({ type: { text: "evidence" }, valueString: JSON.stringify(one) })),
      { type: { text: "evidence" }, valueString: "{broken" },
    ],
  });
  it("is read with its evidence; what cannot be read is left out", () => {
    expect([review.a, review.b, review.score, review.probability, review.evidence.length]).toEqual(["a", "b", 3, undefined, 3]);
    expect(namesOf(review)).toEqual(["王秀英", "王秀瑛"]);
  });
  it("falls from one field to the next and ends at its sum", () => {
    const fall = waterfall(review.evidence);
    expect(fall.steps.map(({ from, to }) => [from, to])).toEqual([
      [0, -20],
      [-20, 4.5],
      [4.5, 3],
    ]);
    expect([fall.low, fall.high, fall.sum]).toEqual([-20, 4.5, 3]);
    expect([signed(3.24), signed(-1.5)]).toEqual(["+3.2", "−1.5"]);
  });
  it("marks the characters that differ, and no others", () => {
    const shown = (a: string, b: string) => differences(a, b).map((pieces) => pieces.map(({ text, same }) => (same ? text : `[${text}]`)).join(""));
    expect(shown("王秀英", "王秀瑛")).toEqual(["王秀[英]", "王秀[瑛]"]);
    expect(shown("1968-03-12", "1968-12-03")).toEqual(["1968-[03-]12", "1968-12[-03]"]);
    expect(shown("李", "李")).toEqual(["李", "李"]);
    expect(shown("", "13900000000")).toEqual(["", "[13900000000]"]);
    for (const [a, b] of [["abcabba", "cbabac"], ["𠮷野家", "吉野家"]] as const) {
      const [left, right] = differences(a, b);
      expect([left.map(({ text }) => text).join(""), right.map(({ text }) => text).join("")]).toEqual([a, b]);
    }
  });
});

describe("the store", () => {
  it("adds up its files and types", () => {
    const vitals = vitalsIn(
      parameters([
        { name: "file", part: [{ name: "name", valueString: "meridian.db" }, { name: "bytes", valueDecimal: 100 }] },
        { name: "file", part: [{ name: "name", valueString: "meridian.db-wal" }, { name: "bytes", valueDecimal: 20 }] },
        { name: "resources", part: [{ name: "type", valueString: "Patient" }, { name: "count", valueDecimal: 2 }] },
        { name: "resources", part: [{ name: "type", valueString: "Observation" }, { name: "count", valueDecimal: 30 }] },
        { name: "audit", part: [{ name: "looks", valueDecimal: 4 }, { name: "writes", valueDecimal: 5 }] },
        { name: "counted", valueDecimal: 5 },
        { name: "rates", part: [{ name: "resources-last10s", valueInteger: 40 }, { name: "resources-minutes", valueString: "1,2" }] },
      ]),
    );
    expect([vitals.bytes, vitals.log, vitals.resources, vitals.types[0]?.type]).toEqual([120, 20, 32, "Observation"]);
    expect(vitals.pace.resources).toEqual({ last10s: 40, last60s: 0, minutes: [1, 2] });
  });
});

describe("jobs", () => {
  it("are read with what waits and with each receiver", () => {
    const told = parameters([
      { name: "queue", part: [{ name: "queue", valueString: "outbox/CJ02" }, { name: "waiting", valueInteger: 3 }, { name: "oldestSeconds", valueInteger: 90 }] },
      { name: "destination", part: [{ name: "institution", valueString: "CJ02" }, { name: "state", valueString: "failing" }, { name: "parked", valueInteger: 1 }] },
    ]);
    expect(queuesIn(told)).toEqual([{ name: "outbox/CJ02", waiting: 3, done: 0, parked: 0, oldest: 90 }]);
    expect(destinationsIn(told)[0]).toMatchObject({ institution: "CJ02", state: "failing", parked: 1, waiting: 0 });
  });
});

describe("the audit", () => {
  const bundle = {
    resourceType: "Bundle",
    link: [{ relation: "next", url: "http://h/fhir/$audit?act=write&after=17.w.4" }],
    entry: [
      {
        resource: {
          resourceType: "AuditEvent",
          id: "write-4",
          recorded: "2026-01-05T00:00:00Z",
          subtype: [{ code: "create", display: "create" }],
          agent: [{ altId: "li", name: "李医生", role: [{ coding: [{ code: "doctor" }] }] }],
          source: { site: "CJ01" },
          entity: [
            { what: { reference: "Patient/g" }, role: { code: "1" } },
            { what: { reference: "Observation/o/_history/1" }, lifecycle: { code: "1" } },
            { what: { reference: "Patient/g" }, description: "join: number: two" },
            { description: "11 more", detail: [{ type: "more", valueString: "11" }] },
          ],
        },
      },
      { resource: { resourceType: "AuditEvent", id: "look-9", entity: [{ description: "Patient?name=x" }] } },
    ],
  } as unknown as Bundle;
  it("tells writes by their changes and looks by what was seen", () => {
    const { entries, next } = auditIn(bundle);
    expect(next).toBe("17.w.4");
    expect(entries[0]).toMatchObject({ write: true, actor: "li", role: "doctor", patients: ["g"], moreChanges: 11, seen: [] });
    expect(entries[0]?.changes).toEqual([
      { how: "create", what: "Observation/o", why: "" },
      { how: "join", what: "Patient/g", why: "number: two" },
    ]);
    expect(tally(entries[0]?.changes ?? [])).toEqual([
      ["create", 1],
      ["join", 1],
    ]);
    expect(entries[1]).toMatchObject({ write: false, seen: ["Patient?name=x"], patients: [] });
  });
});
