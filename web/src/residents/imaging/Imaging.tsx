//! Imaging and function tests as a strip, newest first: what, when, where, and the first words of the report.

import { PictureOutlined } from "@ant-design/icons";
import { useTranslation } from "react-i18next";
import { keyOf } from "../../fhir/bundle";
import type { DiagnosticReport, Observation } from "../../fhir/types";
import { Source } from "../../parts/Tick";
import { useUrlParam } from "../../parts/url";
import { day } from "../../words/when";
import { useIsFresh } from "../live/marks";
import { Fresh } from "../live/Fresh";
import { SectionCard } from "../record/SectionCard";
import { useSection } from "../record/useSection";
import { papersIn } from "../documents/papers";
import css from "./imaging.module.css";
import { wordsOfReport } from "./words";

export function Imaging() {
  const { t, i18n } = useTranslation();
  const section = useSection<DiagnosticReport>("imaging");
  const [, open] = useUrlParam("document");
  const isFresh = useIsFresh();
  const results = section.included.filter((one): one is Observation => one.resourceType === "Observation");
  return (
    <SectionCard id="imaging" title={t("record.sections.imaging")} sections={[section]} empty={t("record.imaging.none")} lines={2}>
      {() => (
        <ul className={css["strip"]}>
          {papersIn([], section.items, i18n.language).map((paper) => {
            const words = wordsOfReport(paper, results, i18n.language);
            return (
              <li key={paper.key} className={css["study"]} data-fresh={isFresh(paper.key)}>
                <button type="button" className={css["open"]} onClick={() => open(paper.key)}>
                  <span className={css["name"]}>
                    <PictureOutlined /> {paper.title || t("common.unknown")} {isFresh(keyOf(paper.resource)) && <Fresh />}
                  </span>
                  <span className={css["words"]}>{words || t("record.imaging.noWords")}</span>
                </button>
                <span className={css["foot"]}>
                  <span>{day(paper.date)}</span>
                  <Source resource={paper.resource} date={paper.date} />
                </span>
              </li>
            );
          })}
        </ul>
      )}
    </SectionCard>
  );
}
