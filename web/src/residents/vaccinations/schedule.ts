//! The childhood schedule of China's national immunisation programme (国家免疫规划疫苗儿童免疫程序及说明, 2021 edition):
//! which dose at which age, what was given, and what is due.

import type { Immunization } from "../../fhir/types";
import { moment } from "../../words/when";

export const VACCINES = [
  { name: "hepB", cvx: ["08", "45", "43", "110"], han: /乙型?肝/, months: [0, 1, 6] },
  { name: "bcg", cvx: ["19"], han: /卡介/, months: [0] },
  { name: "polio", cvx: ["10", "178", "02", "89", "110", "120"], han: /脊(髓)?灰/, months: [2, 3, 4, 48] },
  { name: "dtap", cvx: ["20", "107", "110", "120", "50"], han: /百白破/, months: [3, 4, 5, 18] },
  { name: "dt", cvx: ["28"], han: /白喉破伤风|白破/, months: [72] },
  { name: "mmr", cvx: ["03", "94"], han: /麻腮风|麻疹/, months: [8, 18] },
  { name: "je", cvx: ["129", "39", "134"], han: /乙(型)?脑/, months: [8, 24] },
  { name: "menA", cvx: ["191", "108"], han: /A群(?!C)[^C]*脑膜炎|A群流脑/, months: [6, 9] },
  { name: "menAC", cvx: ["192", "103"], han: /A群?C群|AC群/, months: [36, 72] },
  { name: "hepA", cvx: ["85", "83", "52"], han: /甲型?肝/, months: [18] },
] as const;

export type VaccineName = (typeof VACCINES)[number]["name"];

/** A dose later than planned by this is called overdue. */
const GRACE_MONTHS = 1;

export type DoseState = "given" | "overdue" | "due" | "ahead";

export interface Dose {
  number: number;
  months: number;
  state: DoseState;
  given?: Immunization;
}

export interface Line {
  name: VaccineName;
  doses: Dose[];
}

function isOf(immunization: Immunization, { cvx, han }: (typeof VACCINES)[number]): boolean {
  const codings = immunization.vaccineCode?.coding ?? [];
  if (codings.some(({ system, code }) => system?.endsWith("/cvx") && (cvx as readonly string[]).includes(code ?? ""))) return true;
  const coded = codings.some(({ system }) => system?.endsWith("/cvx"));
  return !coded && han.test(immunization.vaccineCode?.text ?? codings[0]?.display ?? "");
}

/** The number that the sender gave a dose, if it is one. */
function numberOf({ protocolApplied }: Immunization): number | undefined {
  const { doseNumberPositiveInt, doseNumberString } = protocolApplied?.[0] ?? {};
  const number = doseNumberPositiveInt ?? Number(doseNumberString);
  return Number.isInteger(number) && number > 0 ? number : undefined;
}

/** Doses by number; those without a number take the first free places in the order in which they were given. */
function placesOf(given: readonly Immunization[]): Map<number, Immunization> {
  const places = new Map<number, Immunization>();
  const loose: Immunization[] = [];
  for (const one of given) {
    const number = numberOf(one);
    if (number === undefined) loose.push(one);
    else if (!places.has(number)) places.set(number, one);
  }
  for (const one of loose) {
    let number = 1;
    while (places.has(number)) number += 1;
    places.set(number, one);
  }
  return places;
}

/** `age` is the child's age in months. */
export function scheduleOf(immunizations: readonly Immunization[], age: number): Line[] {
  const done = immunizations.filter(({ status }) => status === "completed").sort((a, b) => moment(a.occurrenceDateTime) - moment(b.occurrenceDateTime));
  return VACCINES.map((vaccine): Line => {
    const places = placesOf(done.filter((one) => isOf(one, vaccine)));
    const doses = vaccine.months.map((months, at): Dose => {
      const given = places.get(at + 1);
      const state = given ? "given" : age >= months + GRACE_MONTHS ? "overdue" : age >= months ? "due" : "ahead";
      return { number: at + 1, months, state, given };
    });
    return { name: vaccine.name, doses };
  });
}

export function countDue(lines: readonly Line[]): number {
  return lines.reduce((sum, { doses }) => sum + doses.filter(({ state }) => state === "overdue" || state === "due").length, 0);
}
