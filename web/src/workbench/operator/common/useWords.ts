//! Counts and spans in the reader's words.

import { useTranslation } from "react-i18next";
import { span } from "./numbers";

export function useCount(): (n: number | undefined) => string {
  const { i18n } = useTranslation();
  return (n) => (n === undefined ? "–" : n.toLocaleString(i18n.language));
}

export function useSpan(): (seconds: number | undefined) => string {
  const { t } = useTranslation();
  return (seconds) => {
    if (seconds === undefined) return "–";
    const { n, unit } = span(seconds);
    return t(`operator.span.${unit}`, { n });
  };
}
