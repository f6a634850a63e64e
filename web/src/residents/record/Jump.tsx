//! On a phone the record is one long column; these chips lead to its parts.

import { useTranslation } from "react-i18next";
import css from "./record.module.css";

const PARTS = ["problems", "allergies", "vitals", "medicines", "results", "timeline", "documents", "vaccinations", "sources", "looks"] as const;

export function Jump() {
  const { t } = useTranslation();
  return (
    <nav className={css["jump"]} aria-label={t("record.sections.jump")}>
      {PARTS.map((part) => (
        <button key={part} type="button" onClick={() => document.getElementById(part)?.scrollIntoView({ block: "start" })}>
          {t(`record.sections.${part}`)}
        </button>
      ))}
    </nav>
  );
}
