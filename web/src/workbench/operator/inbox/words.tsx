//! States and reasons of messages in words; a reason that has none here is shown as the server names it.

import { useTranslation } from "react-i18next";
import css from "./inbox.module.css";
import { REASONS } from "./messages";

const STATES = ["parked", "waiting", "committed", "failed", "done"] as const;

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
  const { t } = useTranslation();
  return (reason) => {
    const known = REASONS.find((one) => one === reason);
    return known ? t(`operator.reasons.${known}`) : reason;
  };
}

/** What to do about it. */
export function useReasonHelp(): (reason: string) => string {
  const { t } = useTranslation();
  return (reason) => {
    const known = REASONS.find((one) => one === reason);
    return known ? t(`operator.reasonHelp.${known}`) : "";
  };
}
