//! A pregnancy at a glance: week, due date, and the antenatal visits under each other.

import { useTranslation } from "react-i18next";
import type { Condition, Observation, Patient } from "../../fhir/types";
import { Source } from "../../parts/Tick";
import { SectionCard } from "../record/SectionCard";
import { useSection } from "../record/useSection";
import css from "../results/results.module.css";
import { pregnancyIn, speaksOfPregnancy } from "./course";
import own from "./pregnancy.module.css";

const TERM_WEEKS = 40;

export function Pregnancy({ person }: { person: Patient }) {
  const { t } = useTranslation();
  const conditions = useSection<Condition>("conditions");
  const section = useSection<Observation>("pregnancy", person.gender === "female" && speaksOfPregnancy(conditions.items));
  const vitals = useSection<Observation>("vitals");
  const course = pregnancyIn(section.items, vitals.items, Date.now());
  if (!course && !section.cause) return null;
  return (
    <SectionCard id="pregnancy" title={t("record.sections.pregnancy")} sections={[section]} empty="" count={0} lines={4}>
      {() => {
        if (!course) return null;
        const { days, due, gravida, para, visits } = course;
        const weeks = Math.floor(days / 7);
        return (
          <>
            <div className={own["head"]}>
              <span className={own["week"]}>
                {weeks <= TERM_WEEKS + 2 ? t("record.pregnancy.week", { w: weeks, d: days % 7 }) : t("record.pregnancy.after")}
              </span>
              <progress className={own["bar"]} max={TERM_WEEKS} value={Math.min(TERM_WEEKS, weeks)} aria-label={t("record.pregnancy.week", { w: weeks, d: days % 7 })} />
              <span>
                {t("record.pregnancy.due")} <b>{due}</b>
              </span>
              {gravida !== undefined && <span>{t("record.pregnancy.gravida", { g: gravida, p: para ?? 0 })}</span>}
            </div>
            <div className={css["frame"]}>
              <table className={css["table"]} aria-label={t("record.sections.pregnancy")}>
                <thead>
                  <tr>
                    <th scope="col">{t("common.time")}</th>
                    <th scope="col" className="num">{t("record.pregnancy.weeks")}</th>
                    <th scope="col" className="num">{t("record.pregnancy.weight")} (kg)</th>
                    <th scope="col" className="num">{t("record.vitals.pressure")} (mmHg)</th>
                    <th scope="col" className="num">{t("record.pregnancy.fundus")} (cm)</th>
                    <th scope="col" className="num">{t("record.pregnancy.heart")} (/min)</th>
                    <th scope="col">
                      <span className="offscreen">{t("common.source")}</span>
                    </th>
                  </tr>
                </thead>
                <tbody>
                  {visits.map(({ date, weeks: at, weight, pressure, fundus, heart, from }) => (
                    <tr key={from.id}>
                      <td className={css["time"]}>{date}</td>
                      <td className="num">{at === undefined ? "—" : `${Math.floor(at)}+${Math.round((at % 1) * 7) % 7}`}</td>
                      <td className="num">{weight ?? "—"}</td>
                      <td className="num">{pressure || "—"}</td>
                      <td className="num">{fundus ?? "—"}</td>
                      <td className="num">{heart ?? "—"}</td>
                      <td>
                        <Source resource={from} date={date} bare />
                      </td>
                    </tr>
                  ))}
                </tbody>
              </table>
            </div>
          </>
        );
      }}
    </SectionCard>
  );
}
