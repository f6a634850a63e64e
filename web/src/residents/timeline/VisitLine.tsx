//! One visit on the timeline.

import { AlertOutlined, HomeOutlined, MedicineBoxOutlined, ReconciliationOutlined, SolutionOutlined, VideoCameraOutlined } from "@ant-design/icons";
import type { ComponentType } from "react";
import { useTranslation } from "react-i18next";
import { keyOf } from "../../fhir/bundle";
import { wordsOf } from "../../fhir/concept";
import { institutionCode, institutionTag } from "../../fhir/institution";
import type { Encounter } from "../../fhir/types";
import { useInstitutions } from "../../parts/institutions";
import { Tick } from "../../parts/Tick";
import { useUrlParam } from "../../parts/url";
import { shortName } from "../../words/shortname";
import { day, when } from "../../words/when";
import { Fresh } from "../live/Fresh";
import { useIsFresh } from "../live/marks";
import css from "./timeline.module.css";
import { type Kind, kindOf } from "./visits";

const ICONS: Record<Kind, ComponentType> = {
  AMB: SolutionOutlined,
  IMP: MedicineBoxOutlined,
  EMER: AlertOutlined,
  HH: HomeOutlined,
  VR: VideoCameraOutlined,
  OBSENC: ReconciliationOutlined,
  other: ReconciliationOutlined,
};

interface VisitLineProps {
  visit: Encounter;
  reason: string;
  /** Its place among the year's visits: not all of them are drawn. */
  place: number;
  of: number;
}

export function VisitLine({ visit, reason, place, of }: VisitLineProps) {
  const { t, i18n } = useTranslation();
  const [chosen, choose] = useUrlParam("visit");
  const department = wordsOf(visit.serviceType, i18n.language);
  const key = keyOf(visit);
  const code = institutionCode(visit);
  const { name } = useInstitutions()(code, institutionTag(visit)?.display);
  const kind = kindOf(visit);
  const Icon = ICONS[kind];
  const word = t(`record.timeline.class.${kind}`);
  const fresh = useIsFresh()(key);
  const here = chosen === key;
  const end = day(visit.period?.end);
  const start = day(visit.period?.start);
  const stay = kind === "IMP" && end && end !== start ? `→ ${end.slice(5)}` : "";
  const what = [word, department].filter(Boolean).join(" ");
  const tip = [name, what, reason, [when(visit.period?.start), when(visit.period?.end)].filter(Boolean).join(" – "), key].filter(Boolean).join("\n");

  return (
    <li aria-posinset={place} aria-setsize={of}>
      <button
        type="button"
        className={css["visit"]}
        aria-pressed={here}
        data-fresh={fresh}
        data-kind={kind}
        data-tip={tip}
        onClick={() => choose(here ? undefined : key)}
      >
        <span className={css["date"]}>
          {start.slice(5) || "—"}
          {stay && <span className={css["until"]}>{stay}</span>}
        </span>
        <Tick code={code} />
        <span className={css["what"]}>
          <span className={css["kind"]}>
            <Icon />
            <span className={css["department"]}>{what}</span>
            {fresh && <Fresh />}
          </span>
          {reason && <span className={css["reason"]}>{reason}</span>}
          <span className={css["where"]}>{shortName(name)}</span>
        </span>
      </button>
    </li>
  );
}
