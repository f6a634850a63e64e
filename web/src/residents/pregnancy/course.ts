//! The course of the latest pregnancy, out of antenatal visits: week, due date, and what was measured at each visit.

import type { Condition, Observation } from "../../fhir/types";
import { icd10Blocks } from "../problems/icd10";
import { day, moment } from "../../words/when";
import { timeOf } from "../results/point";

/** LOINC codes of what an antenatal visit measures. */
const CODES = {
  weeks: ["18185-9", "49051-6"],
  due: ["11778-8", "11779-6"],
  fundus: ["11881-0"],
  heart: ["55283-6"],
  gravida: ["11996-6"],
  para: ["11977-6"],
} as const;
const WEIGHT = "29463-7";
const SYSTOLIC = "8480-6";
const DIASTOLIC = "8462-4";

const DAY_MS = 86_400_000;
/** A pregnancy lasts 280 days from the last period; a record of it is shown until six weeks after. */
const TERM_DAYS = 280;
const SHOWN_DAYS = TERM_DAYS + 42;

export interface Antenatal {
  date: string;
  weeks: number | undefined;
  weight: number | undefined;
  pressure: string;
  fundus: number | undefined;
  heart: number | undefined;
  /** The observation that names the week, to open it. */
  from: Observation;
}

export interface Pregnancy {
  /** Days since the last period, today. */
  days: number;
  due: string | undefined;
  gravida: number | undefined;
  para: number | undefined;
  visits: Antenatal[];
}

function has(one: Observation, codes: readonly string[]): boolean {
  return one.code?.coding?.some(({ code }) => codes.includes(code ?? "")) ?? false;
}

function numberOf(one: Observation | undefined): number | undefined {
  return one?.valueQuantity?.value ?? one?.valueInteger;
}

/** Gestational age in weeks; some senders give days. */
function weeksOf(one: Observation): number | undefined {
  const value = numberOf(one);
  const unit = one.valueQuantity?.code ?? one.valueQuantity?.unit ?? "";
  return value === undefined ? undefined : /^(d|day|天)/.test(unit) ? value / 7 : value;
}

/** Whether diagnoses say that there is or was a pregnancy: ICD-10 chapter XV, or supervision of one. */
export function speaksOfPregnancy(conditions: readonly Condition[]): boolean {
  return conditions.some((one) => icd10Blocks(one).some((block) => /^(O\d\d|Z3[3-6])$/.test(block)));
}

export function pregnancyIn(observations: readonly Observation[], vitals: readonly Observation[], now: number): Pregnancy | undefined {
  const newest = (codes: readonly string[]) =>
    observations.filter((one) => has(one, codes)).sort((a, b) => moment(timeOf(b)) - moment(timeOf(a)))[0];
  const latest = newest(CODES.weeks);
  const weeks = latest && weeksOf(latest);
  if (!latest || weeks === undefined) return undefined;
  const begin = moment(timeOf(latest)) - weeks * 7 * DAY_MS;
  const days = Math.floor((now - begin) / DAY_MS);
  if (days > SHOWN_DAYS) return undefined;

  const of = (list: readonly Observation[], date: string, codes: readonly string[]) => list.find((one) => day(timeOf(one)) === date && has(one, codes));
  const part = (one: Observation | undefined, code: string) =>
    one?.component?.find((each) => each.code?.coding?.some((coding) => coding.code === code))?.valueQuantity?.value;
  const visits = observations
    .filter((one) => has(one, CODES.weeks) && moment(timeOf(one)) >= begin)
    .map((one): Antenatal => {
      const date = day(timeOf(one));
      const panel = of(vitals, date, ["85354-9"]);
      const high = part(panel, SYSTOLIC) ?? numberOf(of(vitals, date, [SYSTOLIC]));
      const low = part(panel, DIASTOLIC) ?? numberOf(of(vitals, date, [DIASTOLIC]));
      return {
        date,
        weeks: weeksOf(one),
        weight: numberOf(of(vitals, date, [WEIGHT])),
        pressure: high !== undefined && low !== undefined ? `${high}/${low}` : "",
        fundus: numberOf(of(observations, date, CODES.fundus)),
        heart: numberOf(of(observations, date, CODES.heart)),
        from: one,
      };
    })
    .sort((a, b) => moment(b.date) - moment(a.date));
  const due = newest(CODES.due)?.valueDateTime ?? new Date(begin + TERM_DAYS * DAY_MS).toISOString();
  return { days, due: day(due), gravida: numberOf(newest(CODES.gravida)), para: numberOf(newest(CODES.para)), visits };
}
