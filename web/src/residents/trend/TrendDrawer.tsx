//! One test over the years, or two together: the chart with reference bands and sources, and the table behind it.

import { Drawer, Segmented, Select } from "antd";
import { lazy, Suspense } from "react";
import { useTranslation } from "react-i18next";
import type { Observation } from "../../fhir/types";
import { Failure, Skeleton } from "../../parts/states";
import { useUrlParam, useUrlParams } from "../../parts/url";
import { briefName } from "../../words/brief";
import { useSection } from "../record/useSection";
import { nameOfSeries, seriesIn } from "../results/series";
import { type Item, itemOf, newestOf, panelsOf, SPANS, type SpanName, within } from "./items";
import css from "./trend.module.css";
import { TrendTable } from "./TrendTable";
import { useTrend } from "./useTrend";

const TrendChart = lazy(() => import("./TrendChart"));

export function TrendDrawer() {
  const { t } = useTranslation();
  const [key = ""] = useUrlParam("trend");
  const [other = ""] = useUrlParam("with");
  const set = useUrlParams();
  const one = useItem(key);
  const two = useItem(other === key ? "" : other);
  const items = [one.item, two.item].filter((item): item is Item => item !== undefined);
  const title = items.map(({ name }) => briefName(name)).join(" · ");
  const close = () => set({ trend: undefined, with: undefined, span: undefined });

  return (
    <Drawer open={key !== ""} onClose={close} size={820} title={title || t("record.results.trend")} destroyOnHidden>
      {one.error ? <Failure cause={one.error} retry={one.retry} /> : one.item ? <TrendBody items={items} whole={one.whole && two.whole} coming={one.coming || two.coming} /> : <Skeleton lines={8} />}
    </Drawer>
  );
}

function useItem(key: string) {
  const { i18n } = useTranslation();
  const labs = useSection<Observation>("labs");
  const vitals = useSection<Observation>("vitals");
  const { data, error, isLoading, refetch } = useTrend(key);
  // What is already here is shown at once; the whole history takes its place when it comes.
  const known = data?.observations ?? [...labs.items, ...vitals.items];
  const series = key ? seriesIn(known, i18n.language).find((found) => found.key === key) : undefined;
  return { item: series && itemOf(series, i18n.language), whole: data?.whole ?? true, coming: isLoading, error: key ? error : null, retry: () => void refetch() };
}

function TrendBody({ items, whole, coming }: { items: Item[]; whole: boolean; coming: boolean }) {
  const { t } = useTranslation();
  const [given, setSpan] = useUrlParam("span");
  const span: SpanName = SPANS.find((one) => one === given) ?? "all";
  const newest = newestOf(items);
  const cut = items.map((item) => ({ ...item, points: within(item.points, span, newest), drawn: within(item.drawn, span, newest) }));
  const panels = panelsOf(cut);
  const values = cut.reduce((sum, { drawn }) => sum + drawn.length, 0);
  return (
    <div className={css["body"]} aria-busy={coming}>
      <div className={css["tools"]}>
        <Segmented
          size="small"
          aria-label={t("record.trend.span.label")}
          value={span}
          onChange={(value) => setSpan(value === "all" ? undefined : value)}
          options={SPANS.map((value) => ({ value, label: t(`record.trend.span.${value}`) }))}
        />
        <Compare items={items} />
      </div>
      {items.map(({ key, others, unit }) =>
        others.length > 0 ? (
          <p key={key} className={css["note"]}>
            {t("record.trend.units", { units: [unit, ...others].join(t("common.comma")), unit })}
          </p>
        ) : null,
      )}
      {!whole && <p className={css["note"]}>{t("record.trend.partial", { n: items[0]?.points.length ?? 0 })}</p>}
      {values === 0 && <p className={css["note"]}>{t("record.trend.notNumeric")}</p>}
      {values === 1 && <p className={css["note"]}>{t("record.trend.single")}</p>}
      {values > 0 && (
        <div className={css["chart"]}>
          <Suspense fallback={<Skeleton lines={6} />}>
            <TrendChart panels={panels} />
          </Suspense>
        </div>
      )}
      <TrendTable items={cut} />
    </div>
  );
}

/** A second test to be seen with the first. */
function Compare({ items }: { items: Item[] }) {
  const { t, i18n } = useTranslation();
  const [other, choose] = useUrlParam("with");
  const labs = useSection<Observation>("labs");
  const vitals = useSection<Observation>("vitals");
  const choices = seriesIn([...labs.items, ...vitals.items], i18n.language)
    .filter(({ key, latest, points }) => key !== items[0]?.key && key.includes("|") && latest.number !== undefined && (points.length > 1 || key === other))
    .map((series) => ({ value: series.key, label: briefName(nameOfSeries(series, i18n.language)) }))
    .sort((a, b) => a.label.localeCompare(b.label, i18n.language));
  return (
    <Select
      size="small"
      className={css["compare"] ?? ""}
      aria-label={t("record.trend.compare")}
      placeholder={t("record.trend.compare")}
      allowClear
      showSearch={{ optionFilterProp: "label" }}
      value={items[1] ? other : undefined}
      onChange={(value: string | undefined) => choose(value)}
      options={choices}
    />
  );
}
