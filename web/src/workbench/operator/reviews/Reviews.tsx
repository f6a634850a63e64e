//! Persons to review: pairs of registrations that may be one person. One is open at a time; a decision leads to the next.

import { Segmented } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Empty, Failure, Skeleton } from "../../../parts/states";
import { useUrlParam } from "../../../parts/url";
import { ResourceDrawer } from "../../../residents/resource/ResourceDrawer";
import { secondsSince } from "../common/numbers";
import { Page } from "../common/Page";
import type { Happened } from "../common/stream";
import { useLive } from "../common/useLive";
import { useRowKeys } from "../common/useRowKeys";
import { useCount, useSpan } from "../common/useWords";
import { Decided } from "./Decided";
import { Pair } from "./Pair";
import { namesOf, type Review } from "./review";
import css from "./reviews.module.css";
import { REVIEWS_KEY, useOpenReviews, useReviewCounts } from "./useReviews";

const KEYS = [[...REVIEWS_KEY, "open"], [...REVIEWS_KEY, "counts"], [...REVIEWS_KEY, "decided"]];
const touches = (happened: Happened) => happened.what === "change" && happened.type === "Task";

export default function Reviews() {
  const { t } = useTranslation();
  const [view, setView] = useUrlParam("view");
  const live = useLive(KEYS, touches);
  const decided = view === "decided";
  return (
    <Page
      title={t("operator.reviews.title")}
      live={live}
      whole={!decided}
      extra={
        <>
          <Segmented
            value={decided ? "decided" : "open"}
            aria-label={t("operator.reviews.title")}
            onChange={(value) => setView(value === "decided" ? "decided" : undefined)}
            options={[
              { value: "open", label: t("operator.reviews.open") },
              { value: "decided", label: t("operator.reviews.decided") },
            ]}
          />
          <Statistics />
        </>
      }
    >
      {decided ? <Decided /> : <Open hold={live.hold} />}
      <ResourceDrawer />
    </Page>
  );
}

function Statistics() {
  const { t } = useTranslation();
  const count = useCount();
  const word = useSpan();
  const { data } = useReviewCounts();
  if (!data) return null;
  const age = secondsSince(data.oldest, Date.now());
  return (
    <span className={css["statistics"]}>
      {t("operator.reviews.counts", { open: count(data.open), today: count(data.today) })}
      {age !== undefined && ` · ${t("operator.reviews.oldest", { age: word(age) })}`}
    </span>
  );
}

function Open({ hold }: { hold: (on: boolean) => void }) {
  const { t } = useTranslation();
  const { data, error, refetch } = useOpenReviews();
  const [given, choose] = useUrlParam("task");
  const [gone, setGone] = useState<ReadonlySet<string>>(new Set());
  const reviews = (data ?? []).filter(({ id }) => !gone.has(id));
  const chosen = reviews.find(({ id }) => id === given) ?? reviews[0];
  const { here, body } = useRowKeys(reviews.length, (at) => choose(reviews[at]?.id));

  const next = (done: Review) => {
    const at = reviews.findIndex(({ id }) => id === done.id);
    const following = reviews[at + 1] ?? reviews[at - 1];
    setGone((before) => new Set(before).add(done.id));
    choose(following?.id);
  };

  if (error && !data) return <Failure cause={error} retry={() => void refetch()} big />;
  if (!data) return <Skeleton lines={10} />;
  if (!chosen) return <Empty big title={t("operator.reviews.none")} help={t("operator.reviews.noneHelp")} />;
  return (
    <div className={css["split"]}>
      <div className={css["list"]} onPointerEnter={() => hold(true)} onPointerLeave={() => hold(false)}>
        <table className={css["pairs"]} aria-label={t("operator.reviews.open")}>
          <thead>
            <tr>
              <th scope="col">{t("operator.reviews.pair")}</th>
              <th scope="col" className="num">
                {t("operator.reviews.probability")}
              </th>
              <th scope="col" className="num">
                {t("operator.reviews.waiting")}
              </th>
            </tr>
          </thead>
          <tbody ref={body}>
            {reviews.map((review, at) => (
              <PairRow key={review.id} review={review} here={at === here} chosen={review.id === chosen.id} onChoose={() => choose(review.id)} />
            ))}
          </tbody>
        </table>
      </div>
      <Pair key={chosen.id} review={chosen} onDone={() => next(chosen)} />
    </div>
  );
}

interface PairRowProps {
  review: Review;
  here: boolean;
  chosen: boolean;
  onChoose: () => void;
}

function PairRow({ review, here, chosen, onChoose }: PairRowProps) {
  const word = useSpan();
  const [a, b] = namesOf(review);
  return (
    <tr data-here={here} data-chosen={chosen} onClick={onChoose}>
      <td>
        <button type="button" className="plain" aria-pressed={chosen}>
          {a || "–"} <span className={css["against"]}>/</span> {b || "–"}
        </button>
      </td>
      <td className="num">{review.probability === undefined ? "–" : `${Math.round(review.probability * 100)}%`}</td>
      <td className="num">{word(secondsSince(review.raised, Date.now()))}</td>
    </tr>
  );
}
