//! Allergies with reaction and danger.

import { WarningFilled } from "@ant-design/icons";
import { useTranslation } from "react-i18next";
import { keyOf } from "../../fhir/bundle";
import { wordsOf } from "../../fhir/concept";
import { institutionCode } from "../../fhir/institution";
import type { AllergyIntolerance } from "../../fhir/types";
import { Fold } from "../../parts/Fold";
import css from "../../parts/rows.module.css";
import { Source } from "../../parts/Tick";
import { onePerSource } from "../../words/group";
import { day } from "../../words/when";
import { Fresh } from "../live/Fresh";
import { useIsFresh } from "../live/marks";
import { SectionCard } from "../record/SectionCard";
import { useSection } from "../record/useSection";
import own from "./allergies.module.css";
import { allergiesIn, type Allergy, isCurrent } from "./order";

export function Allergies() {
  const { t } = useTranslation();
  const section = useSection<AllergyIntolerance>("allergies");
  const current = allergiesIn(section.items.filter(isCurrent));
  const past = allergiesIn(section.items.filter((one) => !isCurrent(one)));
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
          <ul className={css["rows"]}>
            {current.map((one) => (
              <AllergyRow key={one.key} allergy={one} past={false} />
            ))}
          </ul>
          {past.length > 0 && (
            <Fold label={t("record.allergies.past", { n: past.length })}>
              {() => (
                <ul className={css["rows"]}>
                  {past.map((one) => (
                    <AllergyRow key={one.key} allergy={one} past />
                  ))}
                </ul>
              )}
            </Fold>
          )}
        </>
      )}
    </SectionCard>
  );
}

function dateOf({ recordedDate, onsetDateTime }: AllergyIntolerance): string | undefined {
  return recordedDate ?? onsetDateTime;
}

function AllergyRow({ allergy: { records, danger }, past }: { allergy: Allergy; past: boolean }) {
  const { t, i18n } = useTranslation();
  const isFresh = useIsFresh();
  const [first] = records;
  const fresh = records.some((one) => isFresh(keyOf(one)));
  const reactions = records.flatMap(({ reaction }) =>
    (reaction ?? []).flatMap(({ manifestation, description }) =>
      description ? [description] : (manifestation ?? []).map((one) => wordsOf(one, i18n.language)),
    ),
  );
  const words = [...new Set(reactions.flatMap((one) => one.split(/[、，,;；]\s*/)))].join(t("common.comma"));
  return (
    <li className={css["row"]} data-past={past} data-fresh={fresh}>
      <span className={css["main"]}>
        <span className={past ? css["strong"] : own["what"]}>
          {!past && danger === "high" && <WarningFilled />} {wordsOf(first?.code, i18n.language)}
        </span>
        {!past && (
          <span className={own["danger"]} data-danger={danger}>
            {t(`record.allergies.${danger}`)}
          </span>
        )}{" "}
        {fresh && <Fresh />} <span className={css["sub"]}>{words}</span>
      </span>
      <span className={css["side"]}>
        <span>{first && day(dateOf(first))}</span>
        <span className={css["ticks"]}>
          {onePerSource(records, institutionCode).map((one) => (
            <Source key={keyOf(one)} resource={one} date={dateOf(one)} bare />
          ))}
        </span>
      </span>
    </li>
  );
}
