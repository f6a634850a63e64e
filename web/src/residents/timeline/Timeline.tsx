//! Time: years, and in them the visits with institution and kind. A press shows what belongs to the visit.

import { useTranslation } from "react-i18next";
import { institutionCode } from "../../fhir/institution";
import type { Encounter } from "../../fhir/types";
import rows from "../../parts/rows.module.css";
import { Empty, Failure, Skeleton } from "../../parts/states";
import { useSection } from "../record/useSection";
import { Chips } from "./Chips";
import css from "./timeline.module.css";
import { useFilter } from "./useFilter";
import { useVisitReason } from "./useVisitReason";
import { VisitLine } from "./VisitLine";
import { byYear, KINDS, kindOf, passes } from "./visits";

export function Timeline() {
  const { t } = useTranslation();
  const section = useSection<Encounter>("encounters");
  const { filter, toggleInstitution, toggleKind } = useFilter();
  const shown = byYear(section.items.filter((one) => passes(one, filter)));
  const reasonOf = useVisitReason();
  const institutions = [...new Set(section.items.map(institutionCode))].filter(Boolean).sort();
  const present = new Set(section.items.map(kindOf));

  const body = () => {
    if (section.cause) return <Failure cause={section.cause} retry={section.retry} />;
    if (section.reading) return <Skeleton lines={8} />;
    if (section.items.length === 0) return <Empty title={t("record.timeline.none")} help={t("record.timeline.noneHelp")} />;
    if (shown.length === 0) return <Empty title={t("record.timeline.noMatch")} />;
    return shown.map(({ year, visits }) => (
      <div key={year}>
        <h3 className={css["year"]}>
          {year || t("record.timeline.undated")} <span className={css["count"]}>{visits.length}</span>
        </h3>
        <ol className={css["visits"]}>
          {visits.map((visit) => (
            <VisitLine key={visit.id} visit={visit} reason={reasonOf(visit)} />
          ))}
        </ol>
      </div>
    ));
  };

  return (
    <section className={css["timeline"]} id="timeline" aria-label={t("record.sections.timeline")}>
      <header className={css["head"]}>
        <h2 className={css["title"]}>{t("record.sections.timeline")}</h2>
        <Chips
          institutions={institutions}
          kinds={KINDS.filter((kind) => present.has(kind))}
          filter={filter}
          onInstitution={toggleInstitution}
          onKind={toggleKind}
        />
      </header>
      {body()}
      {section.more && (
        <button type="button" className={rows["fold"]} onClick={section.more}>
          {t("common.more")}
        </button>
      )}
    </section>
  );
}
