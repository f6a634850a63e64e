//! The childhood schedule as a picture: a row a vaccine, a mark a dose, with the day it was given or the age it is due.

import { useTranslation } from "react-i18next";
import type { Immunization } from "../../fhir/types";
import { Source } from "../../parts/Tick";
import { day } from "../../words/when";
import { type Dose, scheduleOf } from "./schedule";
import css from "./schedule.module.css";

const SIGNS = { given: "✓", overdue: "!", due: "•", ahead: "" } as const;

export function Schedule({ immunizations, months }: { immunizations: readonly Immunization[]; months: number }) {
  const { t } = useTranslation();
  return (
    <div className={css["frame"]}>
      <table className={css["schedule"]} aria-label={t("record.vaccinations.schedule")}>
        <tbody>
          {scheduleOf(immunizations, months).map(({ name, doses }) => (
            <tr key={name}>
              <th scope="row">{t(`record.vaccinations.names.${name}`)}</th>
              <td>
                <ol className={css["doses"]}>
                  {doses.map((dose) => (
                    <DoseMark key={dose.number} dose={dose} />
                  ))}
                </ol>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      <p className={`${css["source"] ?? ""} meta`}>{t("record.vaccinations.source")}</p>
    </div>
  );
}

function DoseMark({ dose: { number, months, state, given } }: { dose: Dose }) {
  const { t } = useTranslation();
  const age = months === 0 ? t("record.vaccinations.atBirth") : months >= 24 ? t("record.vaccinations.atYears", { n: months / 12 }) : t("record.vaccinations.atMonths", { n: months });
  return (
    <li className={css["dose"]} data-state={state} data-tip={`${t("record.vaccinations.dose", { n: number })} · ${t(`record.vaccinations.states.${state}`)} · ${age}`}>
      <span className={css["sign"]} aria-hidden="true">
        {SIGNS[state] || number}
      </span>
      <span className="offscreen">
        {t("record.vaccinations.dose", { n: number })} {t(`record.vaccinations.states.${state}`)}
      </span>
      <span className={css["when"]}>{given ? day(given.occurrenceDateTime) : age}</span>
      {given && <Source resource={given} date={given.occurrenceDateTime} bare />}
    </li>
  );
}
