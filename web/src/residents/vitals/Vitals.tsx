//! The latest vital signs.

import { useState } from "react";
import { useTranslation } from "react-i18next";
import { keyOf } from "../../fhir/bundle";
import type { Observation } from "../../fhir/types";
import rows from "../../parts/rows.module.css";
import { Source } from "../../parts/Tick";
import { useUrlParams } from "../../parts/url";
import { briefName } from "../../words/brief";
import { day } from "../../words/when";
import { Fresh } from "../live/Fresh";
import { useIsFresh } from "../live/marks";
import { SectionCard } from "../record/SectionCard";
import { useSection } from "../record/useSection";
import { nameOfSeries } from "../results/series";
import { Sparkline } from "../results/Sparkline";
import { Value } from "../results/Value";
import { type Tile, tilesIn } from "./tiles";
import css from "./vitals.module.css";

/** Rows on the first screen: those of the latest measurement come first. */
const FIRST = 3;

export function Vitals() {
  const { t, i18n } = useTranslation();
  const section = useSection<Observation>("vitals");
  const [whole, setWhole] = useState(false);
  const tiles = tilesIn(section.items, i18n.language);
  // Only the latest of each sign stands here; earlier ones come with its trend.
  const latest = { ...section, more: undefined };
  return (
    <SectionCard id="vitals" title={t("record.sections.vitals")} sections={[latest]} empty={t("record.vitals.none")} count={0} lines={2}>
      {() => (
        <div className={css["frame"]}>
          <ul className={rows["rows"]}>
            {(whole ? tiles : tiles.slice(0, FIRST)).map((tile) => (
              <VitalRow key={tile.series.key} tile={tile} />
            ))}
          </ul>
          {tiles.length > FIRST && (
            <button type="button" className={rows["fold"]} aria-expanded={whole} onClick={() => setWhole(!whole)}>
              {whole ? t("common.showLess") : t("common.showAll", { n: tiles.length })}
            </button>
          )}
        </div>
      )}
    </SectionCard>
  );
}

function VitalRow({ tile: { series, with: partner } }: { tile: Tile }) {
  const { t, i18n } = useTranslation();
  const open = useUrlParams();
  const { latest, points, key } = series;
  const fresh = useIsFresh()(keyOf(latest.observation));
  const name = partner ? t("record.vitals.pressure") : nameOfSeries(series, i18n.language);
  return (
    <li className={`${rows["row"] ?? ""} ${css["sign"] ?? ""}`} data-fresh={fresh}>
      <button type="button" className={`${rows["link"] ?? ""} ${css["name"] ?? ""}`} onClick={() => open({ trend: key, with: partner?.key })}>
        {briefName(name)}
      </button>
      <span className={css["value"]}>
        <Value point={latest} />
        {partner && (
          <>
            <span className={css["slash"]}>/</span>
            <Value point={partner} />
          </>
        )}{" "}
        <span className={css["unit"]}>{latest.unit}</span> {fresh && <Fresh />}
      </span>
      <Sparkline points={points} width={56} height={18} />
      <span className={rows["side"]}>
        <span>{day(latest.date)}</span>
        <Source resource={latest.observation} date={latest.date} bare />
      </span>
    </li>
  );
}
