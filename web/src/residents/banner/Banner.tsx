//! The banner that never scrolls away: who this is, and what could harm them.

import { DownOutlined, UpOutlined } from "@ant-design/icons";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Patient } from "../../fhir/types";
import { lastDay, useAgeWord, useSexWord } from "../../parts/PersonWords";
import { familyDoctorOf, isSynthetic, nameOf } from "../../words/patient";
import { day } from "../../words/when";
import { LiveSign } from "../live/Arrived";
import { PrintButton } from "../print/PrintButton";
import { isGolden, useRegistrations } from "../record/usePerson";
import { AllergyStrip } from "./AllergyStrip";
import css from "./banner.module.css";
import { ChronicTags } from "./ChronicTags";
import { Identity } from "./Identity";
import { LookAlikes } from "./LookAlikes";
import { SourceStrip } from "./SourceStrip";
import { useInsurance } from "./useInsurance";

export function Banner({ person }: { person: Patient }) {
  const { t } = useTranslation();
  const sexWord = useSexWord();
  const ageWord = useAgeWord();
  const insurance = useInsurance(person);
  const { data: registrations } = useRegistrations(person);
  const doctor = familyDoctorOf([person, ...(registrations ?? [])]);
  const [whole, setWhole] = useState(false);
  const dead = person.deceasedDateTime !== undefined || person.deceasedBoolean === true;
  return (
    <header className={css["banner"]} data-dead={dead} aria-label={t("record.banner.label")}>
      <div className={css["line"]}>
        <h1 className={css["name"]}>{nameOf(person)}</h1>
        <span className={css["who"]}>
          {sexWord(person.gender)} <b>{ageWord(person.birthDate, lastDay(person))}</b>
        </span>
        {dead && (
          <span className={css["dead"]}>
            {t("record.banner.deceased")} {day(person.deceasedDateTime)}
          </span>
        )}
        <AllergyStrip />
        <ChronicTags />
        <span className={css["end"]}>
          {isSynthetic(person) && <span className={css["synthetic"]}>{t("record.banner.synthetic")}</span>}
          <LiveSign />
          <PrintButton />
          <button
            type="button"
            className={css["more"]}
            aria-expanded={whole}
            aria-label={whole ? t("record.banner.less") : t("record.banner.more")}
            onClick={() => setWhole(!whole)}
          >
            {whole ? <UpOutlined /> : <DownOutlined />}
          </button>
        </span>
      </div>
      <div className={`${css["line"] ?? ""} ${css["facts"] ?? ""}`} data-whole={whole}>
        <span className={css["fact"]}>
          <span className={css["word"]}>{t("record.banner.born")}</span> {person.birthDate ?? t("common.unknown")}
        </span>
        <span className={css["fact"]}>
          <span className={css["word"]}>{t("record.banner.identity")}</span> <Identity person={person} />
        </span>
        <span className={css["fact"]}>
          <span className={css["word"]}>{t("record.banner.insurance")}</span> {insurance || t("common.notGiven")}
        </span>
        {doctor && (
          <span className={css["fact"]}>
            <span className={css["word"]}>{t("record.banner.doctor")}</span> {doctor}
          </span>
        )}
        <SourceStrip person={person} />
        {!isGolden(person) && <span className={css["alone"]}>{t("record.banner.unlinked")}</span>}
      </div>
      <LookAlikes person={person} />
    </header>
  );
}
