//! The banner that never scrolls away: who this is, and what could harm them.

import { useTranslation } from "react-i18next";
import type { Patient } from "../../fhir/types";
import { lastDay, useAgeWord, useSexWord } from "../../parts/PersonWords";
import { maskIdentity } from "../../words/mask";
import { identityNumber, insuranceOf, isSynthetic, nameOf } from "../../words/patient";
import { LiveSign } from "../live/Arrived";
import { isGolden } from "../record/usePerson";
import { AllergyStrip } from "./AllergyStrip";
import css from "./banner.module.css";
import { ChronicTags } from "./ChronicTags";
import { Namesakes } from "./Namesakes";
import { SourceStrip } from "./SourceStrip";

export function Banner({ person }: { person: Patient }) {
  const { t } = useTranslation();
  const sexWord = useSexWord();
  const ageWord = useAgeWord();
  const identity = identityNumber(person);
  const insurance = insuranceOf(person);
  const dead = person.deceasedDateTime !== undefined || person.deceasedBoolean === true;
  return (
    <header className={css["banner"]} aria-label={t("record.banner.label")}>
      <div className={css["line"]}>
        <h1 className={css["name"]}>{nameOf(person)}</h1>
        <span className={css["who"]}>
          {sexWord(person.gender)} <b>{ageWord(person.birthDate, lastDay(person))}</b>
        </span>
        {dead && <span className={css["dead"]}>{t("record.banner.deceased")}</span>}
        <span className={css["fact"]}>
          <span className={css["word"]}>{t("record.banner.born")}</span> {person.birthDate ?? t("common.unknown")}
        </span>
        <span className={css["fact"]}>
          <span className={css["word"]}>{t("record.banner.identity")}</span>{" "}
          {identity ? maskIdentity(identity) : t("common.notGiven")}
        </span>
        <span className={css["fact"]}>
          <span className={css["word"]}>{t("record.banner.insurance")}</span>{" "}
          {insurance ? (insurance.kind ?? maskIdentity(insurance.number ?? "")) : t("common.notGiven")}
        </span>
        <AllergyStrip />
      </div>
      <div className={css["line"]}>
        <SourceStrip person={person} />
        {!isGolden(person) && <span className={css["alone"]}>{t("record.banner.unlinked")}</span>}
        <ChronicTags />
        <span className={css["end"]}>
          {isSynthetic(person) && <span className={css["synthetic"]}>{t("record.banner.synthetic")}</span>}
          <LiveSign />
        </span>
      </div>
      <Namesakes person={person} />
    </header>
  );
}
