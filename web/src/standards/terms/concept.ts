//! What `$lookup` and `$translate` say of a code. Pure.

import { HAN } from "../../fhir/concept";
import { parametersNamed, textOf } from "../../fhir/parameters";
import type { Coding, Parameter, Parameters } from "../../fhir/types";

/** Whether a name is Chinese where the reader reads another language: the code system has none in his. */
export function isForeign(name: string, language: string): boolean {
  return !language.startsWith("zh") && HAN.test(name);
}

/** The language of a name, for who has it read aloud, where it is not the page's. */
export function inChinese(name: string, language: string): { lang?: string } {
  return isForeign(name, language) ? { lang: "zh-CN" } : {};
}

export interface Wording {
  language: string;
  use: string;
  value: string;
}

export interface Property {
  code: string;
  value: string;
  says: string;
}

export interface Kin {
  code: string;
  display: string;
}

export interface Looked {
  system: string;
  version: string | undefined;
  display: string;
  definition: string | undefined;
  wordings: Wording[];
  properties: Property[];
  parents: Kin[];
  children: Kin[];
}

function part(parameter: Parameter, name: string): Parameter | undefined {
  return parameter.part?.find((one) => one.name === name);
}

function codingText({ system, code, display }: Coding): string {
  return [display, code && `(${code})`, system && !display ? system : ""].filter(Boolean).join(" ");
}

/** Whatever value a part carries, as text. */
function valueText(parameter: Parameter | undefined): string {
  return parameter?.valueCoding ? codingText(parameter.valueCoding) : (textOf(parameter) ?? "");
}

const KIN: ReadonlySet<string> = new Set(["parent", "child"]);

export function lookedIn(parameters: Parameters): Looked {
  const one = (name: string) => textOf(parametersNamed(parameters, name)[0]);
  const all = parametersNamed(parameters, "property").map((property): Property => {
    const value = part(property, "value") ?? property.part?.find(({ name }) => name.startsWith("value"));
    return { code: valueText(part(property, "code")), value: valueText(value), says: valueText(part(property, "description")) };
  });
  const kin = (name: string) => all.filter(({ code }) => code === name).map(({ value, says }): Kin => ({ code: value, display: says }));
  return {
    system: one("name") ?? "",
    version: one("version"),
    display: one("display") ?? "",
    definition: one("definition") ?? all.find(({ code }) => code === "definition")?.value,
    wordings: parametersNamed(parameters, "designation").map((designation) => ({
      language: valueText(part(designation, "language")),
      use: part(designation, "use")?.valueCoding?.display ?? part(designation, "use")?.valueCoding?.code ?? "",
      value: valueText(part(designation, "value")),
    })),
    properties: all.filter(({ code }) => !KIN.has(code) && code !== "definition"),
    parents: kin("parent"),
    children: kin("child"),
  };
}

export interface Match {
  equivalence: string;
  system: string;
  code: string;
  display: string;
  map: string;
  comment: string;
}

export function matchesIn(parameters: Parameters): Match[] {
  return parametersNamed(parameters, "match").map((match) => {
    const concept = part(match, "concept")?.valueCoding;
    return {
      equivalence: valueText(part(match, "equivalence")),
      system: concept?.system ?? "",
      code: concept?.code ?? "",
      display: concept?.display ?? "",
      map: valueText(part(match, "source")),
      comment: valueText(part(match, "comment")),
    };
  });
}

export function isMember(parameters: Parameters): boolean {
  return parametersNamed(parameters, "result")[0]?.valueBoolean === true;
}
