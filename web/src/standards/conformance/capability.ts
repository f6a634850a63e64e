//! The CapabilityStatement as the page shows it. Pure.

import type { Resource } from "../../fhir/types";

interface Coded {
  code?: string;
}

export interface Operation {
  name?: string;
  definition?: string;
  documentation?: string;
}

export interface SearchParam {
  name?: string;
  type?: string;
  documentation?: string;
}

export interface TypeOf {
  type?: string;
  profile?: string;
  supportedProfile?: string[];
  interaction?: Coded[];
  searchParam?: SearchParam[];
  operation?: Operation[];
  searchInclude?: string[];
  searchRevInclude?: string[];
}

export interface Capability extends Resource {
  resourceType: "CapabilityStatement";
  status?: string;
  date?: string;
  fhirVersion?: string;
  format?: string[];
  patchFormat?: string[];
  implementationGuide?: string[];
  software?: { name?: string; version?: string; releaseDate?: string };
  implementation?: { description?: string; url?: string };
  rest?: {
    mode?: string;
    documentation?: string;
    security?: { cors?: boolean; description?: string; service?: { text?: string }[] };
    interaction?: Coded[];
    searchParam?: SearchParam[];
    operation?: Operation[];
    compartment?: string[];
    resource?: TypeOf[];
  }[];
}

export const INTERACTIONS = ["read", "vread", "create", "update", "patch", "delete", "history-instance", "history-type", "search-type"] as const;

export function typesOf({ rest }: Capability): TypeOf[] {
  return rest?.find(({ mode }) => mode === "server")?.resource ?? [];
}

export function typeNamed(capability: Capability, name: string): TypeOf | undefined {
  return typesOf(capability).find(({ type }) => type === name);
}

export function does(capability: Capability, type: string, interaction: string): boolean {
  return typeNamed(capability, type)?.interaction?.some(({ code }) => code === interaction) ?? false;
}

/** An operation is offered on a type by that type, by every type, or on the system. */
export function offers(capability: Capability, type: string, operation: string): boolean {
  const named = ({ name }: Operation) => name === operation;
  return (typeNamed(capability, type)?.operation?.some(named) ?? false) || (capability.rest?.[0]?.operation?.some(named) ?? false);
}

export function parameter(capability: Capability, type: string, name: string): SearchParam | undefined {
  return typeNamed(capability, type)?.searchParam?.find((one) => one.name === name);
}

export function speaks(capability: Capability, format: "json" | "xml"): boolean {
  return capability.format?.some((one) => one.includes(format)) ?? false;
}

/** Types whose name, parameters or operations have the typed word. */
export function narrowed(types: readonly TypeOf[], typed: string): readonly TypeOf[] {
  const word = typed.trim().toLowerCase();
  if (!word) return types;
  const has = (text: string | undefined) => text?.toLowerCase().includes(word) ?? false;
  return types.filter(({ type, operation, searchParam }) => has(type) || operation?.some(({ name }) => has(name)) || searchParam?.some(({ name }) => name?.toLowerCase() === word));
}
