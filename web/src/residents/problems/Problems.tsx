//! Problems: current first, the past folded away.

import { useTranslation } from "react-i18next";
import { keyOf } from "../../fhir/bundle";
import { wordsOf } from "../../fhir/concept";
import { institutionCode } from "../../fhir/institution";
import type { Condition } from "../../fhir/types";
import { Fold } from "../../parts/Fold";
import css from "../../parts/rows.module.css";
import { Source } from "../../parts/Tick";
import { onePerSource } from "../../words/group";
import { day } from "../../words/when";
import { Fresh } from "../live/Fresh";
import { useIsFresh } from "../live/marks";
import { SectionCard } from "../record/SectionCard";
import { useSection } from "../record/useSection";
import { dateOf, type Problem, problemsIn } from "./groups";

export function Problems() {
  const { t } = useTranslation();
  const section = useSection<Condition>("conditions");
  const problems = problemsIn(section.items);
  const active = problems.filter((problem) => problem.active);
  const past = problems.filter((problem) => !problem.active);
  return (
    <SectionCard
      id="problems"
      title={t("record.sections.problems")}
      sections={[section]}
      empty={t("record.problems.none")}
      count={active.length}
    >
      {() => (
        <>
          {active.length > 0 ? <ProblemRows problems={active} /> : <p className={`${css["row"] ?? ""} meta`}>{t("record.problems.noCurrent")}</p>}
          {past.length > 0 && (
            <Fold label={t("record.problems.past", { n: past.length })}>{() => <ProblemRows problems={past} past />}</Fold>
          )}
        </>
      )}
    </SectionCard>
  );
}

function ProblemRows({ problems, past = false }: { problems: Problem[]; past?: boolean }) {
  const { t, i18n } = useTranslation();
  const isFresh = useIsFresh();
  return (
    <ul className={css["rows"]}>
      {problems.map(({ key, conditions, since, resolved }) => {
        const [newest] = conditions;
        const fresh = conditions.some((one) => isFresh(keyOf(one)));
        const suspected = newest?.verificationStatus?.coding?.[0]?.code === "provisional";
        return (
          <li key={key} className={css["row"]} data-past={past} data-fresh={fresh}>
            <span className={css["main"]}>
              <span className={css["strong"]}>{wordsOf(newest?.code, i18n.language)}</span>
              {suspected && <span className={css["tag"]}>{t("record.problems.suspected")}</span>}
              {past && <span className={css["tag"]}>{t(resolved ? "record.problems.resolved" : "record.problems.ofVisit")}</span>} {fresh && <Fresh />}
            </span>
            <span className={css["side"]}>
              {since && <span>{day(since)}</span>}
              <span className={css["ticks"]}>
                {onePerSource(conditions, institutionCode).map((one) => (
                  <Source key={keyOf(one)} resource={one} date={dateOf(one)} bare />
                ))}
              </span>
            </span>
          </li>
        );
      })}
    </ul>
  );
}
