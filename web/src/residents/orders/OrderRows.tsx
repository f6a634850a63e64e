//! Orders as rows, each with its state; an answered one opens its report.

import { useTranslation } from "react-i18next";
import { keyOf } from "../../fhir/bundle";
import { wordsOf } from "../../fhir/concept";
import rows from "../../parts/rows.module.css";
import { Source } from "../../parts/Tick";
import { useUrlParam } from "../../parts/url";
import { day } from "../../words/when";
import { Fresh } from "../live/Fresh";
import { useIsFresh } from "../live/marks";
import type { Order } from "./loops";
import css from "./orders.module.css";

export function OrderRows({ orders }: { orders: readonly Order[] }) {
  const { t, i18n } = useTranslation();
  const [, openPaper] = useUrlParam("document");
  const [, openResource] = useUrlParam("resource");
  const isFresh = useIsFresh();
  return (
    <ul className={rows["rows"]}>
      {orders.map(({ resource, state, answer }) => {
        const key = keyOf(resource);
        const open = () => (answer?.startsWith("DiagnosticReport/") ? openPaper(answer) : openResource(answer ?? key));
        return (
          <li key={key} className={rows["row"]} data-fresh={isFresh(key)}>
            <span className={rows["main"]}>
              <button type="button" className={rows["link"]} onClick={open}>
                {wordsOf(resource.code, i18n.language) || t("common.unknown")}
              </button>
              <span className={css["state"]} data-state={state}>
                {t(`record.orders.states.${state}`)}
              </span>
              {isFresh(key) && <Fresh />} <span className={`${css["by"] ?? ""} meta`}>{resource.requester?.display}</span>
            </span>
            <span className={rows["side"]}>
              <span>{day(resource.authoredOn)}</span>
              <Source resource={resource} date={resource.authoredOn} bare />
            </span>
          </li>
        );
      })}
    </ul>
  );
}
