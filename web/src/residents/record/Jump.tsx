//! On a phone the record is one long column; these chips at its foot lead to its parts.

import { useTranslation } from "react-i18next";
import { goTo } from "../../parts/keys/rows";
import css from "./record.module.css";

const PARTS = ["problems", "allergies", "vitals", "medicines", "results", "imaging", "documents", "orders", "vaccinations", "timeline", "prompts", "sources", "looks"] as const;

export function Jump() {
  const { t } = useTranslation();
  return (
    <nav className={css["jump"]} aria-label={t("record.sections.jump")}>
      {PARTS.map((part) => (
        <button key={part} type="button" onClick={() => goTo(part)}>
          {t(`record.sections.${part}`)}
        </button>
      ))}
    </nav>
  );
}
