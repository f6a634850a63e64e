//! The latest vital signs.

import { useTranslation } from "react-i18next";
import { keyOf } from "../../fhir/bundle";
import { wordsOf } from "../../fhir/concept";
import type { Observation } from "../../fhir/types";
import { Source } from "../../parts/Tick";
import { useUrlParam } from "../../parts/url";
import { day } from "../../words/when";
import { Fresh } from "../live/Fresh";
import { useIsFresh } from "../live/marks";
import { SectionCard } from "../record/SectionCard";
import { useSection } from "../record/useSection";
import { Sparkline } from "../results/Sparkline";
import { Value } from "../results/Value";
import { type Tile, tilesIn } from "./tiles";
import css from "./vitals.module.css";

export function Vitals() {
  const { t, i18n } = useTranslation();
  const section = useSection<Observation>("vitals");
  const tiles = tilesIn(section.items, i18n.language);
  return (
    <SectionCard id="vitals" title={t("record.sections.vitals")} sections={[section]} empty={t("record.vitals.none")} count={0} lines={2}>
      {() => (
        <ul className={css["tiles"]}>
          {tiles.map((tile) => (
            <VitalTile key={tile.series.key} tile={tile} />
          ))}
        </ul>
      )}
    </SectionCard>
  );
}

function VitalTile({ tile: { series, with: partner } }: { tile: Tile }) {
  const { t, i18n } = useTranslation();
  const [, openTrend] = useUrlParam("trend");
  const { latest, points, key } = series;
  const fresh = useIsFresh()(keyOf(latest.observation));
  const name = wordsOf(partner ? latest.observation.code : latest.concept, i18n.language);
  return (
    <li className={css["tile"]} data-fresh={fresh}>
      <button type="button" className={css["name"]} aria-label={t("record.results.openTrend", { name })} onClick={() => openTrend(key)}>
        {name}
      </button>
      <p className={css["value"]}>
        <Value point={latest} />
        {partner && (
          <>
            <span className={css["slash"]}>/</span>
            <Value point={partner} />
          </>
        )}
        <span className={css["unit"]}>{latest.unit}</span>
        {fresh && <Fresh />}
      </p>
      <Sparkline points={points} width={104} height={20} />
      <p className={css["foot"]}>
        {day(latest.date)} <Source resource={latest.observation} date={latest.date} bare />
      </p>
    </li>
  );
}
