//! The residents found, one a row; j and k move, Enter opens.

import { useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { lastDay, useAgeWord, useSexWord } from "../../parts/PersonWords";
import { InstitutionName } from "../../parts/Tick";
import { maskIdentity, maskPhone } from "../../words/mask";
import { identityNumber, nameOf, phoneOf } from "../../words/patient";
import css from "./search.module.css";
import type { Found } from "./useResidents";

interface FoundTableProps {
  found: readonly Found[];
  here: number;
  onOpen: (id: string) => void;
}

export function FoundTable({ found, here, onOpen }: FoundTableProps) {
  const { t } = useTranslation();
  const body = useRef<HTMLTableSectionElement>(null);
  useEffect(() => {
    if (here >= 0) body.current?.rows[here]?.scrollIntoView({ block: "nearest" });
  }, [here]);
  const heads: [string, boolean][] = [
    [t("search.name"), false],
    [t("search.sex"), false],
    [t("search.age"), false],
    [t("search.birth"), true],
    [t("search.identity"), true],
    [t("search.phone"), true],
    [t("search.sources"), false],
  ];
  return (
    <div className={css["frame"]}>
      <table className={css["table"]}>
        <thead>
          <tr>
            {heads.map(([word, wide]) => (
              <th key={word} scope="col" className={wide ? css["wide"] : undefined}>
                {word}
              </th>
            ))}
          </tr>
        </thead>
        <tbody ref={body}>
          {found.map((one, at) => (
            <FoundRow key={one.patient.id} found={one} here={at === here} onOpen={onOpen} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function FoundRow({ found: { patient, institutions }, here, onOpen }: { found: Found; here: boolean; onOpen: (id: string) => void }) {
  const sexWord = useSexWord();
  const ageWord = useAgeWord();
  const id = patient.id ?? "";
  const phone = phoneOf(patient);
  return (
    <tr data-here={here} aria-selected={here} onClick={() => onOpen(id)}>
      <td className={css["name"]}>
        <Link to={`/residents/${id}`} onClick={(event) => event.stopPropagation()}>
          {nameOf(patient)}
        </Link>
      </td>
      <td>{sexWord(patient.gender)}</td>
      <td className={css["age"]}>{ageWord(patient.birthDate, lastDay(patient))}</td>
      <td className={css["wide"]}>{patient.birthDate}</td>
      <td className={css["wide"]}>{maskIdentity(identityNumber(patient) ?? "")}</td>
      <td className={css["wide"]}>{phone ? maskPhone(phone) : ""}</td>
      <td>
        <span className={css["sources"]}>
          {institutions.map((code) => (
            <InstitutionName key={code} code={code} />
          ))}
        </span>
      </td>
    </tr>
  );
}
