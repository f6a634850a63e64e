//! The institutions that this record is joined from, by tick and name.

import { useTranslation } from "react-i18next";
import { institutionTag } from "../../fhir/institution";
import type { Patient } from "../../fhir/types";
import { InstitutionName } from "../../parts/Tick";
import { institutionsOf } from "../../words/patient";
import { useRegistrations } from "../record/usePerson";
import css from "./banner.module.css";

export function SourceStrip({ person }: { person: Patient }) {
  const { t } = useTranslation();
  const { data } = useRegistrations(person);
  const names = new Map<string, string | undefined>(institutionsOf(person).map((code) => [code, undefined]));
  for (const one of data ?? []) {
    const tag = institutionTag(one);
    if (tag?.code) names.set(tag.code, tag.display);
  }
  return (
    <ul className={css["sources"]} aria-label={t("record.banner.sources")}>
      {[...names].sort().map(([code, display]) => (
        <li key={code}>
          <InstitutionName code={code} display={display} />
        </li>
      ))}
    </ul>
  );
}
