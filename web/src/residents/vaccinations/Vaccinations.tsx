//! Vaccinations, newest first; for a small child the schedule before them.

import { useTranslation } from "react-i18next";
import { keyOf } from "../../fhir/bundle";
import { wordsOf } from "../../fhir/concept";
import type { Immunization, Patient } from "../../fhir/types";
import { Fold } from "../../parts/Fold";
import rows from "../../parts/rows.module.css";
import { Source } from "../../parts/Tick";
import { day, newestFirst, today } from "../../words/when";
import { monthsBetween, SHOWN_MONTHS } from "../growth/measures";
import { Fresh } from "../live/Fresh";
import { useIsFresh } from "../live/marks";
import { SectionCard } from "../record/SectionCard";
import { useSection } from "../record/useSection";
import { Schedule } from "./Schedule";

export function Vaccinations({ person }: { person: Patient | undefined }) {
  const { t } = useTranslation();
  const section = useSection<Immunization>("immunizations");
  const given = newestFirst(
    section.items.filter(({ status }) => status !== "entered-in-error"),
    ({ occurrenceDateTime }) => occurrenceDateTime,
  );
  const months = person?.birthDate?.length === 10 ? monthsBetween(person.birthDate, today()) : Number.POSITIVE_INFINITY;
  return (
    <SectionCard id="vaccinations" title={t("record.sections.vaccinations")} sections={[section]} empty={t("record.vaccinations.none")} lines={3}>
      {() =>
        months < SHOWN_MONTHS ? (
          <>
            <Schedule immunizations={given} months={months} />
            <Fold label={t("record.vaccinations.all", { n: given.length })}>{() => <Doses given={given} />}</Fold>
          </>
        ) : (
          <Doses given={given} />
        )
      }
    </SectionCard>
  );
}

function Doses({ given }: { given: readonly Immunization[] }) {
  const { t, i18n } = useTranslation();
  const isFresh = useIsFresh();
  return (
    <ul className={rows["rows"]}>
      {given.map((one) => {
        const dose = one.protocolApplied?.[0];
        const n = dose?.doseNumberPositiveInt ?? dose?.doseNumberString;
        return (
          <li key={one.id} className={rows["row"]} data-fresh={isFresh(keyOf(one))}>
            <span className={rows["main"]}>
              {wordsOf(one.vaccineCode, i18n.language)} {n && <span className={rows["tag"]}>{t("record.vaccinations.dose", { n })}</span>}
              {one.status === "not-done" && <span className={rows["tag"]}>{t("record.vaccinations.notDone")}</span>}
              {isFresh(keyOf(one)) && <Fresh />}{" "}
              {one.lotNumber && (
                <span className="meta">
                  {t("record.vaccinations.lot")} {one.lotNumber}
                </span>
              )}
            </span>
            <span className={rows["side"]}>
              <span>{day(one.occurrenceDateTime) || one.occurrenceString}</span>
              <Source resource={one} date={one.occurrenceDateTime} bare />
            </span>
          </li>
        );
      })}
    </ul>
  );
}
