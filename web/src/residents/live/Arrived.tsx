//! The rail's list of what arrived since the record was opened.

import { useTranslation } from "react-i18next";
import { useUrlParam } from "../../parts/url";
import { Card } from "../../parts/Card";
import { clock } from "../../words/when";
import { useTypeWord } from "../resource/useTypeWord";
import css from "./live.module.css";
import { useArrivalName } from "./useArrivalName";
import { useArrivals } from "./marks";

export function Arrived() {
  const { t } = useTranslation();
  const { list } = useArrivals();
  const typeWord = useTypeWord();
  const nameOf = useArrivalName();
  const [, open] = useUrlParam("resource");
  if (list.length === 0) return null;
  return (
    <Card title={t("record.live.arrived")} count={list.length}>
      <ul className={css["arrivals"]} aria-live="polite">
        {list.slice(0, 8).map(({ type, id, action, at }) => (
          <li key={`${type}/${id}`}>
            <button type="button" className="plain" disabled={action === "delete"} onClick={() => open(`${type}/${id}`)}>
              <span className={css["what"]}>
                {typeWord(type)} {t(`record.live.${action}`)}
              </span>
              {nameOf(`${type}/${id}`)}
            </button>
            <span className="meta">{clock(at)}</span>
          </li>
        ))}
      </ul>
    </Card>
  );
}

/** Whether the page hears changes now. */
export function LiveSign() {
  const { t } = useTranslation();
  const { state } = useArrivals();
  const word = state === "broken" ? t("record.live.brokenShort") : t(`record.live.${state}`);
  return (
    <span className={css["sign"]} data-state={state} role="status" data-tip={t(`record.live.${state}`)}>
      {word}
    </span>
  );
}
