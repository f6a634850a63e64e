//! The faults, worst first: what is wrong in plain words, what the server says, where. A press goes to the line.

import { useTranslation } from "react-i18next";
import { useInstruction } from "./useInstruction";
import type { Fault } from "./faults";
import css from "./validate.module.css";

interface FaultsProps {
  faults: readonly Fault[];
  /** The text was changed since: lines may have moved. */
  stale: boolean;
  here: number | undefined;
  onShow: (at: number, edit: boolean) => void;
}

export function Faults({ faults, stale, here, onShow }: FaultsProps) {
  const { t } = useTranslation();
  const instruction = useInstruction();
  return (
    <ol className={css["faults"]} data-stale={stale}>
      {faults.map((fault, at) => {
        const { word, todo } = instruction(fault.code);
        return (
          <li key={at} data-severity={fault.severity} data-here={at === here}>
            <button type="button" className={css["fault"]} aria-current={at === here} onFocus={() => onShow(at, false)} onClick={() => onShow(at, true)}>
              <span className={css["faultHead"]}>
                <b className={css["severity"]}>{t(`standards.validate.severity.${fault.severity}`)}</b>
                <span>{word}</span>
                <span className={css["where"]}>{fault.line === undefined ? t("standards.validate.noLine") : t("standards.validate.line", { n: fault.line })}</span>
              </span>
              {fault.says && <span className={css["says"]}>{fault.says}</span>}
              {fault.expression && <code className={css["path"]}>{fault.expression}</code>}
              {todo && <span className={css["todo"]}>{todo}</span>}
              {fault.profile && <span className="meta">{t("standards.validate.byProfile", { profile: fault.profile })}</span>}
            </button>
          </li>
        );
      })}
    </ol>
  );
}
