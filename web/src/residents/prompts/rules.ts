//! What the record asks of the reader: critical values, orders without an answer, and contacts that are due. Each prompt
//! names the rule that makes it; intervals and limits are those of the national basic public health services
//! (国家基本公共卫生服务规范, third edition, 2017). Nothing is said that the data do not carry.

import { moment } from "../../words/when";
import type { Chronic } from "../problems/icd10";
import type { Series } from "../results/series";
import { isCritical } from "../results/series";

export type Tone = "danger" | "warning" | "info";

export interface Prompt {
  name: "critical" | "pressureDanger" | "late" | "pressureDue" | "glucoseDue" | "checkupDue" | "vaccinesDue" | "askAllergy" | "elsewhere";
  /** Tells two prompts of one name apart. */
  key: string;
  tone: Tone;
  values: Record<string, string | number>;
  /** Where it leads: a trend, or a part of the record. */
  trend?: string;
  part?: string;
}

export interface Facts {
  now: number;
  /** Age in years, and in months for a child; unknown without a birth date. */
  years: number | undefined;
  chronic: readonly Chronic[];
  series: readonly Series[];
  nameOf: (series: Series) => string;
  lastCheckup: string | undefined;
  lateOrders: number;
  vaccinesDue: number;
  allergiesKnown: boolean;
  /** Results of other institutions than the reader's in the last days. */
  elsewhere: number;
}

const DAY_MS = 86_400_000;
/** Follow-up of hypertension and diabetes: at least four times a year. */
const QUARTER_DAYS = 92;
const YEAR_DAYS = 366;
/** A critical value stays a prompt for this long, unless a later value of the test took its place. */
const CRITICAL_DAYS = 30;
export const ELSEWHERE_DAYS = 14;
const OLD_YEARS = 65;

const SYSTOLIC = "http://loinc.org|8480-6";
const DIASTOLIC = "http://loinc.org|8462-4";
const FASTING_GLUCOSE = ["14771-0", "1558-6", "2345-7", "14749-6", "15074-8"].map((code) => `http://loinc.org|${code}`);
/** mmHg, from which a referral is urgent. */
const URGENT = { systolic: 180, diastolic: 110 };

const RANK: Record<Tone, number> = { danger: 0, warning: 1, info: 2 };

export function promptsFor(facts: Facts): Prompt[] {
  const { now, series } = facts;
  const found: Prompt[] = [];
  const add = (name: Prompt["name"], tone: Tone, more: Partial<Prompt> = {}) => found.push({ name, key: name, tone, values: {}, ...more });
  const age = (date: string | undefined) => Math.floor((now - moment(date)) / DAY_MS);
  const latest = (keys: readonly string[]) =>
    series.filter(({ key }) => keys.includes(key)).map(({ latest: point }) => point).sort((a, b) => moment(b.date) - moment(a.date))[0];

  for (const one of series) {
    if (!isCritical(one.latest.flag) || age(one.latest.date) > CRITICAL_DAYS) continue;
    add("critical", "danger", { key: one.key, trend: one.key, values: { name: facts.nameOf(one), value: `${one.latest.text} ${one.latest.unit}`.trim() } });
  }
  const high = latest([SYSTOLIC]);
  const low = latest([DIASTOLIC]);
  const urgent = (high?.number ?? 0) >= URGENT.systolic || (low?.number ?? 0) >= URGENT.diastolic;
  if (high && urgent && age(high.date) <= CRITICAL_DAYS) {
    add("pressureDanger", "danger", { trend: SYSTOLIC, values: { value: `${high.text}/${low?.text ?? "—"}` } });
  }
  if (facts.lateOrders > 0) add("late", "warning", { part: "orders", values: { n: facts.lateOrders } });
  if (facts.chronic.includes("hypertension") && age(high?.date) > QUARTER_DAYS) {
    add("pressureDue", "warning", { trend: high && SYSTOLIC, values: { n: high ? age(high.date) : 0, known: high ? 1 : 0 } });
  }
  const glucose = latest(FASTING_GLUCOSE);
  if (facts.chronic.includes("diabetes") && age(glucose?.date) > QUARTER_DAYS) {
    add("glucoseDue", "warning", { trend: glucose?.key, values: { n: glucose ? age(glucose.date) : 0, known: glucose ? 1 : 0 } });
  }
  if ((facts.years ?? 0) >= OLD_YEARS && age(facts.lastCheckup) > YEAR_DAYS) {
    add("checkupDue", "warning", { part: "timeline", values: { n: facts.lastCheckup ? age(facts.lastCheckup) : 0, known: facts.lastCheckup ? 1 : 0 } });
  }
  if (facts.vaccinesDue > 0) add("vaccinesDue", "warning", { part: "vaccinations", values: { n: facts.vaccinesDue } });
  if (!facts.allergiesKnown) add("askAllergy", "info", { part: "allergies" });
  if (facts.elsewhere > 0) add("elsewhere", "info", { part: "results", values: { n: facts.elsewhere, days: ELSEWHERE_DAYS } });
  return found.sort((a, b) => RANK[a.tone] - RANK[b.tone]);
}
