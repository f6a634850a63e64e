//! One measured value out of an Observation, ready to be shown: number, digits, unit, range, flag, time, source.

import { HAN, sameness, wordsOf } from "../../fhir/concept";
import { digitsOf } from "../../fhir/digits";
import { institutionCode } from "../../fhir/institution";
import type { Concept, Observation, ObservationValue, Range } from "../../fhir/types";

/** How a value stands to its range: `HH` and `LL` are critical, `A` abnormal without a direction. */
export type Flag = "HH" | "H" | "N" | "L" | "LL" | "A";

export interface Point {
  observation: Observation;
  /** Same for the same test: `system|code`, else the name. */
  key: string;
  concept: Concept;
  number: number | undefined;
  /** The value as sent, with its comparator. */
  text: string;
  unit: string;
  low: number | undefined;
  high: number | undefined;
  /** The range as sent, when it is words rather than numbers. */
  rangeText: string;
  flag: Flag | undefined;
  date: string | undefined;
  institution: string;
}

const FLAGS: Record<string, Flag> = {
  HH: "HH", HU: "HH", LL: "LL", LU: "LL", H: "H", L: "L", N: "N", A: "A", AA: "A",
  POS: "A", ">": "H", "<": "L",
};

/** The customary form of a UCUM unit: `10*9/L` is printed `10⁹/L`, annotations fall away. */
export function customaryUnit(unit: string): string {
  return unit
    .replace(/\/\{1\.73_m2\}/g, "/1.73 m²")
    .replace(/\{[^}]*\}/g, "")
    .replace(/10(?:\*|\^)(\d+)/g, (_, power: string) => `10${[...power].map((digit) => "⁰¹²³⁴⁵⁶⁷⁸⁹"[Number(digit)] ?? "").join("")}`)
    .replace(/^mm\[Hg\]$/, "mmHg")
    .replace(/^Cel$/, "°C")
    .replace(/\bum/g, "μm")
    .replace(/^\/min$/, "/min");
}

/** The unit as sent; where that is Chinese and the reader's language is not, its UCUM code. */
function unitOf({ valueQuantity }: ObservationValue, language: string): string {
  const { unit = "", code = "" } = valueQuantity ?? {};
  return unit && (language.startsWith("zh") || !HAN.test(unit) || !code) ? unit : code || unit;
}

function flagOf(observation: Observation, number: number | undefined, low?: number, high?: number): Flag | undefined {
  for (const concept of observation.interpretation ?? []) {
    const flag = FLAGS[concept.coding?.[0]?.code ?? concept.text ?? ""];
    if (flag) return flag;
  }
  if (number === undefined || (low === undefined && high === undefined)) return undefined;
  if (high !== undefined && number > high) return "H";
  return low !== undefined && number < low ? "L" : "N";
}

function valueText(value: ObservationValue, language: string): string {
  const quantity = value.valueQuantity;
  if (quantity) return `${quantity.comparator ?? ""}${digitsOf(quantity, "value") ?? ""}`;
  if (value.valueString !== undefined) return value.valueString;
  if (value.valueCodeableConcept) return wordsOf(value.valueCodeableConcept, language);
  if (value.valueInteger !== undefined) return String(value.valueInteger);
  return value.valueBoolean === undefined ? "" : value.valueBoolean ? "+" : "−";
}

/** The time the value speaks of, not when it was sent. */
export function timeOf(observation: Observation): string | undefined {
  return observation.effectiveDateTime ?? observation.effectivePeriod?.start ?? observation.issued;
}

const VOID = new Set(["entered-in-error", "cancelled"]);

/** Every value in `observation`: its own, and those of its components. */
export function pointsIn(observation: Observation, language: string): Point[] {
  if (VOID.has(observation.status ?? "")) return [];
  const points: Point[] = [];
  const add = (value: ObservationValue, concept: Concept, ranges: Range[] | undefined) => {
    const text = valueText(value, language);
    if (!text) return;
    const range = ranges?.[0];
    const low = range?.low?.value;
    const high = range?.high?.value;
    const number = value.valueQuantity?.value ?? value.valueInteger;
    points.push({
      observation,
      key: sameness(concept),
      concept,
      number,
      text,
      unit: customaryUnit(unitOf(value, language)),
      low,
      high,
      rangeText: rangeWords(range),
      flag: flagOf(observation, number, low, high),
      date: timeOf(observation),
      institution: institutionCode(observation),
    });
  };
  add(observation, observation.code ?? {}, observation.referenceRange);
  for (const part of observation.component ?? []) add(part, part.code ?? {}, undefined);
  return points;
}

/** `3.5–5.3`, `< 5.2`, `> 1.0`, or the sender's own words. */
export function rangeWords(range: Range | undefined): string {
  if (!range) return "";
  const low = range.low ? digitsOf(range.low, "value") : undefined;
  const high = range.high ? digitsOf(range.high, "value") : undefined;
  if (low !== undefined && high !== undefined) return `${low}–${high}`;
  if (high !== undefined) return `≤ ${high}`;
  if (low !== undefined) return `≥ ${low}`;
  return range.text ?? "";
}
