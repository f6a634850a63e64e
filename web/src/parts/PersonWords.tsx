//! Sex and age in the reader's words.

import { useTranslation } from "react-i18next";
import type { Patient } from "../fhir/types";
import { ageAt } from "../words/age";
import { today } from "../words/when";

export function useSexWord(): (gender: string | undefined) => string {
  const { t } = useTranslation();
  return (gender) => {
    const known = gender === "male" || gender === "female" || gender === "other" ? gender : "unknown";
    return t(`common.sex.${known}`);
  };
}

export function useAgeWord(): (birth: string | undefined, on?: string) => string {
  const { t } = useTranslation();
  return (birth, on = today()) => {
    const age = ageAt(birth, on);
    if (!age) return "";
    return age.months === undefined ? t(`common.age.${age.unit}`, { n: age.n }) : t("common.age.small", { n: age.n, m: age.months });
  };
}

/** The day up to which age counts: today, or the day of death. */
export function lastDay(patient: Patient): string {
  return patient.deceasedDateTime?.slice(0, 10) ?? today();
}
