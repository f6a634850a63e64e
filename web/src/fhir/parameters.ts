//! Reading Parameters: whatever value a part carries, as text.

import type { Parameter, Parameters } from "./types";

export function textOf(parameter: Parameter | undefined): string | undefined {
  if (!parameter) return undefined;
  const value =
    parameter.valueString ??
    parameter.valueCode ??
    parameter.valueId ??
    parameter.valueUri ??
    parameter.valueInstant ??
    parameter.valueDateTime ??
    parameter.valueReference?.reference ??
    parameter.valueInteger ??
    parameter.valueDecimal ??
    parameter.valueBoolean;
  return value === undefined ? undefined : String(value);
}

export function parametersNamed(parameters: Parameters, name: string): Parameter[] {
  return (parameters.parameter ?? []).filter((one) => one.name === name);
}

export function partText(parameter: Parameter, name: string): string | undefined {
  return textOf(parameter.part?.find((one) => one.name === name));
}
