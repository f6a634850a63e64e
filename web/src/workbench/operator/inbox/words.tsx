//! States and reasons of messages in words; a reason that has none here is shown as the server names it.

import { useTranslation } from "react-i18next";
import css from "./inbox.module.css";

const STATES = ["parked", "waiting", "committed", "failed"] as const;

export function useStateWord(): (state: string) => string {
  const { t } = useTranslation();
  return (state) => {
    const known = STATES.find((one) => one === state);
    return known ? t(`operator.inbox.states.${known}`) : state;
  };
}

export function StateWord({ state }: { state: string }) {
  const word = useStateWord()(state);
  return (
    <span className={css["state"]} data-state={state}>
      {word}
    </span>
  );
}

export function useReasonWord(): (reason: string) => string {
  const { t, i18n } = useTranslation();
  return (reason) => {
    const key = `operator.reasons.${reason}`;
    return reason && i18n.exists(key) ? t(key as "operator.reasons.internal") : reason;
  };
}
