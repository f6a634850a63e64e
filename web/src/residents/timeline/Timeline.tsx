//! Time: years, and in them the visits with institution and kind. A press shows what belongs to the visit.

import { type RefObject, useEffect, useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { keyOf } from "../../fhir/bundle";
import { institutionCode } from "../../fhir/institution";
import type { Encounter } from "../../fhir/types";
import rows from "../../parts/rows.module.css";
import { Empty, Failure, Skeleton } from "../../parts/states";
import { useUrlParam } from "../../parts/url";
import { useView } from "../../parts/useView";
import { usePrefs } from "../../shell/prefs";
import { baseSize } from "../../theme/apply";
import { yearOf } from "../../words/when";
import { useSection } from "../record/useSection";
import { Chips } from "./Chips";
import css from "./timeline.module.css";
import { useFilter } from "./useFilter";
import { useVisitReason } from "./useVisitReason";
import { byYear, isReal, KINDS, kindOf, passes, type Year } from "./visits";
import { HEAD_REM, ROW_REM, YearBlock } from "./YearBlock";

export function Timeline() {
  const { t } = useTranslation();
  const section = useSection<Encounter>("encounters");
  const by = useFilter();
  const list = useRef<HTMLDivElement>(null);
  const view = useView(list);
  const reasonOf = useVisitReason();
  const rem = baseSize(usePrefs().large);
  const [folded, setFolded] = useState<ReadonlySet<string>>(new Set());
  const fold = (year: string) =>
    setFolded((before) => (before.has(year) ? new Set([...before].filter((one) => one !== year)) : new Set([...before, year])));
  const { real, institutions, years, present } = useMemo(() => {
    const all = section.items.filter(isReal);
    return {
      real: all,
      institutions: [...new Set(all.map(institutionCode))].filter(Boolean).sort(),
      years: [...new Set(all.map((one) => yearOf(one.period?.start)))].filter(Boolean).sort().reverse(),
      present: new Set(all.map(kindOf)),
    };
  }, [section.items]);
  const asked = JSON.stringify(by.filter);
  const shown = useMemo(() => byYear(real.filter((one) => passes(one, by.filter))), [real, asked]);
  const count = shown.reduce((sum, { visits }) => sum + visits.length, 0);

  useChosenInView(list, shown, folded, rem);

  // Near the end of what is here the earlier visits are read without being asked for.
  const { more } = section;
  const height = list.current?.scrollHeight ?? 0;
  const near = more !== undefined && count > 0 && height > 0 && view.bottom > height - 400;
  useEffect(() => {
    if (near) more?.();
  }, [near, section.items.length]);

  const body = () => {
    if (section.cause) return <Failure cause={section.cause} retry={section.retry} />;
    if (section.reading) return <Skeleton lines={8} />;
    if (real.length === 0) return <Empty title={t("record.timeline.none")} help={t("record.timeline.noneHelp")} />;
    if (shown.length === 0) return <Empty title={t("record.timeline.noMatch")} />;
    let below = 0;
    return shown.map((one) => {
      const open = !folded.has(one.year);
      const start = below + HEAD_REM * rem;
      below = start + (open ? one.visits.length * ROW_REM * rem : 0);
      return <YearBlock key={one.year} year={one} open={open} fold={() => fold(one.year)} start={start} height={ROW_REM * rem} view={view} reasonOf={reasonOf} />;
    });
  };

  return (
    <section className={css["timeline"]} id="timeline" aria-label={t("record.sections.timeline")}>
      <header className={css["head"]}>
        <div className={css["headLine"]}>
          <h2 className={css["title"]}>{t("record.sections.timeline")}</h2>
          <span className={css["count"]}>{real.length > 0 && t("record.timeline.count", { n: count })}</span>
          {by.clear && (
            <button type="button" className={css["clear"]} onClick={by.clear}>
              {t("record.timeline.clear")}
            </button>
          )}
        </div>
        <Chips institutions={institutions} kinds={KINDS.filter((kind) => present.has(kind))} years={years} by={by} />
      </header>
      <div ref={list}>{body()}</div>
      {section.more && (
        <button type="button" className={rows["fold"]} onClick={section.more}>
          {t("common.more")}
        </button>
      )}
    </section>
  );
}

/** Brings the chosen visit into the column that scrolls, where there is one; not the page of a phone. */
function useChosenInView(list: RefObject<HTMLDivElement | null>, shown: readonly Year[], folded: ReadonlySet<string>, rem: number): void {
  const [chosen] = useUrlParam("visit");
  const here = shown.some(({ visits }) => visits.some((one) => keyOf(one) === chosen));
  useEffect(() => {
    const column = list.current?.closest<HTMLElement>("[data-column]");
    if (!here || !list.current || !column || getComputedStyle(column).overflowY !== "auto") return;
    let top = list.current.offsetTop;
    for (const { year, visits } of shown) {
      top += HEAD_REM * rem;
      const at = folded.has(year) ? -1 : visits.findIndex((one) => keyOf(one) === chosen);
      if (at >= 0) {
        const place = top + at * ROW_REM * rem;
        const seen = place >= column.scrollTop + HEAD_REM * rem && place + ROW_REM * rem <= column.scrollTop + column.clientHeight;
        if (!seen) column.scrollTo({ top: place - column.clientHeight / 3 });
        return;
      }
      top += folded.has(year) ? 0 : visits.length * ROW_REM * rem;
    }
    // Only another choice moves the column: the reader may scroll away from the chosen visit.
  }, [chosen, here]);
}
