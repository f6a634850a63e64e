//! Documents and reports of every institution.

import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { DiagnosticReport, DocumentReference } from "../../fhir/types";
import rows from "../../parts/rows.module.css";
import { SectionCard } from "../record/SectionCard";
import { useSection } from "../record/useSection";
import { DocumentRows } from "./DocumentRows";
import { papersIn } from "./papers";

const FIRST = 6;

export function usePapers() {
  const { i18n } = useTranslation();
  const documents = useSection<DocumentReference>("documents");
  const reports = useSection<DiagnosticReport>("reports");
  return { documents, reports, papers: papersIn(documents.items, reports.items, i18n.language) };
}

export function Documents() {
  const { t } = useTranslation();
  const { documents, reports, papers } = usePapers();
  const [whole, setWhole] = useState(false);
  return (
    <SectionCard id="documents" title={t("record.sections.documents")} sections={[documents, reports]} empty={t("record.documents.none")} lines={3}>
      {() => (
        <>
          <DocumentRows papers={whole ? papers : papers.slice(0, FIRST)} />
          {papers.length > FIRST && (
            <button type="button" className={rows["fold"]} aria-expanded={whole} onClick={() => setWhole(!whole)}>
              {whole ? t("common.showLess") : t("common.showAll", { n: papers.length })}
            </button>
          )}
        </>
      )}
    </SectionCard>
  );
}
