//! Filter chips: institutions by their ticks, kinds of visit by their words, years in a line that scrolls.

import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { useInstitutions } from "../../parts/institutions";
import { Tick } from "../../parts/Tick";
import { shortName } from "../../words/shortname";
import css from "./timeline.module.css";
import type { useFilter } from "./useFilter";
import type { Kind } from "./visits";

interface ChipsProps {
  institutions: readonly string[];
  kinds: readonly Kind[];
  years: readonly string[];
  by: ReturnType<typeof useFilter>;
}

export function Chips({ institutions, kinds, years, by }: ChipsProps) {
  const { t } = useTranslation();
  const institution = useInstitutions();
  return (
    <div className={css["filters"]} role="group" aria-label={t("record.timeline.filter")}>
      <div className={css["chips"]}>
        {kinds.length > 1 &&
          kinds.map((kind) => (
            <Chip key={kind} on={by.filter.kinds.includes(kind)} toggle={() => by.toggleKind(kind)}>
              {t(`record.timeline.class.${kind}`)}
            </Chip>
          ))}
        {institutions.length > 1 &&
          institutions.map((code) => (
            <Chip key={code} on={by.filter.institutions.includes(code)} tip={institution(code).name} toggle={() => by.toggleInstitution(code)}>
              <Tick code={code} />
              <span className={css["chipName"]}>{shortName(institution(code).name)}</span>
            </Chip>
          ))}
      </div>
      {years.length > 1 && (
        <div className={css["years"]}>
          {years.map((year) => (
            <Chip key={year} on={by.filter.years.includes(year)} toggle={() => by.toggleYear(year)}>
              {year}
            </Chip>
          ))}
        </div>
      )}
    </div>
  );
}

function Chip({ on, toggle, tip, children }: { on: boolean; toggle: () => void; tip?: string; children: ReactNode }) {
  return (
    <button type="button" className={css["chip"]} data-tip={tip} aria-pressed={on} onClick={toggle}>
      {children}
    </button>
  );
}
