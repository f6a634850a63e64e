//! One test over the years: the chart with its reference band and sources, and the table behind it.

import { Drawer } from "antd";
import { lazy, Suspense } from "react";
import { useTranslation } from "react-i18next";
import type { Observation } from "../../fhir/types";
import { Failure, Skeleton } from "../../parts/states";
import { useUrlParam } from "../../parts/url";
import { useSection } from "../record/useSection";
import { nameOfSeries, seriesIn } from "../results/series";
import { choose } from "./choose";
import css from "./trend.module.css";
import { TrendTable } from "./TrendTable";
import { useTrend } from "./useTrend";

const TrendChart = lazy(() => import("./TrendChart"));

export function TrendDrawer() {
  const { t, i18n } = useTranslation();
  const [key = "", open] = useUrlParam("trend");
  const labs = useSection<Observation>("labs");
  const vitals = useSection<Observation>("vitals");
  const { data, error, refetch } = useTrend(key);
  // What is already here is shown at once; the whole history takes its place when it comes.
  const known = data?.observations ?? [...labs.items, ...vitals.items];
  const series = seriesIn(known, i18n.language).find((one) => one.key === key);
  const name = series ? nameOfSeries(series, i18n.language) : "";
  const { drawn, unit, units } = choose(series?.points ?? []);

  return (
    <Drawer open={key !== ""} onClose={() => open(undefined)} size={760} title={name || t("record.results.trend")} destroyOnHidden>
      {error ? (
        <Failure cause={error} retry={() => void refetch()} />
      ) : series ? (
        <div className={css["body"]}>
          {units.length > 1 && <p className={css["note"]}>{t("record.trend.units", { units: units.join(t("common.comma")), unit })}</p>}
          {data && !data.whole && <p className={css["note"]}>{t("record.trend.partial", { n: series.points.length })}</p>}
          {drawn.length === 0 && <p className={css["note"]}>{t("record.trend.notNumeric")}</p>}
          {drawn.length === 1 && <p className={css["note"]}>{t("record.trend.single")}</p>}
          {drawn.length > 0 && (
            <div className={css["chart"]}>
              <Suspense fallback={<Skeleton lines={6} />}>
                <TrendChart points={drawn} unit={unit} name={name} />
              </Suspense>
            </div>
          )}
          <TrendTable points={series.points} />
        </div>
      ) : (
        <Skeleton lines={8} />
      )}
    </Drawer>
  );
}
