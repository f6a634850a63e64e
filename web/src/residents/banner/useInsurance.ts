//! What kind of insurance a resident has: as a Coverage says it, else as the number's own words do.

import { useTranslation } from "react-i18next";
import { wordsOf } from "../../fhir/concept";
import type { Coverage, Patient } from "../../fhir/types";
import { maskIdentity } from "../../words/mask";
import { insuranceOf } from "../../words/patient";
import { useSection } from "../record/useSection";

/** Words that name the number rather than the kind. */
const NUMBER = /编号|号码|number/i;

export function useInsurance(person: Patient): string {
  const { i18n } = useTranslation();
  const { items } = useSection<Coverage>("coverages");
  const kind = items.filter(({ status }) => status !== "cancelled" && status !== "entered-in-error").map(({ type }) => wordsOf(type, i18n.language)).find(Boolean);
  if (kind) return kind;
  const known = insuranceOf(person);
  if (known?.kind && !NUMBER.test(known.kind)) return known.kind;
  return known?.number ? maskIdentity(known.number) : "";
}
