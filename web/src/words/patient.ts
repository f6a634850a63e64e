//! Reading a Patient: name, identity number, and where it is registered.

import { institutionCode } from "../fhir/institution";
import { IDENTITY_NUMBER, INSURANCE, MRN_PREFIX, SYNTHETIC_TAG } from "../fhir/systems";
import type { Patient } from "../fhir/types";

/** The whole name, never split. */
export function nameOf(patient: Patient | undefined): string {
  const name = patient?.name?.find(({ use }) => use === "official") ?? patient?.name?.[0];
  if (!name) return "";
  if (name.text) return name.text;
  const given = (name.given ?? []).join(" ");
  const family = name.family ?? "";
  return /\p{Script=Han}/u.test(family + given) ? family + given.replaceAll(" ", "") : `${given} ${family}`.trim();
}

export function identityNumber(patient: Patient | undefined): string | undefined {
  return patient?.identifier?.find(({ system }) => system === IDENTITY_NUMBER)?.value;
}

export function insuranceOf(patient: Patient | undefined): { kind?: string; number?: string } | undefined {
  const found = patient?.identifier?.find(({ system }) => system === INSURANCE);
  return found ? { kind: found.type?.text, number: found.value } : undefined;
}

export function phoneOf(patient: Patient | undefined): string | undefined {
  return patient?.telecom?.find(({ system, value }) => system === "phone" && value)?.value;
}

/** The family doctor, if any of the registrations names one. */
export function familyDoctorOf(patients: readonly Patient[]): string | undefined {
  return patients.flatMap(({ generalPractitioner }) => generalPractitioner ?? []).find(({ display }) => display)?.display;
}

/** Medical record number at the institution `code`. */
export function recordNumber(patient: Patient, code = institutionCode(patient)): string | undefined {
  return patient.identifier?.find(({ system }) => system === MRN_PREFIX + code)?.value;
}

/** Codes of the institutions that registered the resident, as far as `golden` itself tells. */
export function institutionsOf(golden: Patient): string[] {
  const codes = (golden.identifier ?? [])
    .filter(({ system }) => system?.startsWith(MRN_PREFIX))
    .map(({ system }) => system?.slice(MRN_PREFIX.length) ?? "");
  return [...new Set(codes)].sort();
}

export function linkedIds(golden: Patient): string[] {
  return linked(golden, "seealso");
}

/** The person that a retired one became. */
export function becameOf(golden: Patient): string | undefined {
  return linked(golden, "replaced-by")[0];
}

export function isSynthetic(patient: Patient): boolean {
  return patient.meta?.tag?.some(({ system, code }) => system === SYNTHETIC_TAG && code === "synthetic") ?? false;
}

function linked(golden: Patient, how: string): string[] {
  return (golden.link ?? [])
    .filter(({ type }) => type === how)
    .map(({ other }) => /(?:^|\/)Patient\/([^/]+)/.exec(other.reference ?? "")?.[1])
    .filter((id): id is string => Boolean(id));
}
