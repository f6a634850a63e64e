//! The decision: s or d says what they are, a number or words say why, Enter does it. One deliberate act.

import { App, Button, Input, type InputRef } from "antd";
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { FhirError } from "../../../fhir/errors";
import type { Review } from "./review";
import css from "./reviews.module.css";
import { type Decision, useDecide } from "./useReviews";

type Verdict = Decision["verdict"];

const REASONS = {
  same: ["document", "phoned", "history", "typing"],
  different: ["document", "phoned", "family", "history"],
} as const;

function typing(target: EventTarget | null): boolean {
  return target instanceof HTMLInputElement || target instanceof HTMLTextAreaElement;
}

export function Decide({ review, onDone }: { review: Review; onDone: () => void }) {
  const { t } = useTranslation();
  const [verdict, setVerdict] = useState<Verdict>();
  const [reason, setReason] = useState("");
  const decide = useDecide();
  const box = useRef<InputRef>(null);
  const { message } = App.useApp();

  const pick = (which: Verdict) => {
    if (which !== verdict) setReason("");
    setVerdict(which);
    // The keys that follow belong to the decision, not to the button that was pressed.
    if (document.activeElement instanceof HTMLButtonElement) document.activeElement.blur();
  };
  const send = () => {
    const why = reason.trim();
    if (!verdict || !why || decide.isPending) return;
    decide.mutate(
      { task: review.id, verdict, reason: why },
      {
        onSuccess: () => {
          void message.success(t(`operator.reviews.done.${verdict}`));
          onDone();
        },
        onError: (cause) => void message.error(cause instanceof FhirError ? cause.message : t("common.trouble.server")),
      },
    );
  };

  useEffect(() => {
    const keys = (event: KeyboardEvent) => {
      if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
      if (event.key === "Escape" && verdict) {
        setVerdict(undefined);
        return;
      }
      if (event.key === "Enter" && verdict && reason.trim() && (typing(event.target) || event.target === document.body)) {
        event.preventDefault();
        event.stopPropagation();
        send();
        return;
      }
      if (typing(event.target)) return;
      if (event.key === "s") pick("same");
      else if (event.key === "d") pick("different");
      else if (verdict && /^[1-4]$/.test(event.key)) {
        const word = REASONS[verdict][Number(event.key) - 1];
        if (word) setReason(t(`operator.reviews.reasons.${word}`));
      } else if (verdict && event.key === "r") box.current?.focus();
      else return;
      event.preventDefault();
    };
    // Before the list's own keys, which would open a row on Enter.
    document.addEventListener("keydown", keys, true);
    return () => document.removeEventListener("keydown", keys, true);
  });

  return (
    <footer className={css["decide"]}>
      <div className={css["verdicts"]}>
        <Button type={verdict === "same" ? "primary" : "default"} onClick={() => pick("same")} aria-keyshortcuts="s">
          {t("operator.reviews.same")} <kbd>S</kbd>
        </Button>
        <Button type={verdict === "different" ? "primary" : "default"} onClick={() => pick("different")} aria-keyshortcuts="d">
          {t("operator.reviews.different")} <kbd>D</kbd>
        </Button>
        {!verdict && <span className={css["keys"]}>{t("operator.reviews.keys")}</span>}
      </div>
      {verdict && (
        <div className={css["reasons"]}>
          {REASONS[verdict].map((word, at) => {
            const text = t(`operator.reviews.reasons.${word}`);
            return (
              <Button key={word} size="small" type={reason === text ? "primary" : "default"} ghost={reason === text} onClick={() => setReason(text)}>
                {text} <kbd>{at + 1}</kbd>
              </Button>
            );
          })}
          <Input
            ref={box}
            size="small"
            className={css["reason"] ?? ""}
            value={reason}
            maxLength={200}
            aria-label={t("operator.reviews.reason")}
            placeholder={t("operator.reviews.reasonPlaceholder")}
            onChange={(event) => setReason(event.target.value)}
          />
          <Button type="primary" disabled={!reason.trim()} loading={decide.isPending} onClick={send}>
            {t(`operator.reviews.confirm.${verdict}`)} <kbd>Enter</kbd>
          </Button>
        </div>
      )}
    </footer>
  );
}
