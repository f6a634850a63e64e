import { describe, expect, it } from "vitest";
import type { Condition, DiagnosticReport, Immunization, Observation, ServiceRequest } from "../fhir/types";
import { CURVES, percentileOf, rowAt, valueAt, zOf } from "./growth/lms";
import { isOutside, measuresIn } from "./growth/measures";
import { STANDARD } from "./growth/standard";
import { upcoming } from "./orders/Appointments";
import { ordersIn } from "./orders/loops";
import { pregnancyIn, speaksOfPregnancy } from "./pregnancy/course";
import { type Facts, promptsFor } from "./prompts/rules";
import { seriesIn } from "./results/series";
import { countDue, scheduleOf } from "./vaccinations/schedule";

const loinc = (code: string) => ({ coding: [{ system: "http://loinc.org", code }] });
const observed = (code: string, date: string, value: number, unit = "", more: Partial<Observation> = {}): Observation => ({
  resourceType: "Observation", id: `${code} ${date}`, status: "final", code: loinc(code), effectiveDateTime: date, valueQuantity: { value, unit }, ...more,
});

describe("growth", () => {
  it("gives back the standard's own percentiles", () => {
    // WHO weight-for-age of boys at twelve months: P3 7.8, P50 9.6, P97 11.8 kg.
    const row = rowAt(STANDARD.weight.male, 12);
    expect(row && CURVES.map(({ z }) => Number(valueAt(row, z).toFixed(1)))).toEqual([7.8, 8.6, 9.6, 10.8, 11.8]);
    expect(percentileOf(0)).toBeCloseTo(50, 4);
    expect(percentileOf(1.8808)).toBeCloseTo(97, 2);
    expect(percentileOf(-1.8808)).toBeCloseTo(3, 2);
  });
  it("stands between two rows of the table, and nowhere beyond it", () => {
    const row = rowAt(STANDARD.height.female, 25.5);
    expect(row?.[2]).toBeGreaterThan(85.7);
    expect(row && zOf(row, row[2])).toBe(0);
    expect(rowAt(STANDARD.head.male, 61)).toBeUndefined();
    expect(rowAt(STANDARD.head.male, -1)).toBeUndefined();
  });
  it("reads grams and centimetres, lying or standing, oldest first, and marks what is outside", () => {
    const child = { birth: "2024-01-05", sex: "male" } as const;
    const weights = measuresIn([observed("29463-7", "2025-01-05", 9600, "g"), observed("29463-7", "2024-07-05", 5, "kg")], "weight", child, STANDARD, "zh");
    expect(weights.map(({ value }) => value)).toEqual([5, 9.6]);
    expect(weights.map(isOutside)).toEqual([true, false]);
    expect(measuresIn([observed("8306-3", "2024-07-05", 67, "cm"), observed("8302-2", "2027-07-05", 99, "cm")], "height", child, STANDARD, "zh")).toHaveLength(2);
  });
});

describe("vaccinations", () => {
  const dose = (cvx: string, number: number | undefined, date: string, status = "completed"): Immunization => ({
    resourceType: "Immunization", id: date, status, occurrenceDateTime: date,
    vaccineCode: { coding: [{ system: "http://hl7.org/fhir/sid/cvx", code: cvx }] },
    protocolApplied: number === undefined ? undefined : [{ doseNumberPositiveInt: number }],
  });
  const states = (lines: ReturnType<typeof scheduleOf>, name: string) => lines.find((one) => one.name === name)?.doses.map(({ state }) => state);
  it("puts doses in their places by number, and those without one where room is", () => {
    expect(states(scheduleOf([dose("08", 2, "2025-02-01"), dose("08", undefined, "2025-01-01")], 4), "hepB")).toEqual(["given", "given", "ahead"]);
    expect(states(scheduleOf([dose("08", 2, "2025-02-01")], 4), "hepB")).toEqual(["overdue", "given", "ahead"]);
  });
  it("calls a dose due in its month and overdue after it, and counts none that was not given", () => {
    const lines = scheduleOf([dose("19", 1, "2025-01-01", "not-done")], 3.5);
    expect(states(lines, "bcg")).toEqual(["overdue"]);
    expect(states(lines, "dtap")).toEqual(["due", "ahead", "ahead", "ahead"]);
    expect(countDue(scheduleOf([], 0))).toBe(2);
  });
  it("knows a vaccine by its Chinese name when there is no code", () => {
    const named: Immunization = { resourceType: "Immunization", status: "completed", vaccineCode: { text: "麻腮风联合减毒活疫苗" }, occurrenceDateTime: "2025-09-01" };
    expect(states(scheduleOf([named], 9), "mmr")).toEqual(["given", "ahead"]);
  });
});

describe("orders", () => {
  const request = (id: string, status: string, authoredOn: string, more: Partial<ServiceRequest> = {}): ServiceRequest => ({ resourceType: "ServiceRequest", id, status, authoredOn, ...more });
  const now = Date.parse("2026-01-20");
  it("are open until something answers them, and late after a week", () => {
    const report: DiagnosticReport = { resourceType: "DiagnosticReport", id: "r", basedOn: [{ reference: "ServiceRequest/b" }] };
    const value: Observation = { resourceType: "Observation", id: "o", basedOn: [{ reference: "ServiceRequest/b" }] };
    const orders = ordersIn(
      [request("a", "active", "2026-01-19"), request("b", "active", "2026-01-01"), request("c", "active", "2026-01-02"), request("d", "revoked", "2026-01-03"), request("e", "entered-in-error", "2026")],
      [value, report],
      now,
    );
    expect(orders.map(({ resource, state, answer }) => [resource.id, state, answer])).toEqual([
      ["a", "open", undefined], ["d", "withdrawn", undefined], ["c", "late", undefined], ["b", "done", "DiagnosticReport/r"],
    ]);
  });
  it("are not late before the day they are planned for", () => {
    expect(ordersIn([request("a", "active", "2025-11-01", { occurrenceDateTime: "2026-02-01" })], [], now)[0]?.state).toBe("open");
  });
  it("appointments to come stand in order, without the cancelled and the past", () => {
    const at = (start: string, status = "booked") => ({ resourceType: "Appointment", status, start }) as const;
    expect(upcoming([at("2026-03-01"), at("2026-02-01"), at("2026-02-02", "cancelled"), at("2026-01-01")], now).map(({ start }) => start)).toEqual(["2026-02-01", "2026-03-01"]);
  });
});

describe("pregnancy", () => {
  const now = Date.parse("2026-03-01");
  it("counts its week from the latest visit, and joins what was measured that day", () => {
    const course = pregnancyIn(
      [observed("18185-9", "2026-02-01", 20, "wk"), observed("18185-9", "2026-01-04", 112, "d"), observed("11881-0", "2026-02-01", 19, "cm"), observed("11996-6", "2026-01-04", 2)],
      [observed("29463-7", "2026-02-01", 60, "kg"), { ...observed("85354-9", "2026-02-01", 0), valueQuantity: undefined, component: [{ code: loinc("8480-6"), valueQuantity: { value: 118 } }, { code: loinc("8462-4"), valueQuantity: { value: 72 } }] }],
      now,
    );
    expect(course).toMatchObject({ days: 168, due: "2026-06-21", gravida: 2 });
    expect(course?.visits.map(({ weeks, weight, pressure, fundus }) => [weeks, weight, pressure, fundus])).toEqual([[20, 60, "118/72", 19], [16, undefined, "", undefined]]);
  });
  it("is over some weeks after its end, and unknown without a week", () => {
    expect(pregnancyIn([observed("18185-9", "2025-01-01", 20, "wk")], [], now)).toBeUndefined();
    expect(pregnancyIn([], [], now)).toBeUndefined();
  });
  it("is spoken of by ICD-10", () => {
    const coded = (code: string): Condition => ({ resourceType: "Condition", code: { coding: [{ system: "http://hl7.org/fhir/sid/icd-10", code }] } });
    expect(speaksOfPregnancy([coded("O24.4")])).toBe(true);
    expect(speaksOfPregnancy([coded("Z34.9")])).toBe(true);
    expect(speaksOfPregnancy([coded("Z00.0")])).toBe(false);
  });
});

describe("prompts", () => {
  const now = Date.parse("2026-06-01T00:00:00Z");
  const facts = (more: Partial<Facts>): Facts => ({
    now, years: 40, chronic: [], series: [], nameOf: ({ key }) => key, lastCheckup: undefined, lateOrders: 0, vaccinesDue: 0, allergiesKnown: true, elsewhere: 0, ...more,
  });
  const names = (more: Partial<Facts>) => promptsFor(facts(more)).map(({ name, tone }) => `${name} ${tone}`);
  const series = (...all: Observation[]) => seriesIn(all, "zh");
  it("say nothing without a reason", () => expect(names({})).toEqual([]));
  it("put a fresh critical value first, and let an old or a repeated one rest", () => {
    const critical = (date: string): Observation => observed("2823-3", date, 6.9, "mmol/L", { interpretation: [{ coding: [{ code: "HH" }] }] });
    expect(names({ allergiesKnown: false, series: series(critical("2026-05-28")) })).toEqual(["critical danger", "askAllergy info"]);
    expect(names({ series: series(critical("2026-04-01")) })).toEqual([]);
    expect(names({ series: series(critical("2026-05-28"), observed("2823-3", "2026-05-29", 4, "mmol/L")) })).toEqual([]);
  });
  it("follow hypertension and diabetes by the quarter, and know when there was never a value", () => {
    expect(names({ chronic: ["hypertension"], series: series(observed("8480-6", "2026-05-01", 130)) })).toEqual([]);
    expect(names({ chronic: ["hypertension"], series: series(observed("8480-6", "2026-01-01", 130)) })).toEqual(["pressureDue warning"]);
    expect(promptsFor(facts({ chronic: ["diabetes"] }))[0]).toMatchObject({ name: "glucoseDue", values: { known: 0 } });
  });
  it("call a pressure that needs a referral by its name", () => {
    expect(names({ series: series(observed("8480-6", "2026-05-30", 182), observed("8462-4", "2026-05-30", 95)) })).toEqual(["pressureDanger danger"]);
  });
  it("want a yearly check-up from 65", () => {
    expect(names({ years: 64 })).toEqual([]);
    expect(names({ years: 65 })).toEqual(["checkupDue warning"]);
    expect(names({ years: 65, lastCheckup: "2025-09-01" })).toEqual([]);
  });
});
