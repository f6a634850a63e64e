//! What was decided, newest first; a pair that is one person can be taken apart again, with a reason.

import { App, Button, Input, Modal } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { FhirError } from "../../../fhir/errors";
import { Empty, Failure, Skeleton } from "../../../parts/states";
import { when } from "../../../words/when";
import table from "../common/table.module.css";
import { namesOf, type Review } from "./review";
import { useDecidedReviews, useUnmerge } from "./useReviews";

export function Decided() {
  const { t } = useTranslation();
  const { data, error, refetch } = useDecidedReviews(true);
  const [apart, setApart] = useState<Review>();
  if (error && !data) return <Failure cause={error} retry={() => void refetch()} big />;
  if (!data) return <Skeleton lines={8} />;
  if (data.length === 0) return <Empty big title={t("operator.reviews.noneDecided")} help={t("operator.reviews.noneDecidedHelp")} />;
  return (
    <div className={table["frame"]}>
      <table className={table["table"]}>
        <thead>
          <tr>
            <th scope="col">{t("operator.reviews.pair")}</th>
            <th scope="col">{t("operator.reviews.verdict")}</th>
            <th scope="col">{t("operator.reviews.reason")}</th>
            <th scope="col">{t("operator.reviews.by")}</th>
            <th scope="col">{t("operator.reviews.at")}</th>
            <th scope="col">{t("operator.reviews.act")}</th>
          </tr>
        </thead>
        <tbody>
          {data.map((review) => (
            <Row key={review.id} review={review} onApart={() => setApart(review)} />
          ))}
        </tbody>
      </table>
      {apart && <Apart review={apart} onClose={() => setApart(undefined)} />}
    </div>
  );
}

function Row({ review, onApart }: { review: Review; onApart: () => void }) {
  const { t } = useTranslation();
  const [a, b] = namesOf(review);
  const same = review.verdict === "same";
  return (
    <tr>
      <th scope="row">
        <Link to={`/residents/${review.a}`}>{a || review.a.slice(-8)}</Link> / <Link to={`/residents/${review.b}`}>{b || review.b.slice(-8)}</Link>
      </th>
      <td data-label={t("operator.reviews.verdict")}>
        {t(same ? "operator.reviews.same" : "operator.reviews.different")}
        {(review.why === "merge" || review.why === "unmerge") && <span className="meta"> {t(`operator.reviews.how.${review.why}`)}</span>}
      </td>
      <td data-label={t("operator.reviews.reason")}>{review.reason}</td>
      <td data-label={t("operator.reviews.by")}>{review.by}</td>
      <td data-label={t("operator.reviews.at")} className={table["still"]}>
        {when(review.decided)}
      </td>
      <td data-label={t("operator.reviews.act")}>
        {same ? (
          <Button size="small" onClick={onApart}>
            {t("operator.reviews.unmerge")}
          </Button>
        ) : (
          <span className="meta">–</span>
        )}
      </td>
    </tr>
  );
}

function Apart({ review, onClose }: { review: Review; onClose: () => void }) {
  const { t } = useTranslation();
  const [reason, setReason] = useState("");
  const unmerge = useUnmerge();
  const { message } = App.useApp();
  const [a, b] = namesOf(review);
  const send = () =>
    unmerge.mutate(
      { patient: review.a, reason: reason.trim() },
      {
        onSuccess: () => {
          void message.success(t("operator.reviews.unmerged"));
          onClose();
        },
        onError: (cause) => void message.error(cause instanceof FhirError ? cause.message : t("common.trouble.server")),
      },
    );
  return (
    <Modal
      open
      title={t("operator.reviews.unmergeTitle", { a, b })}
      okText={t("operator.reviews.unmerge")}
      cancelText={t("operator.cancel")}
      okButtonProps={{ disabled: !reason.trim(), loading: unmerge.isPending }}
      onOk={send}
      onCancel={onClose}
    >
      <p>{t("operator.reviews.unmergeHelp")}</p>
      <Input
        autoFocus
        value={reason}
        maxLength={200}
        aria-label={t("operator.reviews.reason")}
        placeholder={t("operator.reviews.reasonPlaceholder")}
        onChange={(event) => setReason(event.target.value)}
        onPressEnter={() => reason.trim() && send()}
      />
    </Modal>
  );
}
