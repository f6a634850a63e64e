//! Filter chips: institutions by their ticks, kinds of visit by their words.

import { useTranslation } from "react-i18next";
import { useInstitutions } from "../../parts/institutions";
import { Tick } from "../../parts/Tick";
import { shortName } from "../../words/shortname";
import css from "./timeline.module.css";
import type { Filter, Kind } from "./visits";

interface ChipsProps {
  institutions: readonly string[];
  kinds: readonly Kind[];
  filter: Filter;
  onInstitution: (code: string) => void;
  onKind: (kind: Kind) => void;
}

export function Chips({ institutions, kinds, filter, onInstitution, onKind }: ChipsProps) {
  const { t } = useTranslation();
  const institution = useInstitutions();
  return (
    <div className={css["chips"]} role="group" aria-label={t("record.timeline.filter")}>
      {kinds.length > 1 &&
        kinds.map((kind) => (
          <button key={kind} type="button" className={css["chip"]} aria-pressed={filter.kinds.includes(kind)} onClick={() => onKind(kind)}>
            {t(`record.timeline.class.${kind}`)}
          </button>
        ))}
      {institutions.length > 1 &&
        institutions.map((code) => (
          <button
            key={code}
            type="button"
            className={css["chip"]}
            data-tip={institution(code).name}
            aria-pressed={filter.institutions.includes(code)}
            onClick={() => onInstitution(code)}
          >
            <Tick code={code} />
            <span className={css["chipName"]}>{shortName(institution(code).name)}</span>
          </button>
        ))}
    </div>
  );
}
