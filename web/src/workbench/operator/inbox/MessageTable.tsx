//! Messages as rows, newest first; j and k move, Enter opens.

import { useTranslation } from "react-i18next";
import { InstitutionName } from "../../../parts/Tick";
import { when } from "../../../words/when";
import { useRowKeys } from "../common/useRowKeys";
import css from "./inbox.module.css";
import type { Message } from "./messages";
import { StateWord, useReasonWord } from "./words";

interface MessageTableProps {
  messages: readonly Message[];
  chosen: string | undefined;
  onChoose: (id: string) => void;
}

export function MessageTable({ messages, chosen, onChoose }: MessageTableProps) {
  const { t } = useTranslation();
  const reasonWord = useReasonWord();
  const { here, body } = useRowKeys(messages.length, (at) => onChoose(messages[at]?.id ?? ""));
  return (
    <table className={css["table"]}>
      <thead>
        <tr>
          <th scope="col">{t("operator.inbox.received")}</th>
          <th scope="col">{t("operator.inbox.kind")}</th>
          <th scope="col">{t("operator.inbox.institution")}</th>
        </tr>
      </thead>
      <tbody ref={body}>
        {messages.map((one, at) => (
          <tr key={one.id} data-here={at === here} data-chosen={one.id === chosen} onClick={() => onChoose(one.id)}>
            <td className={css["time"]}>
              <button type="button" className="plain">
                {when(one.received)}
              </button>
              <p>
                <StateWord state={one.state} />
              </p>
            </td>
            <td>
              {one.kind || "–"} <span className="meta">{one.door}</span>
              <p className={css["controlId"]}>{one.control}</p>
            </td>
            <td className={css["reason"]}>
              {one.institution ? <InstitutionName code={one.institution} /> : <span className="meta">{t("operator.feeds.unknown")}</span>}
              {one.reason && <p>{reasonWord(one.reason)}</p>}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
