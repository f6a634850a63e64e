//! The table behind the chart: every value as it was sent.

import { useTranslation } from "react-i18next";
import { keyOf } from "../../fhir/bundle";
import { Source } from "../../parts/Tick";
import { briefName } from "../../words/brief";
import { when } from "../../words/when";
import { type Point, rangeWords } from "../results/point";
import css from "../results/results.module.css";
import { Value } from "../results/Value";
import { type Item, rowsOf } from "./items";

export function TrendTable({ items }: { items: readonly Item[] }) {
  const { t } = useTranslation();
  const rows = rowsOf(items);
  const [only] = items.length === 1 ? items : [];
  return (
    <>
      <p className="meta">{t("record.trend.points", { n: rows.length })}</p>
      <div className={css["frame"]}>
        <table className={css["table"]} aria-label={t("record.trend.table")}>
          <thead>
            <tr>
              <th scope="col">{t("common.time")}</th>
              {items.map(({ key, name, unit }) => (
                <th key={key} scope="col" className={css["valueHead"]}>
                  {only ? t("record.results.value") : briefName(name)}
                  {!only && unit && <span className={css["headUnit"]}>{unit}</span>}
                </th>
              ))}
              {only && (
                <>
                  <th scope="col" className={css["unitCell"]}>
                    {t("record.results.unit")}
                  </th>
                  <th scope="col">{t("record.results.range")}</th>
                </>
              )}
              <th scope="col" aria-label={t("common.source")}>
                <span className={css["wide"]}>{t("common.source")}</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {rows.map(({ date, cells }) => {
              const point = cells.find((cell): cell is Point => cell !== undefined);
              if (!point) return null;
              return (
                <tr key={`${keyOf(point.observation)} ${point.key}`}>
                  <td className={css["time"]}>{when(date)}</td>
                  {cells.map((cell, at) => (
                    <td key={items[at]?.key} className={css["valueCell"]}>
                      {cell && <Value point={cell} slot />}
                    </td>
                  ))}
                  {only && (
                    <>
                      <td className={`${css["unit"] ?? ""} ${css["unitCell"] ?? ""}`}>{point.unit}</td>
                      <td className={css["unit"]}>{rangeWords(point.observation.referenceRange?.[0])}</td>
                    </>
                  )}
                  <td className={css["sourceCell"]}>
                    <span className={css["wide"]}>
                      <Source resource={point.observation} date={point.date} />
                    </span>
                    <span className={css["narrow"]}>
                      <Source resource={point.observation} date={point.date} bare />
                    </span>
                  </td>
                </tr>
              );
            })}
          </tbody>
        </table>
      </div>
    </>
  );
}
