//! Draws a child's growth over the standard's curves. Loaded for small children only.

import { LineChart, ScatterChart } from "echarts/charts";
import { GridComponent, TooltipComponent } from "echarts/components";
import { use } from "echarts/core";
import { CanvasRenderer } from "echarts/renderers";
import { useTranslation } from "react-i18next";
import type { Observation } from "../../fhir/types";
import { Chart } from "../../parts/chart/Chart";
import { useInstitutions } from "../../parts/institutions";
import { Source } from "../../parts/Tick";
import { usePrefs } from "../../shell/prefs";
import { baseSize } from "../../theme/apply";
import { chartTheme } from "../../theme/chart";
import { calm, stark } from "../../theme/palette";
import { day } from "../../words/when";
import css from "../results/results.module.css";
import own from "./growth.module.css";
import type { Measure, Sex } from "./lms";
import { isOutside, type Measured, measuresIn, MONTH_DAYS, TABLE_MONTHS } from "./measures";
import { growthOption } from "./options";
import { STANDARD } from "./standard";

use([LineChart, ScatterChart, GridComponent, TooltipComponent, CanvasRenderer]);

interface GrowthChartProps {
  observations: readonly Observation[];
  measure: Measure;
  birth: string;
  sex: Sex;
  /** The child's age now, in months. */
  months: number;
}

export default function GrowthChart({ observations, measure, birth, sex, months }: GrowthChartProps) {
  const { t, i18n } = useTranslation();
  const { large, contrast } = usePrefs();
  const institution = useInstitutions();
  const measured = measuresIn(observations, measure, { birth, sex }, STANDARD, i18n.language);
  if (measured.length === 0) return <p className={`${own["note"] ?? ""} meta`}>{t("record.growth.noneOf", { what: t(`record.growth.${measure}`) })}</p>;

  const ageWord = (at: number) => (at < 1 ? t("common.age.day", { n: Math.floor(at * MONTH_DAYS) }) : t("record.growth.months", { n: Math.floor(at) }));
  const standing = ({ percentile, z }: Measured) =>
    percentile === undefined || z === undefined ? "—" : `P${percentile < 1 ? "<1" : percentile > 99 ? ">99" : percentile.toFixed(0)} · z ${z.toFixed(1)}`;
  const tip = (one: Measured) => {
    const box = document.createElement("div");
    const source = institution(one.point.institution).name;
    for (const words of [`${one.point.text} ${one.point.unit}`, standing(one), `${ageWord(one.months)} · ${day(one.point.date)}`, source]) {
      const line = document.createElement("div");
      line.textContent = words;
      box.append(line);
    }
    return box;
  };
  // The axis ends where the child's next year does, so that the curve ahead is seen.
  const end = Math.min(TABLE_MONTHS, months < 12 ? 12 : months < 24 ? 24 : Math.ceil((months + 1) / 12) * 12);
  const shown = measured.filter((one) => one.months <= end);
  const option = growthOption({
    measured: shown,
    measure,
    sex,
    standard: STANDARD,
    end,
    theme: chartTheme(contrast ? stark : calm),
    size: baseSize(large),
    colourOf: (code) => institution(code).colour,
    axisWord: t("record.growth.axis"),
    tip,
  });
  return (
    <div className={own["split"]}>
      <div>
        <Chart option={option} height={300} label={`${t(`record.growth.${measure}`)} ${t("record.sections.growth")}`} />
        <p className={`${own["note"] ?? ""} meta`}>{t("record.growth.source")}</p>
      </div>
      <div className={own["table"]}>
        <table className={css["table"]} aria-label={t("record.trend.table")}>
          <thead>
            <tr>
              <th scope="col">{t("search.age")}</th>
              <th scope="col" className="num">
                {t(`record.growth.${measure}`)} ({measure === "weight" ? "kg" : "cm"})
              </th>
              <th scope="col">{t("record.growth.standing")}</th>
              <th scope="col">
                <span className="offscreen">{t("common.source")}</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {[...measured].reverse().map((one) => (
              <tr key={`${one.point.observation.id ?? ""} ${one.point.key}`}>
                <td>{ageWord(one.months)}</td>
                <td className="num">{one.point.text}</td>
                <td data-outside={isOutside(one)} className={own["standing"]}>
                  {isOutside(one) && "⚠ "}
                  {standing(one)}
                </td>
                <td>
                  <Source resource={one.point.observation} date={one.point.date} bare />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </div>
  );
}
