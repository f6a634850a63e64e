//! The table behind the chart: every value as it was sent.

import { useTranslation } from "react-i18next";
import { keyOf } from "../../fhir/bundle";
import { Source } from "../../parts/Tick";
import { when } from "../../words/when";
import { type Point, rangeWords } from "../results/point";
import css from "../results/results.module.css";
import { Value } from "../results/Value";

export function TrendTable({ points }: { points: readonly Point[] }) {
  const { t } = useTranslation();
  return (
    <>
      <p className="meta">{t("record.trend.points", { n: points.length })}</p>
      <div className={css["frame"]}>
        <table className={css["table"]} aria-label={t("record.trend.table")}>
          <thead>
            <tr>
              <th scope="col">{t("common.time")}</th>
              <th scope="col" className={css["valueHead"]}>
                {t("record.results.value")}
              </th>
              <th scope="col" className={css["unitCell"]}>
                {t("record.results.unit")}
              </th>
              <th scope="col">{t("record.results.range")}</th>
              <th scope="col">{t("common.source")}</th>
            </tr>
          </thead>
          <tbody>
            {points.map((point) => (
              <tr key={keyOf(point.observation)}>
                <td className={css["time"]}>{when(point.date)}</td>
                <td className={css["valueCell"]}>
                  <Value point={point} slot />
                </td>
                <td className={`${css["unit"] ?? ""} ${css["unitCell"] ?? ""}`}>{point.unit}</td>
                <td className={css["unit"]}>{rangeWords(point.observation.referenceRange?.[0])}</td>
                <td className={css["sourceCell"]}>
                  <Source resource={point.observation} date={point.date} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </>
  );
}
