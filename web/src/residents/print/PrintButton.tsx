//! Prints the summary; `p` does the same.

import { PrinterOutlined } from "@ant-design/icons";
import { useTranslation } from "react-i18next";
import css from "./print.module.css";

export function PrintButton() {
  const { t } = useTranslation();
  return (
    <button type="button" className={css["button"]} aria-label={t("record.print.button")} data-tip={`${t("record.print.button")} (p)`} onClick={() => window.print()}>
      <PrinterOutlined />
    </button>
  );
}
