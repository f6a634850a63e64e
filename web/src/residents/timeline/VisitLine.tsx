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

export function useVisitTitle(): (visit: Encounter) => string {
  const { i18n } = useTranslation();
  return (visit) =>
    [visit.reasonCode?.[0], visit.type?.[0], visit.serviceType].map((one) => wordsOf(one, i18n.language)).find(Boolean) ?? "";
}

export function VisitLine({ visit }: { visit: Encounter }) {
  const { t } = useTranslation();
  const [chosen, choose] = useUrlParam("visit");
  const title = useVisitTitle()(visit);
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
  const tip = [name, [when(visit.period?.start), when(visit.period?.end)].filter(Boolean).join(" – "), key].join("\n");

  return (
    <li>
      <button
        type="button"
        className={css["visit"]}
        aria-pressed={here}
        data-fresh={fresh}
        data-tip={tip}
        onClick={() => choose(here ? undefined : key)}
      >
        <span className={css["date"]}>{start.slice(5) || "—"}</span>
        <Tick code={code} />
        <span className={css["what"]}>
          <span className={css["kind"]} data-kind={kind}>
            <Icon /> {word}
            {kind === "IMP" && end && end !== start && <span className={css["until"]}>→ {end.slice(5)}</span>} {fresh && <Fresh />}
          </span>
          {title && title !== word && <span className={css["reason"]}>{title}</span>}
          <span className={css["where"]}>{shortName(name)}</span>
        </span>
      </button>
    </li>
  );
}
