//! Operations and other procedures; nothing at all when there were none.

import { useTranslation } from "react-i18next";
import { keyOf } from "../../fhir/bundle";
import { wordsOf } from "../../fhir/concept";
import type { Procedure } from "../../fhir/types";
import rows from "../../parts/rows.module.css";
import { Source } from "../../parts/Tick";
import { day, newestFirst } from "../../words/when";
import { SectionCard } from "../record/SectionCard";
import { useSection } from "../record/useSection";

const NOT_DONE = new Set(["entered-in-error", "not-done"]);

function dateOf({ performedDateTime, performedPeriod }: Procedure): string | undefined {
  return performedDateTime ?? performedPeriod?.start;
}

export function Procedures() {
  const { t, i18n } = useTranslation();
  const section = useSection<Procedure>("procedures");
  const done = newestFirst(section.items.filter(({ status }) => !NOT_DONE.has(status ?? "")), dateOf);
  if (done.length === 0 && !section.cause) return null;
  return (
    <SectionCard id="procedures" title={t("record.sections.procedures")} sections={[section]} empty="" count={done.length} lines={2}>
      {() => (
        <ul className={rows["rows"]}>
          {done.map((one) => (
            <li key={keyOf(one)} className={rows["row"]}>
              <span className={rows["main"]}>
                <span className={rows["strong"]}>{wordsOf(one.code, i18n.language)}</span>{" "}
                <span className="meta">{(one.performer ?? []).map(({ actor }) => actor?.display).filter(Boolean).join(" · ")}</span>
              </span>
              <span className={rows["side"]}>
                <span>{day(dateOf(one))}</span>
                <Source resource={one} date={dateOf(one)} bare />
              </span>
            </li>
          ))}
        </ul>
      )}
    </SectionCard>
  );
}
