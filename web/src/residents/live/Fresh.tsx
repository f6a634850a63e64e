//! The word 'new' beside what arrived while the record is open.

import { useTranslation } from "react-i18next";
import css from "./live.module.css";

export function Fresh() {
  const { t } = useTranslation();
  return <span className={css["fresh"]}>{t("common.fresh")}</span>;
}
