//! Chronic diseases as tags.

import { useTranslation } from "react-i18next";
import type { Condition } from "../../fhir/types";
import { chronicOf } from "../problems/chronic";
import { useSection } from "../record/useSection";
import css from "./banner.module.css";

export function ChronicTags() {
  const { t } = useTranslation();
  const { items } = useSection<Condition>("conditions");
  const chronic = chronicOf(items);
  if (chronic.length === 0) return null;
  return (
    <ul className={css["chronic"]} aria-label={t("record.banner.chronic")}>
      {chronic.map((name) => (
        <li key={name} className={css["tag"]}>
          {t(`record.chronic.${name}`)}
        </li>
      ))}
    </ul>
  );
}
