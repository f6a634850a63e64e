//! What arrived, by name: looked up in the parts of the record that have just been read again.

import { useTranslation } from "react-i18next";
import { keyOf } from "../../fhir/bundle";
import { wordsOf } from "../../fhir/concept";
import type { Condition, DiagnosticReport, DocumentReference, Observation } from "../../fhir/types";
import { useSection } from "../record/useSection";
import { pointsIn } from "../results/point";

export function useArrivalName(): (key: string) => string {
  const { i18n } = useTranslation();
  const language = i18n.language;
  const labs = useSection<Observation>("labs");
  const vitals = useSection<Observation>("vitals");
  const conditions = useSection<Condition>("conditions");
  const reports = useSection<DiagnosticReport>("reports");
  const documents = useSection<DocumentReference>("documents");
  return (key) => {
    const is = (resource: { resourceType: string; id?: string }) => keyOf(resource) === key;
    const measured = labs.items.find(is) ?? vitals.items.find(is);
    if (measured) {
      const values = pointsIn(measured, language).map(({ text, unit }) => `${text} ${unit}`.trim());
      return [wordsOf(measured.code, language), values.join(" / ")].join(" ");
    }
    const coded = conditions.items.find(is) ?? reports.items.find(is);
    return coded ? wordsOf(coded.code, language) : wordsOf(documents.items.find(is)?.type, language);
  };
}
