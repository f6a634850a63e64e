//! Documents of every institution, and beside them the reports that only gather results.

import { Segmented } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { DiagnosticReport, DocumentReference } from "../../fhir/types";
import rows from "../../parts/rows.module.css";
import { Empty } from "../../parts/states";
import { useUrlParam } from "../../parts/url";
import { SectionCard } from "../record/SectionCard";
import { useSection } from "../record/useSection";
import { DocumentRows } from "./DocumentRows";
import { hasWords, papersIn } from "./papers";

const FIRST = 8;

export function Documents() {
  const { t, i18n } = useTranslation();
  const documents = useSection<DocumentReference>("documents");
  const reports = useSection<DiagnosticReport>("reports");
  const [kind, setKind] = useUrlParam("papers");
  const [whole, setWhole] = useState(false);
  const papers = papersIn(documents.items, reports.items, i18n.language);
  const written = papers.filter(hasWords);
  const gathered = papers.filter((paper) => !hasWords(paper));
  const chosen = kind === "reports" ? gathered : written;
  const count = (list: unknown[], more: unknown) => (more ? `${list.length}+` : String(list.length));
  return (
    <SectionCard
      id="documents"
      title={t("record.sections.documents")}
      sections={[documents, reports]}
      empty={t("record.documents.none")}
      count={0}
      lines={3}
      extra={
        papers.length > 0 && (
          <Segmented
            size="small"
            aria-label={t("record.sections.documents")}
            value={kind === "reports" ? "reports" : "documents"}
            onChange={(value) => setKind(value === "reports" ? "reports" : undefined)}
            options={[
              { value: "documents", label: `${t("record.documents.written")} ${count(written, documents.more)}` },
              { value: "reports", label: `${t("record.documents.gathered")} ${count(gathered, reports.more)}` },
            ]}
          />
        )
      }
    >
      {() =>
        chosen.length === 0 ? (
          <Empty title={t("record.documents.none")} />
        ) : (
          <>
            <DocumentRows papers={whole ? chosen : chosen.slice(0, FIRST)} />
            {chosen.length > FIRST && (
              <button type="button" className={rows["fold"]} aria-expanded={whole} onClick={() => setWhole(!whole)}>
                {whole ? t("common.showLess") : t("common.showAll", { n: chosen.length })}
              </button>
            )}
          </>
        )
      }
    </SectionCard>
  );
}
