//! Parameters as plain values: the parts of one as a map.

import { parametersNamed, textOf } from "../../../fhir/parameters";
import type { Parameter, Parameters } from "../../../fhir/types";

export type Values = ReadonlyMap<string, string>;

export function valuesOf(parameter: Parameter | undefined): Values {
  return new Map((parameter?.part ?? []).map((part) => [part.name, textOf(part) ?? ""]));
}

export function rowsNamed(parameters: Parameters | undefined, name: string): Values[] {
  return parameters ? parametersNamed(parameters, name).map(valuesOf) : [];
}

export function one(parameters: Parameters | undefined, name: string): string | undefined {
  return parameters ? textOf(parametersNamed(parameters, name)[0]) : undefined;
}

/** A number, or nothing when the server does not know it. */
export function numberOf(values: Values, name: string): number | undefined {
  const text = values.get(name);
  if (text === undefined || text === "") return undefined;
  const number = Number(text);
  return Number.isNaN(number) ? undefined : number;
}

/** `0,3,12` as numbers. */
export function listOf(values: Values, name: string): number[] {
  const text = values.get(name);
  return text ? text.split(",").map(Number) : [];
}

export function parameters(values: Record<string, string | undefined>): Parameters {
  const given = Object.entries(values).filter((entry): entry is [string, string] => Boolean(entry[1]));
  return { resourceType: "Parameters", parameter: given.map(([name, valueString]) => ({ name, valueString })) };
}
