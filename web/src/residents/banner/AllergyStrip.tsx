//! Allergies in the banner, in red, with how dangerous they are. When they could not be read the banner says
//! so: silence would look like safety.

import { WarningFilled } from "@ant-design/icons";
import { useTranslation } from "react-i18next";
import { wordsOf } from "../../fhir/concept";
import type { AllergyIntolerance } from "../../fhir/types";
import { allergiesIn, isCurrent } from "../allergies/order";
import { useSection } from "../record/useSection";
import css from "./banner.module.css";

export function AllergyStrip() {
  const { t, i18n } = useTranslation();
  const { items, reading, cause } = useSection<AllergyIntolerance>("allergies");
  if (reading) return null;
  if (cause) {
    return (
      <span className={css["unread"]}>
        <WarningFilled /> {t("record.banner.allergyUnread")}
      </span>
    );
  }
  const current = allergiesIn(items.filter(isCurrent));
  if (current.length === 0) return <span className={css["none"]}>{t("record.banner.noAllergy")}</span>;
  return (
    <ul className={css["allergies"]} aria-label={t("record.banner.allergies")}>
      {current.map(({ key, records, danger }) => (
        <li key={key} className={css["allergy"]} data-danger={danger}>
          <WarningFilled /> {wordsOf(records[0]?.code, i18n.language)} ({t(`record.allergies.${danger}`)})
        </li>
      ))}
    </ul>
  );
}
