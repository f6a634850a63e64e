//! One year of visits. Rows have one height, and only those near the view are drawn: a long life stays light.

import { DownOutlined, RightOutlined } from "@ant-design/icons";
import { useTranslation } from "react-i18next";
import { spanOf } from "../../parts/span";
import type { View } from "../../parts/useView";
import css from "./timeline.module.css";
import type { useVisitReason } from "./useVisitReason";
import { VisitLine } from "./VisitLine";
import type { Year } from "./visits";

interface YearBlockProps {
  year: Year;
  open: boolean;
  fold: () => void;
  /** Where its rows begin in the list, and how high one is, in pixels. */
  start: number;
  height: number;
  view: View;
  reasonOf: ReturnType<typeof useVisitReason>;
}

/** Heights in rem; `timeline.module.css` has the same. */
export const ROW_REM = 4.6;
export const HEAD_REM = 2;

export function YearBlock({ year: { year, visits }, open, fold, start, height, view, reasonOf }: YearBlockProps) {
  const { t } = useTranslation();
  const { from, to } = spanOf(visits.length, height, start, view.top, view.bottom);
  return (
    <div>
      <h3 className={css["year"]}>
        <button type="button" className={css["yearFold"]} aria-expanded={open} onClick={fold}>
          {open ? <DownOutlined /> : <RightOutlined />} {year || t("record.timeline.undated")}{" "}
          <span className={css["count"]}>{visits.length}</span>
        </button>
      </h3>
      {open && (
        <ol style={{ paddingTop: from * height, paddingBottom: (visits.length - to) * height }}>
          {visits.slice(from, to).map((visit, at) => (
            <VisitLine key={visit.id} visit={visit} reason={reasonOf(visit)} place={from + at + 1} of={visits.length} />
          ))}
        </ol>
      )}
    </div>
  );
}
