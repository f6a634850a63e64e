//! Medicines: current first, with dose, start and who.

import { useTranslation } from "react-i18next";
import { keyOf } from "../../fhir/bundle";
import { wordsOf } from "../../fhir/concept";
import type { MedicationRequest, MedicationStatement } from "../../fhir/types";
import { Fold } from "../../parts/Fold";
import css from "../../parts/rows.module.css";
import { Source } from "../../parts/Tick";
import { day } from "../../words/when";
import { Fresh } from "../live/Fresh";
import { useIsFresh } from "../live/marks";
import { SectionCard } from "../record/SectionCard";
import { useSection } from "../record/useSection";
import { type Course, coursesIn, doseWords } from "./courses";

export function Medicines() {
  const { t } = useTranslation();
  const requests = useSection<MedicationRequest>("requests");
  const statements = useSection<MedicationStatement>("statements");
  const courses = coursesIn(requests.items, statements.items, [...requests.included, ...statements.included]);
  const current = courses.filter((course) => course.current);
  const past = courses.filter((course) => !course.current);
  return (
    <SectionCard
      id="medicines"
      title={t("record.sections.medicines")}
      sections={[requests, statements]}
      empty={t("record.medicines.none")}
      count={current.length}
    >
      {() => (
        <>
          {current.length > 0 ? <Courses courses={current} /> : <p className={`${css["row"]} meta`}>{t("record.medicines.noCurrent")}</p>}
          {past.length > 0 && (
            <Fold label={t("record.medicines.past", { n: past.length })}>{() => <Courses courses={past} past />}</Fold>
          )}
        </>
      )}
    </SectionCard>
  );
}

const STATUS = { stopped: "stopped", completed: "completed", "on-hold": "hold", cancelled: "stopped", unknown: "statusUnknown" } as const;

function isKnownStatus(status: string): status is keyof typeof STATUS {
  return status in STATUS;
}

export function Courses({ courses, past = false }: { courses: Course[]; past?: boolean }) {
  const { t, i18n } = useTranslation();
  const isFresh = useIsFresh();
  return (
    <ul className={css["rows"]}>
      {courses.map(({ resource, medicine, dosage, start, by, status, stated }) => {
        const key = keyOf(resource);
        return (
          <li key={key} className={css["row"]} data-past={past} data-fresh={isFresh(key)}>
            <span className={css["main"]}>
              <span className={css["strong"]}>{wordsOf(medicine, i18n.language)}</span>
              {isKnownStatus(status) && <span className={css["tag"]}>{t(`record.medicines.${STATUS[status]}`)}</span>}
              {stated && <span className={css["tag"]}>{t("record.medicines.stated")}</span>} {isFresh(key) && <Fresh />}
              <br />
              <span className={css["sub"]}>
                {[doseWords(dosage, i18n.language) || t("record.medicines.noDose"), by].filter(Boolean).join(" · ")}
              </span>
            </span>
            <span className={css["side"]}>
              <span>{day(start)}</span>
              <Source resource={resource} date={start} bare />
            </span>
          </li>
        );
      })}
    </ul>
  );
}
