//! The words of R4's ConceptMapEquivalence.

import { useTranslation } from "react-i18next";

const KNOWN = ["relatedto", "equivalent", "equal", "wider", "subsumes", "narrower", "specializes", "inexact", "unmatched", "disjoint"] as const;

export function useEquivalence(): (code: string) => string {
  const { t } = useTranslation();
  return (code) => {
    const known = KNOWN.find((one) => one === code);
    return known ? t(`standards.terms.equivalence.${known}`) : code;
  };
}
