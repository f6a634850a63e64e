//! One pair: both registrations side by side, the evidence between them, and the decision.

import { useTranslation } from "react-i18next";
import css from "./reviews.module.css";
import { Decide } from "./Decide";
import { EvidenceTable } from "./EvidenceTable";
import type { Review } from "./review";
import { SourceCard } from "./SourceCard";

const WHY = ["weight", "several", "held", "merge", "unmerge"] as const;

export function Pair({ review, onDone }: { review: Review; onDone: () => void }) {
  const { t } = useTranslation();
  const why = WHY.find((one) => one === review.why);
  return (
    <section className={css["pair"]} aria-label={t("operator.reviews.pair")}>
      <div className={css["scroll"]}>
        {why && <p className={css["why"]}>{t(`operator.reviews.why.${why}`)}</p>}
        <div className={css["cards"]}>
          <SourceCard id={review.a} side="a" />
          <SourceCard id={review.b} side="b" />
        </div>
        <EvidenceTable review={review} />
      </div>
      <Decide review={review} onDone={onDone} />
    </section>
  );
}
