//! Papers as rows; a press opens the words.

import { FileTextOutlined } from "@ant-design/icons";
import { useTranslation } from "react-i18next";
import rows from "../../parts/rows.module.css";
import { Source } from "../../parts/Tick";
import { useUrlParam } from "../../parts/url";
import { day } from "../../words/when";
import { Fresh } from "../live/Fresh";
import { useIsFresh } from "../live/marks";
import type { Paper } from "./papers";

export function DocumentRows({ papers }: { papers: readonly Paper[] }) {
  const { t } = useTranslation();
  const [, open] = useUrlParam("document");
  const isFresh = useIsFresh();
  return (
    <ul className={rows["rows"]}>
      {papers.map(({ key, resource, title, date, author }) => (
        <li key={key} className={rows["row"]} data-fresh={isFresh(key)}>
          <span className={rows["main"]}>
            <button type="button" className={rows["link"]} onClick={() => open(key)}>
              <FileTextOutlined /> {title || t("common.unknown")}
            </button>
            {isFresh(key) && <Fresh />} {author && <span className="meta">{author}</span>}
          </span>
          <span className={rows["side"]}>
            <span>{day(date)}</span>
            <Source resource={resource} date={date} bare />
          </span>
        </li>
      ))}
    </ul>
  );
}
