//! A warning while another resident of the same name is open: the wrong record is a click away.

import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import type { Patient } from "../../fhir/types";
import { useAgeWord, useSexWord } from "../../parts/PersonWords";
import { useOpened } from "../../shell/opened";
import { nameOf } from "../../words/patient";
import css from "./banner.module.css";

export function Namesakes({ person }: { person: Patient }) {
  const { t } = useTranslation();
  const sexWord = useSexWord();
  const ageWord = useAgeWord();
  const name = nameOf(person);
  const others = useOpened().filter((one) => one.tab && one.id !== person.id && one.name === name);
  if (others.length === 0) return null;
  return (
    <p className={css["namesakes"]} role="alert">
      ⚠ {t("record.banner.namesake")}{" "}
      {others.map(({ id, gender, birthDate }) => (
        <Link key={id} to={`/residents/${id}`}>
          {name} {sexWord(gender)} {ageWord(birthDate)} {birthDate}
        </Link>
      ))}
    </p>
  );
}
