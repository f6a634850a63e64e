//! Why a visit was: the sender's reason, else the diagnoses that were made at it, else its type.

import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { keyOf } from "../../fhir/bundle";
import { wordsOf } from "../../fhir/concept";
import type { Condition, Encounter } from "../../fhir/types";
import { groupBy } from "../../words/group";
import { useSection } from "../record/useSection";

/** More diagnoses than this are left to the visit's own page. */
const MOST = 3;

export function useVisitReason(): (visit: Encounter) => string {
  const { t, i18n } = useTranslation();
  const { items } = useSection<Condition>("conditions");
  const made = useMemo(() => groupBy(items, ({ encounter }) => encounter?.reference ?? ""), [items]);
  return (visit) => {
    const diagnoses = (made.get(keyOf(visit)) ?? []).map(({ code }) => code);
    const given = visit.reasonCode?.length ? visit.reasonCode : diagnoses;
    const words = [...new Set(given.map((one) => wordsOf(one, i18n.language)).filter(Boolean))];
    if (words.length === 0) return wordsOf(visit.type?.find(isTelling), i18n.language);
    return words.slice(0, MOST).join(t("common.comma"));
  };
}

/** HL7 table 0007 says how a patient came in ("Routine"), which is no reason. */
function isTelling(type: NonNullable<Encounter["type"]>[number]): boolean {
  return !type.coding?.some(({ system }) => system?.endsWith("/v2-0007"));
}
