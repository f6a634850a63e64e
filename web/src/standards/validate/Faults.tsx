//! The faults, worst first: what is wrong in plain words, what the server says, where. A press goes to the line.

import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { type Fault, valueSetIn } from "./faults";
import { useInstruction } from "./useInstruction";
import css from "./validate.module.css";

interface FaultsProps {
  faults: readonly Fault[];
  /** The text was changed since: lines may have moved. */
  stale: boolean;
  here: number | undefined;
  /** Whether the server's English sentences are shown beside those in the reader's language. */
  exact: boolean;
  onShow: (at: number, edit: boolean) => void;
}

/** As many as one mends before asking again; the margin of the text marks all. */
const MOST = 300;

export function Faults({ faults, stale, here, exact, onShow }: FaultsProps) {
  const { t } = useTranslation();
  const instruction = useInstruction();
  const shown = faults.slice(0, MOST);
  return (
    <ol className={css["faults"]} data-stale={stale}>
      {shown.map((fault, at) => {
        const { word, todo } = instruction(fault.code);
        // What to do about a kind is said where it comes first, and not again.
        const isFirst = shown.findIndex(({ code }) => code === fault.code) === at;
        const set = valueSetIn(fault);
        return (
          <li key={at} data-severity={fault.severity} data-here={at === here}>
            <button type="button" className={css["fault"]} aria-current={at === here} onFocus={() => onShow(at, false)} onClick={() => onShow(at, true)}>
              <span className={css["faultHead"]}>
                <b className={css["severity"]}>{t(`standards.validate.severity.${fault.severity}`)}</b>
                <span className={css["kind"]}>{word}</span>
                <span className={css["where"]}>{fault.line === undefined ? t("standards.validate.noLine") : t("standards.validate.line", { n: fault.line })}</span>
              </span>
              {fault.says && <span className={css["says"]}>{fault.says}</span>}
              {exact && fault.exact && (
                <span className={css["exact"]} lang="en">
                  {fault.exact}
                </span>
              )}
              {fault.expression && <code className={css["path"]}>{fault.expression}</code>}
              {todo && isFirst && <span className={css["todo"]}>{todo}</span>}
              {fault.profile && <span className="meta">{t("standards.validate.byProfile", { profile: fault.profile })}</span>}
            </button>
            {set && (
              // In a window of its own: what was pasted here would be gone.
              <Link className={css["codes"] ?? ""} to={`/terms?${new URLSearchParams({ kind: "ValueSet", of: set }).toString()}`} target="_blank">
                {t("standards.validate.seeCodes")}
              </Link>
            )}
          </li>
        );
      })}
      {faults.length > MOST && <li className={css["rest"]}>{t("standards.validate.rest", { n: faults.length - MOST })}</li>}
    </ol>
  );
}
