//! Results as rows: test, value with its sign, unit, range, trend, time, source.

import { useTranslation } from "react-i18next";
import { keyOf } from "../../fhir/bundle";
import rows from "../../parts/rows.module.css";
import { Source } from "../../parts/Tick";
import { useUrlParam } from "../../parts/url";
import { briefName } from "../../words/brief";
import { day, when } from "../../words/when";
import { Fresh } from "../live/Fresh";
import { useIsFresh } from "../live/marks";
import { RangeBar } from "./RangeBar";
import css from "./results.module.css";
import { rangeWords } from "./point";
import { nameOfSeries, type Series } from "./series";
import { Sparkline } from "./Sparkline";
import { Value } from "./Value";

/** Past this length a value is prose, not a number, and may break into lines. */
const LONG = 18;

export function ResultsTable({ series }: { series: readonly Series[] }) {
  const { t } = useTranslation();
  const trends = series.some(({ points }) => points.length > 1);
  return (
    <div className={css["frame"]}>
      <table className={css["table"]}>
        <thead>
          <tr>
            <th scope="col">{t("record.results.item")}</th>
            <th scope="col" className={css["valueHead"]}>
              {t("record.results.value")}
            </th>
            <th scope="col" className={css["unitCell"]}>
              {t("record.results.unit")}
            </th>
            <th scope="col" className={css["rangeCell"]}>
              {t("record.results.range")}
            </th>
            {trends && (
              <th scope="col" className={css["trendCell"]}>
                {t("record.results.trend")}
              </th>
            )}
            <th scope="col" className={css["timeCell"]}>
              {t("common.time")}
            </th>
            <th scope="col">
              <span className="offscreen">{t("common.source")}</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {series.map((one) => (
            <ResultRow key={one.key} series={one} trends={trends} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function ResultRow({ series, trends }: { series: Series; trends: boolean }) {
  const { key, latest, points } = series;
  const { t, i18n } = useTranslation();
  const [, openTrend] = useUrlParam("trend");
  const fresh = useIsFresh()(keyOf(latest.observation));
  const name = nameOfSeries(series, i18n.language);
  const range = rangeWords(latest.observation.referenceRange?.[0]);
  const open = () => openTrend(key);
  return (
    <tr data-fresh={fresh} data-code={latest.concept.coding?.[0]?.code}>
      <td>
        <button type="button" className={`${rows["link"] ?? ""} ${css["name"] ?? ""}`} data-tip={name} onClick={open}>
          {briefName(name)}
        </button>{" "}
        {latest.observation.status === "preliminary" && <span className={rows["tag"]}>{t("record.results.preliminary")}</span>}
        {fresh && <Fresh />}
        <span className={css["inlineTime"]}>{day(latest.date)}</span>
      </td>
      <td className={css["valueCell"]}>
        <span className={latest.text.length > LONG ? css["longText"] : undefined}>
          <Value point={latest} slot />
        </span>
        <span className={`${css["unit"] ?? ""} ${css["inlineUnit"] ?? ""}`}>{latest.unit}</span>
      </td>
      <td className={`${css["unit"] ?? ""} ${css["unitCell"] ?? ""}`}>{latest.unit}</td>
      <td className={css["rangeCell"]}>
        <span className={css["range"]}>
          <span className={css["rangeWords"]}>{range}</span>
          <RangeBar point={latest} />
        </span>
      </td>
      {trends && (
        <td className={css["trendCell"]}>
          <button type="button" className={css["trend"]} aria-label={t("record.results.openTrend", { name })} tabIndex={-1} onClick={open}>
            <Sparkline points={points} />
          </button>
        </td>
      )}
      <td className={`${css["time"] ?? ""} ${css["timeCell"] ?? ""}`} data-tip={when(latest.date)}>
        {day(latest.date)}
      </td>
      <td>
        <Source resource={latest.observation} date={latest.date} bare />
      </td>
    </tr>
  );
}
