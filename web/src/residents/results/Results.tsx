//! The latest result of every test, from every institution; a press opens its trend.

import { Segmented } from "antd";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Observation } from "../../fhir/types";
import { Empty } from "../../parts/states";
import rows from "../../parts/rows.module.css";
import { useUrlParam } from "../../parts/url";
import { SectionCard } from "../record/SectionCard";
import { useSection } from "../record/useSection";
import { ResultsTable } from "./ResultsTable";
import { byUrgency, isAbnormal, seriesIn } from "./series";

/** Rows on the first screen; the rest unfolds. */
const FIRST = 14;

export function Results() {
  const { t, i18n } = useTranslation();
  const section = useSection<Observation>("labs");
  const [only, setOnly] = useUrlParam("results");
  const [whole, setWhole] = useState(false);
  const series = useMemo(() => byUrgency(seriesIn(section.items, i18n.language)), [section.items, i18n.language]);
  const abnormal = series.filter(({ latest }) => isAbnormal(latest.flag));
  const chosen = only === "abnormal" ? abnormal : series;
  const shown = whole ? chosen : chosen.slice(0, FIRST);

  return (
    <SectionCard
      id="results"
      title={t("record.sections.results")}
      sections={[section]}
      empty={t("record.results.none")}
      count={0}
      lines={10}
      extra={
        series.length > 0 && (
          <Segmented
            size="small"
            aria-label={t("record.sections.results")}
            value={only === "abnormal" ? "abnormal" : "all"}
            onChange={(value) => setOnly(value === "abnormal" ? "abnormal" : undefined)}
            options={[
              { value: "all", label: t("record.results.everything", { n: series.length }) },
              { value: "abnormal", label: t("record.results.abnormal", { n: abnormal.length }) },
            ]}
          />
        )
      }
    >
      {() =>
        chosen.length === 0 ? (
          <Empty title={t("record.results.noAbnormal")} />
        ) : (
          <>
            <ResultsTable series={shown} />
            {chosen.length > FIRST && (
              <button type="button" className={rows["fold"]} aria-expanded={whole} onClick={() => setWhole(!whole)}>
                {whole ? t("common.showLess") : t("common.showAll", { n: chosen.length })}
              </button>
            )}
          </>
        )
      }
    </SectionCard>
  );
}
