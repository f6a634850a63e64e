//! Allergies with reaction and danger.

import { WarningFilled } from "@ant-design/icons";
import { useTranslation } from "react-i18next";
import { keyOf } from "../../fhir/bundle";
import { wordsOf } from "../../fhir/concept";
import type { AllergyIntolerance } from "../../fhir/types";
import { Fold } from "../../parts/Fold";
import css from "../../parts/rows.module.css";
import { Source } from "../../parts/Tick";
import { day } from "../../words/when";
import { Fresh } from "../live/Fresh";
import { useIsFresh } from "../live/marks";
import { SectionCard } from "../record/SectionCard";
import { useSection } from "../record/useSection";
import own from "./allergies.module.css";
import { byDanger, dangerOf, isCurrent } from "./order";

export function Allergies() {
  const { t } = useTranslation();
  const section = useSection<AllergyIntolerance>("allergies");
  const current = byDanger(section.items.filter(isCurrent));
  const past = section.items.filter((one) => !isCurrent(one));
  return (
    <SectionCard
      id="allergies"
      title={t("record.sections.allergies")}
      sections={[section]}
      empty={t("record.allergies.none")}
      emptyHelp={t("record.allergies.noneHelp")}
      count={current.length}
      lines={2}
    >
      {() => (
        <>
          <AllergyRows allergies={current} />
          {past.length > 0 && (
            <Fold label={t("record.allergies.past", { n: past.length })}>{() => <AllergyRows allergies={past} past />}</Fold>
          )}
        </>
      )}
    </SectionCard>
  );
}

function AllergyRows({ allergies, past = false }: { allergies: AllergyIntolerance[]; past?: boolean }) {
  const { t, i18n } = useTranslation();
  const isFresh = useIsFresh();
  return (
    <ul className={css["rows"]}>
      {allergies.map((allergy) => {
        const key = keyOf(allergy);
        const danger = dangerOf(allergy);
        const reactions = (allergy.reaction ?? []).flatMap(({ manifestation, description }) =>
          description ? [description] : (manifestation ?? []).map((one) => wordsOf(one, i18n.language)),
        );
        const date = allergy.recordedDate ?? allergy.onsetDateTime;
        return (
          <li key={key} className={css["row"]} data-past={past} data-fresh={isFresh(key)}>
            <span className={css["main"]}>
              <span className={past ? css["strong"] : own["what"]} data-danger={danger}>
                {!past && danger === "high" && <WarningFilled />} {wordsOf(allergy.code, i18n.language)}
              </span>
              {!past && (
                <span className={own["danger"]} data-danger={danger}>
                  {t(`record.allergies.${danger}`)}
                </span>
              )}{" "}
              {isFresh(key) && <Fresh />} <span className={css["sub"]}>{reactions.join("、")}</span>
            </span>
            <span className={css["side"]}>
              <span>{day(date)}</span>
              <Source resource={allergy} date={date} bare />
            </span>
          </li>
        );
      })}
    </ul>
  );
}
