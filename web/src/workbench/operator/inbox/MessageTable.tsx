//! Messages as rows, newest first; j and k move, Enter opens.

import { useTranslation } from "react-i18next";
import { InstitutionName } from "../../../parts/Tick";
import { useListKeys } from "../../../residents/search/useListKeys";
import { when } from "../../../words/when";
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
  const [here] = useListKeys({
    size: messages.length,
    open: (at) => onChoose(messages[at]?.id ?? ""),
    focusBox: () => undefined,
  });
  return (
    <table className={css["table"]}>
      <thead>
        <tr>
          <th scope="col">{t("operator.inbox.state")}</th>
          <th scope="col">{t("operator.inbox.received")}</th>
          <th scope="col">{t("operator.inbox.institution")}</th>
          <th scope="col">{t("operator.inbox.kind")}</th>
          <th scope="col" className={css["reasonCell"]}>
            {t("operator.inbox.reason")}
          </th>
        </tr>
      </thead>
      <tbody>
        {messages.map((one, at) => (
          <tr key={one.id} data-here={at === here} data-chosen={one.id === chosen} onClick={() => onChoose(one.id)}>
            <td>
              <StateWord state={one.state} />
            </td>
            <td className={css["time"]}>
              <button type="button" className="plain">
                {when(one.received)}
              </button>
            </td>
            <td className={css["place"]}>
              <InstitutionName code={one.institution} />
            </td>
            <td>
              {one.kind} <span className="meta">{one.door}</span>
              <p className={css["control"]}>{one.control}</p>
            </td>
            <td className={`${css["reason"] ?? ""} ${css["reasonCell"] ?? ""}`}>
              {reasonWord(one.reason)}
              {one.detail && <p className="meta">{one.detail}</p>}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
