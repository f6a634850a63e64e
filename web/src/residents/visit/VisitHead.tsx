//! What kind of visit, when, where, why, and with whom.

import { useTranslation } from "react-i18next";
import { wordsOf } from "../../fhir/concept";
import type { Encounter } from "../../fhir/types";
import { Source } from "../../parts/Tick";
import { when } from "../../words/when";
import { useVisitReason } from "../timeline/useVisitReason";
import { kindOf } from "../timeline/visits";
import css from "./visit.module.css";

export function VisitHead({ visit }: { visit: Encounter }) {
  const { t, i18n } = useTranslation();
  const reason = useVisitReason()(visit);
  const department = wordsOf(visit.serviceType, i18n.language);
  const start = when(visit.period?.start);
  const ending = when(visit.period?.end);
  const end = ending === start ? "" : ending.slice(0, 10) === start.slice(0, 10) ? ending.slice(11) : ending;
  const people = (visit.participant ?? []).map(({ individual }) => individual?.display).filter(Boolean);
  const facts: [string, string][] = [
    [t("record.timeline.period"), [start, end].filter(Boolean).join(" – ")],
    [t("record.timeline.department"), department],
    [t("record.timeline.reason"), reason],
    [t("record.timeline.doctor"), people.join(t("common.comma"))],
  ];
  return (
    <header className={css["head"]}>
      <h2 className={css["title"]}>
        {t(`record.timeline.class.${kindOf(visit)}`)} <Source resource={visit} date={visit.period?.start} />
      </h2>
      <dl className={css["facts"]}>
        {facts
          .filter(([, value]) => value)
          .map(([word, value]) => (
            <div key={word}>
              <dt className="meta">{word}</dt>
              <dd>{value}</dd>
            </div>
          ))}
      </dl>
    </header>
  );
}
