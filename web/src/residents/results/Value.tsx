//! A value with its sign: an arrow, a colour and, for those who hear the page, a word.
//! `slot` keeps the arrow's place free where there is none, so that digits stand under digits.

import { useTranslation } from "react-i18next";
import type { Flag, Point } from "./point";
import css from "./results.module.css";

const SIGNS: Record<Flag, { arrow: string; word: "criticalHigh" | "high" | "low" | "criticalLow" | "abnormalWord" | "normal" }> = {
  HH: { arrow: "↑↑", word: "criticalHigh" },
  H: { arrow: "↑", word: "high" },
  L: { arrow: "↓", word: "low" },
  LL: { arrow: "↓↓", word: "criticalLow" },
  A: { arrow: "!", word: "abnormalWord" },
  N: { arrow: "", word: "normal" },
};

export function Value({ point, slot }: { point: Point; slot?: boolean }) {
  const { t } = useTranslation();
  const sign = point.flag ? SIGNS[point.flag] : undefined;
  return (
    <span className={css["value"]} data-flag={point.flag}>
      {point.text}
      {slot && !sign?.arrow && <span className={css["slot"]} />}
      {sign?.arrow && (
        <span className={slot ? css["slot"] : css["arrow"]} data-tip={t(`record.results.${sign.word}`)}>
          <span aria-hidden="true">{sign.arrow}</span>
          <span className="offscreen">{t(`record.results.${sign.word}`)}</span>
        </span>
      )}
    </span>
  );
}
