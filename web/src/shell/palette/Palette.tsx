//! Ctrl-K: residents, pages and actions from one line of typing.

import { Modal } from "antd";
import { type KeyboardEvent, useDeferredValue, useState } from "react";
import { useTranslation } from "react-i18next";
import css from "./palette.module.css";
import { useEntries } from "./useEntries";

export function Palette({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const [typed, setTyped] = useState("");
  const [at, setAt] = useState(0);
  const { entries, busy } = useEntries(useDeferredValue(typed));
  const chosen = Math.min(at, Math.max(0, entries.length - 1));

  const run = (index: number) => {
    const entry = entries[index];
    if (!entry) return;
    onClose();
    entry.run();
  };
  const keys = (event: KeyboardEvent) => {
    if (event.nativeEvent.isComposing) return;
    if (event.key === "ArrowDown") setAt(Math.min(chosen + 1, entries.length - 1));
    else if (event.key === "ArrowUp") setAt(Math.max(chosen - 1, 0));
    else if (event.key === "Enter") run(chosen);
    else return;
    event.preventDefault();
  };

  return (
    <Modal open onCancel={onClose} footer={null} closable={false} width={560} style={{ top: 72 }} title={null} aria-label={t("shell.palette.open")}>
      <input
        className={css["input"]}
        role="combobox"
        aria-expanded={entries.length > 0}
        aria-controls="palette-list"
        aria-activedescendant={entries.length > 0 ? `palette-${chosen}` : undefined}
        aria-label={t("shell.palette.open")}
        placeholder={t("shell.palette.placeholder")}
        autoComplete="off"
        autoFocus
        value={typed}
        onChange={(event) => {
          setTyped(event.target.value);
          setAt(0);
        }}
        onKeyDown={keys}
      />
      <ul id="palette-list" role="listbox" aria-label={t("shell.palette.open")} className={css["list"]} aria-busy={busy}>
        {entries.map((entry, index) => (
          <li
            key={entry.key}
            id={`palette-${index}`}
            role="option"
            aria-selected={index === chosen}
            className={css["entry"]}
            onPointerMove={() => setAt(index)}
            onClick={() => run(index)}
          >
            <span className={css["word"]}>{entry.word}</span>
            <span className={css["side"]}>{entry.side}</span>
          </li>
        ))}
      </ul>
      <p className={css["hint"]}>{entries.length === 0 && !busy ? t("shell.palette.none") : t("shell.palette.hint")}</p>
    </Modal>
  );
}
